"""Writes the hostile vectors of the binary formats: `python binary_hostile.py`. Made byte by byte."""

# A table, one document a line: ruff: noqa: E501

from __future__ import annotations

import base64
import json
import pathlib
import struct
import zlib
from typing import Any

HERE = pathlib.Path(__file__).parent
MILLION = 1_000_000
Piece = bytes | tuple[bytes, int]
CASES: dict[str, list[dict[str, Any]]] = {}

DEPTH = {"outcome": ["exhausted"], "anomaly": "format_depth"}
NODES = {"outcome": ["exhausted"], "anomaly": "format_nodes"}
BYTES = {"outcome": ["exhausted"], "anomaly": "decoded_bytes"}
LENGTH = {"outcome": ["truncated"], "anomaly": "length exceeds data"}
COUNT = {"outcome": ["truncated"], "anomaly": "count exceeds data"}


def case(form: str, name: str, *pieces: Piece, **wanted: Any) -> None:
    data = []
    for piece in pieces:
        content, times = piece if isinstance(piece, tuple) else (piece, 1)
        row: dict[str, Any] = {"b64": base64.b64encode(content).decode()}
        data.append(row | ({"times": times} if times > 1 else {}))
    CASES.setdefault(form, []).append({"name": name, "data": data, **wanted})


def msgpack() -> None:
    case("msgpack", "a million arrays", (b"\x91", MILLION), **DEPTH)
    case("msgpack", "a million maps", (b"\x81\xa1a", MILLION), **DEPTH)
    case("msgpack", "a million keys that are arrays", (b"\x81\x91", MILLION), **DEPTH)
    case(
        "msgpack",
        "a text of four gigabytes",
        b"\xdb\xff\xff\xff\xff<script>",
        **LENGTH,
        contains=["<script>"],
    )
    case(
        "msgpack",
        "an array of four thousand millions",
        b"\xdd\xff\xff\xff\xff\xa8<script>",
        **COUNT,
        contains=["<script>"],
    )
    case(
        "msgpack",
        "a map of four thousand millions",
        b"\xdf\xff\xff\xff\xff\xa1a\xa8<script>",
        **COUNT,
        contains=["<script>"],
    )
    case("msgpack", "a million elements", b"\xdd\x00\x0f\x42\x40", (b"\xc0", MILLION), **NODES)
    case("msgpack", "overlong UTF-8", b"\xa9\xc0\xbcscript>", outcome=["complete"], contains=["script>"])
    case(
        "msgpack",
        "a length longer than it need be",
        b"\xdb\x00\x00\x00\x03<b>",
        outcome=["complete"],
        contains=["<b>"],
    )
    case("msgpack", "a name twice", b"\x82\xa1a\xa3<b>\xa1a\xa1x", outcome=["complete"], contains=["<b>"])
    case("msgpack", "the byte that is never used", b"\x92\xc1\xa3<b>", outcome=["invalid"], contains=["<b>"])
    case(
        "msgpack",
        "a record without fields, a million times",
        b"\xdd\x00\x0f\x42\x41\xd4\x72\x40\x90",
        (b"\x40", MILLION),
        **NODES,
    )
    case(
        "msgpack",
        "a long name by one byte",
        b"\xdd\x00\x00\xff\xff\xd4\x72\x40\x91\xda\xff\xff",
        (b"n", 65535),
        b"\xc0",
        (b"\x40\xc0", 65534),
        **BYTES,
    )
    case(
        "msgpack",
        "a record redefined in itself",
        b"\xd4\x72\x40\x91\xa1a\xd4\x72\x40\x91\xa1b\xa3<b>",
        outcome=["complete"],
        contains=["<b>"],
    )

    case(
        "msgpack",
        "a definition of a million names",
        b"\xd4\x72\x40\xdd\x00\x0f\x42\x40",
        (b"\x00", MILLION),
        b"\xc0",
        **NODES,
    )


def cbor() -> None:
    case("cbor", "a million arrays", (b"\x81", MILLION), **DEPTH)
    case("cbor", "a million maps", (b"\xa1\x61a", MILLION), **DEPTH)
    case("cbor", "a million arrays without a count", (b"\x9f", MILLION), **DEPTH)
    case("cbor", "a million tags", (b"\xc6", MILLION), b"\x00", **DEPTH)
    case(
        "cbor", "a text of 2^64-1 bytes", b"\x7b" + b"\xff" * 8 + b"<script>", **LENGTH, contains=["<script>"]
    )
    case(
        "cbor", "an array of 2^64-1", b"\x9b" + b"\xff" * 8 + b"\x68<script>", **COUNT, contains=["<script>"]
    )
    case("cbor", "a word in chunks", b"\x7f\x64<scr\x64ipt>\xff", outcome=["complete"], contains=["<script>"])
    case("cbor", "a word in a million chunks", b"\x7f", (b"\x61<", MILLION), b"\xff", outcome=["complete"])
    case("cbor", "chunks within chunks", b"\x7f\x7f\x63<b>\xff\xff", outcome=["invalid"], contains=["<b>"])
    case(
        "cbor",
        "a value that refers to itself",
        b"\xd8\x1c\x82\xd8\x1d\x00\x63<b>",
        outcome=["complete"],
        contains=["<b>"],
    )
    case(
        "cbor",
        "a long text referred to",
        b"\xd9\x01\x00\x9f\x79\xff\xff",
        (b"n", 65535),
        (b"\xd8\x19\x00", 65535),
        b"\xff",
        **BYTES,
    )
    case(
        "cbor",
        "a reference to nothing",
        b"\xd9\x01\x00\x82\x63<b>\xd8\x19\x18\x63",
        outcome=["complete"],
        anomaly="string reference to nothing",
    )
    case("cbor", "a break for a value", b"\xbf\x63<b>\xff", outcome=["invalid"], contains=["<b>"])
    case("cbor", "reserved information", b"\x82\x63<b>\x1c", outcome=["invalid"], contains=["<b>"])
    case("cbor", "a name twice", b"\xa2\x61a\x63<b>\x61a\x61x", outcome=["complete"], contains=["<b>"])


def bson() -> None:
    def element(kind: int, name: bytes, body: bytes) -> bytes:
        return bytes([kind]) + name + b"\0" + body

    def document(body: bytes, length: int | None = None) -> bytes:
        return struct.pack("<i", len(body) + 5 if length is None else length) + body + b"\0"

    def text(content: bytes) -> bytes:
        return struct.pack("<i", len(content) + 1) + content + b"\0"

    case(
        "bson",
        "a million documents",
        b"\xff\xff\xff\x7f",
        (b"\x03a\0\xff\xff\xff\x7f", MILLION // 4),
        **DEPTH,
    )
    case("bson", "a million arrays", b"\xff\xff\xff\x7f", (b"\x040\0\xff\xff\xff\x7f", MILLION // 4), **DEPTH)
    case(
        "bson",
        "a text of two gigabytes",
        document(element(2, b"a", b"\xff\xff\xff\x7f<script>")),
        **LENGTH,
        contains=["<script>"],
    )
    case(
        "bson",
        "a text of no bytes",
        document(element(2, b"a", b"\0\0\0\0<script>")),
        outcome=["invalid"],
        contains=["<script>"],
    )
    case(
        "bson",
        "a negative length",
        document(element(5, b"a", b"\xff\xff\xff\xff\0<script>")),
        outcome=["invalid"],
        contains=["<script>"],
    )
    case(
        "bson",
        "a document that ends early",
        document(element(2, b"a", text(b"<b>")), 6),
        outcome=["complete"],
        anomaly="document length is wrong",
        contains=["<b>"],
    )
    case(
        "bson",
        "a document that ends late",
        document(element(2, b"a", text(b"<b>")), 99),
        outcome=["complete"],
        anomaly="length exceeds data",
        contains=["<b>"],
    )
    case(
        "bson",
        "a name twice",
        document(element(2, b"a", text(b"<b>")) + element(2, b"a", text(b"x"))),
        outcome=["complete"],
        contains=["<b>"],
    )
    case(
        "bson",
        "an array's name that is no place",
        document(element(4, b"a", document(element(10, b"<b>", b"")))),
        outcome=["complete"],
        contains=["<b>"],
    )
    case(
        "bson",
        "code",
        document(element(13, b"$where", text(b"sleep(1)"))),
        outcome=["complete"],
        contains=["sleep(1)", "$where"],
    )
    scope = text(b"x") + document(element(2, b"<b>", text(b"<i>")))
    case(
        "bson",
        "code with scope",
        document(element(15, b"a", struct.pack("<i", len(scope) + 4) + scope)),
        outcome=["complete"],
        contains=["<b>", "<i>"],
    )
    case("bson", "a million nulls", b"\0\0\0\0", (b"\x0aa\0", MILLION), b"\0", **NODES)
    case(
        "bson",
        "text with a NUL",
        document(element(2, b"a", text(b"<b>\0<i>"))),
        outcome=["complete"],
        contains=["<i>"],
    )


def ubjson() -> None:
    for form, pack in (("ubjson", ">"), ("bjdata", "<")):

        def int32(number: int, pack: str = pack) -> bytes:
            return b"l" + struct.pack(pack + "i", number)

        def int64(number: int, pack: str = pack) -> bytes:
            return b"L" + struct.pack(pack + "q", number)

        for marker, name in ((b"Z", "nulls"), (b"T", "trues"), (b"F", "falses"), (b"N", "no-ops")):
            case(
                form,
                f"a hundred million {name} in nine bytes",
                b"[$" + marker + b"#" + int32(100_000_000),
                **NODES,
            )
        case(form, "2^62 nulls in thirteen bytes", b"[$Z#" + int64(2**62), **NODES)
        case(form, "a map of nulls", b"{$Z#" + int32(100_000_000), **COUNT)
        case(form, "a million arrays", (b"[", MILLION), **DEPTH)
        case(form, "a million maps", (b"{i\x01a", MILLION), **DEPTH)
        case(
            form,
            "a million typed arrays",
            b"[",
            (b"[$[#i\x01", MILLION // 5),
            outcome=["exhausted", "invalid"],
        )
        case(form, "a text of 2^62 bytes", b"S" + int64(2**62) + b"<script>", **LENGTH, contains=["<script>"])
        case(form, "a negative length", b"Si\xff<script>", outcome=["invalid"], contains=["<script>"])
        case(
            form, "an array of 2^62", b"[#" + int64(2**62) + b"Si\x08<script>", **COUNT, contains=["<script>"]
        )
        case(
            form, "2^62 bytes", b"[$U#" + int64(2**62) + b"<script>", **LENGTH_OR_COUNT, contains=["<script>"]
        )
        case(
            form,
            "a million no-ops",
            b"[",
            (b"N", MILLION),
            b"Si\x03<b>]",
            outcome=["complete"],
            contains=["<b>"],
        )
        case(form, "text as bytes", b"[$U#i\x08<script>", outcome=["complete"], contains=["<script>"])
        case(form, "text as characters", b"[$C#i\x08<script>", outcome=["complete"], contains=["<script>"])
        case(form, "a type without a count", b"[$U<script>", outcome=["invalid"], contains=["<script>"])
        case(form, "a name twice", b"{i\x01aSi\x03<b>i\x01aZ}", outcome=["complete"], contains=["<b>"])
    case(
        "bjdata",
        "dimensions whose product is 2^120",
        b"[$U#[" + (b"m" + struct.pack("<I", 2**30)) * 4 + b"]<script>",
        **LENGTH_OR_COUNT,
        contains=["<script>"],
    )
    case("bjdata", "dimensions of nulls", b"[$Z#[" + (b"m" + struct.pack("<I", 2**30)) * 4 + b"]", **NODES)
    case("bjdata", "records of nothing", b"[${i\x01zZ}#m" + struct.pack("<I", 2**30), **NODES)
    case("bjdata", "columns of nothing", b"{${i\x01zZ}#m" + struct.pack("<I", 2**30), **NODES)
    case(
        "bjdata",
        "schemas without end",
        (b"[${i\x01a", 1),
        (b"{i\x01a", MILLION),
        outcome=["exhausted"],
        anomaly="format_depth",
    )
    case(
        "bjdata",
        "more records than data",
        b"[${i\x01sSi\x08}#l\x00\x00\x00\x10<script>",
        **COUNT,
        contains=["<script>"],
    )
    case(
        "bjdata",
        "texts whose offsets go back",
        b"[${i\x01o[$U]}#i\x02\x00\x01\x08\x00\x08<script>",
        outcome=["complete"],
        anomaly="offsets are out of order",
        contains=["<script>"],
    )
    case(
        "bjdata",
        "a schema with a count in it",
        b"[${i\x01a[#U<script>",
        outcome=["invalid", "truncated"],
        contains=["script>"],
    )
    case(
        "bjdata",
        "a matrix of bytes",
        b"[$U#[U\x02U\x04]<script>",
        outcome=["complete"],
        contains=["<script>"],
    )


LENGTH_OR_COUNT = {"outcome": ["truncated"], "anomaly": "count exceeds data"}


def smile() -> None:
    head = b":)\n\x03"
    case("smile", "a million arrays", head, (b"\xf8", MILLION), **DEPTH)
    case("smile", "a million maps", head, (b"\xfa\x80a", MILLION), **DEPTH)
    case(
        "smile",
        "a name of nothing",
        head + b"\xfa\x50\x42<b>\xfb",
        outcome=["complete"],
        anomaly="reference to nothing",
        contains=["<b>"],
    )
    case(
        "smile",
        "a text of nothing",
        head + b"\xf8\x1f\x42<b>\xf9",
        outcome=["complete"],
        anomaly="reference to nothing",
        contains=["<b>"],
    )
    case(
        "smile",
        "binary of 2^40 bytes",
        head + b"\xfd" + b"\x7f" * 6 + b"\xbf<script>",
        **LENGTH,
        contains=["<script>"],
    )
    case(
        "smile",
        "seven-bit binary of 2^60 bytes",
        head + b"\xe8" + b"\x7f" * 8 + b"\xbf<script>",
        **LENGTH,
        contains=["<script>"],
    )
    case("smile", "text without an end", head + b"\xe0<script>", outcome=["truncated"], contains=["<script>"])
    text = b"\xbf" + b"x" * 65
    case(
        "smile",
        "a text referred to a million times",
        head + b"\xf8" + text,
        (b"\x01", MILLION),
        b"\xf9",
        **NODES,
    )
    case(
        "smile",
        "more names than are kept",
        head + b"\xf8",
        (b"\xfa\x81ab\xc2\xfb", 1025),
        b"\xfa\x40\x42<b>\xfb\xf9",
        outcome=["complete"],
        contains=["<b>"],
    )
    case("smile", "a reserved token", head + b"\xf8\x42<b>\xff", outcome=["invalid"], contains=["<b>"])
    case(
        "smile",
        "a name twice",
        head + b"\xfa\x80a\x42<b>\x80a\x21\xfb",
        outcome=["complete"],
        contains=["<b>"],
    )


def protobuf() -> None:
    case("protobuf", "a million groups", (b"\x0b", MILLION), **DEPTH)
    nested = b"\x0a\x08<script>"
    for _ in range(200):
        length = len(nested)
        size = bytes([length]) if length < 128 else bytes([length & 0x7F | 0x80, length >> 7])
        nested = b"\x0a" + size + nested
    case("protobuf", "two hundred messages in one another", nested, **DEPTH, contains=["<script>"])
    case(
        "protobuf", "bytes of 2^63", b"\x0a" + b"\xff" * 8 + b"\x7f<script>", **LENGTH, contains=["<script>"]
    )
    case(
        "protobuf",
        "a tag of eleven bytes",
        b"\xff" * 11 + b"<script>",
        outcome=["invalid"],
        contains=["<script>"],
    )
    case("protobuf", "field 0", b"\x02\x08<script>", outcome=["invalid"], contains=["<script>"])
    case("protobuf", "a group that never began", b"\x0a\x03<b>\x0c", outcome=["invalid"], contains=["<b>"])
    case("protobuf", "a million fields", (b"\x08\x01", MILLION), **NODES)
    case(
        "protobuf",
        "a word that fields would cut",
        b"\x0a\x69\x0a\x04xxxxjavascript:alert(document.cookie)" + b"/" * 66,
        outcome=["complete"],
        contains=["javascript:alert(document.cookie)"],
    )
    case(
        "protobuf",
        "text in fixed bytes",
        b"\x0a\x12\x0a\x03ab\x01\x11<script\x01\x08\x01\x08\x01",
        outcome=["complete"],
        contains=["<script"],
    )


def flexbuffers() -> None:
    case(
        "flexbuffers",
        "a vector inside itself",
        b"\x01\x00\x28\x02\x28\x01",
        outcome=["complete"],
        anomaly="offset cycle",
    )
    case(
        "flexbuffers",
        "an offset out of the data",
        b"\x63<b>\xff\x28\x01",
        outcome=["invalid"],
        contains=["<b>"],
    )
    case("flexbuffers", "a text of 255 bytes", b"\xff<b>\x03\x14\x01", **LENGTH, contains=["<b>"])
    case("flexbuffers", "a width of 3", b"<b>\x14\x03", outcome=["invalid"], contains=["<b>"])
    # Each vector holds the one before it eight times: 8^12 values in 400 bytes.
    data = b"\x01\x07"
    start = 1
    kind = 4
    for _ in range(12):
        length_at = len(data)
        data += bytes([8])
        first = length_at + 1
        data += bytes(first + place - start for place in range(8))
        data += bytes([kind]) * 8
        start, kind = first, 0x28
    data += bytes([len(data) - start, 0x28, 1])
    case("flexbuffers", "vectors shared eight times at each of twelve levels", data, **NODES)
    first = 2 + 60000 + 2
    body = struct.pack("<H", 1000) + b"".join(
        struct.pack("<H", first + 2 * place - 2) for place in range(1000)
    )
    body += bytes([0x15]) * 1000 + struct.pack("<H", 3000) + b"\x29\x02"
    case(
        "flexbuffers",
        "a long text shared a thousand times",
        struct.pack("<H", 60000),
        (b"n", 60000),
        body,
        **BYTES,
    )
    deep = b""
    previous = None
    for _ in range(200):
        deep += b"\x01"
        first = len(deep)
        deep += bytes([first - previous if previous is not None else 0]) + (
            b"\x28" if previous is not None else b"\x00"
        )
        previous = first
    case(
        "flexbuffers",
        "two hundred vectors in one another",
        deep + bytes([len(deep) - previous, 0x28, 1]),
        **DEPTH,
    )


def zigzag(number: int) -> bytes:
    number = number << 1 if number >= 0 else (-number << 1) - 1
    out = b""
    while number > 0x7F:
        out += bytes([number & 0x7F | 0x80])
        number >>= 7
    return out + bytes([number])


def avro() -> None:
    def text(content: bytes) -> bytes:
        return zigzag(len(content)) + content

    def file(schema: Any, count: int, block: bytes, size: int | None = None, codec: bytes = b"null") -> bytes:
        meta = text(b"avro.schema") + text(json.dumps(schema).encode()) + text(b"avro.codec") + text(codec)
        head = b"Obj\x01" + zigzag(2) + meta + b"\0" + b"s" * 16
        return head + zigzag(count) + zigzag(len(block) if size is None else size) + block + b"s" * 16

    nulls = {"type": "array", "items": "null"}
    case("avro", "2^40 nulls", file(nulls, 1, zigzag(2**40) + b"\0"), **NODES)
    case("avro", "2^40 nulls in a sized block", file(nulls, 1, zigzag(-(2**40)) + zigzag(0) + b"\0"), **NODES)
    case(
        "avro",
        "2^40 records of nothing",
        file({"type": "record", "name": "E", "fields": []}, 2**40, b""),
        **NODES,
    )
    case(
        "avro",
        "2^40 texts",
        file({"type": "array", "items": "string"}, 1, zigzag(2**40) + text(b"<script>")),
        outcome=["truncated"],
        anomaly="count exceeds data",
        contains=["<script>"],
    )
    case(
        "avro",
        "a text of 2^40 bytes",
        file("string", 1, zigzag(2**40) + b"<script>"),
        **LENGTH,
        contains=["<script>"],
    )
    case(
        "avro",
        "a negative length",
        file("string", 1, zigzag(-9) + b"<script>"),
        outcome=["invalid"],
        contains=["<script>"],
    )
    case(
        "avro",
        "a block of 2^40 bytes",
        file("string", 1, text(b"<script>"), 2**40),
        **LENGTH,
        contains=["<script>"],
    )
    loop = {"type": "record", "name": "L", "fields": [{"name": "next", "type": ["null", "L"]}]}
    long = file(loop, 1, b"|", MILLION).split(b"|")
    case("avro", "a list of a million records", long[0], (b"\x02", MILLION), long[1], **DEPTH)
    itself = {"type": "record", "name": "L", "fields": [{"name": "next", "type": "L"}]}
    case(
        "avro",
        "a record that holds itself",
        file(itself, 1, b"<script>"),
        outcome=["exhausted"],
        anomaly="format_depth",
        contains=["<script>"],
    )
    case(
        "avro",
        "a schema that is none",
        file({"type": "nothing"}, 1, b"<script>"),
        outcome=["complete"],
        anomaly="schema cannot be read",
        contains=["<script>"],
    )
    case(
        "avro",
        "a codec that is not read",
        file("string", 1, b"<script>", codec=b"odd"),
        outcome=["complete"],
        anomaly="codec is not read",
        contains=["<script>"],
    )
    case(
        "avro",
        "deflate that is broken",
        file("string", 1, b"\xff<script>", codec=b"deflate"),
        outcome=["truncated"],
        anomaly="deflate data is broken",
    )
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = packer.compress(zigzag(20 << 20) + bytes(20 << 20)) + packer.flush()
    case("avro", "20 MiB in 20 KiB", file("bytes", 1, bomb, codec=b"deflate"), **BYTES)

    # No-break spaces and at signs read as lengths of half a megabyte, over text that breaks off at last.
    text = b"\xc2\xa0@"
    case(
        "avro",
        "a million lengths over the same text",
        b"\x00\x00\x00\x00\x07",
        (text, 160_000),
        b"\xff",
        (text, 160_000),
        outcome=["complete"],
    )
    space = b'{"type":"record","name":"R","namespace":"'
    field = b'{"name":"f","type":["null","R"]},'
    head = b"Obj\x01\x02\x16avro.schema" + zigzag(len(space) + MILLION + 13 + 20_000 * len(field) + 2)
    case(
        "avro",
        "a namespace of a million letters",
        head + space,
        (b"n", MILLION),
        b'","fields":[ ',
        (field, 20_000),
        b"]}",
        b"\x00" + b"s" * 16,
        outcome=["complete", "truncated"],
    )


def ion() -> None:
    version = b"\xe0\x01\x00\xea"
    case(
        "ion",
        "a million lists",
        version,
        (b"\xbe\x01\x7f\x7f\x90", MILLION // 5),
        outcome=["truncated", "exhausted"],
    )
    deep = b"\x21\x01"
    for _ in range(100):
        head = (
            bytes([0xB0 | len(deep)])
            if len(deep) < 14
            else b"\xbe"
            + (
                bytes([0x80 | len(deep)])
                if len(deep) < 128
                else bytes([len(deep) >> 7, 0x80 | len(deep) & 0x7F])
            )
        )
        deep = head + deep
    case("ion", "a hundred lists", version + deep, **DEPTH)
    case("ion", "a million lists in text", (b"[", MILLION), **DEPTH)
    case("ion", "a million structs in text", (b"{a:", MILLION), **DEPTH)
    case(
        "ion",
        "a text of 2^40 bytes",
        version + b"\x8e" + b"\x01" * 5 + b"\x80<script>",
        **LENGTH,
        contains=["<script>"],
    )
    table = b"\x81\x83\xde\x93\x87\xbe\x90\x8e\x8e<script>alert1"
    case(
        "ion",
        "a symbol by its number",
        version + bytes([0xEE, 0x80 | len(table)]) + table + b"\x71\x0a",
        outcome=["complete"],
        contains=["<script>alert1"],
    )

    def sized(kind: int, length: int) -> bytes:
        return bytes(
            [
                kind << 4 | 14,
                length >> 21 & 0x7F,
                length >> 14 & 0x7F,
                length >> 7 & 0x7F,
                length & 0x7F | 0x80,
            ]
        )

    names = b"\x87" + sized(11, MILLION)
    table_head = b"\x81\x83" + sized(13, len(names) + MILLION) + names
    case(
        "ion",
        "a table of a million symbols",
        version + sized(14, len(table_head) + MILLION) + table_head,
        (b"\x80", MILLION),
        **NODES,
    )
    wrapped = b"\x21\x01"
    for _ in range(100):
        inner = b"\x81\x84" + wrapped
        wrapped = (
            bytes([0xE0 | len(inner)])
            if len(inner) < 14
            else b"\xee"
            + (
                bytes([0x80 | len(inner)])
                if len(inner) < 128
                else bytes([len(inner) >> 7, 0x80 | len(inner) & 0x7F])
            )
        ) + inner
    case("ion", "a hundred annotations in one another", version + wrapped, **DEPTH)
    case(
        "ion", "a word in long strings", b"'''<scr''' '''ipt>'''", outcome=["complete"], contains=["<script>"]
    )
    case("ion", "a word in escapes", b'{a:"\\x3cscr\\u0069pt>"}', outcome=["complete"], contains=["<script>"])
    case("ion", "an annotation", b"'<script>'::1", outcome=["complete"], contains=["<script>"])
    case("ion", "a clob", b'{{ "<script>" }}', outcome=["complete"], contains=["<script>"])
    case("ion", "a comment that does not end", b"[1 /* <script>", outcome=["truncated"])
    case("ion", "a string that does not end", b'["<script>', outcome=["truncated"], contains=["<script>"])
    case("ion", "a name twice", b'{a:"<b>",a:1}', outcome=["complete"], contains=["<b>"])


def thrift() -> None:
    message = b"\x80\x01\x00\x01\x00\x00\x00\x01m\x00\x00\x00\x00"
    case("thrift", "a million structs", message, (b"\x0c\x00\x01", MILLION // 3), **DEPTH)
    case(
        "thrift",
        "a million lists",
        message + b"\x0f\x00\x01",
        (b"\x0f\x00\x00\x00\x01", MILLION // 5),
        **DEPTH,
    )
    case("thrift", "a million compact structs", b"\x82\x21\x00\x01m", (b"\x1c", MILLION), **DEPTH)
    case("thrift", "a million compact lists", b"\x82\x21\x00\x01m\x19", (b"\x19", MILLION), **DEPTH)
    case(
        "thrift",
        "a text of two gigabytes",
        message + b"\x0b\x00\x01\x7f\xff\xff\xff<script>",
        **LENGTH,
        contains=["<script>"],
    )
    case(
        "thrift",
        "a negative length",
        message + b"\x0b\x00\x01\xff\xff\xff\xff<script>",
        outcome=["invalid"],
        contains=["<script>"],
    )
    case(
        "thrift",
        "a list of two thousand millions",
        message + b"\x0f\x00\x01\x0b\x7f\xff\xff\xff\x00\x00\x00\x08<script>",
        **COUNT,
        contains=["<script>"],
    )
    case(
        "thrift",
        "a compact list of 2^60 booleans",
        b"\x82\x21\x00\x01m\x19\xf1" + b"\xff" * 8 + b"\x0f\x01\x02",
        **COUNT,
    )
    case(
        "thrift",
        "a type that is none",
        message + b"\x0b\x00\x01\x00\x00\x00\x03<b>\x63",
        outcome=["invalid"],
        contains=["<b>"],
    )
    case(
        "thrift",
        "a method's name",
        b"\x80\x01\x00\x01\x00\x00\x00\x08<script>\x00\x00\x00\x00\x00",
        outcome=["complete"],
        contains=["<script>"],
    )
    case(
        "thrift",
        "a field number that wraps",
        b"\x82\x21\x00\x01m\x05\xfe\xff\xff\xff\x0f\x02\xf8\x03<b>\x00",
        outcome=["complete"],
        contains=["<b>"],
    )


def main() -> None:
    for write in (msgpack, cbor, bson, ubjson, smile, protobuf, flexbuffers, avro, ion, thrift):
        write()
    for form, cases in CASES.items():
        rows = ",\n  ".join(json.dumps(row) for row in cases)
        (HERE.parent / form / "hostile.json").write_text(f'{{"cases": [\n  {rows}\n]}}\n')


if __name__ == "__main__":
    main()
