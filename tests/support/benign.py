"""What applications send all day, by the mainstream encoder of each format: text, numbers, flags, digests."""

from __future__ import annotations

import base64
import io
import json
import random
import struct
from collections.abc import Callable
from typing import Any

import bjdata
import bson
import cbor2
import fastavro
import msgpack
import ubjson
from google.protobuf import struct_pb2
from google.protobuf.json_format import ParseDict

_TEXT = (
    "the of and to in is you that it was for on are as with they at be this have from or one had by but not what all "
    "were we when your can said there use each which she how their if will up other about out many then them these so "
    "some her would make like him into time has look two more write see number way could people my than first water"
)
WORDS = _TEXT.split()

Value = dict[str, Any]


def sentence(chance: random.Random) -> str:
    """Some words with a capital and a full stop."""
    words = [chance.choice(WORDS) for _ in range(chance.randint(1, 14))]
    return " ".join(words).capitalize() + chance.choice([".", "!", "?", "", " :)"])


def value(chance: random.Random) -> Value:
    """A message of a chat, a game or a sensor."""
    return {
        "id": chance.randrange(1 << chance.randint(4, 53)),
        "user": {"name": chance.choice(WORDS).capitalize(), "admin": chance.random() < 0.1, "age": None},
        "text": sentence(chance),
        "tags": [chance.choice(WORDS) for _ in range(chance.randint(0, 4))],
        "at": {"x": chance.uniform(-180, 180), "y": chance.uniform(-90, 90)},
        "points": [chance.randrange(-1000, 1000) for _ in range(chance.randint(0, 12))],
    }


def with_digest(chance: random.Random) -> Value:
    """The same with bytes in it: a digest, a key, a thumbnail."""
    return value(chance) | {"digest": chance.randbytes(chance.choice([8, 16, 20, 32, 64, 200]))}


def _protobuf(chance: random.Random) -> bytes:
    """Members in any order, which the encoder by itself draws once a process; one after another they are a message."""
    members = list(value(chance).items())
    chance.shuffle(members)
    parts = (ParseDict({name: member}, struct_pb2.Struct()) for name, member in members)
    return b"".join(part.SerializeToString(deterministic=True) for part in parts)


SCHEMA = fastavro.parse_schema(
    {
        "type": "record",
        "name": "M",
        "fields": [
            {"name": "id", "type": "long"},
            {"name": "text", "type": "string"},
            {"name": "points", "type": {"type": "array", "items": "int"}},
            {"name": "digest", "type": "bytes"},
        ],
    }
)


def _avro(chance: random.Random) -> bytes:
    out = io.BytesIO()
    out.write(struct.pack(">bI", 0, chance.randint(1, 500)))
    fastavro.schemaless_writer(out, SCHEMA, with_digest(chance))
    return out.getvalue()


def _avro_file(chance: random.Random) -> bytes:
    out = io.BytesIO()
    fastavro.writer(out, SCHEMA, [with_digest(chance)], codec=chance.choice(["null", "deflate"]))
    return out.getvalue()


def _json(chance: random.Random) -> bytes:
    message = with_digest(chance)
    return json.dumps(message | {"digest": base64.b64encode(message["digest"]).decode()}).encode()


#: By format: a document made of this chance.
BENIGN: dict[str, Callable[[random.Random], bytes]] = {
    "json": _json,
    "msgpack": lambda chance: bytes(msgpack.packb(with_digest(chance))),
    "cbor": lambda chance: cbor2.dumps(with_digest(chance)),
    "bson": lambda chance: bson.encode(with_digest(chance)),
    "ubjson": lambda chance: bytes(ubjson.dumpb(value(chance))),
    "bjdata": lambda chance: bytes(bjdata.dumpb(value(chance))),
    "protobuf": _protobuf,
    "avro": lambda chance: chance.choice([_avro, _avro_file])(chance),
    "random": lambda chance: chance.randbytes(chance.choice([8, 16, 32, 64, 128, 256, 1024])),
}
