"""Engine.IO packets and versions."""

from __future__ import annotations

import pytest

from framewall.decode.socketio import decoder
from framewall.errors import DecodeError
from framewall.model import Direction
from support.requests import POLLING, SOCKETIO, http, text, upgrade


@pytest.mark.parametrize(
    ("query", "version"),
    [
        ("EIO=4&transport=websocket", 4),
        ("EIO=3&transport=websocket", 3),
        ("EIO=9&transport=websocket", 3),
        ("EIO=04&transport=websocket", 3),
        ("EIO=&transport=websocket", 3),
        ("transport=websocket", None),
        ("EIO=4&EIO=3&transport=websocket", None),
        ("EIO=4&transport=websocket&sid=abc", None),
    ],
)
def test_the_version_is_what_the_session_began_with(query: str, version: int | None) -> None:
    """Open while the request is not the session's first, or says two things."""
    assert decoder.reader(upgrade(f"/socket.io/?{query}")).engine == version


def test_the_open_packet_proves_it_and_names_the_session() -> None:
    """Only the server sends one."""
    reader = decoder.reader(upgrade(SOCKETIO))
    [packet] = reader.decode(text('0{"sid":"abc","upgrades":[]}', Direction.SERVER))
    assert (packet.kind, reader.proven, reader.session) == ("open", True, "abc")


@pytest.mark.parametrize("data", ["0", "0{}", "0[]", "0{", "0null"])
def test_an_open_packet_needs_a_session(data: str) -> None:
    """Whatever else stands in it."""
    with pytest.raises(DecodeError):
        decoder.reader(upgrade(SOCKETIO)).decode(text(data, Direction.SERVER))


def test_responses_other_than_polls_say_nothing() -> None:
    """``ok`` to a POST, errors, empty ones."""
    reader = decoder.reader(http("GET", POLLING))
    assert reader.reply(http("POST", POLLING), 200, b"ok") == ()
    assert reader.reply(http("GET", POLLING), 400, b'{"code":1}') == ()
    assert reader.reply(http("GET", POLLING), 200, b"") == ()


def test_a_version_4_separator_in_a_version_3_packet_is_text() -> None:
    """While the version is open both readings are judged, and one that fits is enough."""
    reader = decoder.reader(http("POST", POLLING + "&sid=a"))
    packets = reader.body(http("POST", POLLING + "&sid=a"), b'13:42["m","a\x1eb"]')
    assert packets[0].name == "m"
