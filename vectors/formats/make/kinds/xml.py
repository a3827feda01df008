"""XML: namespaces, attributes, CDATA, comments, instructions, mixed content, by six encoders."""

from __future__ import annotations

import xml.dom.minidom
from typing import Any
from xml.etree import ElementTree

import lxml.builder
import lxml.etree
import xmltodict
from leaves import leaf

from .battery import ATTACK, CHARACTERS
from .collect import PYTHON, Rows, Vectors, package
from .node import Node

# An element: its name, its attributes, and what is in it: texts, elements, and pairs like ("#comment", …).
Element = tuple[str, dict[str, str], list[Any]]

MIXED: Element = (
    "p",
    {"class": 'a "b" <c>', "n": ""},
    ["before ", ("b", {}, ["bold"]), " between ", ("i", {}, []), " after & <"],
)
ROWS: Element = ("rows", {}, [("row", {"id": str(n)}, [("t", {}, [f"text {n} <b>"])]) for n in range(3)])
DEEP: Element = ("a", {}, [("b", {}, [("c", {}, [("d", {}, [("e", {}, [ATTACK])])])])])
TEXTS: Element = ("texts", {}, [("t", {}, [text]) for text in CHARACTERS if not set(text) & {"\x00", "\x01"}])
ATTRIBUTES: Element = (
    "a",
    {f"n{n}": text for n, text in enumerate(CHARACTERS) if not set(text) & {"\x00", "\x01"}},
    [],
)
LONG: Element = ("long", {"a": "y" * 3000}, ["x" * 5000])
ALTERNATE: Element = ("r", {}, [("a", {}, ["1"]), ("b", {}, ["2"]), ("a", {}, ["3"]), ("a", {}, ["4"])])
DOCUMENTS = {
    "mixed": MIXED,
    "rows": ROWS,
    "deep": DEEP,
    "texts": TEXTS,
    "attributes": ATTRIBUTES,
    "long": LONG,
    "alternating": ALTERNATE,
}

DECLARED = [leaf(["?xml"], "key", "text", "xml"), leaf(["?xml"], "value", "text", None)]


def told(element: Element, path: list[Any] | None = None) -> Rows:
    """The leaves: an element's name, its attributes, what is in it. A name's further children in a row have a place."""
    name, attributes, inside = element
    path = path if path is not None else [name]
    rows = [leaf(path, "key", "text", name)]
    for key, text in attributes.items():
        rows += [
            leaf([*path, f"@{key}"], "key", "text", key),
            leaf([*path, f"@{key}"], "value", "text", text),
        ]
    before, count = "", 0
    for part in inside:
        match part:
            case str():
                rows.append(leaf(path, "value", "text", part))
            case "#cdata", text:
                rows.append(leaf(path, "value", "text", text))
            case "#comment", text:
                rows.append(leaf([*path, "#comment"], "value", "text", text))
            case target, str() as text:
                rows += [
                    leaf([*path, target], "key", "text", target[1:]),
                    leaf([*path, target], "value", "text", text),
                ]
            case child, _, _:
                count = count + 1 if child == before else 0
                before = child
                rows += told(part, [*path, child, count] if count else [*path, child])
    return rows


def make(vectors: Vectors, node: Node) -> None:
    for name, element in DOCUMENTS.items():
        rows = told(element)
        tree = grown(ElementTree, element)
        standard, fast = f"xml.etree ({PYTHON})", package("lxml")
        vectors.add(standard, name, ElementTree.tostring(tree), rows)
        vectors.add(
            standard,
            f"{name}, in UTF-8",
            ElementTree.tostring(tree, encoding="utf-8", xml_declaration=True),
            DECLARED + rows,
        )
        vectors.add(fast, name, lxml.etree.tostring(grown(lxml.etree, element), encoding="utf-8"), rows)
        if name != "mixed":
            pretty = lxml.etree.tostring(grown(lxml.etree, element), pretty_print=True)
            vectors.add(fast, f"{name}, pretty", pretty, rows)
            dom = xml.dom.minidom.parseString(ElementTree.tostring(tree))
            vectors.add(f"xml.dom.minidom ({PYTHON})", name, dom.toxml().encode(), DECLARED + rows)
        data = node.encode("xml", "xmlbuilder2", element, headless=name == "rows")
        # It takes what looks like a reference for one.
        rows = [{**row, "text": "<%3C"} if row.get("text") == "&lt;%3C" else row for row in rows]
        vectors.add(node.by("xmlbuilder2"), name, data, rows if name == "rows" else DECLARED + rows)
        if name in ("rows", "deep", "alternating"):
            data = node.encode("xml", "fast-xml-parser", [element])
            vectors.add(node.by("fast-xml-parser"), name, data, rows)
    marks(vectors, node)


def grown(library: Any, element: Element) -> Any:
    name, attributes, inside = element
    made = library.Element(name, attributes)
    last = None
    for part in inside:
        if not isinstance(part, str):
            last = grown(library, part)
            made.append(last)
        elif last is None:
            made.text = part
        else:
            last.tail = part
    return made


def marks(vectors: Vectors, node: Node) -> None:
    """What is neither element nor attribute."""
    space = "urn:example:y?z"
    root = lxml.etree.Element("{urn:example:x}a", nsmap={None: "urn:example:x", "y": space})
    root.append(lxml.etree.Comment(" a <comment> "))
    root.append(lxml.etree.ProcessingInstruction("php", 'echo "<b>"'))
    lxml.etree.SubElement(root, f"{{{space}}}b", {f"{{{space}}}k": "v"}).text = lxml.etree.CDATA("<raw> & ]]")
    lxml.etree.SubElement(root, "{urn:example:x}c").text = "line\r\none\ttwo"
    rows: Rows = [leaf(["a"], "key", "text", "a")]
    for name, text in (("xmlns", "urn:example:x"), ("xmlns:y", space)):
        rows += [leaf(["a", f"@{name}"], "key", "text", name), leaf(["a", f"@{name}"], "value", "text", text)]
    rows.append(leaf(["a", "#comment"], "value", "text", " a <comment> "))
    rows += [leaf(["a", "?php"], "key", "text", "php"), leaf(["a", "?php"], "value", "text", 'echo "<b>"')]
    rows += [leaf(["a", "y:b"], "key", "text", "y:b"), leaf(["a", "y:b", "@y:k"], "key", "text", "y:k")]
    rows += [
        leaf(["a", "y:b", "@y:k"], "value", "text", "v"),
        leaf(["a", "y:b"], "value", "text", "<raw> & ]]"),
    ]
    rows += [leaf(["a", "c"], "key", "text", "c"), leaf(["a", "c"], "value", "text", "line\r\none\ttwo")]
    data = lxml.etree.tostring(root)
    vectors.add(package("lxml"), "namespaces, comments, instructions, CDATA", data, rows)
    vectors.cuts("namespaces, comments, instructions, CDATA (lxml)", data, ends_itself=True)
    value = {
        "order": {
            "@id": "7",
            "item": [{"#text": "one", "@n": "1"}, "<two>"],
            "empty": None,
            "note": "é & <b>",
        }
    }
    rows = told(
        (
            "order",
            {"id": "7"},
            [
                ("item", {"n": "1"}, ["one"]),
                ("item", {}, ["<two>"]),
                ("empty", {}, []),
                ("note", {}, ["é & <b>"]),
            ],
        )
    )
    vectors.add(package("xmltodict"), "a map", xmltodict.unparse(value).encode(), DECLARED + rows)
    element: Element = (
        "a",
        {},
        [("#comment", " <note> "), ("#cdata", "<raw> & text"), ("?go", "now <b>"), ("b", {"c": "d"}, ["e"])],
    )
    data = node.encode("xml", "xmlbuilder2", element)
    vectors.add(node.by("xmlbuilder2"), "comments, instructions, CDATA", data, DECLARED + told(element))
    data = node.document("xml", "fast-xml-parser: attributes, comments, CDATA")
    element = (
        "a",
        {"b": '<"c">'},
        [("#comment", " note "), ("d", {}, [("#cdata", "<raw> & text")]), ("e", {}, [])],
    )
    vectors.add(node.by("fast-xml-parser"), "attributes, comments, CDATA", data, told(element))
