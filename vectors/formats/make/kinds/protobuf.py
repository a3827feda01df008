"""Protocol Buffers: every type, packed and not, maps, oneofs, groups, read without the schema."""

from __future__ import annotations

import base64
import struct
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from google.protobuf import (
    any_pb2,
    descriptor_pb2,
    descriptor_pool,
    json_format,
    message_factory,
    struct_pb2,
    timestamp_pb2,
    wrappers_pb2,
)
from leaves import leaves

from .battery import ATTACK
from .collect import Rows, Vectors, package
from .node import Node

Told = list[tuple[str, Any]]

SCHEMA = """
syntax = "proto2";
message Scalars {
  optional double f64 = 1; optional float f32 = 2; optional int32 i32 = 3; optional int64 i64 = 4;
  optional uint32 u32 = 5; optional uint64 u64 = 6; optional sint32 s32 = 7; optional sint64 s64 = 8;
  optional fixed32 x32 = 9; optional fixed64 x64 = 10; optional sfixed32 sx32 = 11; optional sfixed64 sx64 = 12;
  optional bool yes = 13; optional string text = 14; optional bytes data = 15;
}
enum Kind { SAY = 0; SHOUT = 300; }
message Many {
  repeated int32 loose = 1; repeated int32 packed = 2 [packed = true]; repeated fixed32 words = 3 [packed = true];
  repeated string texts = 4; repeated bool flags = 5 [packed = true]; repeated double doubles = 6 [packed = true];
  repeated Kind kinds = 7 [packed = true]; repeated bytes blobs = 8;
}
message Maps { map<string, string> texts = 1; map<int32, string> numbers = 2; map<string, Tree> trees = 3; }
message Tree { optional string t = 1; repeated Tree kids = 2; optional Kind kind = 3; }
message Either { oneof what { string text = 1; int64 number = 2; Tree tree = 3; } }
message Far { optional string near = 16; optional string far = 2047; optional string last = 536870911; }
message Grouped { optional group Inner = 1 { optional string t = 2; optional int32 n = 3; }
  repeated group Row = 4 { optional string who = 5; } optional string after = 6; }
"""


def make(vectors: Vectors, node: Node) -> None:
    here, there = package("protobuf"), node.by("protobufjs")
    types = compiled()
    for name, (kind, value, told) in documents().items():
        data = json_format.ParseDict(jsonable(value), types(kind)()).SerializeToString(deterministic=True)
        vectors.add(here, name, data, rows(told))
        made = node.encode("protobuf", "protobufjs", [SCHEMA, kind, named(value)])
        vectors.add(there, name, made, rows(told))
        if name in ("groups", "maps", "packed and not"):
            vectors.cuts(f"{name} (protobuf)", data, ends_itself=False)
    known(vectors, here)


def compiled() -> Any:
    """The schema's classes, by protoc."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "kinds.proto").write_text(SCHEMA)
        protoc = [
            sys.executable,
            "-m",
            "grpc_tools.protoc",
            f"-I{folder}",
            f"--descriptor_set_out={folder}/out",
            "kinds.proto",
        ]
        subprocess.run(protoc, check=True)
        files = descriptor_pb2.FileDescriptorSet.FromString((Path(folder) / "out").read_bytes())
    pool = descriptor_pool.DescriptorPool()
    pool.Add(files.file[0])
    return lambda kind: message_factory.GetMessageClass(pool.FindMessageTypeByName(kind))


def jsonable(value: Any) -> Any:
    """As protobuf's JSON has it: bytes are base64."""
    match value:
        case dict():
            return {str(key): jsonable(part) for key, part in value.items()}
        case list():
            return [jsonable(part) for part in value]
        case bytes():
            return base64.b64encode(value).decode()
    return value


def named(value: Any) -> Any:
    """As protobufjs takes it: names are texts."""
    if isinstance(value, dict):
        return {str(key): named(part) for key, part in value.items()}
    return [named(part) for part in value] if isinstance(value, list) else value


def rows(told: Told) -> Rows:
    """The leaves: paths are field numbers, with dots between them."""
    return [row for path, value in told for row in leaves(value, path.split("."))]


def u64(number: int) -> int:
    """A negative number as a varint: two's complement in 64 bits."""
    return number % 2**64


def bits(form: str, number: float) -> int:
    """What a fixed number is, read as a whole one."""
    return int.from_bytes(struct.pack("<" + form, number), "little")


def scalars(sign: int) -> tuple[str, dict[str, Any], Told]:
    small, large = 2**31 - 1, 2**62
    if sign < 0:
        small, large = -(2**31), -(2**63)
    text = ATTACK if sign > 0 else "é漢😀"
    value = {
        "f64": 0.1 * sign,
        "f32": 0.5 * sign,
        "i32": small,
        "i64": large,
        "u32": 2**32 - 1,
        "u64": 2**64 - 1,
    }
    value |= {"s32": small, "s64": large, "x32": 2**32 - 1, "x64": 2**64 - 1, "sx32": small, "sx64": large}
    value |= {"yes": sign > 0, "text": text, "data": b"\xff\x00" + text.encode()}
    zigzag = [number << 1 ^ number >> 63 for number in (small, large)]
    told: Told = [
        ("1", bits("d", 0.1 * sign)),
        ("2", bits("f", 0.5 * sign)),
        ("3", u64(small)),
        ("4", u64(large)),
    ]
    told += [("5", 2**32 - 1), ("6", 2**64 - 1), ("7", zigzag[0]), ("8", zigzag[1]), ("9", 2**32 - 1)]
    told += [
        ("10", 2**64 - 1),
        ("11", small % 2**32),
        ("12", u64(large)),
        ("13", int(sign > 0)),
        ("14", text),
    ]
    told += [("15", value["data"])]
    return "Scalars", value, told


def documents() -> dict[str, tuple[str, dict[str, Any], Told]]:
    """Type, value, and what is told of it without the schema."""
    numbers = [0, 1, 127, 128, 16383, 16384, 2**31 - 1, -1]
    packed = b"".join(varint(u64(number)) for number in numbers)
    many = {
        "loose": numbers,
        "packed": numbers,
        "words": [1, 2**32 - 1],
        "texts": ["a text", "", "<b>"],
        "flags": [True, False, True],
        "doubles": [0.1, -0.5],
        "kinds": [0, 300],
        "blobs": [b"\xff\xfe", ATTACK.encode()],
    }
    told: Told = [("1", u64(number)) for number in numbers] + [
        ("2", packed),
        ("3", struct.pack("<2I", 1, 2**32 - 1)),
    ]
    told += [
        ("4", "a text"),
        ("4", ""),
        ("4", "<b>"),
        ("5", b"\x01\x00\x01"),
        ("6", struct.pack("<2d", 0.1, -0.5)),
    ]
    told += [("7", b"\x00\xac\x02"), ("8", b"\xff\xfe"), ("8", ATTACK)]
    maps = {
        "texts": {"key one": ATTACK},
        "numbers": {7: "seven <b>"},
        "trees": {"a tree": {"t": "in the tree"}},
    }
    mapped: Told = [("1.1", "key one"), ("1.2", ATTACK), ("2.1", 7), ("2.2", "seven <b>"), ("3.1", "a tree")]
    mapped += [("3.2.1", "in the tree")]
    tree = {
        "t": "root text",
        "kids": [{"t": "a first kid"}, {"t": "second", "kids": [{"t": ATTACK}]}],
        "kind": 300,
    }
    grown: Told = [
        ("1", "root text"),
        ("2.1", "a first kid"),
        ("2.1", "second"),
        ("2.2.1", ATTACK),
        ("3", 300),
    ]
    far = {"near": "sixteen", "far": ATTACK, "last": "the last number"}
    grouped = {"inner": {"t": ATTACK, "n": 5}, "row": [{"who": "ann"}, {"who": "<b>"}], "after": "behind"}
    groups: Told = [("1.2", ATTACK), ("1.3", 5), ("4.5", "ann"), ("4.5", "<b>"), ("6", "behind")]
    lengths = [1, 127, 128, 16383, 16384]
    long = {"texts": ["x" * length for length in lengths]}
    return {
        "every scalar": scalars(1),
        "every scalar, negative": scalars(-1),
        "packed and not": ("Many", many, told),
        "maps": ("Maps", maps, mapped),
        "messages in messages": ("Tree", tree, grown),
        "a text of several": ("Either", {"text": ATTACK}, [("1", ATTACK)]),
        "a number of several": ("Either", {"number": -5}, [("2", u64(-5))]),
        "a message of several": ("Either", {"tree": {"t": "one of several"}}, [("3.1", "one of several")]),
        # Its tag and length are white space: all of it is a text as well.
        "a message that is a text too": (
            "Either",
            {"tree": {"t": "ten bytes!"}},
            [("3.1", "ten bytes!"), ("3", "\n\nten bytes!")],
        ),
        "far field numbers": (
            "Far",
            far,
            [("16", "sixteen"), ("2047", ATTACK), ("536870911", "the last number")],
        ),
        "groups": ("Grouped", grouped, groups),
        "texts of every length class": ("Many", long, [("4", "x" * length) for length in lengths]),
    }


def varint(number: int) -> bytes:
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])


def known(vectors: Vectors, here: str) -> None:
    """The types that come with Protocol Buffers."""
    stamp = timestamp_pb2.Timestamp(seconds=1_700_000_000, nanos=5)
    vectors.add(here, "a timestamp", stamp.SerializeToString(), rows([("1", 1_700_000_000), ("2", 5)]))
    inner = wrappers_pb2.StringValue(value=ATTACK)
    some = any_pb2.Any()
    some.Pack(inner)
    told: Told = [("1", "type.googleapis.com/google.protobuf.StringValue"), ("2.1", ATTACK)]
    vectors.add(here, "any", some.SerializeToString(), rows(told))
    entry = struct_pb2.Struct()
    entry.update({"text": ATTACK})
    vectors.add(here, "a struct", entry.SerializeToString(), rows([("1.1", "text"), ("1.2.3", ATTACK)]))
    below = [
        struct_pb2.Value(string_value="first text"),
        struct_pb2.Value(null_value=0),
        struct_pb2.Value(string_value=ATTACK),
    ]
    values = struct_pb2.ListValue(values=below)
    told = [("1.3", "first text"), ("1.1", 0), ("1.3", ATTACK)]
    vectors.add(here, "a list of values", values.SerializeToString(), rows(told))
