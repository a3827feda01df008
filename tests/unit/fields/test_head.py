"""The heads of requests: what software writes by itself is not judged, what anybody else writes is."""

from __future__ import annotations

import pytest

from framewall.detect import builtin_engine
from framewall.fields import head
from framewall.model import Part
from support.requests import http, upgrade

ORDINARY = [
    (
        "User-Agent",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0",
    ),
    ("User-Agent", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"),
    (
        "User-Agent",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)",
    ),
    ("User-Agent", "curl/8.5.0"),
    (
        "Accept",
        "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8,application/x;v=b3;q=0.7",
    ),
    ("Accept-Language", "de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7"),
    ("Accept-Encoding", "gzip, deflate, br, zstd"),
    ("Connection", "keep-alive, Upgrade"),
    ("Origin", "https://chat.example:8443"),
    ("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits; server_max_window_bits=10"),
    ("Sec-WebSocket-Protocol", "v12.stomp, v11.stomp"),
    ("Sec-CH-UA", '"Not_A Brand";v="8", "Chromium";v="120", "Google Chrome";v="120"'),
    ("Sec-CH-UA-Platform", '"Windows"'),
    ("Content-Type", "multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW"),
    ("X-Forwarded-For", "203.0.113.9, 10.0.0.1, [2001:db8::1]:443"),
    ("Referer", "https://chat.example/room?id=7#top"),
    ("Authorization", "Token abc"),
]


def judged(*headers: tuple[str, str]) -> list[Part]:
    """The parts of these headers alone."""
    return head.parts(http("GET", "/", *headers))


@pytest.mark.parametrize("header", ORDINARY, ids=lambda header: f"{header[0]} {header[1][:30]}")
def test_ordinary_headers_say_nothing(header: tuple[str, str]) -> None:
    """They fit their grammar, or the engine finds nothing in them."""
    found = judged(header)
    assert not builtin_engine().inspect([part[:3] for part in found]).findings if found else True
    assert header[0] == "Referer" or found == []


HOSTILE = [
    ("User-Agent", "Mozilla/5.0 (X11; Linux; cat /etc/passwd)"),
    ("User-Agent", "() { :;}; /bin/bash -c id"),
    ("Accept", "../../../../etc/passwd"),
    ("Accept-Language", "en; ls -la | sh"),
    ("Origin", "http://a/<script>"),
    ("Sec-WebSocket-Protocol", "<script>"),
    ("Referer", "javascript:alert(1)"),
    ("Accept", "a/b," * 400 + "x"),
    ("X-Forwarded-For", "1.2.3.4' or 1=1"),
]


@pytest.mark.parametrize("header", HOSTILE, ids=lambda header: f"{header[0]} {header[1][:30]}")
def test_what_does_not_fit_its_grammar_is_judged_whole(header: tuple[str, str]) -> None:
    """Under the header's name."""
    assert [(part.data.decode(), part.label) for part in judged(header)] == [
        (header[1], f'handshake.headers["{header[0].lower()}"]')
    ]


def test_queries_come_apart() -> None:
    """Decoded once; the engine decodes the rest."""
    found = head.parts(upgrade("/ws?x=%3Cscript%3E&a=%253C&flag&%5B%5D=1&short=1&long=abcdefghi"))
    assert [(part.data, part.key, part.label) for part in found] == [
        (b"<script>", False, 'handshake.query["x"]'),
        (b"%3C", False, 'handshake.query["a"]'),
        (b"[]", True, "handshake.query"),
        (b"abcdefghi", False, 'handshake.query["long"]'),
    ]


def test_bytes_arrive_as_they_were_sent() -> None:
    """Heads are read as Latin-1; what was UTF-8, or neither, is handed on unchanged."""
    assert [part.data for part in judged(("X-Name", "gr\u00c3\u00b6\u00c3\u009fe \u00ff"))] == [
        "größe ".encode() + b"\xff"
    ]
    assert [part.data for part in head.parts(upgrade("/?a=%C0%BCscript"))] == [b"\xc0\xbcscript"]


def test_cookies_come_apart() -> None:
    """Names and values."""
    found = judged(("Cookie", 'a=1; name="<b>"; <i>=2'))
    assert [(part.data, part.key, part.label) for part in found] == [
        (b"<b>", False, 'handshake.headers["cookie"].name'),
        (b"<i>", True, 'handshake.headers["cookie"]'),
    ]


def test_basic_credentials_are_judged_decoded() -> None:
    """A user typed them."""
    [part] = judged(("Authorization", "Basic Jz48c2NyaXB0Pg=="))
    assert (part.data, part.label) == (b"'><script>", 'handshake.headers["authorization"].basic')
