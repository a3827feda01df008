"""Make the vectors of the text formats.

Needs: pip install orjson lxml PyYAML urllib3 PyJWT; and a folder with the packages that text.mjs names,
given as the first argument: ``python text.py FOLDER``.
"""

from __future__ import annotations

import base64
import csv
import io
import json
import subprocess
import sys
import urllib.parse
from importlib.metadata import version
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jwt
import lxml.etree
import orjson
import urllib3
import yaml
from common import Leaf, Pairs, Steps, case, hostile, leaf, leaves, whole, write

VALUE = {
    "event": "new message",
    "text": 'é "quoted" <b>\\ & \t\u2028 😀\n',
    "list": [1, -2, 3.5, True, False, None, [], {}, [[""]]],
    "nested": {"a": {"b": {"c": ["x", {"d": "y"}]}}, "": "empty name", "a b": 12345678901234567890},
}
PAIRS = [("name", "a b"), ("text", "<b>é & 100%</b>;x=1"), ("name", "again"), ("empty", "")]
ROWS = [["id", "text"], ["1", 'say "hi", <b>'], ["2", "two\nlines"], ["", "é"]]

PYTHON = f"CPython {sys.version.split()[0]}"


def by_package(name: str) -> str:
    return f"{name} {version(name)} (Python)"


def node(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """What text.mjs made, by format."""
    script = Path(__file__).with_name("text.mjs").resolve()
    arguments = [json.dumps(VALUE), json.dumps(PAIRS), json.dumps(ROWS)]
    command = ["node", str(script), *arguments]
    printed = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout
    made: dict[str, list[dict[str, Any]]] = {}
    for line in printed.splitlines():
        row = json.loads(line)
        row["data"] = base64.b64decode(row.pop("data_b64"))
        made.setdefault(row["format"], []).append(row)
    return made


def make_json(made: list[dict[str, Any]]) -> None:
    expected = list(leaves(VALUE))
    double = json.loads(json.dumps(VALUE))  # JavaScript's numbers are doubles
    double["nested"]["a b"] = 12345678901234567000
    cases = [
        case("json, ASCII", json.dumps(VALUE).encode(), expected),
        case("json, UTF-8, indented", json.dumps(VALUE, ensure_ascii=False, indent=2).encode(), expected),
        case("orjson", orjson.dumps(VALUE), expected),
        case("json, scalars", json.dumps(["", 0, -0.0, 1e300]).encode(), leaves(["", 0, -0.0, 1e300])),
        case("json, duplicate keys", b'{"a":1,"a":{"a":2}}', leaves(Pairs([("a", 1), ("a", {"a": 2})]))),
        case(
            "json, a lone surrogate",
            json.dumps("x\ud800").encode(),
            [leaf((), "value", "text", b"x\xed\xa0\x80")],
        ),
        case("json lines", b'{"a":1}\n{"a":2}\n', [*leaves({"a": 1}), *leaves({"a": 2}, (1,))]),
        *(case(row["name"], row["data"], leaves(double)) for row in made),
    ]
    write(
        "json",
        "golden",
        cases,
        [f"json ({PYTHON})", by_package("orjson"), *sorted({row["by"] for row in made})],
    )
    write(
        "json",
        "hostile",
        [
            hostile("a million brackets", (b"[", 1_000_000), outcome="truncated", anomaly="format_depth"),
            hostile(
                "a million closed",
                (b"[", 1_000_000),
                (b"]", 1_000_000),
                outcome="exhausted",
                anomaly="format_depth",
            ),
            hostile(
                "a million maps", (b'{"a":', 500_000), outcome="truncated|exhausted", anomaly="format_depth"
            ),
            hostile(
                "too many values",
                b"[",
                (b"1,", 1_000_000),
                b"1]",
                outcome="exhausted",
                anomaly="format_nodes",
            ),
            hostile(
                "text below the cap",
                (b"[", 100),
                b'"\\u003cscript>"',
                (b"]", 100),
                outcome="exhausted",
                contains=["<script>"],
            ),
            hostile(
                "text behind the last node",
                b"[",
                (b"1,", 200_000),
                b'"<script>"]',
                outcome="exhausted",
                contains=["<script>"],
            ),
            hostile(
                "text behind an error",
                b'[1 2] } "x": ] ["<script>"',
                outcome="invalid|truncated",
                contains=["<script>"],
            ),
            hostile("a string that never ends", b'["<script>', outcome="truncated", contains=["<script>"]),
            hostile(
                "errors without end", (b"}", 1_000_000), b"<script>", outcome="invalid", contains=["<script>"]
            ),
            hostile("a key that is a map", b'{{"a":1}:"<script>"}', outcome="invalid", contains=["<script>"]),
            hostile("a comment that never ends", b'{"a":1,/* "<script>" ', outcome="truncated"),
            hostile("a number of a million digits", (b"9", 1_000_000), outcome="complete"),
            hostile(
                "numbers that every parser ends elsewhere",
                b"[1-2,1.2.3,--4,5e,0x3c,7/**/,8<script>]",
                outcome="complete",
                contains=["8<script>"],
            ),
            hostile("a name twice", b'{"a":1,"a":"<script>"}', outcome="complete", contains=["<script>"]),
            hostile(
                "a string of a million escapes",
                b'"',
                (b"\\u0041", 300_000),
                b'"',
                outcome="complete",
                contains=["AAAA"],
            ),
        ],
    )
    write(
        "json",
        "truncated",
        [
            whole("a map", json.dumps(VALUE).encode(), ends_itself=True),
            whole(
                "numbers", json.dumps([-0.5, 12345678901234567890, 1e300, [1, 2]]).encode(), ends_itself=True
            ),
            whole("escapes", json.dumps({"é\n": '"<b>\\ 😀'}).encode(), ends_itself=True),
            whole("what lax parsers take", b"{a:'x\\'y', /* no */ \"b\" = .5, c => NaN,}", ends_itself=True),
        ],
    )


def make_form(made: list[dict[str, Any]]) -> None:
    plain: list[Leaf] = []
    for name, text in PAIRS:
        plain += [leaf((name,), "key", "text", name), leaf((name,), "value", "text", text)]
    nested: list[Leaf] = []
    for first, parts, text in [
        ("user", ["name"], "a b"),
        ("user", ["role", "$ne"], "<x>"),
        ("ids", ["0"], "1"),
        ("ids", ["1"], "2"),
    ]:
        name = first + "".join(f"[{part}]" for part in parts)
        nested.append(leaf((name,), "key", "text", name))
        path: Steps = (first,)
        for part in parts:
            path = (*path, part)
            nested.append(leaf(path, "key", "text", part))
        nested.append(leaf(path, "value", "text", text))
    cases = [
        case("urlencode", urllib.parse.urlencode(PAIRS).encode(), plain),
        case("urlencode, quote", urllib.parse.urlencode(PAIRS, quote_via=urllib.parse.quote).encode(), plain),
        case("semicolons", urllib.parse.urlencode(PAIRS).replace("&", ";").encode(), plain),
        *(case(row["name"], row["data"], nested if "nested" in row["name"] else plain) for row in made),
    ]
    write("form", "golden", cases, [f"urllib.parse ({PYTHON})", *sorted({row["by"] for row in made})])
    write(
        "form",
        "hostile",
        [
            hostile("a million fields", (b"a=1&", 1_000_000), outcome="exhausted", anomaly="format_nodes"),
            hostile(
                "deep brackets",
                b"a",
                (b"[b]", 100_000),
                b"=<script>",
                outcome="exhausted",
                anomaly="format_depth",
                contains=["<script>"],
            ),
            hostile("broken escapes", b"a=%3Cscript%3&b=%", outcome="complete", contains=["<script%3"]),
            hostile(
                "a million escapes",
                b"a=",
                (b"%3C", 1_000_000),
                b"script>",
                outcome="complete",
                contains=["<script>"],
            ),
            hostile("a name twice", b"a=1&a=%3Cscript%3E", outcome="complete", contains=["<script>"]),
            hostile("an escaped bracket in a name", b"a%5B%24ne%5D=x", outcome="complete", contains=["$ne"]),
            hostile("a NUL in a name", b"a%00b=%3Cscript%3E", outcome="complete", contains=["<script>"]),
            hostile(
                "separators alone", (b"&;=", 10_000), b"a=%3Cscript", outcome="complete", contains=["<script"]
            ),
            hostile(
                "brackets never closed",
                (b"a[", 100_000),
                b"=<script>",
                outcome="complete",
                contains=["<script>"],
            ),
        ],
    )
    write(
        "form",
        "truncated",
        [
            whole("fields", urllib.parse.urlencode(PAIRS).encode()),
            whole("names of names", b"user[name]=a+b&user[role][%24ne]=%3Cx%3E&ids[]=1&ids[]=2"),
        ],
    )


def xml_leaves(element: ElementTree.Element, path: Steps) -> list[Leaf]:
    rows = [leaf(path, "key", "text", element.tag)]
    for name, text in element.attrib.items():
        rows += [
            leaf((*path, f"@{name}"), "key", "text", name),
            leaf((*path, f"@{name}"), "value", "text", text),
        ]
    if element.text and element.text.strip():
        rows.append(leaf(path, "value", "text", element.text))
    before, count = "", 0
    for child in element:
        count = count + 1 if child.tag == before else 0
        before = child.tag
        rows += xml_leaves(child, (*path, child.tag, count) if count else (*path, child.tag))
        if child.tail and child.tail.strip():
            rows.append(leaf(path, "value", "text", child.tail))
    return rows


def make_xml() -> None:
    root = ElementTree.Element("order", {"id": 'a"<&>', "x": ""})
    root.text = "mixed <text> & more "
    for text in ("one", "two"):
        item = ElementTree.SubElement(root, "item")
        item.text = text
    item.tail = "tail"
    ElementTree.SubElement(ElementTree.SubElement(root, "deep"), "empty")
    expected = xml_leaves(root, ("order",))
    head = [leaf(("?xml",), "key", "text", "xml"), leaf(("?xml",), "value", "text", None)]
    stdlib = ElementTree.tostring(root)
    tree = lxml.etree.fromstring(stdlib)
    cases = [
        case("ElementTree", stdlib, expected),
        case(
            "ElementTree, declared",
            ElementTree.tostring(root, encoding="utf-8", xml_declaration=True),
            head + expected,
        ),
        case("lxml", lxml.etree.tostring(tree), expected),
        case(
            "lxml, declared",
            lxml.etree.tostring(tree, xml_declaration=True, encoding="UTF-8"),
            head + expected,
        ),
    ]
    write("xml", "golden", cases, [f"xml.etree ({PYTHON})", by_package("lxml")])
    laughs = b"<!DOCTYPE l [<!ENTITY a 'ha'>" + b"".join(
        f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>".encode() for n in range(9)
    )
    write(
        "xml",
        "hostile",
        [
            hostile(
                "a million levels", (b"<a>", 1_000_000), outcome="truncated|exhausted", anomaly="format_depth"
            ),
            hostile(
                "billion laughs",
                laughs,
                b"]><l>&j;</l>",
                outcome="complete",
                anomaly="ENTITY",
                contains=["&j;"],
            ),
            hostile(
                "external entity",
                b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
                outcome="complete",
                anomaly="DOCTYPE",
                contains=["file:///etc/passwd", "&x;"],
            ),
            hostile(
                "a doctype that never ends",
                b"<!DOCTYPE a [<!ENTITY x '<script>'",
                outcome="invalid|truncated",
                anomaly="DOCTYPE",
                contains=["<script>"],
            ),
            hostile(
                "attributes without end",
                b"<a ",
                (b"b='c' ", 200_000),
                b"d='<script>'/>",
                outcome="exhausted",
                anomaly="format_nodes",
                contains=["<script>"],
            ),
            hostile(
                "a comment that never ends", b"<a><!-- <script>", outcome="truncated", contains=["<script>"]
            ),
            hostile("angle brackets alone", (b"<", 1_000_000), outcome="invalid|exhausted"),
            hostile("declarations without end", (b"<!", 500_000), outcome="invalid|exhausted"),
            hostile(
                "end tags without start",
                b"<a>",
                (b"</b>", 1_000_000),
                outcome="exhausted",
                anomaly="format_nodes",
            ),
        ],
    )
    marked = b'<?xml version="1.0"?><a b="c"><!-- note --><d e=\'f\'/><![CDATA[<x> & y]]> t &lt;u&gt; </a>'
    write(
        "xml",
        "truncated",
        [whole("an order", stdlib, ends_itself=True), whole("every kind of mark", marked, ends_itself=True)],
    )


def make_multipart(made: list[dict[str, Any]]) -> None:
    def expected(
        disposition: list[tuple[str, list[tuple[str, str]]]],
        bodies: list[tuple[str, str]],
        types: list[str | None],
    ) -> list[Leaf]:
        rows: list[Leaf] = []
        for (raw, parameters), (kind, body), content_type in zip(disposition, bodies, types, strict=True):
            name = dict(parameters)["name"]
            rows.append(leaf((name,), "key", "text", name))
            at = (name, "Content-Disposition")
            rows += [leaf(at, "key", "text", "Content-Disposition"), leaf(at, "value", "text", raw)]
            rows += [leaf((*at, key), "value", "text", text) for key, text in parameters]
            if content_type:
                at = (name, "Content-Type")
                rows += [leaf(at, "key", "text", "Content-Type"), leaf(at, "value", "text", content_type)]
            rows.append(leaf((name,), "value", kind, body))
        return rows

    text = ('form-data; name="text"', [("name", "text")])
    python, _ = urllib3.encode_multipart_formdata(
        {"text": "hello\nworld", "file": ("a b.svg", "<svg/>", "image/svg+xml")}, boundary="0123456789abcdef"
    )
    file = ('form-data; name="file"; filename="a b.svg"', [("name", "file"), ("filename", "a b.svg")])
    browser = ('form-data; name="file"; filename="a%22b.svg"', [("name", "file"), ("filename", "a%22b.svg")])
    types = [None, "image/svg+xml"]
    cases = [
        case(
            "urllib3", python, expected([text, file], [("text", "hello\nworld"), ("binary", "<svg/>")], types)
        )
    ]
    cases += [
        case(
            row["name"],
            row["data"],
            expected([text, browser], [("text", "hello\r\nworld"), ("binary", "<svg/>")], types),
        )
        for row in made
    ]
    write("multipart", "golden", cases, [by_package("urllib3"), *sorted({row["by"] for row in made})])
    part = b"--X\r\nContent-Type: multipart/mixed; boundary=X\r\n\r\n"
    write(
        "multipart",
        "hostile",
        [
            hostile(
                "parts in parts",
                (part, 50_000),
                b"<script>",
                outcome="exhausted|complete",
                anomaly="format_depth",
                contains=["<script>"],
            ),
            hostile(
                "a million parts",
                (b"--X\r\nA: b\r\n\r\n", 200_000),
                outcome="exhausted",
                anomaly="format_nodes",
            ),
            hostile(
                "a header without end",
                b"--X\r\nA: b",
                (b" c\r\n", 200_000),
                b"<script>",
                outcome="complete",
                contains=["<script>"],
            ),
            hostile(
                "headers without end",
                b"--X\r\n",
                (b"A: b\r\n", 200_000),
                b"<script>",
                outcome="complete",
                contains=["<script>"],
            ),
            hostile(
                "parameters without end",
                b"--X\r\nA: b",
                (b";c=d", 200_000),
                b";e=<script>\r\n\r\n",
                outcome="complete",
                contains=["<script>"],
            ),
            hostile(
                "lines that are nearly boundaries",
                b"--X\r\nA: b\r\n\r\n",
                (b"--Y\r\n", 200_000),
                b"<script>",
                outcome="complete",
                contains=["<script>"],
            ),
            hostile(
                "a body that never ends",
                b"--X\r\nA: b\r\n\r\n<script>",
                outcome="complete",
                contains=["<script>"],
            ),
        ],
    )
    nested = (
        b'--A\r\nContent-Disposition: form-data; name="files"\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n'
        b'--B\r\nContent-Disposition: file; filename="one.txt"\r\n\r\nfirst\r\n--B--\r\n--A--\r\n'
    )
    write("multipart", "truncated", [whole("two fields", python), whole("parts in a part", nested)])


def make_csv(made: list[dict[str, Any]]) -> None:
    expected = list(leaves(ROWS))
    cases = []
    for name, options in [
        ("csv", {}),
        ("csv, quoted", {"quoting": csv.QUOTE_ALL}),
        ("csv, tabs", {"dialect": "excel-tab"}),
        ("csv, unix", {"dialect": "unix"}),
    ]:
        out = io.StringIO()
        csv.writer(out, **options).writerows(ROWS)
        cases.append(case(name, out.getvalue().encode(), expected))
    cases += [case(row["name"], row["data"], expected) for row in made]
    write("csv", "golden", cases, [f"csv ({PYTHON})", *sorted({row["by"] for row in made})])
    write(
        "csv",
        "hostile",
        [
            hostile("a million fields", (b",", 1_000_000), outcome="exhausted", anomaly="format_nodes"),
            hostile("a million rows", (b"a\n", 1_000_000), outcome="exhausted", anomaly="format_nodes"),
            hostile(
                "a quote that never ends",
                b'a,b\n"',
                (b'x""', 100_000),
                b"<script>",
                outcome="complete",
                contains=["<script>"],
            ),
            hostile("text behind a quote", b'"a"<script>,b', outcome="complete", contains=["a<script>"]),
            hostile(
                "a million quotes",
                b"a,b\n",
                (b'"', 1_000_000),
                b"<script>",
                outcome="complete",
                contains=["<script>"],
            ),
            hostile("rows that a CR ends", b"a,b\r<script>,2\r", outcome="complete", contains=["<script>"]),
            hostile("a NUL in a field", b"a,b\nx\0y,<script>\n", outcome="complete", contains=["<script>"]),
            hostile(
                "another separator further down",
                b"a;b\n1;2\n<script>,x\ty|z\n",
                outcome="complete",
                contains=["<script>"],
            ),
        ],
    )
    write(
        "csv",
        "truncated",
        [
            whole("rows", base64.b64decode(cases[0]["data_b64"])),
            whole("rows, quoted", base64.b64decode(cases[1]["data_b64"])),
            whole("rows, tabs", base64.b64decode(cases[2]["data_b64"])),
        ],
    )


def make_yaml(made: list[dict[str, Any]]) -> None:
    expected = list(leaves(VALUE))
    double = json.loads(json.dumps(VALUE))
    double["nested"]["a b"] = 12345678901234567000
    loose = [
        row if row["kind"] != "number" else leaf(tuple(row["path"]), "value", "number", None)
        for row in leaves(double)
    ]
    cases = [
        case("PyYAML", yaml.safe_dump(VALUE).encode(), sorted_like(VALUE)),
        case(
            "PyYAML, unsorted, Unicode",
            yaml.safe_dump(VALUE, sort_keys=False, allow_unicode=True).encode(),
            expected,
        ),
        case(
            "PyYAML, flow", yaml.safe_dump(VALUE, sort_keys=False, default_flow_style=True).encode(), expected
        ),
        case(
            "PyYAML, quoted",
            yaml.safe_dump(["a b", "c: d", "- e", "#f"], default_style='"').encode(),
            leaves(["a b", "c: d", "- e", "#f"]),
        ),
        case(
            "PyYAML, literal",
            yaml.safe_dump({"a": "x\n y\n\nz\n"}, default_style="|").encode(),
            leaves({"a": "x\n y\n\nz\n"}),
        ),
        *(case(row["name"], row["data"], loose) for row in made),
    ]
    write("yaml", "golden", cases, [by_package("PyYAML"), *sorted({row["by"] for row in made})])
    laughs = b"a0: &a0 [ha]\n" + b"".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n".encode() for n in range(1, 10)
    )
    write(
        "yaml",
        "hostile",
        [
            hostile("a million brackets", (b"[", 1_000_000), outcome="exhausted", anomaly="format_depth"),
            hostile(
                "a million question marks",
                (b"? ", 1_000_000),
                b"<script>",
                outcome="exhausted",
                anomaly="format_depth",
                contains=["<script>"],
            ),
            hostile(
                "half a million items in keys",
                (b"? - ", 500_000),
                outcome="exhausted",
                anomaly="format_depth",
            ),
            hostile(
                "names indented further a hundred times",
                "".join(" " * level + "a:\n" for level in range(100)).encode(),
                outcome="exhausted",
                anomaly="format_depth",
            ),
            hostile(
                "a million dashes",
                (b"- ", 1_000_000),
                b"<script>",
                outcome="exhausted",
                anomaly="format_depth",
                contains=["<script>"],
            ),
            hostile("billion laughs", laughs, outcome="complete", anomaly="aliases"),
            hostile(
                "a Python object",
                b"a: !!python/object/apply:os.system ['id']\n",
                outcome="complete",
                anomaly="tag",
                contains=["os.system", "id"],
            ),
            hostile(
                "a Ruby object", b"--- !ruby/object:Gem::Installer\ni: x\n", outcome="complete", anomaly="tag"
            ),
            hostile(
                "a Java object",
                b"!!javax.script.ScriptEngineManager [!!java.net.URL ['http://x/']]\n",
                outcome="complete",
                anomaly="tag",
            ),
            hostile("too many items", (b"- a\n", 500_000), outcome="exhausted", anomaly="format_nodes"),
            hostile(
                "a quote that never ends",
                b'a: "',
                (b"\n\n", 100_000),
                b"<script>",
                outcome="complete|truncated",
                contains=["<script>"],
            ),
            hostile(
                "indentation that grows",
                b"\n".join(b" " * n + b"a:" for n in range(300)),
                b" <script>",
                outcome="exhausted",
                anomaly="format_depth",
                contains=["<script>"],
            ),
            hostile(
                "text after a colon too many", b"a: b: <script>\n", outcome="complete", contains=["<script>"]
            ),
        ],
    )
    blocks = b"a: |\n  one\n   two\nb: >-\n  x\n  y\n? [c, {d: 'e'}]\n: &x !t \"f\\x3c\"\ng: *x # note\n"
    write(
        "yaml",
        "truncated",
        [
            whole("a map", yaml.safe_dump(VALUE).encode()),
            whole("blocks, flow and a key that is a list", blocks),
        ],
    )


def sorted_like(value: Any) -> list[Leaf]:
    """The leaves with every map's names sorted, as safe_dump does by default."""

    def ordered(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: ordered(value[key]) for key in sorted(value)}
        return [ordered(item) for item in value] if isinstance(value, list) else value

    return list(leaves(ordered(value)))


def make_text() -> None:
    texts = [b"hello", "é 😀".encode(), b"", b"\xff\x00binary"]
    write(
        "text",
        "golden",
        [case(repr(text), text, [leaf((), "value", "text", text)]) for text in texts],
        [PYTHON],
    )
    write(
        "text",
        "hostile",
        [
            hostile(
                "four megabytes", (b"a", 4 << 20), b"<script>", outcome="complete", contains=["<script>"]
            ),
            hostile(
                "a million NULs", (b"\0", 1_000_000), b"<script>", outcome="complete", contains=["<script>"]
            ),
            hostile("half a character", b"\xe2\x82<script>\xf0", outcome="complete", contains=["<script>"]),
            hostile("overlong UTF-8", b"\xc0\xbcscript>", outcome="complete", contains=["script>"]),
        ],
    )
    write("text", "truncated", [whole("a sentence", b"hello world"), whole("characters", "é 😀 né".encode())])


def make_jwt(made: list[dict[str, Any]]) -> None:
    claims = {"name": "<b>é</b>", "admin": True}
    key = "not a secret, thirty-two bytes long"

    def expected(token: bytes) -> list[Leaf]:
        header, payload, signature = token.split(b".")
        decode = lambda part: base64.urlsafe_b64decode(part + b"=" * (-len(part) % 4))  # noqa: E731
        return [
            *leaves(json.loads(decode(header)), ("header",)),
            *leaves(json.loads(decode(payload)), ("claims",)),
            leaf(("signature",), "value", "binary", decode(signature)),
        ]

    token = jwt.encode(claims, key, algorithm="HS256").encode()
    unsigned = jwt.encode(claims, None, algorithm="none").encode()
    cases = [case("PyJWT", token, expected(token)), case("PyJWT, none", unsigned, expected(unsigned))]
    cases += [case(row["name"], row["data"], expected(row["data"])) for row in made]
    write("jwt", "golden", cases, [by_package("PyJWT"), *sorted({row["by"] for row in made})])
    write(
        "jwt",
        "hostile",
        [
            hostile(
                "deep claims",
                b"eyJhIjoxfQ.",
                (b"W1tb", 300_000),
                b".x",
                outcome="complete",
                anomaly="format_depth",
            ),
            hostile("no claims", b"eyJhIjoxfQ", outcome="invalid"),
            hostile(
                "claims that are no JSON",
                b"eyJhIjoxfQ.",
                base64.urlsafe_b64encode(b"<script>").rstrip(b"="),
                b".x",
                outcome="complete",
                contains=["<script>"],
            ),
            hostile(
                "padding inside",
                b"eyJhIjoxfQ==.",
                base64.b64encode(b'{"a":"<script>"}'),
                b".x",
                outcome="complete",
                contains=["<script>"],
            ),
            hostile("a million dots", (b".", 1_000_000), outcome="exhausted", anomaly="format_nodes"),
            hostile(
                "a token for claims",
                b"eyJhIjoxfQ.",
                base64.urlsafe_b64encode(b'"eyJhIjoxfQ.PHNjcmlwdD4."').rstrip(b"="),
                b".",
                outcome="complete",
                contains=["eyJhIjoxfQ.PHNjcmlwdD4."],
            ),
            hostile(
                "a header of a million blanks",
                b"eyAg",
                (b"ICAg", 333_333),
                b"ImEiOiI8c2NyaXB0PiJ9.e30.",
                outcome="complete",
                contains=["<script>"],
            ),
        ],
    )
    encrypted = (
        b"eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0..AAECAwQFBgcICQoL.PHNlY3JldD4.AAECAwQFBgcICQoLDA0ODw"
    )
    write("jwt", "truncated", [whole("a token", token), whole("an encrypted token", encrypted)])


def main() -> None:
    made = node(Path(sys.argv[1]))
    make_json(made["json"])
    make_form(made["form"])
    make_xml()
    make_multipart(made["multipart"])
    make_csv(made["csv"])
    make_yaml(made["yaml"])
    make_text()
    make_jwt(made["jwt"])


if __name__ == "__main__":
    main()
