"""Forms: what browsers, qs and Python write."""

from __future__ import annotations

import urllib.parse
from typing import Any

import httpx
import requests
from leaves import leaf

from .battery import ATTACK, CHARACTERS
from .collect import PYTHON, Rows, Vectors, package
from .node import Node

PAIRS = {
    "plain": [("name", "a b"), ("text", ATTACK), ("name", "again"), ("empty", "")],
    "characters": [(f"c{place}", text) for place, text in enumerate(CHARACTERS)],
    "marks": [("m", "&=;+%?#/:@!$'()*,[]~-._"), ("100%", "50%25"), ("a+b", "c+d")],
    "names": [("é", "1"), ("a b", "2"), ("a.b", "3"), ("<b>", "4"), ("😀", "5")],
    "lines": [("text", "one\r\ntwo\r\n"), ("tab", "\t")],
    "long": [("t", "x" * 5000), ("u", "é" * 300)],
}


def flat(pairs: list[tuple[str, str | None]]) -> Rows:
    """Names and values; a name alone has none."""
    rows: Rows = []
    for name, text in pairs:
        rows.append(leaf([name], "key", "text", name))
        rows += [] if text is None else [leaf([name], "value", "text", text)]
    return rows


def nested(fields: list[tuple[str, list[str], str]]) -> Rows:
    """`a[b][]`: the name, then each bracketed name that is not empty, then the value."""
    rows: Rows = []
    for first, parts, text in fields:
        name = first + "".join(f"[{part}]" for part in parts)
        rows.append(leaf([name], "key", "text", name))
        path = [first]
        for part in parts:
            path = [*path, part]
            rows += [leaf(path, "key", "text", part)] if part else []
        rows.append(leaf(path, "value", "text", text))
    return rows


def make(vectors: Vectors, node: Node) -> None:
    standard, there = f"urllib.parse ({PYTHON})", node.by("Node URLSearchParams")
    for name, pairs in PAIRS.items():
        rows = flat([*pairs])
        vectors.add(standard, name, urllib.parse.urlencode(pairs).encode(), rows)
        vectors.add(there, name, node.encode("form", "URLSearchParams", pairs), rows)
        asked = requests.Request("POST", "http://x/", data=pairs).prepare().body
        vectors.add(package("requests"), name, str(asked).encode(), rows)
        sent = httpx.Request(
            "POST", "http://x/", data={one: other for one, other in pairs if one != "name"}
        ).content
        vectors.add(package("httpx"), name, sent, flat([pair for pair in pairs if pair[0] != "name"]))
    quoted = urllib.parse.urlencode(PAIRS["marks"], quote_via=urllib.parse.quote, safe="/:")
    vectors.add(standard, "marks, quoted", quoted.encode(), flat([*PAIRS["marks"]]))
    many = urllib.parse.urlencode({"ids": ["1", "2"], "one": "x"}, doseq=True)
    vectors.add(
        standard, "a name of several values", many.encode(), flat([("ids", "1"), ("ids", "2"), ("one", "x")])
    )
    qs(vectors, node)


def qs(vectors: Vectors, node: Node) -> None:
    by = node.by("qs")
    value: dict[str, Any] = {
        "user": {"name": "a b", "role": {"$ne": ATTACK}},
        "ids": ["1", "2"],
        "plain": "x",
    }
    ways: dict[str, tuple[dict[str, Any], Rows]] = {}
    head = [("user", ["name"], "a b"), ("user", ["role", "$ne"], ATTACK)]
    tail = [("plain", [], "x")]
    indices = [("ids", ["0"], "1"), ("ids", ["1"], "2")]
    ways["indices"] = {}, nested(head + indices + tail)
    ways["brackets"] = (
        {"arrayFormat": "brackets"},
        nested([*head, ("ids", [""], "1"), ("ids", [""], "2"), *tail]),
    )
    ways["repeated"] = {"arrayFormat": "repeat"}, nested([*head, ("ids", [], "1"), ("ids", [], "2"), *tail])
    ways["commas"] = {"arrayFormat": "comma"}, nested([*head, ("ids", [], "1,2"), *tail])
    ways["names not encoded"] = {"encodeValuesOnly": True}, nested(head + indices + tail)
    ways["semicolons"] = {"delimiter": ";"}, nested(head + indices + tail)
    ways["as RFC 1738"] = {"format": "RFC1738"}, nested(head + indices + tail)
    sentinel = [("utf8", [], "✓")]
    ways["a sentinel"] = {"charsetSentinel": True}, nested(sentinel + head + indices + tail)
    dotted = flat([("user.name", "a b"), ("user.role.$ne", ATTACK)])
    ways["dots"] = {"allowDots": True}, dotted + nested(indices + tail)
    for name, (options, rows) in ways.items():
        data = node.encode("form", "qs", value, **options)
        vectors.add(by, name, data, rows)
        if name in ("brackets", "names not encoded"):
            vectors.cuts(f"{name} (qs)", data, ends_itself=False)
    nothing = node.encode("form", "qs", {"a": None, "b": "", "c": {"d": None}}, strictNullHandling=True)
    rows = flat([("a", None), ("b", "")])
    rows += [leaf(["c[d]"], "key", "text", "c[d]"), leaf(["c", "d"], "key", "text", "d")]
    vectors.add(by, "names alone", nothing, rows)
    deep = node.encode("form", "qs", {"a": [{"b": [{"c": ATTACK}]}]})
    vectors.add(by, "lists of maps", deep, nested([("a", ["0", "b", "0", "c"], ATTACK)]))
