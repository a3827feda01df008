"""Avro: every type, logical types, codecs, several blocks, by three encoders."""

from __future__ import annotations

import datetime
import decimal
import io
import json
import uuid
from typing import Any

import avro.datafile
import avro.io
import avro.schema
import fastavro
from leaves import leaves

from .battery import ATTACK
from .collect import Rows, Vectors, package
from .node import Node


def field(name: str, type: Any) -> dict[str, Any]:
    return {"name": name, "type": type}


KIND = {"type": "enum", "name": "Kind", "symbols": ["SAY", "SHOUT"]}
FOUR = {"type": "fixed", "name": "Four", "size": 4}
EVERY = {
    "type": "record",
    "name": "Every",
    "namespace": "chat",
    "fields": [
        field("nothing", "null"),
        field("yes", "boolean"),
        field("int", "int"),
        field("long", "long"),
        field("float", "float"),
        field("double", "double"),
        field("bytes", "bytes"),
        field("text", "string"),
        field("kind", KIND),
        field("four", FOUR),
        field("again", {"type": "array", "items": "chat.Four"}),
        field("either", ["null", "long", "string"]),
        field("list", {"type": "array", "items": ["string", "int"]}),
        field("map", {"type": "map", "values": {"type": "array", "items": "string"}}),
        field(
            "inner",
            {
                "type": "record",
                "name": "Inner",
                "fields": [field("next", ["null", "Inner"]), field("t", "string")],
            },
        ),
    ],
}


def every(number: int, text: str, **more: Any) -> dict[str, Any]:
    record = {
        "nothing": None,
        "yes": number > 0,
        "int": number % 1000 - 500,
        "long": number,
        "float": 0.5,
        "double": 0.1,
        "bytes": b"\xff" + text.encode()[:3],
        "text": text,
        "kind": "SHOUT",
        "four": b"<b>\xff",
        "again": [b"abcd", b"\xff\xfe\xfd\xfc"],
        "either": "in a union",
        "list": ["<i>", 7, ""],
        "map": {"é": ["a", "b"], "none": []},
        "inner": {"next": {"next": None, "t": "<b>deep"}, "t": "shallow"},
    }
    return {**record, **more}


RECORDS = [
    every(2**62, ATTACK),
    every(-(2**63), "", either=None, list=[], map={}),
    every(0, "é😀" * 40, either=-(2**40)),
    every(1, "x" * 8200, either="z"),
]
SIMPLE: dict[str, tuple[Any, list[Any]]] = {
    "texts": ("string", ["a", ATTACK, ""]),
    "bytes": ("bytes", [b"\xff", ATTACK.encode()]),
    "long numbers": ("long", [0, -1, 63, 64, -64, -65, 8191, 8192, 2**31, -(2**63), 2**63 - 1]),
    "doubles": ("double", [0.5, -0.0, 1e300, 5e-324]),
    "unions": (
        {"type": "array", "items": ["null", "string", "bytes", "double"]},
        [[None, "<b>", b"\xff", 0.5], []],
    ),
    "maps": ({"type": "map", "values": "long"}, [{}, {"<b>": 1, "é": -1}]),
    "lists of lists": ({"type": "array", "items": {"type": "array", "items": "string"}}, [[], [[], ["<b>"]]]),
    "enums": (KIND, ["SAY", "SHOUT"]),
    "fixed": (FOUR, [b"abcd", b"\xff\x00\xff\x00"]),
}


def make(vectors: Vectors, node: Node) -> None:
    fast, apache, there = package("fastavro"), package("avro"), node.by("avsc")
    for codec in ("null", "deflate", "snappy", "zstandard"):
        told(vectors, fast, f"every type, {codec}", EVERY, by_fastavro(EVERY, RECORDS, codec=codec), RECORDS)
    for codec in ("null", "deflate"):
        told(vectors, apache, f"every type, {codec}", EVERY, by_apache(EVERY, RECORDS, codec), RECORDS)
    for codec in ("null", "deflate", "snappy"):
        data = node.encode("avro", "avsc", [EVERY, RECORDS], codec=codec)
        told(vectors, there, f"every type, {codec}", EVERY, data, RECORDS)
    small = RECORDS[:3] * 3
    told(vectors, fast, "several blocks", EVERY, by_fastavro(EVERY, small, sync_interval=100), small)
    told(
        vectors,
        there,
        "several blocks",
        EVERY,
        node.encode("avro", "avsc", [EVERY, small], blockSize=200),
        small,
    )
    for name, (schema, records) in SIMPLE.items():
        told(vectors, fast, name, schema, by_fastavro(schema, records), records)
        told(vectors, apache, name, schema, by_apache(schema, records, "null"), records)
        told(vectors, there, name, schema, node.encode("avro", "avsc", [schema, records]), records)
    logical(vectors, fast)
    single(vectors, fast)


def told(vectors: Vectors, by: str, name: str, _schema: Any, data: bytes, records: list[Any]) -> None:
    """The metadata as the file has it, then the records."""
    reader = fastavro.reader(io.BytesIO(data))
    meta = {key: text.encode() for key, text in reader.metadata.items()}
    rows = leaves(meta, ["meta"])
    for place, record in enumerate(records):
        rows += told_record(record, [place])
    vectors.add(by, name, data, rows)
    if len(data) < 600 and name in ("unions", "maps", "lists of lists", "enums"):
        vectors.cuts(f"{name} ({by.split(' ')[0]})", data, ends_itself=False)


def told_record(value: Any, path: list[Any], name: str = "") -> Rows:
    """Names of a record's fields are the schema's; those of a map are the document's."""
    if value in RECORDS or (isinstance(value, dict) and name != "map" and len(path) > 1):
        return [row for key, part in value.items() for row in told_record(part, [*path, key], key)]
    return leaves(value, path)


def by_fastavro(schema: Any, records: list[Any], **options: Any) -> bytes:
    out = io.BytesIO()
    fastavro.writer(
        out,
        fastavro.parse_schema(json.loads(json.dumps(schema))),
        records,
        sync_marker=b"framewall vector",
        **options,
    )
    return out.getvalue()


def by_apache(schema: Any, records: list[Any], codec: str) -> bytes:
    out = io.BytesIO()
    writer = avro.datafile.DataFileWriter(
        out, avro.io.DatumWriter(), avro.schema.parse(json.dumps(schema)), codec=codec
    )
    for record in records:
        writer.append(record)
    writer.flush()
    return out.getvalue()


def logical(vectors: Vectors, fast: str) -> None:
    def kind(type: Any, logical: str, **more: Any) -> dict[str, Any]:
        base = type if isinstance(type, dict) else {"type": type}
        return {**base, "logicalType": logical, **more}

    schema = {
        "type": "record",
        "name": "Logical",
        "fields": [
            field("day", kind("int", "date")),
            field("time", kind("int", "time-millis")),
            field("exact", kind("long", "timestamp-micros")),
            field("local", kind("long", "local-timestamp-millis")),
            field("id", kind("string", "uuid")),
            field("money", kind("bytes", "decimal", precision=10, scale=2)),
            field("fixed", kind({"type": "fixed", "name": "F", "size": 8}, "decimal", precision=10, scale=2)),
            field("maybe", ["null", kind("int", "date")]),
        ],
    }
    ident = uuid.UUID(int=5)
    when = datetime.datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=datetime.UTC)
    record = {
        "day": when.date(),
        "time": datetime.time(0, 0, 1),
        "exact": when,
        "local": datetime.datetime(2026, 1, 2),
        "id": ident,
        "money": decimal.Decimal("-1.50"),
        "fixed": decimal.Decimal("1.50"),
        "maybe": when.date(),
    }
    days = (when.date() - datetime.date(1970, 1, 1)).days
    written = {
        "day": days,
        "time": 1000,
        "exact": int(when.timestamp()) * 1_000_000 + 6,
        "local": days * 86_400_000,
        "id": str(ident),
        "money": (-150).to_bytes(2, "big", signed=True),
        "fixed": (150).to_bytes(8, "big"),
        "maybe": days,
    }
    data = by_fastavro(schema, [record])
    meta = {key: text.encode() for key, text in fastavro.reader(io.BytesIO(data)).metadata.items()}
    rows = leaves(meta, ["meta"]) + leaves(written, [0], named=False)
    vectors.add(fast, "logical types", data, rows)


def single(vectors: Vectors, fast: str) -> None:
    """Single-object encoding: a fingerprint in the place of the schema."""
    schema = fastavro.parse_schema(
        {"type": "record", "name": "Say", "fields": [field("who", "string"), field("text", "string")]}
    )
    out = io.BytesIO()
    fastavro.schemaless_writer(out, schema, {"who": "ann", "text": ATTACK})
    data = b"\xc3\x01" + bytes(range(8)) + out.getvalue()
    vectors.add(fast, "a single object", data, leaves(out.getvalue()) + leaves(["ann", ATTACK]))
    vectors.cuts("a single object (fastavro)", data, ends_itself=False)
