"""Base64 as back ends read it, not as RFC 4648 writes it. Two readings, since they disagree.

Node's ``Buffer.from(text, "base64")``: both alphabets, anything else skipped, the first ``=`` ends it.
Python's ``base64.b64decode``: anything outside the first alphabet skipped (``-`` and ``_`` too), ``=`` inside
ignored, padding demanded.
"""

from __future__ import annotations

import base64
import binascii
import re

_URLSAFE = bytes.maketrans(b"-_", b"+/")
_JUNK = re.compile(rb"[^A-Za-z0-9+/]+")


def node(text: bytes) -> bytes:
    """Node's reading."""
    bare = _JUNK.sub(b"", text.partition(b"=")[0].translate(_URLSAFE))
    if len(bare) % 4 == 1:
        bare = bare[:-1]
    return binascii.a2b_base64(bare + b"=" * (-len(bare) % 4))


def python(text: bytes) -> bytes | None:
    """Python's reading, None where Python refuses."""
    try:
        return base64.b64decode(text)
    except ValueError:
        return None


def readings(text: bytes) -> list[bytes]:
    """Every different reading; Node's is first."""
    first, second = node(text), python(text)
    return [first] if second is None or second == first else [first, second]
