"""CBOR: every head, lengths known and not, tags, records."""

from __future__ import annotations

import datetime
import decimal
import fractions
import ipaddress
import re
import uuid
from typing import Any

import cbor2

from .battery import ATTACK, documents
from .collect import Vectors, package, read_back
from .node import Node


def make(vectors: Vectors, node: Node) -> None:
    here = package("cbor2")
    for name, value in documents():
        vectors.value(here, name, cbor2.dumps(value), value)
    for module in ("cbor-x", "cbor", "cborg"):
        for name, value in documents():
            data = node.encode("cbor", module, value)
            seen = read_back(name, loads(data), value)
            if module == "cbor" and name == "numbers of 64 bits":
                # By tags 2 and 3: the magnitude's bytes.
                seen = [
                    (number if number > 0 else -1 - number).to_bytes(
                        number.bit_length() // 8 + (number.bit_length() % 8 > 0), "big"
                    )
                    for number in value
                ]
            vectors.value(node.by(module), name, data, seen)
    python(vectors, here)
    script(vectors, node)


def loads(data: bytes) -> Any:
    """The value by another decoder, tags as what they stand before."""
    return cbor2.loads(data, tag_hook=lambda tag, *_: tag.value)


def python(vectors: Vectors, here: str) -> None:
    when = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.UTC)
    tags = {
        "text time": when,
        "decimal": decimal.Decimal("1.50"),
        "fraction": fractions.Fraction(2, 5),
        "big": 2**70,
        "low": -(2**70),
        "pattern": re.compile("^<script"),
        "id": uuid.UUID(int=5),
        "set": {"<b>"},
        "address": ipaddress.ip_address("192.0.2.1"),
        "network": ipaddress.ip_network("192.0.2.0/24"),
        "day": datetime.date(2026, 1, 2),
        "nothing": cbor2.undefined,
        "simple": cbor2.CBORSimpleValue(99),
        "low 64 bits": -(2**64),
        "high 64 bits": 2**64 - 1,
    }
    told = {
        "text time": "2026-01-02T03:04:05Z",
        "decimal": [-2, 150],
        "fraction": [2, 5],
        "big": (2**70).to_bytes(9, "big"),
        "low": (2**70 - 1).to_bytes(9, "big"),
        "pattern": "^<script",
        "id": bytes(15) + b"\x05",
        "set": ["<b>"],
        "address": bytes([192, 0, 2, 1]),
        "network": [24, bytes([192, 0, 2])],
        "day": "2026-01-02",
        "nothing": None,
        "simple": 99,
        "low 64 bits": -(2**64),
        "high 64 bits": 2**64 - 1,
    }
    vectors.value(here, "tags of Python's types", cbor2.dumps(tags), told)
    stamped = cbor2.dumps([when, when.replace(microsecond=500_000)], datetime_as_timestamp=True)
    vectors.value(here, "times as numbers", stamped, [int(when.timestamp()), when.timestamp() + 0.5])
    endless = {"a": [ATTACK, [1, {}]], "b": {"c": []}}
    data = cbor2.dumps(endless, indefinite_containers=True)
    vectors.value(here, "containers of indefinite length", data, endless)
    vectors.cuts("containers of indefinite length", data, ends_itself=True)
    keys = {1: "a", -1: "b", b"\xff": "c", None: "d", False: "e", "f": {2**40: "g"}}
    vectors.value(here, "keys of any type", cbor2.dumps(keys), keys)
    halves = [0.5, 65504.0, 100000.0, 1.1]
    vectors.value(here, "canonical floats", cbor2.dumps(halves, canonical=True), halves)
    names = {"bb": 1, "a": 2, "ccc": {"z": 1, "y": 2}}
    ordered = {"a": 2, "bb": 1, "ccc": {"y": 2, "z": 1}}
    vectors.value(here, "canonical names", cbor2.dumps(names, canonical=True), ordered)
    rows = [{"user name": "a longer text", "n": n} for n in range(3)]
    inner = cbor2.CBORTag(256, cbor2.CBORTag(55799, rows))
    vectors.value(here, "a tag in a tag", cbor2.dumps([inner, "x"]), [rows, "x"])
    many = [f"text number {n % 30}" for n in range(60)]
    vectors.value(here, "many string references", cbor2.dumps(many, string_referencing=True), many)


def script(vectors: Vectors, node: Node) -> None:
    def told(module: str, name: str, value: Any, cut: bool = False) -> None:
        data = node.document("cbor", f"{module}: {name}")
        vectors.value(node.by(module), name, data, value)
        if cut:
            vectors.cuts(f"{name} ({module})", data, ends_itself=True)

    told("cbor", "an indefinite text", ATTACK)
    told("cbor", "indefinite bytes", ATTACK.encode())
    told("cbor", "an indefinite list", ["<b>", 1, [True]])
    told("cbor", "an indefinite map", {"a": "<b>", "c": {"d": []}}, cut=True)
    huge = (2**70).to_bytes(9, "big"), (2**70 - 1).to_bytes(9, "big")
    tags = {
        "when": 1700000000.5,
        "at": "http://example.com/%3Cb%3E",
        "re": "^<script",
        "tag": "javascript:alert(1)",
        "huge": huge[0],
        "low": huge[1],
        "none": None,
        "simple": 99,
        "map": {1: "one", "two": 2},
    }
    told("cbor", "tags", tags)
    dates = {
        "when": 1700000000,
        "none": None,
        "set": ["<b>", 1],
        "re": ["RegExp", "^<script", "i"],
        "huge": huge[0],
    }
    told("cbor-x", "dates and undefined", dates)
    told("cbor-x", "typed arrays", {"words": b"\x01\0\x02\0\xff\xff", "bytes": b"<b>"})
    told("cbor-x", "an embedded map", {1: "one", "two": {None: "<b>"}})
    data = node.document("cbor", "cbor-x: records")
    vectors.value(node.by("cbor-x"), "records, as they are written", data, loads(data))
    told("cborg", "tokens", {"b": 2**63, "c": -(2**64), "z": 1, "aa": [None]})
