"""A state machine a direction, for the attachments to come."""

from __future__ import annotations

import pytest

from framewall.decode._socketio.reader import SocketIOReader
from framewall.decode.socketio import decoder
from framewall.errors import DecodeError, LimitReached
from framewall.model import Direction
from support.requests import SOCKETIO, binary, text, upgrade

HEAD = '451-["m",{"_placeholder":true,"num":0}]'


@pytest.fixture
def reader() -> SocketIOReader:
    """Of a session in version 4."""
    return decoder.reader(upgrade(SOCKETIO))


def test_each_direction_has_its_own_memory(reader: SocketIOReader) -> None:
    """The server's attachments are not the client's."""
    reader.decode(text(HEAD))
    with pytest.raises(DecodeError):
        reader.decode(binary(b"x", Direction.SERVER))
    assert reader.decode(binary(b"x"))[0].kind == "attachment"


def test_what_comes_after_the_last_attachment_is_no_attachment(reader: SocketIOReader) -> None:
    """The count is kept to."""
    reader.decode(text(HEAD))
    reader.decode(binary(b"x"))
    with pytest.raises(DecodeError, match="no packet announced"):
        reader.decode(binary(b"y"))


def test_text_where_an_attachment_was_due(reader: SocketIOReader) -> None:
    """Refused, read both as a packet and as what Python takes for the attachment; the count starts anew."""
    reader.decode(text(HEAD))
    with pytest.raises(DecodeError) as refused:
        reader.decode(text('42["n"]'))
    assert [packet.kind for packet in refused.value.packets] == ["event", "text"]
    with pytest.raises(DecodeError):
        reader.decode(binary(b"x"))


def test_more_attachments_than_the_limit(reader: SocketIOReader) -> None:
    """Are not waited for."""
    with pytest.raises(LimitReached) as refused:
        reader.decode(text('4565-["m"]'))
    assert refused.value.packets[0].name == "m"
    with pytest.raises(DecodeError):
        reader.decode(binary(b"x"))


def test_connecting_proves_the_framework(reader: SocketIOReader) -> None:
    """Nothing else begins so."""
    assert not reader.proven
    reader.decode(text("40"))
    assert reader.proven


def test_bare_engineio_until_a_packet_of_socketio() -> None:
    """On a path that says nothing; from then on it is Socket.IO, and strict."""
    reader = decoder.reader(upgrade("/live?EIO=4&transport=websocket"))
    assert reader.decode(text("4anything at all"))[0].framework == "engine.io"
    assert reader.decode(binary(b"anything"))[0].framework == "engine.io"
    assert reader.decode(text('42["m"]'))[0].framework == "socket.io"
    with pytest.raises(DecodeError):
        reader.decode(text("4anything at all"))


def test_versions_are_shown_as_socketio_counts_them() -> None:
    """Protocol 5 over Engine.IO 4, 4 over 3."""
    three = decoder.reader(upgrade(SOCKETIO.replace("EIO=4", "EIO=3")))
    assert three.decode(text('42["m"]'))[0].version == "4"
    assert decoder.reader(upgrade(SOCKETIO)).decode(text('42["m"]'))[0].version == "5"
