"""MessagePack: every head, keys and extensions, msgpackr's records and bundles."""

from __future__ import annotations

import datetime
import struct
import uuid

import msgpack
import ormsgpack
from leaves import As

from .battery import ATTACK, documents
from .collect import Vectors, package, read_back
from .node import Node

SECONDS = [(1700000000, 0), (1700000000, 123_000_000), (17179869184, 0), (-1, 999_000_000)]


def stamp(seconds: int, nanoseconds: int) -> As:
    """A timestamp as the specification has it: of 4, 8 or 12 bytes."""
    if seconds < 0 or seconds >= 1 << 34:
        data = struct.pack(">Iq", nanoseconds, seconds)
    elif nanoseconds or seconds >= 1 << 32:
        data = struct.pack(">Q", nanoseconds << 34 | seconds)
    else:
        data = struct.pack(">I", seconds)
    return As("extension", data, "ext(-1)")


def make(vectors: Vectors, node: Node) -> None:
    here, fast = package("msgpack"), package("ormsgpack")
    for name, value in documents():
        vectors.value(here, name, msgpack.packb(value), value)
        vectors.value(fast, name, ormsgpack.packb(value), value)
    for name, value in documents():
        for module in ("@msgpack/msgpack", "msgpackr"):
            data = node.encode("msgpack", module, value)
            vectors.value(node.by(module), name, data, read_back(name, msgpack.unpackb(data), value))
    python(vectors, here, fast)
    script(vectors, node)


def python(vectors: Vectors, here: str, fast: str) -> None:
    small = [0.5, -1.5, 1e10]
    vectors.value(here, "floats of 32 bits", msgpack.packb(small, use_single_float=True), small)
    vectors.value(here, "the largest number", msgpack.packb([2**64 - 1]), [2**64 - 1])
    sizes = (0, 1, 2, 3, 4, 7, 8, 16, 17, 255, 256)
    extensions = [msgpack.ExtType(size % 100, b"\xfe" * size) for size in sizes]
    told = [As("extension", b"\xfe" * size, f"ext({size % 100})") for size in sizes]
    vectors.value(here, "extensions of every size class", msgpack.packb(extensions), told)
    negative = msgpack.Timestamp(-1, 5)
    vectors.value(
        here,
        "times",
        msgpack.packb([*(msgpack.Timestamp(*at) for at in SECONDS), negative]),
        [*(stamp(*at) for at in SECONDS), stamp(-1, 5)],
    )
    old = {"text": ATTACK, "bin": ATTACK.encode()}
    vectors.value(
        here, "no binary type", msgpack.packb(old, use_bin_type=False), {"text": ATTACK, "bin": ATTACK}
    )
    keys = {-1: "a", 128: "b", 2**32: "c", True: "d", "x" * 40: "e"}
    vectors.value(here, "keys that are numbers", msgpack.packb(keys), keys)
    objects = {
        "when": datetime.datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=datetime.UTC),
        "day": datetime.date(2026, 1, 2),
        "id": uuid.UUID(int=5),
        "pair": ("a", 1),
    }
    told = {
        "when": "2026-01-02T03:04:05.000006+00:00",
        "day": "2026-01-02",
        "id": "00000000-0000-0000-0000-000000000005",
        "pair": ["a", 1],
    }
    vectors.value(fast, "dates and UUIDs", ormsgpack.packb(objects), told)
    numbers = ormsgpack.packb({1: "a", -7: "b", None: "c"}, option=ormsgpack.OPT_NON_STR_KEYS)
    vectors.value(fast, "keys that are no text", numbers, {1: "a", -7: "b", None: "c"})
    extension = ormsgpack.packb({"e": ormsgpack.Ext(7, b"<x>")})
    vectors.value(fast, "extension", extension, {"e": As("extension", b"<x>", "ext(7)")})


def script(vectors: Vectors, node: Node) -> None:
    def told(module: str, name: str, value: object, cut: bool = False) -> None:
        data = node.document("msgpack", f"{module}: {name}")
        vectors.value(node.by(module), name, data, value)
        if cut:
            vectors.cuts(f"{name} ({module})", data, ends_itself=True)

    times = [stamp(*at) for at in SECONDS]
    told("@msgpack/msgpack", "times", times)
    sizes = (0, 1, 2, 3, 4, 7, 8, 16, 17, 255, 256)
    told(
        "@msgpack/msgpack",
        "extensions",
        [As("extension", b"\xfe" * size, f"ext({size % 100})") for size in sizes],
    )
    told("msgpackr", "times", times, cut=True)
    users = [
        {"user": "ann", "text": "<b>hi</b>"},
        {"user": "bob", "text": "ho"},
        {"text": "x", "user": "y"},
        {"user": "eve", "text": "in a record", "reply": {"user": "ann", "text": "in one"}},
    ]
    told("msgpackr", "records", users, cut=True)
    told("msgpackr", "many records", [{f"name{n}": n, f"text{n}": f"<i>{n}"} for n in range(40)])
    bundled = {
        "first": "a text of some length",
        "list": ["é😀 <script>", "more and more", "", "漢字 here"],
        "last": "<b>the end</b>",
    }
    told("msgpackr", "bundled strings", bundled, cut=True)
    before = {
        "set": ["<b>", 1],
        "pattern": ["^<script", "gi"],
        # Its cause is undefined.
        "error": ["TypeError", "' or 1=1", As("extension", b"\0", "ext(0)")],
        "last": "<i>",
    }
    told("msgpackr", "sets, errors and patterns", before, cut=True)
    again = As("extension", b"\0\0\0\x01", "ext(112)")
    told("msgpackr", "an object meant twice", [{"text": "<b>"}, again, [again], "x"])
    told("msgpackr", "floats of 32 bits", [0.5, 1.5, -2.25])
    told("msgpackr", "a map", {1: "one", "two": 2, None: [True]})
    arrays = {
        "words": As("extension", b"\x04" + struct.pack("<3H", 1, 2, 65535), "ext(116)"),
        "floats": As("extension", b"\x07" + struct.pack("<f", 1.5), "ext(116)"),
    }
    told("msgpackr", "typed arrays", arrays)
