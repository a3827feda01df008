"""socket.io-msgpack-parser's packets."""

from __future__ import annotations

from typing import Any

import pytest

from framewall.decode._socketio import msgpack
from framewall.decode.socketio import decoder
from framewall.errors import DecodeError
from framewall.fields.names import name
from framewall.model import Path
from support.msgpack import pack
from support.requests import SOCKETIO, binary, upgrade


def test_an_event() -> None:
    """Its kind, name and namespace."""
    data = pack({"type": 2, "data": ["chat", {"text": "hi"}], "nsp": "/a", "id": 3})
    assert msgpack.read(data) == msgpack.MsgpackPacket(2, "chat", "/a", True)


@pytest.mark.parametrize(
    "value",
    [
        [1],
        "text",
        {"type": 5, "nsp": "/"},
        {"type": -1, "nsp": "/"},
        {"nsp": "/"},
        {"type": 2},
        {"type": "2", "nsp": "/"},
        {"type": 2, "nsp": 1, "data": []},
    ],
)
def test_what_is_no_packet(value: Any) -> None:
    """Other documents, other types, no namespace."""
    assert msgpack.read(pack(value)) is None
    assert msgpack.read(b"") is None


@pytest.mark.parametrize(
    "data", [pack({"type": 2, "data": ["m"], "nsp": "/"}) + b"x", pack({"type": 2, "data": 1, "nsp": "/"})]
)
def test_what_its_parser_would_refuse(data: bytes) -> None:
    """Something behind it; an event that is no list. What can be read is judged."""
    with pytest.raises(DecodeError) as refused:
        decoder.reader(upgrade(SOCKETIO)).decode(binary(data))
    assert refused.value.packets[0].parts[0].data == data


@pytest.mark.parametrize(
    ("kind", "path", "field"),
    [
        (2, ("data", 0), "event.name"),
        (2, ("data", 2, "a"), 'event["m"].args[1].a'),
        (3, ("data", 0), "ack.args[0]"),
        (0, ("data", "token"), "auth.token"),
        (4, ("data", "message"), "error.message"),
        (2, ("nsp",), "namespace"),
        (2, ("other", 1), "packet.other[1]"),
    ],
)
def test_fields_are_named_as_in_the_text_form(kind: int, path: Path, field: str) -> None:
    """So that exceptions hold for both."""
    data = pack({"type": kind, "data": ["m", 1, 2] if kind in (2, 3) else {}, "nsp": "/"})
    [packet] = decoder.reader(upgrade(SOCKETIO)).decode(binary(data))
    assert name(packet.parts[0].label, path) == field
