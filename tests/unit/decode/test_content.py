"""Compressed bodies are inflated under a cap."""

from __future__ import annotations

import gzip
import zlib

import pytest

from framewall.decode._content import decoded
from framewall.errors import DecodeError, LimitReached

BODY = b'42["m","hello"]'


def raw_deflate(data: bytes) -> bytes:
    """Without zlib's header, as some writers send ``deflate``."""
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        (None, BODY),
        ("identity", BODY),
        ("gzip", gzip.compress(BODY)),
        ("X-GZIP", gzip.compress(BODY)),
        ("deflate", zlib.compress(BODY)),
        ("deflate", raw_deflate(BODY)),
        ("gzip", gzip.compress(BODY[:5]) + gzip.compress(BODY[5:])),
        ("deflate, gzip", gzip.compress(zlib.compress(BODY))),
    ],
)
def test_codings_come_off(coding: str | None, body: bytes) -> None:
    """In the reverse of the order in which they were put on; several gzip members are one body."""
    assert decoded(body, coding) == BODY


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("br", BODY),
        ("gzip", BODY),
        ("gzip", gzip.compress(BODY)[:-3]),
        ("deflate", zlib.compress(BODY) + b"x"),
    ],
)
def test_what_cannot_be_read_is_refused(coding: str, body: bytes) -> None:
    """Unknown codings, broken and cut ones, and what hides behind the end."""
    with pytest.raises(DecodeError):
        decoded(body, coding)


def test_a_bomb_stops_at_the_cap() -> None:
    """And is no larger than the cap in memory."""
    bomb = gzip.compress(bytes(10_000_000))
    with pytest.raises(LimitReached):
        decoded(bomb, "gzip", 100_000)
    with pytest.raises(LimitReached):
        decoded(b"".join(gzip.compress(bytes(60_000)) for _ in range(3)), "gzip", 100_000)
