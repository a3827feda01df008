"""Writes the vectors of the binary formats: `python binary.py NODE_MODULES_PARENT`.

Needs the packages of requirements.txt, those of package.json under the folder given, and Maven (for Jackson's Smile).
The leaves wanted are worked out from the values, never by Framewall.
"""

from __future__ import annotations

import base64
import datetime
import io
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from importlib.metadata import version
from typing import Any

import amazon.ion.simpleion as ion
import bjdata
import bson
import cbor2
import fastavro
import msgpack
import numpy
import ubjson
from bson.code import Code
from flatbuffers import flexbuffers
from google.protobuf import descriptor_pb2, struct_pb2
from leaves import As, Both, Name, Under, leaf, leaves
from thrift.protocol import TBinaryProtocol, TCompactProtocol
from thrift.Thrift import TMessageType, TType
from thrift.transport import TTransport

HERE = pathlib.Path(__file__).parent
ATTACK = "<script>alert(1)</script>"

CHAT: dict[str, Any] = {
    "event": "new message",
    "args": [
        {
            "text": "<b>héllo ✓</b>",
            "count": 3,
            "low": -70000,
            "big": 2**53,
            "f": 1.5,
            "third": 1 / 3,
            "ok": True,
            "no": False,
            "none": None,
            "bin": b"\x00\xff" + ATTACK.encode(),
            "list": [],
            "map": {},
            "long": "x" * 300,
            "empty": "",
        }
    ],
    "nested": [[["deep"]]],
}
NODE_CHAT = {
    "event": "new message",
    "args": [
        {"text": "<b>héllo ✓</b>", "count": 3, "low": -70000, "ok": True, "none": None, "list": [], "map": {}}
    ],
}
JAVA_CHAT = {
    "event": "new message",
    "args": [
        {
            "text": "<b>héllo ✓</b>",
            "count": 3,
            "low": -70000,
            "big": 2**53,
            "f": 1.5,
            "f32": 1.5,
            "ok": True,
            "none": None,
            "list": [],
            "map": {},
            "long": "a" * 70,
            "longer": "é" * 40,
            "empty": "",
        }
    ],
}
SHARED = [{"user": "ann", "text": "twice"}, {"user": "bob", "text": "twice"}]
BINARY = {"bin": b"\x00" + ATTACK.encode()}

# What the documents of binary.mjs and Smile.java hold.
ELSEWHERE: dict[tuple[str, str], Any] = {
    ("msgpack", "chat"): NODE_CHAT,
    ("msgpack", "plain"): NODE_CHAT,
    ("msgpack", "extension"): {"a": As("extension", "alert(1)", "ext(5)")},
    ("msgpack", "records"): [{"user": "ann", "text": "hi"}, {"user": "bob", "text": "ho"}, {"other": ["x"]}],
    ("cbor", "chat"): NODE_CHAT,
    ("bson", "chat"): NODE_CHAT,
    ("bson", "code"): {
        "plain": As("code", "return 1"),
        "scoped": Both((As("code", "return x"), Under("$scope", {"x": "<i>"}))),
        "last": "z",
    },
    ("smile", "chat"): JAVA_CHAT,
    ("smile", "shared"): SHARED,
    ("smile", "binary in seven bits"): BINARY,
    ("smile", "binary raw"): BINARY,
}

golden: dict[str, list[dict[str, Any]]] = defaultdict(list)
makers: dict[str, list[str]] = defaultdict(list)


def add(form: str, by: str, name: str, data: bytes, rows: list[dict[str, Any]]) -> None:
    if by not in makers[form]:
        makers[form].append(by)
    golden[form].append({"name": f"{name} ({by.split(' ')[0]})", "data_b64": b64(data), "leaves": rows})


def python(form: str, package: str, name: str, data: bytes, value: Any, named: bool = True) -> None:
    add(form, f"{package} {version(package)} (Python)", name, data, leaves(value, named=named))


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def self_describing() -> None:
    python("msgpack", "msgpack", "chat", msgpack.packb(CHAT), CHAT)
    odd = {1: "int key", b"\xffbin": "bin key", None: "nil key", False: ["bool key"], -5: 2**64 - 1}
    python("msgpack", "msgpack", "keys of any type", msgpack.packb(odd), odd)
    stamp = msgpack.Timestamp(1_700_000_000, 5)
    python(
        "msgpack",
        "msgpack",
        "timestamp",
        msgpack.packb([stamp]),
        [As("extension", stamp.to_bytes(), "ext(-1)")],
    )

    python("cbor", "cbor2", "chat", cbor2.dumps(CHAT), CHAT)
    python(
        "cbor", "cbor2", "canonical", cbor2.dumps({"a": 1.5, "b": "x"}, canonical=True), {"a": 1.5, "b": "x"}
    )
    tagged = [cbor2.CBORTag(32, "javascript:alert(1)"), cbor2.CBORTag(24, cbor2.dumps({"a": ATTACK}))]
    python("cbor", "cbor2", "tags", cbor2.dumps(tagged), ["javascript:alert(1)", cbor2.dumps({"a": ATTACK})])
    repeats = [{"user": "ann says"}, {"user": "ann says"}, {"user": "bob says"}]
    python("cbor", "cbor2", "string references", cbor2.dumps(repeats, string_referencing=True), repeats)
    python("cbor", "cbor2", "self-described", cbor2.dumps(cbor2.CBORTag(55799, ["x"])), ["x"])

    python("bson", "pymongo", "chat", bson.encode(CHAT), CHAT)
    oid = bson.ObjectId("0123456789abcdef01234567")
    when = datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC)
    every = {
        "oid": oid,
        "when": when,
        "re": bson.Regex("^<script", "i"),
        "code": Code("alert(1)", {"x": "<i>"}),
        "ts": bson.Timestamp(7, 9),
        "dec": bson.Decimal128("1.5"),
        "min": bson.MinKey(),
        "max": bson.MaxKey(),
        "ref": bson.DBRef("users", 1),
        "old": bson.Binary(b"<x>", 2),
        "uuid": bson.Binary(bytes(16), 4),
    }
    wanted = {
        "oid": As("extension", oid.binary, "$oid"),
        "when": int(when.timestamp() * 1000),
        "re": {"$regex": "^<script", "$options": "i"},
        "code": Both((As("code", "alert(1)"), Under("$scope", {"x": "<i>"}))),
        "ts": (7 << 32) + 9,
        "dec": As("extension", bson.Decimal128("1.5").bid, "$numberDecimal"),
        "min": None,
        "max": None,
        "ref": {"$ref": "users", "$id": 1},
        "old": b"<x>",
        "uuid": bytes(16),
    }
    python("bson", "pymongo", "every type", bson.encode(every), wanted)

    plain = {**CHAT, "args": [{**CHAT["args"][0], "bin": "x"}]}
    for form, package, dumps in (("ubjson", "py-ubjson", ubjson.dumpb), ("bjdata", "bjdata", bjdata.dumpb)):
        python(form, package, "chat", dumps(plain), plain)
        python(form, package, "counted", dumps(plain, container_count=True), plain)
        python(form, package, "bytes", dumps([b"\xff" + ATTACK.encode()]), [b"\xff" + ATTACK.encode()])
        python(form, package, "huge number", dumps([2**70]), [2**70])

    by_name = ordered(plain)
    python("flexbuffers", "flatbuffers", "chat", bytes(flexbuffers.Dumps(plain)), by_name)
    for name, value in (
        ("text", "héllo"),
        ("blob", b"\xffblob"),
        ("numbers", [1, -2, 3]),
        ("floats", [1.5, 2.25]),
    ):
        python("flexbuffers", "flatbuffers", name, bytes(flexbuffers.Dumps(value)), value)

    noblob = {"event": "new message", "args": [{**CHAT["args"][0], "bin": "x"}]}
    blob = ["a", b"\x00<b>"]
    python("ion", "amazon.ion", "binary chat", ion.dumps(noblob, binary=True), ion_binary(noblob))
    python("ion", "amazon.ion", "binary blob", ion.dumps(blob, binary=True), blob)
    python("ion", "amazon.ion", "text chat", ion.dumps(noblob, binary=False).encode(), noblob_text(noblob))
    python(
        "ion",
        "amazon.ion",
        "text blob",
        ion.dumps(blob, binary=False).encode(),
        Both((As("text", "$ion_1_0"), ["a", b64(b"\x00<b>")])),
    )


def tables() -> None:
    """BJData's structures of arrays: names once, of columns and in arrays numbers as bytes, texts as they are kept."""
    record = numpy.dtype(
        [("id", "u4"), ("pos", [("x", "f8")]), ("v", "u1", (3,)), ("on", "?"), ("name", "U16"), ("tag", "U5")]
    )
    rows = [
        (7, (1.5,), (60, 98, 62), True, "<i>ann</i>", "<b>"),
        (8, (2.5,), (1, 2, 3), False, "bob", "none"),
    ]
    for layout, times, threshold, texts in (
        ("row", 4, None, "kept in a dictionary"),
        ("row", 1, 0, "behind the values"),
        ("row", 1, None, "of a fixed length"),
        ("col", 1, 0, "behind the values"),
        ("col", 1, None, "of a fixed length"),
    ):
        data = numpy.array(rows * times, dtype=record)
        packed = bjdata.dumpb(data, soa_format=layout, soa_threshold=threshold)
        by = f"bjdata {version('bjdata')} (Python)"
        add("bjdata", by, f"{layout}s, texts {texts}", packed, table(data, packed, layout == "row", texts))
    small = numpy.array([(7, "<i>ann</i>"), (8, "bob")], dtype=[("id", "u4"), ("name", "U16")])
    told = [leaf(["id"], "key", "text", "id"), leaf(["name"], "key", "text", "name")]
    for place, (number, name) in enumerate(small.tolist()):
        told.append(leaf([place, "id"], "value", "number", str(number)))
        told.append(leaf([place, "name"], "value", "text", name))
    add("bjdata", by, "a table", bjdata.dumpb(small, soa_format="row"), told)


def table(data: Any, packed: bytes, rows: bool, texts: str) -> list[dict[str, Any]]:
    """The leaves of a structure of arrays, in document order."""
    found = []
    for name in ("id", "pos", "pos.x", "v", "on", "name", "tag"):
        found.append(leaf(name.split("."), "key", "text", name.split(".")[-1]))
        if texts == "kept in a dictionary" and name in ("name", "tag"):
            # The encoder chooses their order.
            different = sorted(set(data[name].tolist()), key=lambda text: packed.index(text.encode()))
            found += [leaf([name, place], "value", "text", text) for place, text in enumerate(different)]

    def place(index: int, *names: str) -> list[Any]:
        return [index, *names] if rows else [names[0], index, *names[1:]]

    def values(field: str, index: int) -> dict[str, Any]:
        record = data[index]
        match field:
            case "id":
                return leaf(place(index, "id"), "value", "number", str(record["id"]))
            case "pos":
                return leaf(place(index, "pos", "x"), "value", "number", None)
            case "v":
                return leaf(place(index, "v"), "value", "binary", record["v"].tobytes())
            case "on":
                return leaf(place(index, "on"), "value", "bool", "true" if record["on"] else "false")
        if texts == "of a fixed length":
            return leaf(place(index, field), "value", "text", str(record[field]))
        return leaf(place(index, field), "value", "number", None)

    if rows:
        found += [values(field, index) for index in range(len(data)) for field in data.dtype.names]
    else:
        for field in data.dtype.names:
            if field in ("id", "v"):
                found.append(leaf([field], "value", "binary", data[field].tobytes()))
            else:
                found += [values(field, index) for index in range(len(data))]
    if texts == "behind the values":
        for field in ("name", "tag"):
            found += [
                leaf(place(index, field), "value", "text", str(data[index][field]))
                for index in range(len(data))
            ]
    return found


def ordered(value: Any) -> Any:
    """FlexBuffers sorts members by name."""
    if isinstance(value, dict):
        return {key: ordered(value[key]) for key in sorted(value, key=str.encode)}
    if isinstance(value, list):
        return [ordered(part) for part in value]
    return value


def ion_binary(value: Any) -> Any:
    """Binary Ion begins with the table of its symbols: an annotation's name, the list, then the value."""
    names: list[str] = []

    def collect(part: Any) -> None:
        if isinstance(part, dict):
            for key, member in part.items():
                if key not in names:
                    names.append(key)
                collect(member)
        elif isinstance(part, list):
            for member in part:
                collect(member)

    collect(value)
    system = {"name", "version", "imports", "symbols", "max_id"}
    table = {"symbols": [name for name in names if name not in system]}
    return Both((Name("$ion_symbol_table"), table, value))


def noblob_text(value: Any) -> Any:
    return Both((As("text", "$ion_1_0"), value))


def avro() -> None:
    schema = {
        "type": "record",
        "name": "Message",
        "namespace": "chat",
        "fields": [
            {"name": "text", "type": "string"},
            {"name": "bin", "type": "bytes"},
            {"name": "n", "type": "long"},
            {"name": "f", "type": "double"},
            {"name": "maybe", "type": ["null", "string"]},
            {"name": "tags", "type": {"type": "array", "items": "string"}},
            {"name": "extra", "type": {"type": "map", "values": "int"}},
            {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["SAY", "SHOUT"]}},
            {"name": "raw", "type": {"type": "fixed", "name": "Four", "size": 4}},
            {"name": "reply", "type": ["null", "chat.Message"]},
        ],
    }
    inner = {
        "text": "<i>",
        "bin": b"\xff",
        "n": -1,
        "f": 0.5,
        "maybe": None,
        "tags": [],
        "extra": {},
        "kind": "SAY",
        "raw": b"abcd",
        "reply": None,
    }
    outer = {
        **inner,
        "text": ATTACK,
        "maybe": "yes",
        "tags": ["a", "b"],
        "extra": {"one": 1},
        "kind": "SHOUT",
        "reply": inner,
    }
    for codec in ("null", "deflate", "snappy", "zstandard"):
        out = io.BytesIO()
        fastavro.writer(out, schema, [outer, inner], codec=codec)
        data = out.getvalue()
        reader = fastavro.reader(io.BytesIO(data))
        meta = {key: text.encode() for key, text in reader.metadata.items()}
        rows = leaves(meta, ["meta"])
        for place, record in enumerate([outer, inner]):
            rows += record_leaves(record, [place])
        add("avro", f"fastavro {version('fastavro')} (Python)", f"records, {codec}", data, rows)
    out = io.BytesIO()
    fastavro.schemaless_writer(out, schema, inner | {"text": ATTACK, "maybe": "second text"})
    framed = b"\x00\x00\x00\x00\x07" + out.getvalue()
    rows = leaves(out.getvalue()) + leaves([ATTACK, "second text", "abcd"][:2])
    add("avro", f"fastavro {version('fastavro')} (Python)", "registry framing", framed, rows)


def record_leaves(record: dict[str, Any], path: list[Any]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for name, value in record.items():
        if name == "reply" and value is not None:
            rows += record_leaves(value, [*path, name])
        else:
            rows += leaves(value, [*path, name])
    return rows


def protobuf() -> None:
    message = descriptor_pb2.FieldDescriptorProto(name="héllo <b>", number=5, json_name="x" * 40)
    rows = leaves({"1": "héllo <b>", "3": 5, "10": "x" * 40}, named=False)
    add("protobuf", f"protobuf {version('protobuf')} (Python)", "flat", message.SerializeToString(), rows)
    struct = struct_pb2.Value(string_value=ATTACK)
    rows = leaves({"3": ATTACK}, named=False)
    add("protobuf", f"protobuf {version('protobuf')} (Python)", "text", struct.SerializeToString(), rows)
    nested = descriptor_pb2.DescriptorProto(name="n")
    nested.nested_type.add(name="inner \x01")
    rows = leaves({"1": "n", "3": {"1": b"inner \x01"}}, named=False)
    add("protobuf", f"protobuf {version('protobuf')} (Python)", "nested", nested.SerializeToString(), rows)


def thrift() -> None:
    by = f"thrift {version('thrift')} (Python)"
    wanted = {
        "say": {
            "1": ATTACK,
            "2": 7,
            "3": 1.5,
            "4": True,
            "5": ["a", "b"],
            "6": {"k": "v"},
            "7": {"1": "deep"},
            "20": -9,
        }
    }
    rows = leaves(wanted["say"], ["say"], named=False)
    rows = [{"path": ["say"], "role": "key", "kind": "text", "text": "say"}, *rows]
    key = {"path": ["say", "6", "k"], "role": "key", "kind": "text", "text": "k"}
    rows.insert(next(place for place, row in enumerate(rows) if row["path"] == key["path"]), key)
    for name, factory in (
        ("binary", TBinaryProtocol.TBinaryProtocol),
        ("compact", TCompactProtocol.TCompactProtocol),
    ):
        transport = TTransport.TMemoryBuffer()
        p = factory(transport)
        p.writeMessageBegin("say", TMessageType.CALL, 1)
        p.writeStructBegin("args")
        p.writeFieldBegin("text", TType.STRING, 1)
        p.writeString(ATTACK)
        p.writeFieldEnd()
        p.writeFieldBegin("n", TType.I32, 2)
        p.writeI32(7)
        p.writeFieldEnd()
        p.writeFieldBegin("f", TType.DOUBLE, 3)
        p.writeDouble(1.5)
        p.writeFieldEnd()
        p.writeFieldBegin("ok", TType.BOOL, 4)
        p.writeBool(True)
        p.writeFieldEnd()
        p.writeFieldBegin("list", TType.LIST, 5)
        p.writeListBegin(TType.STRING, 2)
        p.writeString("a")
        p.writeString("b")
        p.writeListEnd()
        p.writeFieldEnd()
        p.writeFieldBegin("map", TType.MAP, 6)
        p.writeMapBegin(TType.STRING, TType.STRING, 1)
        p.writeString("k")
        p.writeString("v")
        p.writeMapEnd()
        p.writeFieldEnd()
        p.writeFieldBegin("struct", TType.STRUCT, 7)
        p.writeStructBegin("inner")
        p.writeFieldBegin("x", TType.STRING, 1)
        p.writeString("deep")
        p.writeFieldEnd()
        p.writeFieldStop()
        p.writeStructEnd()
        p.writeFieldEnd()
        p.writeFieldBegin("far", TType.I64, 20)
        p.writeI64(-9)
        p.writeFieldEnd()
        p.writeFieldStop()
        p.writeStructEnd()
        p.writeMessageEnd()
        data = transport.getvalue()
        add("thrift", by, name, data, rows)
        add("thrift", by, f"{name}, framed", len(data).to_bytes(4, "big") + data, rows)


def elsewhere(node_parent: str) -> None:
    lines = subprocess.run(
        ["node", HERE / "binary.mjs", node_parent], capture_output=True, check=True, text=True
    ).stdout
    with tempfile.TemporaryDirectory() as folder:
        project = pathlib.Path(shutil.copytree(HERE / "smile", pathlib.Path(folder) / "smile"))
        java = [
            "mvn",
            "-q",
            "compile",
            "org.codehaus.mojo:exec-maven-plugin:3.5.0:java",
            "-Dexec.mainClass=Smile",
        ]
        lines += subprocess.run(java, cwd=project, capture_output=True, check=True, text=True).stdout
    for line in lines.splitlines():
        if "{" not in line:
            continue
        row = json.loads(line[line.index("{") :])
        value = ELSEWHERE[row["format"], row["name"]]
        add(row["format"], row["by"], row["name"], base64.b64decode(row["data_b64"]), leaves(value))


def main() -> None:
    self_describing()
    tables()
    avro()
    protobuf()
    thrift()
    elsewhere(sys.argv[1])
    for form, cases in golden.items():
        folder = HERE.parent / form
        folder.mkdir(exist_ok=True)
        write(folder / "golden.json", {"made_with": makers[form], "cases": cases})
        # The shorter ones. (Counted arrays of UBJSON and schemas with arrays leave letters that are markers.)
        short = sorted(cases, key=lambda case: len(case["data_b64"]))
        unsuited = ("counted", "texts")
        cut = [
            case
            for case in short
            if len(case["data_b64"]) < 1200 and not any(word in case["name"] for word in unsuited)
        ][:5]
        ends = form not in {"protobuf", "ion", "avro", "flexbuffers", "thrift"}
        rows = [{"name": case["name"], "data_b64": case["data_b64"], "ends_itself": ends} for case in cut]
        write(folder / "truncated.json", {"cases": rows})


def write(path: pathlib.Path, content: dict[str, Any]) -> None:
    head = {key: value for key, value in content.items() if key != "cases"}
    rows = ",\n  ".join(json.dumps(case, ensure_ascii=False) for case in content["cases"])
    start = json.dumps(head, ensure_ascii=False)[1:-1]
    path.write_text("{" + (start + ",\n " if start else "") + f'"cases": [\n  {rows}\n]}}\n')


if __name__ == "__main__":
    main()
