"""Content codings of HTTP bodies (RFC 9110 section 8.4.1): inflated under a cap, never skipped."""

from __future__ import annotations

import zlib

from framewall.errors import DecodeError, LimitReached
from framewall.limits import MESSAGE_BYTES

_WINDOWS = {"gzip": (31,), "x-gzip": (31,), "deflate": (15, -15)}
"""zlib's window bits; ``deflate`` is zlib's format by the text, and raw by some writers."""


def decoded(body: bytes, coding: str | None, cap: int = MESSAGE_BYTES.default) -> bytes:
    """The body without its codings, the last applied taken off first. Raises DecodeError or LimitReached."""
    for name in reversed((coding or "").lower().split(",")):
        bare = name.strip()
        if bare and bare != "identity":
            body = _inflated(body, bare, cap)
    return body


def _inflated(body: bytes, coding: str, cap: int) -> bytes:
    for bits in _WINDOWS.get(coding, ()):
        try:
            return _members(body, bits, cap)
        except zlib.error:
            continue
    raise DecodeError("http.content-encoding", f"a body in the coding {coding!r} cannot be read")


def _members(body: bytes, bits: int, cap: int) -> bytes:
    """Every gzip member, one after another, as most readers take them."""
    found = bytearray()
    rest = body
    while rest:
        inflater = zlib.decompressobj(bits)
        found += inflater.decompress(rest, cap + 1 - len(found))
        if len(found) > cap:
            raise LimitReached(MESSAGE_BYTES, "a compressed body is larger than a message may be")
        if not inflater.eof:
            raise zlib.error("it ends too early")
        rest = inflater.unused_data
        if rest and bits != 31:
            raise zlib.error("something follows it")
    return bytes(found)
