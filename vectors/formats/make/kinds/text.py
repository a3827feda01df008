"""Plain text: whatever it is, it is one leaf."""

from __future__ import annotations

from leaves import leaf

from .battery import CHARACTERS
from .collect import PYTHON, Vectors
from .node import Node


def make(vectors: Vectors, node: Node) -> None:
    there = node.by("Node TextEncoder")
    told = {
        "several lines": "one\r\ntwo\n\tthree\n",
        "a mark of byte order": "\ufeffhello",
        "long": "x" * 70000,
        "controls": "\x00\x01\x1b[31m\x7f",
        **{f"characters {place}": text for place, text in enumerate(CHARACTERS)},
    }
    for name, text in told.items():
        vectors.value(PYTHON, name, text.encode(), text)
        vectors.value(there, name, node.encode("text", "TextEncoder", text), text)
    vectors.cuts("several lines", told["several lines"].encode(), ends_itself=False)
    for code in ("latin-1", "cp1252", "shift-jis", "koi8-r", "utf-16-le"):
        text = {"shift-jis": "漢字", "koi8-r": "привет"}.get(code, "é naïve")
        data = text.encode(code)
        vectors.add(PYTHON, f"in {code}", data, [leaf([], "value", "text", data)])
    halves = node.encode("text", "TextEncoder", "half", half=True)
    vectors.value(there, "half a character replaced", halves, "half\ufffd")
