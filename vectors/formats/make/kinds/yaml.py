"""YAML: every style of scalar, anchors, tags, several documents, by four encoders."""

from __future__ import annotations

import datetime
import io
from typing import Any

import ruamel.yaml
import yaml
from leaves import As, Both, leaves

from .battery import ATTACK, CHARACTERS, LENGTHS
from .collect import Vectors, package
from .node import Node

# What must be quoted, folded or escaped so that it stays what it is.
AWKWARD = [
    *("null", "~", "1.5", "0x1f", "true", ".inf", "- x", "a: b", "a #b", "# c", "it's", '"q"', " a ", ""),
    *("[a", "{b}", "*x", "&y", "!t", "|", ">", "%", "@at", "`b`", "? k", ": v", "\\n"),
]
BLOCKS = [
    "one\ntwo\n",
    "one\n  two\n\nthree",
    "ends\n\n\n",
    "\n\nbegins",
    "  indented\nnot",
    "a\n\tb\n",
    "one line\n",
    "word " * 60,
]
VALUES: dict[str, Any] = {
    "awkward texts": AWKWARD,
    "awkward names": {text: place for place, text in enumerate(AWKWARD)},
    "texts of several lines": BLOCKS,
    # Readers of YAML 1.1 and 1.2 part over separators of lines that are not escaped.
    "characters": [text for text in CHARACTERS if "\u2028" not in text],
    "texts of every length": ["x" * length for length in LENGTHS],
    "numbers": [0, -1, 2**31, 2**53 - 1, 0.5, -1.5, 1.5e300],
    "constants and empty ones": {"yes": True, "no": False, "none": None, "l": [], "m": {}, "t": ""},
    "lists in lists": [[["a"], []], [{"b": [{"c": ATTACK}]}], [[[]]]],
    "maps in lists in maps": {"a": [{"b": 1, "c": [1, 2]}, {"d": {"e": {"f": ATTACK}}}], "g": {"h": []}},
    "long text": {"t": "one two " * 700, "u": "y" * 5000},
}


def anchored(name: str, value: Any) -> Both:
    return Both((As("extension", f"&{name}"), value))


def alias(name: str) -> As:
    return As("extension", f"*{name}")


def make(vectors: Vectors, node: Node) -> None:
    for name, value in VALUES.items():
        ways = {
            "": yaml.safe_dump(value, sort_keys=False),
            ", in Unicode, wide": yaml.safe_dump(
                value, sort_keys=False, allow_unicode=True, width=1000, indent=4
            ),
            ", flow": yaml.safe_dump(value, sort_keys=False, default_flow_style=True),
        }
        if "text" in name:
            ways |= {
                f", style {style}": yaml.safe_dump(value, sort_keys=False, default_style=style)
                for style in "'\"|>"
            }
        for way, text in ways.items():
            vectors.value(package("PyYAML"), f"{name}{way}", text.encode(), value)
        out = io.BytesIO()
        ruamel.yaml.YAML(typ="rt").dump(value, out)
        # It writes nothing for null, which is no leaf.
        told = {**value, "none": Both(())} if name.startswith("constants") else value
        vectors.value(package("ruamel.yaml"), name, out.getvalue(), told)
        scripted(vectors, node, name, value)
    marks(vectors)
    script(vectors, node)


def scripted(vectors: Vectors, node: Node, name: str, value: Any) -> None:
    ways = {
        ("js-yaml", ""): {},
        ("js-yaml", ", flow"): {"flowLevel": 0},
        ("yaml", ""): {},
        ("yaml", ", quoted"): {"defaultStringType": "QUOTE_DOUBLE", "defaultKeyType": "PLAIN"},
        ("yaml", ", flow"): {"collectionStyle": "flow"},
    }
    for (module, way), options in ways.items():
        data = node.encode("yaml", module, value, **options)
        vectors.value(node.by(module), f"{name}{way}", data, value)


def marks(vectors: Vectors) -> None:
    by = package("PyYAML")
    user = {"user": "ann"}
    shared = yaml.safe_dump({"a": user, "b": user, "l": [[user], 1]}, sort_keys=False)
    told = {"a": anchored("id001", user), "b": alias("id001"), "l": [[alias("id001")], 1]}
    vectors.value(by, "anchors and aliases", shared.encode(), told)
    vectors.cuts("anchors and aliases (PyYAML)", shared.encode(), ends_itself=False)
    documents = yaml.safe_dump_all(
        [{"a": 1}, ["<b>"], "c", {"d": ATTACK}], explicit_start=True, explicit_end=True
    )
    rows = leaves({"a": 1}) + leaves(["<b>"], [1]) + leaves("c", [2]) + leaves({"d": ATTACK}, [3])
    vectors.add(by, "several documents", documents.encode(), rows)
    vectors.cuts("several documents (PyYAML)", documents.encode(), ends_itself=False)
    binary = yaml.safe_dump({"bin": b"<script>", "after": "z"}, sort_keys=False)
    vectors.value(by, "a tag of binary", binary.encode(), {"bin": "PHNjcmlwdD4=\n", "after": "z"})
    keys = yaml.safe_dump({None: 1, True: 2, 3: "x", "k": [1]}, sort_keys=False)
    told = {"null": 1, "true": 2, "3": "x", "k": [1]}
    vectors.value(by, "keys that are no text", keys.encode(), told)
    separators = yaml.safe_dump(["a\u2028b\u2029c\x85d"])
    vectors.value(by, "separators of lines", separators.encode(), ["a\u2028b\u2029c\x85d"])
    days = yaml.safe_dump({"day": datetime.date(2026, 1, 2), "s": {"a"}})
    told = {"day": As("number", "2026-01-02"), "s": {"a": None}}
    vectors.value(by, "dates and sets", days.encode(), told)
    lines = ("%YAML 1.1", "%TAG !e! tag:example.com,2026:")
    version = yaml.safe_dump({"a": "<b>"}, version=(1, 1), tags={"!e!": "tag:example.com,2026:"})
    vectors.value(
        by, "a version", version.encode(), Both((*(As("extension", line) for line in lines), {"a": "<b>"}))
    )
    source = "a: &x\n  - 1 # one\nl: [*x, {k: 'v'}]\nm: |-\n  one\n   two\nf: >+\n  folded\n  text\n\nlast: !Ref z\n"
    kept = ruamel.yaml.YAML()
    out = io.BytesIO()
    kept.dump(kept.load(source), out)
    told = {
        "a": Both((As("extension", "&x"), [Both((1, As("text", "one", "#")))])),
        "l": [alias("x"), {"k": "v"}],
        "m": "one\n two",
        "f": "folded text\n\n",
        "last": Both((As("extension", "!Ref"), "z")),
    }
    rows = leaves(told)
    vectors.add(package("ruamel.yaml"), "kept as it was", out.getvalue(), rows)


def script(vectors: Vectors, node: Node) -> None:
    user = {"user": "ann"}
    for module, name in (("js-yaml", "ref_0"), ("yaml", "a1")):
        data = node.document("yaml", f"{module}: anchors")
        told = {"a": anchored(name, user), "b": [alias(name)]}
        vectors.value(node.by(module), "anchors", data, told)
    by = node.by("yaml")
    before, beside = (As("text", text, "#") for text in ("before", "beside"))
    told = Both((before, {"a": "<b>", "c": [Both(("d", beside))]}))
    vectors.value(by, "comments", node.document("yaml", "yaml: comments"), told)
    rows = leaves("a") + leaves({"b": 1}, [1])
    vectors.add(by, "several documents", node.document("yaml", "yaml: several documents"), rows)
