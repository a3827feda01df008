"""Small values written in the formats that frameworks speak: what a refusal is made of.

JSON by RFC 8259, MessagePack by its specification, CBOR by RFC 8949, UBJSON by Draft 12 (which BJData reads too).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence

Value = None | bool | int | str | Sequence["Value"] | Mapping[str, "Value"]
"""Integers from 0 to 2**53; the ids of frameworks are no larger."""


def as_json(value: Value) -> bytes:
    """Without blanks, and without what ends a record or a line."""
    return json.dumps(value, separators=(",", ":")).encode()


def as_msgpack(value: Value) -> bytes:
    """In the shortest form."""
    match value:
        case None:
            return b"\xc0"
        case bool():
            return b"\xc3" if value else b"\xc2"
        case int():
            return _sized(
                value,
                ((0x7F, b"", 1), (0xFF, b"\xcc", 1), (0xFFFF, b"\xcd", 2), (_WORD, b"\xce", 4)),
                b"\xcf",
            )
        case str():
            text = value.encode()
            if len(text) < 32:
                return bytes((0xA0 | len(text),)) + text
            return _sized(len(text), ((0xFF, b"\xd9", 1), (0xFFFF, b"\xda", 2)), b"\xdb", 4) + text
        case Mapping():
            head = bytes((0x80 | len(value),)) if len(value) < 16 else b"\xde" + len(value).to_bytes(2)
            return head + _members(value, as_msgpack, as_msgpack)
    head = bytes((0x90 | len(value),)) if len(value) < 16 else b"\xdc" + len(value).to_bytes(2)
    return head + b"".join(map(as_msgpack, value))


def as_cbor(value: Value) -> bytes:
    """In the shortest form."""
    match value:
        case None:
            return b"\xf6"
        case bool():
            return b"\xf5" if value else b"\xf4"
        case int():
            return _cbor_head(0, value)
        case str():
            text = value.encode()
            return _cbor_head(3, len(text)) + text
        case Mapping():
            return _cbor_head(5, len(value)) + _members(value, as_cbor, as_cbor)
    return _cbor_head(4, len(value)) + b"".join(map(as_cbor, value))


def as_ubjson(value: Value) -> bytes:
    """Without the optimised containers, in which UBJSON and BJData differ; so do the bytes of their numbers."""
    match value:
        case None:
            return b"Z"
        case bool():
            return b"T" if value else b"F"
        case int():
            return b"U" + bytes((value,)) if value < 256 else _high_precision(value)
        case str():
            return b"S" + _ubjson_name(value)
        case Mapping():
            return b"{" + _members(value, _ubjson_name, as_ubjson) + b"}"
    return b"[" + b"".join(map(as_ubjson, value)) + b"]"


WRITERS: dict[str, Callable[[Value], bytes]] = {
    "json": as_json,
    "msgpack": as_msgpack,
    "cbor": as_cbor,
    "ubjson": as_ubjson,
}
"""By the engine's names of the formats."""

_WORD = 0xFFFF_FFFF


def _members(
    value: Mapping[str, Value], name: Callable[[str], bytes], write: Callable[[Value], bytes]
) -> bytes:
    return b"".join(name(key) + write(each) for key, each in value.items())


def _sized(number: int, sizes: Sequence[tuple[int, bytes, int]], largest: bytes, width: int = 8) -> bytes:
    """A number behind the head of the first size that holds it."""
    for most, head, size in sizes:
        if number <= most:
            return head + number.to_bytes(size)
    return largest + number.to_bytes(width)


def _cbor_head(major: int, number: int) -> bytes:
    kind = major << 5
    if number < 24:
        return bytes((kind | number,))
    sizes = ((0xFF, 24, 1), (0xFFFF, 25, 2), (_WORD, 26, 4))
    return _sized(
        number, [(most, bytes((kind | code,)), size) for most, code, size in sizes], bytes((kind | 27,))
    )


def _high_precision(number: int) -> bytes:
    """The text of a number, which has no order of bytes."""
    return b"H" + _ubjson_name(str(number))


def _ubjson_name(text: str) -> bytes:
    """Its length first; cut to what one byte can tell."""
    data = text.encode()[:255].decode(errors="ignore").encode()
    return b"U" + bytes((len(data),)) + data
