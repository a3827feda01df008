"""Payloads of the HTTP transports into packets, versions 3 and 4 (socketio/engine.io-protocol).

A packet is its text (``4`` + data) or, for a binary message, its bytes. Both versions put binary messages
into text as ``b`` + base64 (version 3 with the type's digit in between).
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from framewall.decode._jsnumber import js_integer
from framewall.errors import DecodeError, LimitReached, PeerError
from framewall.limits import PAYLOAD_PACKETS

SEPARATOR = b"\x1e"

OPEN, CLOSE, PING, PONG, MESSAGE, UPGRADE, NOOP = b"0", b"1", b"2", b"3", b"4", b"5", b"6"
KINDS = {
    OPEN: "open",
    CLOSE: "close",
    PING: "ping",
    PONG: "pong",
    MESSAGE: "message",
    UPGRADE: "upgrade",
    NOOP: "noop",
}

_LONGEST_LENGTH = 312
"""Bytes in which Node must find the end of a binary payload's length."""

_JSONP_FIELD = re.compile(rb"(?:^|[&;])(?:d|%64)(?:(?:\[|%5[bB])[^=&]*)?=([^&]*)")
_ESCAPED_NEWLINE = re.compile(rb"(\\)?\\n")
_JSONP_CALL = re.compile(rb'^\s*(?:/\*\*/\s*)?[\w.$]*(?:\[\d*\])?\(("(?:[^"\\]|\\.)*")\);?\s*$', re.DOTALL)


class Item(NamedTuple):
    """One packet of a payload: text packets and binary ones are told apart by the payload's grammar."""

    data: bytes
    binary: bool = False


class Payload(NamedTuple):
    """The packets of a payload up to where it breaks: back ends act on those before they see the rest."""

    items: list[Item]
    error: PeerError | None = None


def split_4(body: bytes) -> Payload:
    """Version 4: packets separated by 0x1e."""
    pieces = body.split(SEPARATOR, PAYLOAD_PACKETS.default)
    items = [Item(piece) for piece in pieces]
    return Payload(items, LimitReached(PAYLOAD_PACKETS) if len(items) > PAYLOAD_PACKETS.default else None)


def split_3(body: bytes) -> Payload:
    """Version 3, text: ``<length>:<packet>``; length is any JavaScript number and counts UTF-16 units."""
    text = body.decode("utf-8", "replace")
    wide = None if text.isascii() or max(text) <= "\uffff" else text.encode("utf-16-le")
    items: list[Item] = []
    at, end = 0, len(text) if wide is None else len(wide) // 2
    while at < end:
        start, length = _length(text, wide, at)
        if start < 0 or start + length > end:
            return Payload(items, DecodeError("engineio.payload", "a packet's length is wrong"))
        if length:
            items.append(Item(_slice(text, wide, start, start + length)))
        if len(items) > PAYLOAD_PACKETS.default:
            return Payload(items, LimitReached(PAYLOAD_PACKETS))
        at = start + length
    return Payload(items, None if items else DecodeError("engineio.payload", "no packet in the payload"))


def join_4(items: Sequence[Item]) -> bytes:
    """Version 4's payload of these packets."""
    return SEPARATOR.join(b"b" + b64encode(each.data) if each.binary else each.data for each in items)


def join_3(items: Sequence[Item]) -> bytes:
    """Version 3's payload in text; a binary message still has its type byte."""
    texts = [b"b4" + b64encode(each.data[1:]) if each.binary else each.data for each in items]
    return b"".join(b"%d:%s" % (_units(text), text) for text in texts)


def _units(text: bytes) -> int:
    return len(text.decode("utf-8", "replace").encode("utf-16-le")) // 2


def _length(text: str, wide: bytes | None, at: int) -> tuple[int, int]:
    """Where the packet begins whose length stands at unit ``at``, and that length; (-1, 0) if it is none."""
    if wide is None:
        colon = text.find(":", at)
    else:
        found = wide.find(b":\x00", at * 2)
        while found > 0 and found % 2:
            found = wide.find(b":\x00", found + 1)
        colon = found // 2
    length = js_integer(_slice(text, wide, at, colon).decode()) if colon > at else None
    return (-1, 0) if length is None or length < 0 else (colon + 1, length)


def _slice(text: str, wide: bytes | None, start: int, end: int) -> bytes:
    if wide is None:
        return text[start:end].encode()
    return wide[start * 2 : end * 2].decode("utf-16-le", "replace").encode()


def split_3_binary(body: bytes) -> Payload:
    """Version 3, ``application/octet-stream``: ``(0|1) digit+ 0xff packet``, each digit one byte."""
    items: list[Item] = []
    at = 0
    while at < len(body):
        stop = body.find(b"\xff", at + 1, at + _LONGEST_LENGTH)
        # Node joins the bytes' decimal forms ("11" may be one byte), and then steps over as many bytes.
        digits = "".join(map(str, body[at + 1 : stop])) if stop > at else ""
        if not digits:
            return Payload([], DecodeError("engineio.payload", "a packet's length has no digits"))
        start = at + 2 + len(digits)
        items.append(Item(body[start : start + int(digits)], binary=body[at] != 0))
        if len(items) > PAYLOAD_PACKETS.default:
            return Payload(items, LimitReached(PAYLOAD_PACKETS))
        at = start + int(digits)
    return Payload(items, None if items else DecodeError("engineio.payload", "no packet in the payload"))


def jsonp_bodies(body: bytes) -> list[bytes]:
    """The payloads in a form body's ``d``, if any: as Node unescapes them, and as Python does (not).

    Raises LimitReached if there are more of them than a payload may have packets.
    """
    found: list[bytes] = []
    for pair in _JSONP_FIELD.finditer(body):
        plain = unquote_to_bytes(pair[1].replace(b"+", b" "))
        node = _ESCAPED_NEWLINE.sub(lambda m: m[0] if m[1] else b"\n", plain).replace(b"\\\\n", b"\\n")
        found += [node] if node == plain else [node, plain]
        if len(found) > PAYLOAD_PACKETS.default:
            raise LimitReached(PAYLOAD_PACKETS)
    return found


def jsonp_replies(body: bytes) -> list[bytes]:
    """The payload inside ``___eio[n]("…")``, if it is one: Node writes JSON, Python escapes quotes alone."""
    call = _JSONP_CALL.match(body)
    if not call:
        return []
    careless = call[1][1:-1].replace(b'\\"', b'"')
    try:
        proper = str(json.loads(call[1], strict=False)).encode("utf-8", "surrogatepass")
    except ValueError:
        return [careless]
    return [proper] if proper == careless else [proper, careless]
