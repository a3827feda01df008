"""Disguises (what an attacker does to the text) and envelopes (what carries it)."""

from __future__ import annotations

import base64
import gzip
import json
import struct
from collections.abc import Callable
from urllib.parse import quote

Part = tuple[bytes, str, bool]


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _json(value: object) -> bytes:
    return _utf8(json.dumps(value, ensure_ascii=False))


def _msgpack(text: str) -> bytes:
    raw = _utf8(text)
    return b"\x82\xa4type\xa3msg\xa4text\xdb" + struct.pack(">I", len(raw)) + raw


def _bson(text: str) -> bytes:
    raw = _utf8(text) + b"\0"
    body = b"\x02text\0" + struct.pack("<i", len(raw)) + raw + b"\0"
    return struct.pack("<i", len(body) + 4) + body


def _fullwidth(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def _percent(text: str) -> str:
    return quote(_utf8(text), safe="")


DISGUISES: dict[str, Callable[[str], str]] = {
    "plain": lambda text: text,
    "url": _percent,
    "url x2": lambda text: _percent(_percent(text)),
    "html entities": lambda text: "".join(f"&#{ord(c)};" for c in text),
    "html hex": lambda text: "".join(f"&#x{ord(c):x}" + ";" for c in text),
    "js \\u": lambda text: "".join(f"\\u{ord(c):04x}" if ord(c) < 0x10000 else c for c in text),
    "js \\x": lambda text: "".join(f"\\x{ord(c):02x}" if ord(c) < 256 else c for c in text),
    "base64": lambda text: base64.b64encode(_utf8(text)).decode(),
    "base64url": lambda text: base64.urlsafe_b64encode(_utf8(text)).decode().rstrip("="),
    "gzip+base64": lambda text: base64.b64encode(gzip.compress(_utf8(text))).decode(),
    "hex": lambda text: _utf8(text).hex(),
    "full-width": _fullwidth,
    "zero-width": lambda text: "\u200b".join(text),
}

ENVELOPES: dict[str, Callable[[str], list[Part]]] = {
    "text": lambda text: [(_utf8(text), "text", False)],
    "json value": lambda text: [(_json({"type": "msg", "text": text}), "json", False)],
    "json key": lambda text: [(_json({text: 1}), "json", False)],
    "json in json": lambda text: [(_json({"data": json.dumps({"text": text})}), "json", False)],
    "socket.io": lambda text: [(b"m", "text", True), (_json([text]), "json", False)],
    "signalr": lambda text: [(_json({"type": 1, "target": "Send", "arguments": [text]}), "json", False)],
    "stomp": lambda text: [(_json({"text": text}), "auto", False)],
    "graphql": lambda text: [
        (
            _json({"id": "1", "type": "subscribe", "payload": {"query": "{a}", "variables": {"x": text}}}),
            "json",
            False,
        )
    ],
    "form": lambda text: [(b"type=msg&text=" + _percent(text).encode(), "auto", False)],
    "msgpack": lambda text: [(_msgpack(text), "auto", False)],
    "bson": lambda text: [(_bson(text), "auto", False)],
    "whole base64": lambda text: [(base64.b64encode(_json({"text": text})), "auto", False)],
    "gzip frame": lambda text: [(gzip.compress(_json({"text": text})), "auto", False)],
}
