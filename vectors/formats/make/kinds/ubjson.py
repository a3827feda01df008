"""UBJSON: every marker, containers counted and typed."""

from __future__ import annotations

import decimal
import struct
from typing import Any

import ubjson
from leaves import As

from .battery import ATTACK, documents
from .collect import Vectors, package, read_back
from .node import Node


def make(vectors: Vectors, node: Node) -> None:
    here, there = package("py-ubjson"), node.by("@shelacek/ubjson")
    for name, value in documents():
        # The specification has no infinities: they are null.
        told = [None] * 3 if name == "infinities and no number" else value
        vectors.value(here, name, ubjson.dumpb(value), told, sniffed=told is value)
    for name, value in documents(big=False, binary=False):
        data = node.encode("ubjson", "@shelacek/ubjson", value)
        vectors.value(there, name, data, read_back(name, ubjson.loadb(data), value))
    python(vectors, here)
    script(vectors, node, there)


def python(vectors: Vectors, here: str) -> None:
    counted = [
        ("counted lists", [[1, "<b>", None], [[]], {}]),
        ("counted maps", {"a": {"b": ATTACK}, "c": {}}),
    ]
    for name, value in counted:
        data = ubjson.dumpb(value, container_count=True)
        vectors.value(here, name, data, value)
    small = {"f": [0.5, -1.5], "d": 1e300}
    vectors.value(here, "doubles", ubjson.dumpb(small, no_float32=True), small)
    vectors.value(here, "floats of 32 bits", ubjson.dumpb(small, no_float32=False), small)
    exact = ubjson.dumpb([decimal.Decimal("1.50"), 2**100])
    vectors.value(here, "numbers in decimal", exact, [As("number", "1.50"), As("number", str(2**100))])
    ordered = {"b": 1, "a": {"d": 2, "c": 3}}
    vectors.value(
        here, "sorted names", ubjson.dumpb(ordered, sort_keys=True), {"a": {"c": 3, "d": 2}, "b": 1}
    )


def script(vectors: Vectors, node: Node, there: str) -> None:
    def typed(name: str, value: Any, told: Any) -> None:
        data = node.encode("ubjson", "@shelacek/ubjson", value, optimizeArrays=True, optimizeObjects=True)
        vectors.value(there, name, data, told)
        vectors.cuts(f"{name} (@shelacek/ubjson)", data, ends_itself=True)

    # A typed list of numbers is one leaf of bytes.
    numbers = {"a": [1, 2, 60], "b": [1, 300], "c": [1, 70000], "d": [0.5, 1.5]}
    told = {
        "a": b"\x01\x02<",
        "b": struct.pack(">2h", 1, 300),
        "c": struct.pack(">2i", 1, 70000),
        "d": struct.pack(">2f", 0.5, 1.5),
    }
    typed("typed lists of numbers", numbers, told)
    texts = {"a": ["<b>", "ann", ""], "b": [["in"], [ATTACK]], "c": [{"x": "y"}, {"x": "<i>"}]}
    typed("typed lists of texts, lists and maps", texts, texts)
    constants = {"t": [True] * 3, "f": [False] * 2, "n": [None] * 4}
    typed("typed lists of constants", constants, constants)
    maps = {
        "n": {"x": 1, "<b>": 2},
        "t": {"x": "long text", "y": "<i>"},
        "l": {"x": [[]], "y": [["z"]]},
        "c": {"p": True, "q": True},
    }
    # Letters in a list of one type are bytes too.
    typed("typed maps", maps, {**maps, "l": {"x": [[]], "y": [b"z"]}})
    mixed = {"a": [1, "x", None, [2.5]], "b": {"c": 1, "d": "x"}}
    typed("counted containers", mixed, {**mixed, "a": [1, "x", None, struct.pack(">f", 2.5)]})
    arrays = {
        "int8": b"\xff<b",
        "uint8": b"<b>",
        "int16": struct.pack(">2h", -1, 258),
        "int32": struct.pack(">2i", -1, 65538),
        "float32": struct.pack(">f", 1.5),
        "float64": struct.pack(">d", 0.1),
    }
    vectors.value(there, "typed arrays", node.document("ubjson", "@shelacek/ubjson: typed arrays"), arrays)
