"""JSON: every kind of value, by three encoders."""

from __future__ import annotations

import datetime
import json
import uuid

import orjson

from .battery import CHARACTERS, documents
from .collect import PYTHON, Vectors, package, read_back
from .node import Node


def make(vectors: Vectors, node: Node) -> None:
    standard, fast, there = f"json ({PYTHON})", package("orjson"), node.by("Node JSON.stringify")
    for name, value in documents(unbounded=False, binary=False, big=False):
        vectors.value(standard, name, json.dumps(value).encode(), value)
        vectors.value(fast, name, orjson.dumps(value), value)
        data = node.encode("json", "JSON.stringify", value)
        vectors.value(there, name, data, read_back(name, json.loads(data), value))
    big = [2**64, -(2**70), 2**63]
    vectors.value(standard, "numbers of any size", json.dumps(big).encode(), big)
    vectors.value(fast, "numbers of 64 bits", orjson.dumps([2**64 - 1, -(2**63)]), [2**64 - 1, -(2**63)])
    vectors.value(
        standard, "characters as they are", json.dumps(CHARACTERS, ensure_ascii=False).encode(), CHARACTERS
    )
    spaced = {"a": [1, {"b": []}], "c": {}}
    vectors.value(
        standard, "other separators", json.dumps(spaced, separators=(" ,\t", " :\n")).encode(), spaced
    )
    vectors.value(
        fast, "indented", orjson.dumps(spaced, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE), spaced
    )
    vectors.cuts("indented (orjson)", orjson.dumps(spaced, option=orjson.OPT_INDENT_2), ends_itself=True)
    typed = {"id": uuid.UUID(int=5), "when": datetime.datetime(2026, 1, 2, 3, 4, 5)}
    told = {"id": "00000000-0000-0000-0000-000000000005", "when": "2026-01-02T03:04:05"}
    vectors.value(fast, "dates and UUIDs", orjson.dumps(typed), told)
    keys = {1: "a", None: "b", False: "c"}
    vectors.value(
        standard, "keys that were no text", json.dumps(keys).encode(), {"1": "a", "null": "b", "false": "c"}
    )
    told = {"when": "2023-11-14T22:13:20.000Z", "list": [None, None, None], "\u2028": "</script>"}
    vectors.value(
        there, "what JavaScript alone has", node.document("json", "what JavaScript alone has"), told
    )
