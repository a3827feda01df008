"""Polling payloads. What real parsers make of them is in the vectors."""

from __future__ import annotations

import pytest

from framewall.decode._engineio import payload
from framewall.errors import DecodeError, LimitReached
from framewall.limits import PAYLOAD_PACKETS


@pytest.mark.parametrize(
    "body", ["😀 and no colon", "😀:", "3:😀", "5:ab", ":", "x:y", "-1:a", "1.5:ab", "9" * 500 + ":a"]
)
def test_version_3_says_where_it_breaks(body: str) -> None:
    """And ends, whatever stands in it."""
    assert isinstance(payload.split_3(body.encode()).error, DecodeError)


def test_version_3_binary() -> None:
    """Each digit is a byte; 0 is text, 1 is bytes."""
    found = payload.split_3_binary(b'\x00\x01\x01\xff42["m","h"]' + b"\x01\x02\xff\x04a")
    assert [(item.data, item.binary) for item in found.items] == [(b'42["m","h"]', False), (b"\x04a", True)]
    assert payload.split_3_binary(b"\x00\x01\x01").error


@pytest.mark.parametrize(
    ("split", "packet"),
    [(payload.split_4, b"2\x1e"), (payload.split_3, b"1:2"), (payload.split_3_binary, b"\x00\x01\xff2")],
)
def test_packets_are_counted(split: object, packet: bytes) -> None:
    """Past the cap the payload is a data bomb."""
    assert callable(split)
    assert isinstance(split(packet * (PAYLOAD_PACKETS.default + 5)).error, LimitReached)


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        (b"d=4hello", [b"4hello"]),
        (b"d=4a%20b+c", [b"4a b c"]),
        (b"a=1&d=4x", [b"4x"]),
        (b"%64=4x", [b"4x"]),
        (b"d[]=4x", [b"4x"]),
        (b"d=1&d=2", [b"1", b"2"]),
        (b"d=%5Cn", [b"\n", b"\\n"]),
        (b"d=%5C%5Cn", [b"\\n", b"\\\\n"]),
        (b"4hello", []),
        (b'42["m","and=more"]', []),
    ],
)
def test_jsonp_forms(body: bytes, wanted: list[bytes]) -> None:
    """As Node unescapes them, and as Python leaves them."""
    assert payload.jsonp_bodies(body) == wanted


def test_jsonp_replies() -> None:
    """Node's JSON, Python's quotes, and what is neither."""
    assert payload.jsonp_replies(b'___eio[3]("42[\\"m\\"]");') == [b'42["m"]']
    assert payload.jsonp_replies(b'/**/___eio[0]("a\\u003cb");') == [b"a<b", b"a\\u003cb"]
    assert payload.jsonp_replies(b'___eio[0]("\\q")') == [b"\\q"]
    assert payload.jsonp_replies(b"42[]") == []
