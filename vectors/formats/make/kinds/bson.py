"""BSON: every type and subtype."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

import bson
from bson.code import Code
from leaves import As, Both, Under

from .battery import documents
from .collect import Vectors, package, read_back
from .node import Node

OID = "0123456789abcdef01234567"


def oid() -> As:
    return As("extension", bytes.fromhex(OID), "$oid")


def make(vectors: Vectors, node: Node) -> None:
    here, there = package("pymongo"), node.by("bson")
    for name, value in documents():
        whole = value if isinstance(value, dict) else {"value": value}
        vectors.value(here, name, bson.encode(whole), whole)
        data = node.encode("bson", "bson", whole)
        vectors.value(there, name, data, read_back(name, bson.decode(data), whole))
    python(vectors, here)
    script(vectors, node, there)


def python(vectors: Vectors, here: str) -> None:
    subtypes = {
        f"t{kind}": bson.Binary(b"<script>12345678", kind) for kind in (0, 1, 2, 3, 4, 5, 6, 7, 8, 128, 255)
    }
    vectors.value(
        here,
        "binary of every subtype",
        bson.encode(subtypes),
        {name: bytes(data) for name, data in subtypes.items()},
    )
    ident = uuid.UUID("00112233-4455-6677-8899-aabbccddeeff")
    forms = {
        name: bson.Binary.from_uuid(ident, form)
        for name, form in (("standard", 4), ("python", 3), ("java", 5), ("csharp", 6))
    }
    vectors.value(
        here, "UUIDs of every order", bson.encode(forms), {name: bytes(data) for name, data in forms.items()}
    )
    numbers = {
        "dec": bson.Decimal128("NaN"),
        "small": bson.Decimal128("1E-6176"),
        "long": bson.Int64(5),
        "int": 5,
        "f": 5.0,
    }
    told = {
        "dec": As("extension", bson.Decimal128("NaN").bid, "$numberDecimal"),
        "small": As("extension", bson.Decimal128("1E-6176").bid, "$numberDecimal"),
        "long": 5,
        "int": 5,
        "f": 5.0,
    }
    vectors.value(here, "decimals and 64 bits", bson.encode(numbers), told)
    dates = {
        "before": datetime.datetime(1900, 1, 1, tzinfo=datetime.UTC),
        "milli": datetime.datetime(2026, 1, 1, 0, 0, 0, 5000, tzinfo=datetime.UTC),
    }
    vectors.value(
        here,
        "dates",
        bson.encode(dates),
        {name: round(when.timestamp() * 1000) for name, when in dates.items()},
    )
    code = {"plain": Code("alert(1)"), "scoped": Code("alert(x)", {"x": {"y": ["<i>"]}}), "after": "z"}
    scoped = Both((As("code", "alert(x)"), Under("$scope", {"x": {"y": ["<i>"]}})))
    vectors.value(
        here, "code", bson.encode(code), {"plain": As("code", "alert(1)"), "scoped": scoped, "after": "z"}
    )
    refs = {
        "one": bson.DBRef("users", bson.ObjectId(OID), "db", extra="<b>"),
        "ids": [bson.ObjectId(OID)] * 2,
    }
    vectors.value(
        here,
        "references",
        bson.encode(refs),
        {"one": {"$ref": "users", "$id": oid(), "$db": "db", "extra": "<b>"}, "ids": [oid()] * 2},
    )
    patterns = {"a": bson.Regex("<script", "imsux"), "b": bson.Regex("", "")}
    data = bson.encode(patterns)
    told = {"a": {"$regex": "<script", "$options": "imsux"}, "b": {"$regex": "", "$options": ""}}
    vectors.value(here, "patterns", data, told)
    vectors.cuts("references (pymongo)", bson.encode(refs), ends_itself=True)


def script(vectors: Vectors, node: Node, there: str) -> None:
    def told(name: str, value: Any) -> None:
        vectors.value(there, name, node.document("bson", f"bson: {name}"), value)

    scoped = Both((As("code", "alert(x)"), Under("$scope", {"x": ["<i>", {"y": 1}]})))
    every = {
        "id": oid(),
        "when": -1,
        "re": {"$regex": "^<script", "$options": "i"},
        "pattern": {"$regex": "<b>", "$options": "imx"},
        "dec": As("extension", bson.Decimal128("-1.50E+10").bid, "$numberDecimal"),
        "long": -(2**63),
        "int": -5,
        "double": 5.0,
        "min": None,
        "max": None,
        "ts": (4000000000 << 32) + 9,
        "symbol": "<i>",
        "ref": {"$ref": "users", "$id": oid(), "$db": "db"},
        "code": As("code", "alert(1)"),
        "scoped": scoped,
        "uuid": bytes.fromhex("00112233445566778899aabbccddeeff"),
        "big": 2**62,
    }
    told("every type", every)
    told(
        "binary of every subtype", {f"t{kind}": b"<script>12345678" for kind in (0, 1, 2, 3, 5, 6, 128, 255)}
    )
    told("undefined kept", {"a": None, "b": [None, None]})
    told("functions", {"f": As("code", 'function f() { return "<b>"; }')})
    told("a sparse list", {"list": [1, None, 3]})
