"""The Socket.IO decoder: what it claims, and which requests are its fallback's."""

from __future__ import annotations

import pytest

from framewall.decode._api import SURE, Exchange
from framewall.decode.socketio import decoder
from support.msgpack import pack
from support.requests import POLLING, SOCKETIO, binary, http, text, upgrade


@pytest.mark.parametrize(
    ("target", "message", "sure"),
    [
        (SOCKETIO, None, True),
        ("/any/path?transport=websocket&EIO=3", None, True),
        ("/socket.io/?transport=websocket", None, True),
        ("/socket.io/", None, False),
        ("/ws?transport=websocket", None, False),
        ("/ws", '42["m",1]', False),
        ("/ws", '40{"token":1}', False),
        ("/ws", '0{"sid":"a"}', False),
        ("/ws", "2probe", False),
        ("/ws?transport=websocket&sid=a", None, True),
    ],
)
def test_claims(target: str, message: str | None, sure: bool) -> None:
    """No single clue is certain, unless it is Engine.IO's query."""
    score = decoder.claim(upgrade(target), None, text(message) if message else None)
    assert score > 0
    assert (score >= SURE) is sure


def test_msgpack_packets_are_told_by_their_members() -> None:
    """Other documents of that format are not ours."""
    ours, other = pack({"type": 2, "data": ["m"], "nsp": "/"}), pack({"type": 2, "text": "hi"})
    assert 0 < decoder.claim(upgrade("/ws"), None, binary(ours)) < SURE
    assert decoder.claim(upgrade("/ws"), None, binary(other)) == 0


def test_another_framework_s_transport_is_no_sign() -> None:
    """SignalR names its own in the same parameter."""
    assert decoder.claim(upgrade("/hub?id=1&transport=webSockets"), None, None) == 0


@pytest.mark.parametrize("message", [None, "42", "40", "hello", "2", '{"sid":"a"}', "4[1]"])
def test_nothing_is_claimed_without_a_sign(message: str | None) -> None:
    """Plain applications are left alone."""
    assert decoder.claim(upgrade("/ws"), None, text(message) if message else None) == 0


@pytest.mark.parametrize(
    ("method", "target", "exchange"),
    [
        ("GET", POLLING, Exchange("polling", None, sends=False, begins=True)),
        ("GET", POLLING + "&sid=a", Exchange("polling", "a")),
        ("POST", POLLING + "&sid=a", Exchange("polling", "a", sends=True)),
        ("POST", "/x?sid=known", Exchange("polling", "known", sends=True)),
        ("POST", "/x?transport=polling", Exchange("polling", None, sends=True)),
        ("POST", "/socket.io/?sid=a", Exchange("polling", "a", sends=True)),
        ("POST", "/%73ocket.io/?sid=a", Exchange("polling", "a", sends=True)),
        ("POST", "/x?sid=a&sid=known", Exchange("polling", "known", sends=True)),
        ("POST", "/x?sid=known&sid=a", Exchange("polling", "known", sends=True)),
        ("GET", "/x?EIO=4", Exchange("polling", None, begins=True)),
        ("GET", "/socket.io/?sid=a", Exchange("polling", "a")),
        ("POST", "/x?sid=unknown", None),
        ("GET", "/socket.io/", None),
        ("GET", "/socket.io/admin/style.css", None),
        ("GET", "/socket.io/socket.io.js", None),
        ("OPTIONS", POLLING, None),
        ("GET", "/", None),
    ],
)
def test_exchanges(method: str, target: str, exchange: Exchange | None) -> None:
    """By query, by path, by a session seen before."""
    assert decoder.exchange(http(method, target), lambda sid: sid == "known") == exchange


@pytest.mark.parametrize(
    ("query", "target", "body", "kind"),
    [
        ("EIO=4&transport=polling", "/s/?EIO=4&transport=polling&sid=a", b"1", "text/plain;charset=UTF-8"),
        ("EIO=3&transport=polling", "/s/?EIO=3&transport=polling&sid=a", b"1:1", "text/plain;charset=UTF-8"),
        ("EIO=4&j=7", "/s/?EIO=4&transport=polling&sid=a&j=0", b"d=1", "application/x-www-form-urlencoded"),
    ],
)
def test_hanging_up(query: str, target: str, body: bytes, kind: str) -> None:
    """Engine.IO's close packet, in the session's own way."""
    command = decoder.hang_up(http("POST", f"/s/?{query}"), "a")
    assert (command.method, command.target, command.body) == ("POST", target, body)
    assert ("Content-Type", kind) in command.headers
