"""Engine.IO 3 and 4: payloads of the HTTP transports into packets (socketio/engine.io-protocol).

A packet is its text (``4`` + data) or, for a binary message, its bytes. Both versions put binary messages
into text as ``b`` + base64 (version 3 with the type's digit in between).
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from framewall.decode._jsnumber import js_integer
from framewall.errors import DecodeError, LimitReached
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

_JSONP_FIELD = re.compile(rb"(?:^|[&;?])(?:d|%64)(?:\[[^=&]*\]|%5[bB][^=&]*)?=")
_ESCAPED_NEWLINE = re.compile(rb"(\\)?\\n")
_JSONP_CALL = re.compile(rb'^\s*(?:/\*\*/)?\s*[\w.$]*(?:\[\d*\])?\(("(?:[^"\\]|\\.)*")\);?\s*$', re.DOTALL)


class Item(NamedTuple):
    """One packet of a payload: text packets and binary ones are told apart by the payload's grammar."""

    data: bytes
    binary: bool = False


def payload_4(body: bytes) -> list[Item]:
    """Version 4: packets separated by 0x1e."""
    items = body.split(SEPARATOR, PAYLOAD_PACKETS.default)
    if len(items) > PAYLOAD_PACKETS.default:
        raise LimitReached(PAYLOAD_PACKETS)
    return [Item(item) for item in items]


def payload_3(body: bytes) -> list[Item]:
    """Version 3, text: ``<length>:<packet>``; length is any JavaScript number and counts UTF-16 units."""
    try:
        text = body.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        text = body.decode("utf-8", "replace")
    wide = None if text.isascii() or max(text) <= "\uffff" else text.encode("utf-16-le", "surrogatepass")
    items: list[Item] = []
    at, end = 0, len(text) if wide is None else len(wide) // 2
    while at < end:
        colon, length = _length(text, wide, at)
        start = colon + 1
        if start + length > end:
            raise DecodeError("engineio.payload", f"a packet of {length} characters ends after the payload")
        if length:
            items.append(Item(_slice(text, wide, start, start + length)))
        if len(items) > PAYLOAD_PACKETS.default:
            raise LimitReached(PAYLOAD_PACKETS)
        at = start + length
    if not items:
        raise DecodeError("engineio.payload", "no packet in the payload")
    return items


def _length(text: str, wide: bytes | None, at: int) -> tuple[int, int]:
    """Where the length that starts at unit ``at`` has its colon, and its value."""
    if wide is None:
        colon = text.find(":", at)
    else:
        colon = at
        while colon * 2 < len(wide) and wide[colon * 2 : colon * 2 + 2] != b":\x00":
            colon += 1
        colon = colon if colon * 2 < len(wide) else -1
    digits = _slice(text, wide, at, colon).decode("utf-8", "surrogatepass") if colon > at else ""
    length = js_integer(digits) if digits else None
    if length is None or length < 0:
        raise DecodeError("engineio.payload", "a packet's length is not a number")
    return colon, length


def _slice(text: str, wide: bytes | None, start: int, end: int) -> bytes:
    if wide is None:
        return text[start:end].encode("utf-8", "surrogatepass")
    piece = wide[start * 2 : end * 2].decode("utf-16-le", "surrogatepass")
    return piece.encode("utf-8", "surrogatepass")


def payload_3_binary(body: bytes) -> list[Item]:
    """Version 3, ``application/octet-stream``: ``(0|1) digit+ 0xff packet``, each digit one byte."""
    items: list[Item] = []
    at = 0
    while at < len(body):
        stop = body.find(b"\xff", at + 1, at + 312)
        # Node joins the bytes' decimal forms, so 11 stands for "11"; then parseInt reads a prefix.
        digits = "".join(str(byte) for byte in body[at + 1 : stop]) if stop > at else ""
        if not digits:
            raise DecodeError("engineio.payload", "a packet's length has no digits")
        length = int(digits)
        # Node steps over as many bytes as the length has characters.
        start = at + 2 + len(digits)
        items.append(Item(body[start : start + length], binary=body[at] != 0))
        if len(items) > PAYLOAD_PACKETS.default:
            raise LimitReached(PAYLOAD_PACKETS)
        at = start + length
    return items


def jsonp_bodies(body: bytes, *, expected: bool) -> list[bytes]:
    """The payloads in a form body's ``d``, if any: as Node unescapes them, and as Python does (not)."""
    if not expected and not _JSONP_FIELD.search(body):
        return []
    found: list[bytes] = []
    for pair in body.split(b"&"):
        name, _, value = pair.partition(b"=")
        if unquote_to_bytes(name).partition(b"[")[0] != b"d":
            continue
        plain = unquote_to_bytes(value.replace(b"+", b" "))
        node = _ESCAPED_NEWLINE.sub(lambda m: m[0] if m[1] else b"\n", plain).replace(b"\\\\n", b"\\n")
        found += [node] if node == plain else [node, plain]
    return found


def jsonp_reply(body: bytes) -> bytes | None:
    """The string literal inside ``___eio[n]("…")``, raw; None if the body is no such call."""
    call = _JSONP_CALL.match(body)
    return call[1] if call else None
