"""The engine's views undone for people: what stood in a field, layer by layer.

Only to be shown; nothing is judged by it. Each function gives the text behind one layer, or None where it is not
what the layer's name says. Bounded: nothing grows beyond ``SHOWN_BYTES``.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import html
import json
import quopri
import re
import unicodedata
import zlib
from collections.abc import Callable
from urllib.parse import unquote, unquote_plus

SHOWN_BYTES = 64 << 10

_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{8,}={0,2}")
_HEX = re.compile(r"(?:(?:\\x|0x|%)?[0-9A-Fa-f]{2}){4,}")
_ESCAPE = re.compile(r"\\(?:u\{([0-9A-Fa-f]{1,6})\}|u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|([0-7]{3})|([ntr]))")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_COMMENTS = re.compile(r"/\*.*?\*/", re.DOTALL)


def undo(view: str, text: str) -> str | None:
    """The text behind the layer of this name."""
    made = _UNDO.get(view)
    if made is None or len(text) > SHOWN_BYTES:
        return None
    try:
        found = made(text)
    except (ValueError, LookupError, zlib.error, binascii.Error, EOFError):
        return None
    return None if found is None or found == text else found[:SHOWN_BYTES]


def _base64(text: str) -> str | None:
    run = max(_BASE64.findall(text), key=len, default="")
    return _text(_unbase64(run)) if run else None


def _unbase64(run: str) -> bytes:
    plain = run.rstrip("=").replace("-", "+").replace("_", "/")
    return base64.b64decode(plain[: len(plain) - (len(plain) % 4 == 1)] + "=" * (-len(plain) % 4))


def _jwt(text: str) -> str | None:
    start = text.find("eyJ")
    if start < 0:
        return None
    return "\n".join(_text(_unbase64(part)) for part in text[start:].split(".")[:2])


def _hex(text: str) -> str | None:
    run = max(_HEX.findall(text), key=len, default="")
    return _text(bytes.fromhex(re.sub(r"\\x|0x|%", "", run))) if run else None


def _escapes(text: str) -> str:
    def char(found: re.Match[str]) -> str:
        braced, four, two, octal, letter = found.groups()
        if letter:
            return {"n": "\n", "t": "\t", "r": "\r"}[letter]
        point = int(octal, 8) if octal else int(braced or four or two, 16)
        return chr(point) if point < 0x110000 and not 0xD800 <= point < 0xE000 else found.group()

    return _ESCAPE.sub(char, text)


def _inflate(bits: int) -> Callable[[str], str | None]:
    def inflate(text: str) -> str | None:
        return _text(zlib.decompressobj(bits).decompress(_packed(text), SHOWN_BYTES))

    return inflate


def _packed(text: str) -> bytes:
    """The bytes that an earlier layer could only show as ``\\x1f``."""
    raw = text.encode("utf-8", "surrogatepass")
    return re.sub(rb"\\x([0-9a-f]{2})", lambda found: bytes([int(found[1], 16)]), raw)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "backslashreplace")


_UNDO: dict[str, Callable[[str], str | None]] = {
    "percent": unquote,
    "plus": unquote_plus,
    "html": html.unescape,
    "escapes": _escapes,
    "fold": lambda text: unicodedata.normalize("NFKC", text),
    "nul": lambda text: _CONTROLS.sub("", text),
    "utf-7": lambda text: codecs.decode(text.encode("ascii"), "utf-7"),
    "quoted-printable": lambda text: _text(quopri.decodestring(text.encode())),
    "jwt": _jwt,
    "token": _jwt,
    "base64": _base64,
    "hex": _hex,
    "gzip": _inflate(31),
    "zlib": _inflate(15),
    "deflate": _inflate(-15),
    "comments": lambda text: _COMMENTS.sub("", text),
    "json": lambda text: json.dumps(json.loads(text), ensure_ascii=False) if text[:1] in '{["' else None,
}
