"""One small document a format with given bytes in it, and where they stand: just enough of each encoder.

What the mainstream encoders write is held to in ``vectors/formats``; here only the nesting matters.
"""

from __future__ import annotations

import base64
import json
import struct
import urllib.parse
from collections.abc import Callable
from xml.sax.saxutils import escape

Path = tuple[str | int, ...]
Document = tuple[bytes, Path]


def text_of(data: bytes) -> str:
    """As text where it is text, else in base64: what an application would put into a text format."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return base64.b64encode(data).decode()
    return text if text.isprintable() or "\n" in text else base64.b64encode(data).decode()


def is_text(data: bytes) -> bool:
    """Whether `text_of` leaves it alone."""
    return text_of(data).encode() == data


def _json(data: bytes) -> Document:
    return json.dumps({"k": ["x", text_of(data)]}).encode(), ("k", 1)


def _msgpack(data: bytes) -> Document:
    head = b"\xdb" if is_text(data) else b"\xc6"
    return b"\x81\xa1k\x92\xa1x" + head + struct.pack(">I", len(data)) + data, ("k", 1)


def _cbor(data: bytes) -> Document:
    head = b"\x7a" if is_text(data) else b"\x5a"
    return b"\xa1\x61k\x82\x61x" + head + struct.pack(">I", len(data)) + data, ("k", 1)


def _bson(data: bytes) -> Document:
    def document(body: bytes) -> bytes:
        return struct.pack("<i", len(body) + 5) + body + b"\0"

    if is_text(data):
        value = b"\x021\0" + struct.pack("<i", len(data) + 1) + data + b"\0"
    else:
        value = b"\x051\0" + struct.pack("<i", len(data)) + b"\0" + data
    inner = document(b"\x020\0" + struct.pack("<i", 2) + b"x\0" + value)
    return document(b"\x04k\0" + inner), ("k", 1)


def _ubjson(data: bytes) -> Document:
    return b"{i\x01k[Si\x01xSl" + struct.pack(">i", len(data)) + data + b"]}", ("k", 1)


def _bjdata(data: bytes) -> Document:
    return b"{i\x01k[Si\x01xSl" + struct.pack("<i", len(data)) + data + b"]}", ("k", 1)


def _smile(data: bytes) -> Document:
    return b":)\n\x00\xfa\x80k\xf8\x40x\xe4" + text_of(data).encode() + b"\xfc\xf9\xfb", ("k", 1)


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def _protobuf(data: bytes) -> Document:
    return b"\x0a\x01x\x10\x05\x1a" + _varint(len(data)) + data, ("3",)


def _flexbuffers(data: bytes) -> Document:
    body = b"k\0\0\0" + struct.pack("<I", len(data)) + data + b"\0"
    body += b"\0" * (-len(body) % 4)
    keys = len(body) + 4
    body += struct.pack("<II", 1, keys)
    body += struct.pack("<III", len(body) - keys, 4, 1)
    values = len(body)
    body += struct.pack("<I", values - 8) + bytes([(5 if is_text(data) else 25) << 2 | 2]) + b"\0\0\0"
    return body + struct.pack("<I", len(body) - values) + bytes([9 << 2 | 2, 4]), ("k",)


def _avro(data: bytes) -> Document:
    def long(number: int) -> bytes:
        return _varint(number << 1)

    def sized(data: bytes) -> bytes:
        return long(len(data)) + data

    kind = "string" if is_text(data) else "bytes"
    schema = {"type": "record", "name": "R", "fields": [{"name": "k", "type": kind}]}
    meta = (
        long(2)
        + sized(b"avro.codec")
        + sized(b"null")
        + sized(b"avro.schema")
        + sized(json.dumps(schema).encode())
    )
    mark = bytes(range(16))
    block = sized(data)
    return b"Obj\x01" + meta + long(0) + mark + long(1) + sized(block) + mark, (0, "k")


def _ion(data: bytes) -> Document:
    size = bytearray([len(data) & 0x7F | 0x80])
    rest = len(data) >> 7
    while rest:
        size.insert(0, rest & 0x7F)
        rest >>= 7
    head = b"\x8e" if is_text(data) else b"\xae"
    return b"\xe0\x01\x00\xea" + head + bytes(size) + data, ()


def _thrift(data: bytes) -> Document:
    head = b"\x80\x01\x00\x01\x00\x00\x00\x03say\x00\x00\x00\x01"
    return head + b"\x0b\x00\x01" + struct.pack(">I", len(data)) + data + b"\x00", ("say", "1")


def _xml(data: bytes) -> Document:
    return f"<k><v>x</v><v>{escape(text_of(data))}</v></k>".encode(), ("k", "v", 1)


def _form(data: bytes) -> Document:
    return f"a=x&k={urllib.parse.quote_plus(text_of(data))}".encode(), ("k",)


def _multipart(data: bytes) -> Document:
    part = b'--b0undary%d\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
    mark = len(data)
    parts = part % (mark, b"a", b"x") + part % (mark, b"k", data)
    return parts + b"--b0undary%d--\r\n" % mark, ("k",)


def _csv(data: bytes) -> Document:
    cell = text_of(data).replace('"', '""')
    return f'a,b\r\nx,"{cell}"\r\n'.encode(), (1, 1)


def _yaml(data: bytes) -> Document:
    return f"k:\n- x\n- {json.dumps(text_of(data))}\n".encode(), ("k", 1)


def _jwt(data: bytes) -> Document:
    def part(value: bytes) -> bytes:
        return base64.urlsafe_b64encode(value).rstrip(b"=")

    claims = json.dumps({"k": ["x", text_of(data)]}).encode()
    return b".".join([part(b'{"alg":"HS256"}'), part(claims), part(b"signature")]), ("claims", "k", 1)


def _text(data: bytes) -> Document:
    return data, ()


DOCUMENTS: dict[str, Callable[[bytes], Document]] = {
    "json": _json,
    "jwt": _jwt,
    "multipart": _multipart,
    "xml": _xml,
    "form": _form,
    "csv": _csv,
    "yaml": _yaml,
    "text": _text,
    "msgpack": _msgpack,
    "cbor": _cbor,
    "bson": _bson,
    "ubjson": _ubjson,
    "bjdata": _bjdata,
    "smile": _smile,
    "protobuf": _protobuf,
    "flexbuffers": _flexbuffers,
    "avro": _avro,
    "ion": _ion,
    "thrift": _thrift,
}


def _sized(data: bytes, width: str = ">I") -> bytes:
    return struct.pack(width, len(data)) + data


def _bson_of(element: bytes) -> bytes:
    return _sized_document(element + b"\0")


def _sized_document(body: bytes) -> bytes:
    return struct.pack("<i", len(body) + 4) + body


#: A format, and a document that has the bytes in one kind of place that the format has beside ordinary values.
PLACES: dict[str, tuple[str, Callable[[bytes], Document]]] = {
    "json key": (
        "json",
        lambda data: (json.dumps({"a": [{data.decode(): 1}]}).encode(), ("a", 0, data.decode())),
    ),
    "msgpack key": ("msgpack", lambda data: (b"\x81\xdb" + _sized(data) + b"\xa1v", (data.decode(),))),
    "msgpack binary key": ("msgpack", lambda data: (b"\x81\xc6" + _sized(data) + b"\xa1v", (data.decode(),))),
    "msgpack key in a list": (
        "msgpack",
        lambda data: (b"\x81\x91\xdb" + _sized(data) + b"\xa1v", ("[...]", 0)),
    ),
    "msgpack extension": (
        "msgpack",
        lambda data: (b"\x92\xa1x\xc9" + struct.pack(">I", len(data)) + b"\x05" + data, (1, "ext(5)")),
    ),
    "cbor key": ("cbor", lambda data: (b"\xa1\x7a" + _sized(data) + b"\x61v", (data.decode(),))),
    "cbor chunks": (
        "cbor",
        lambda data: (b"\x82\x61x\x7f\x63" + data[:3] + b"\x7a" + _sized(data[3:]) + b"\xff", (1,)),
    ),
    "cbor tag": ("cbor", lambda data: (b"\x82\x61x\xd8\x20\x7a" + _sized(data), (1,))),
    "cbor in cbor": (
        "cbor",
        lambda data: (b"\x82\x61x\xd8\x18\x5a" + _sized(b"\x81\x7a" + _sized(data)), (1, 0)),
    ),
    "bson name": ("bson", lambda data: (_bson_of(b"\x10" + data + b"\0\1\0\0\0"), (data.decode(),))),
    "bson code": ("bson", lambda data: (_bson_of(b"\x0dc\0" + _sized(data + b"\0", "<i")), ("c",))),
    "bson code with scope": (
        "bson",
        lambda data: (
            _bson_of(
                b"\x0fc\0"
                + _sized_document(_sized(b"f()\0", "<i") + _bson_of(b"\x02v\0" + _sized(data + b"\0", "<i")))
            ),
            ("c", "$scope", "v"),
        ),
    ),
    "bson regular expression": (
        "bson",
        lambda data: (_bson_of(b"\x0br\0" + data + b"\0i\0"), ("r", "$regex")),
    ),
    "bson binary": (
        "bson",
        lambda data: (_bson_of(b"\x05b\0" + struct.pack("<i", len(data)) + b"\x80" + data), ("b",)),
    ),
    "ubjson name": ("ubjson", lambda data: (b"{l" + _sized(data) + b"i\x01}", (data.decode(),))),
    "ubjson high-precision number": ("ubjson", lambda data: (b"[Si\x01xHl" + _sized(data) + b"]", (1,))),
    "ubjson typed array": ("ubjson", lambda data: (b"{i\x01a[$U#l" + _sized(data) + b"}", ("a",))),
    "bjdata name": ("bjdata", lambda data: (b"{l" + _sized(data, "<I") + b"i\x01}", (data.decode(),))),
    "smile name": (
        "smile",
        lambda data: (b":)\n\x00\xfa\x34" + data + b"\xfc\x40v\xfb", (data.decode(),)),
    ),
    "avro map key": (
        "avro",
        lambda data: (
            _avro_file({"type": "map", "values": "int"}, b"\x02" + _avro_text(data) + b"\x02\x00"),
            (0, data.decode()),
        ),
    ),
    "avro metadata": (
        "avro",
        lambda data: (_avro_file("int", b"\x02", note=data), ("meta", "note")),
    ),
    "flexbuffers key": ("flexbuffers", lambda data: (_flexbuffers_key(data), (data.decode(),))),
    "ion name": (
        "ion",
        lambda data: (
            b"$ion_1_0 {a: 1, '" + data.replace(b"'", b"") + b"': 2}",
            (data.decode().replace("'", ""),),
        ),
    ),
    "ion annotation": ("ion", lambda data: (b"$ion_1_0 [x, '" + data.replace(b"'", b"") + b"'::1]", (1,))),
    "ion clob": ("ion", lambda data: (b'$ion_1_0 {b: {{"' + data + b'"}}}', ("b",))),
    "xml attribute": (
        "xml",
        lambda data: (f"<a><b c='{escape(data.decode())}'/></a>".encode(), ("a", "b", "@c")),
    ),
    "xml comment": ("xml", lambda data: (b"<a>x<!--" + data + b"--></a>", ("a", "#comment"))),
    "form name": (
        "form",
        lambda data: (f"a=x&{urllib.parse.quote_plus(data.decode())}=1".encode(), (data.decode(),)),
    ),
    "yaml key": ("yaml", lambda data: (f"a: 1\n{json.dumps(data.decode())}: 2\n".encode(), (data.decode(),))),
    "yaml comment": ("yaml", lambda data: (b"a: 1 # " + data + b"\nb: 2\n", ("a", "#"))),
    "thrift map key": (
        "thrift",
        lambda data: (
            b"\x80\x01\x00\x01\x00\x00\x00\x03say\x00\x00\x00\x01\x0d\x00\x01\x0b\x03\x00\x00\x00\x01"
            + _sized(data)
            + b"\x01\x00",
            ("say", "1", data.decode()),
        ),
    ),
}


def _flexbuffers_key(name: bytes) -> bytes:
    """A map of one small number, in bytes of eight."""
    body = name + b"\0"
    body += bytes([1, len(body) + 1])  # the vector of keys: its length, and how far back the key is
    body += bytes([1, 1, 1, 7, 1 << 2])  # keys one back, of width one; one value: 7, a number
    return body + bytes([2, 9 << 2, 1])


def _avro_text(data: bytes) -> bytes:
    return _varint(len(data) << 1) + data


def _avro_file(schema: object, block: bytes, **meta: bytes) -> bytes:
    entries = {"avro.schema": json.dumps(schema).encode()} | meta
    head = b"".join(_avro_text(name.encode()) + _avro_text(value) for name, value in entries.items())
    mark = bytes(range(16))
    return (
        b"Obj\x01" + _varint(len(entries) << 1) + head + b"\x00" + mark + b"\x02" + _avro_text(block) + mark
    )
