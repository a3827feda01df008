"""The binary walkers beside the reference libraries: on benign data, the leaves are the same."""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from typing import Any

import amazon.ion.simpleion as ion
import bjdata
import bson
import cbor2
import fastavro
import msgpack
import pytest
import ubjson
from flatbuffers import flexbuffers
from google.protobuf import descriptor_pb2
from hypothesis import given
from hypothesis import strategies as st
from thrift.protocol import TBinaryProtocol, TCompactProtocol
from thrift.Thrift import TType
from thrift.transport import TTransport

from framewall import _core

Row = tuple[tuple[str | int | bytes, ...], str, str, object]

INT64 = st.integers(-(2**63), 2**63 - 1)
FLOATS = st.floats(allow_nan=False, width=64)
NAMES = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)
TEXTS = st.text(max_size=80)


def documents(
    scalars: st.SearchStrategy[Any], names: st.SearchStrategy[Any] = NAMES
) -> st.SearchStrategy[Any]:
    return st.recursive(
        scalars,
        lambda inner: st.lists(inner, max_size=5) | st.dictionaries(names, inner, max_size=5),
        max_leaves=25,
    )


FINITE = st.floats(allow_nan=False, allow_infinity=False)
ASCII = st.text(st.characters(min_codepoint=1, max_codepoint=127), max_size=12)
JSON_LIKE = st.none() | st.booleans() | INT64 | FLOATS | TEXTS
WITH_BYTES = JSON_LIKE | st.binary(max_size=60)


def name(key: object) -> str | bytes:
    """A key as the path shows it: text where it can be."""
    if isinstance(key, bytes):
        try:
            return key.decode()
        except UnicodeDecodeError:
            return key
    return str(key)


def scalar(value: object) -> tuple[str, object]:
    match value:
        case None:
            return "null", b"null"
        case bool():
            return "bool", b"true" if value else b"false"
        case int() | float():
            return "number", value
        case str():
            return "text", value.encode("utf-8", "surrogatepass")
        case bytes():
            return "binary", value
    raise TypeError(type(value))


def expected(value: object, path: tuple[str | int | bytes, ...] = (), named: bool = True) -> list[Row]:
    match value:
        case dict():
            rows: list[Row] = []
            for key, member in value.items():
                if named:
                    rows.append(((*path, name(key)), "key", *scalar(key)))
                rows += expected(member, (*path, name(key)), named)
            return rows
        case list() | tuple():
            return [row for place, part in enumerate(value) for row in expected(part, (*path, place), named)]
    return [(path, "value", *scalar(value))]


def found(data: bytes, form: str) -> list[Row]:
    *rows, last = _core.walk(data, form)
    assert last[2] == "complete", last
    assert last[4] == (len(data), len(data)), "not read to its end"
    return [
        (path, role, kind, number(content) if kind == "number" else content)
        for path, role, kind, content, _ in rows
    ]


def number(text: bytes) -> int | float:
    try:
        return int(text)
    except ValueError:
        return float(text)


def assert_same(data: bytes, form: str, rows: list[Row]) -> None:
    given_rows = found(data, form)
    assert len(given_rows) == len(rows), (given_rows, rows)
    for ours, theirs in zip(given_rows, rows, strict=True):
        assert ours[:3] == theirs[:3]
        if isinstance(theirs[3], float) and math.isnan(theirs[3]):
            continue
        assert ours[3] == theirs[3]


@given(
    documents(WITH_BYTES | st.integers(0, 2**64 - 1), NAMES | st.integers(-100, 100) | st.binary(max_size=8))
)
def test_msgpack_reads_what_msgpack_reads(value: object) -> None:
    data = msgpack.packb(value)
    assert_same(data, "msgpack", expected(msgpack.unpackb(data, strict_map_key=False)))


@given(documents(WITH_BYTES | st.integers(-(2**64), 2**64 - 1), NAMES | st.integers(-100, 100)))
def test_cbor_reads_what_cbor2_reads(value: object) -> None:
    data = cbor2.dumps(value)
    assert_same(data, "cbor", expected(cbor2.loads(data)))


@given(documents(st.sampled_from(["ann says", "bob says", "x"]) | st.binary(min_size=2, max_size=4)))
def test_cbor_string_references_are_resolved(value: object) -> None:
    data = cbor2.dumps(value, string_referencing=True)
    assert_same(data, "cbor", expected(cbor2.loads(data)))


@given(st.dictionaries(NAMES, documents(WITH_BYTES), max_size=5))
def test_bson_reads_what_pymongo_reads(value: dict[str, Any]) -> None:
    data = bson.encode(value)
    assert_same(data, "bson", expected(bson.decode(data)))


@pytest.mark.parametrize(("form", "library"), [("ubjson", ubjson), ("bjdata", bjdata)])
@pytest.mark.parametrize("counted", [False, True])
def test_ubjson_and_bjdata_read_what_their_libraries_read(form: str, library: Any, counted: bool) -> None:
    # The libraries write infinities as null.
    @given(documents(st.none() | st.booleans() | INT64 | FINITE | TEXTS | st.binary(min_size=1, max_size=60)))
    def same(value: object) -> None:
        data = library.dumpb(value, container_count=counted)
        assert_same(data, form, expected(value))

    same()


# The library fails on floats beyond single precision's range, and on names beyond ASCII.
NARROW = st.floats(-3e38, 3e38)


@given(
    documents(st.none() | st.booleans() | INT64 | NARROW | TEXTS | st.binary(min_size=1, max_size=60), ASCII)
)
def test_flexbuffers_read_what_flatbuffers_reads(value: object) -> None:
    data = bytes(flexbuffers.Dumps(value))
    assert_same(data, "flexbuffers", expected(flexbuffers.Loads(data)))


@given(documents(JSON_LIKE))
@pytest.mark.parametrize("binary", [False, True])
def test_ion_reads_what_amazon_ion_reads(binary: bool, value: object) -> None:
    data = ion.dumps(value, binary=binary)
    data = data if binary else data.encode()
    rows = expected(value)
    # A symbol table comes before the value.
    assert found(data, "ion")[len(found(data, "ion")) - len(rows) :] == rows


AVRO = {
    "type": "record",
    "name": "Node",
    "fields": [
        {"name": "text", "type": "string"},
        {"name": "maybe", "type": ["null", "long", "double", "string", "bytes"]},
        {"name": "items", "type": {"type": "array", "items": "Node"}},
        {"name": "named", "type": {"type": "map", "values": "Node"}},
    ],
}
SCALARS = {"text": TEXTS, "maybe": st.none() | INT64 | FLOATS | TEXTS | st.binary(max_size=30)}
NODES: st.SearchStrategy[dict[str, Any]] = st.recursive(
    st.fixed_dictionaries({**SCALARS, "items": st.just([]), "named": st.just({})}),
    lambda inner: st.fixed_dictionaries(
        {**SCALARS, "items": st.lists(inner, max_size=3), "named": st.dictionaries(TEXTS, inner, max_size=3)}
    ),
    max_leaves=6,
)


def avro_rows(record: dict[str, Any], path: tuple[str | int | bytes, ...]) -> list[Row]:
    rows = expected(record["text"], (*path, "text")) + expected(record["maybe"], (*path, "maybe"))
    for place, inner in enumerate(record["items"]):
        rows += avro_rows(inner, (*path, "items", place))
    for key, inner in record["named"].items():
        rows.append(((*path, "named", key), "key", "text", key.encode()))
        rows += avro_rows(inner, (*path, "named", key))
    return rows


@given(st.lists(NODES, max_size=3), st.sampled_from(["null", "deflate"]))
def test_avro_reads_what_fastavro_reads(records: list[dict[str, Any]], codec: str) -> None:
    out = io.BytesIO()
    fastavro.writer(out, AVRO, records, codec=codec)
    data = out.getvalue()
    rows: list[Row] = []
    for place, record in enumerate(fastavro.reader(io.BytesIO(data))):
        rows += avro_rows(record, (place,))  # type: ignore[arg-type]
    assert [row for row in found(data, "avro") if row[0][0] != "meta"] == rows


@given(st.lists(st.tuples(TEXTS, INT64, st.lists(TEXTS, max_size=4)), max_size=4))
@pytest.mark.parametrize("factory", [TBinaryProtocol.TBinaryProtocol, TCompactProtocol.TCompactProtocol])
def test_thrift_reads_what_thrift_wrote(
    factory: Callable[..., Any], rows: list[tuple[str, int, list[str]]]
) -> None:
    transport = TTransport.TMemoryBuffer()
    p = factory(transport)
    p.writeMessageBegin("say", 1, 7)
    p.writeStructBegin("args")
    wanted: list[Row] = [(("say",), "key", "text", b"say")]
    for place, (text, number, texts) in enumerate(rows):
        p.writeFieldBegin("text", TType.STRING, 100 * place + 1)
        p.writeString(text)
        p.writeFieldEnd()
        p.writeFieldBegin("number", TType.I64, 100 * place + 2)
        p.writeI64(number)
        p.writeFieldEnd()
        p.writeFieldBegin("texts", TType.LIST, 100 * place + 50)
        p.writeListBegin(TType.STRING, len(texts))
        for part in texts:
            p.writeString(part)
        p.writeListEnd()
        p.writeFieldEnd()
        wanted += expected(text, ("say", str(100 * place + 1)))
        wanted += expected(number, ("say", str(100 * place + 2)))
        wanted += expected(texts, ("say", str(100 * place + 50)))
    p.writeFieldStop()
    p.writeStructEnd()
    p.writeMessageEnd()
    assert_same(transport.getvalue(), "thrift", wanted)


# Bytes that are fields throughout, nothing printable between them, are shown as those fields only.
PLAIN = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=80)


@given(st.lists(st.tuples(PLAIN, st.integers(0, 2**31 - 1), PLAIN), min_size=1, max_size=4))
def test_every_text_of_a_protobuf_message_is_a_leaf_at_its_numbers(
    fields: list[tuple[str, int, str]],
) -> None:
    message = descriptor_pb2.DescriptorProto()
    for field_name, field_number, json_name in fields:
        message.field.add(name=field_name, number=field_number, json_name=json_name)
    data = message.SerializeToString()
    rows = found(data, "protobuf")
    for field_name, field_number, json_name in fields:
        for place, text in (("1", field_name), ("10", json_name)):
            kinds = {
                kind for path, _, kind, content in rows if path == ("2", place) and content == text.encode()
            }
            assert kinds & {"text", "binary"}, (place, text, rows)
        assert (("2", "3"), "value", "number", field_number) in rows
