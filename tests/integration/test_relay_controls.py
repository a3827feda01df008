"""Control frames: heartbeats wait for nobody, and what a control frame says is judged like a message."""

from __future__ import annotations

import socket
import threading

import pytest

from framewall.model import Control, Message, Verdict
from integration.conftest import Start
from support.inspectors import Recorder, Said, block_attacks
from support.servers import Echo, Raw, read_head, wait_until
from support.wire import CLOSE, PING, PONG, TEXT, frame, switching


def holding(go: threading.Event) -> Recorder:
    """An Inspector that holds ``slow`` messages until it may go on."""
    inspector = Recorder()

    def decide(_: Said, message: Message) -> Verdict:
        if message.data == b"slow":
            go.wait(5)
        return block_attacks(message.data)

    inspector.on_message = decide
    return inspector


@pytest.mark.parametrize("payload", [b"", b"\x00\x01\x02\x03", b"12345678"])
def test_a_heartbeat_does_not_wait_for_a_held_message(start: Start, echo: Echo, payload: bytes) -> None:
    """RFC 6455 5.4: it may stand anywhere between frames. The server's answer comes while the message is held."""
    go = threading.Event()
    inspector = holding(go)
    with start(echo.url, inspector=inspector).wire() as wire:
        wire.upgrade()
        wire.send(frame(TEXT, b"slow") + frame(PING, payload))
        assert wire.frame() == (PONG, payload)
        assert echo.received == []
        go.set()
        assert wire.frame() == (TEXT, b"slow")
    assert [message.control for message in inspector.sessions[0].messages] == [None]


def test_a_servers_heartbeats_are_answered_while_a_message_is_held(start: Start) -> None:
    """The server pings, and the client's pong overtakes its own held message."""
    go = threading.Event()
    came: list[bytes] = []

    def pinging(peer: socket.socket) -> None:
        head, _ = read_head(peer)
        peer.sendall(switching(head))
        for number in (b"1", b"2", b"3"):
            peer.sendall(frame(PING, number, masked=False))
            came.append(peer.recv(65536))
        go.set()
        while peer.recv(65536):
            pass

    with Raw(pinging) as server, start(server.url, inspector=holding(go)).wire() as wire:
        wire.upgrade(behind=frame(TEXT, b"slow"))
        for number in (b"1", b"2", b"3"):
            assert wire.frame() == (PING, number)
            wire.send(frame(PONG, number))
        assert go.wait(5)
        assert [piece[0] & 0x0F for piece in came] == [PONG] * 3


def test_a_close_waits_for_the_messages_before_it(start: Start, echo: Echo) -> None:
    """Nothing may follow it, so it may overtake nothing."""
    go = threading.Event()
    with start(echo.url, inspector=holding(go)).wire() as wire:
        wire.upgrade()
        wire.send(frame(TEXT, b"slow") + frame(CLOSE, b"\x03\xe8"))
        wire.socket.settimeout(0.2)
        with pytest.raises(TimeoutError):
            wire.frame()
        wire.socket.settimeout(10)
        go.set()
        assert wire.close_code() == 1000
    wait_until(lambda: echo.closes != [])
    assert echo.received == ["slow"]


SAYING = {
    "ping": (frame(PING, b"an attack here"), Control.PING),
    "pong": (frame(PONG, b"an attack here"), Control.PONG),
    "close": (frame(CLOSE, b"\x03\xe8an attack here"), Control.CLOSE),
}


@pytest.mark.parametrize("kind", SAYING)
def test_what_a_control_frame_says_is_judged(start: Start, echo: Echo, kind: str) -> None:
    """It does not arrive, and the connection ends as for a message."""
    wire_bytes, control = SAYING[kind]
    running = start(echo.url)
    with running.wire() as wire:
        wire.upgrade()
        wire.send(frame(TEXT, b"good"))
        assert wire.frame() == (TEXT, b"good")
        wire.send(wire_bytes)
        assert wire.close_code() == 1008
    wait_until(lambda: bool(echo.closes))
    assert echo.closes == [(1001, "")]
    [message] = running.inspector.sessions[0].messages[1:]
    assert (message.control, message.data) == (control, b"an attack here")


def test_what_says_nothing_bad_passes_unchanged(start: Start, echo: Echo) -> None:
    """A reason, a ping that has much to say, and in their order."""
    running = start(echo.url)
    with running.wire() as wire:
        wire.upgrade()
        wire.send(frame(PING, b"a quiet heartbeat") + frame(CLOSE, b"\x03\xe8good bye for now"))
        assert wire.frame() == (PONG, b"a quiet heartbeat")
        assert wire.frame()[1] == b"\x03\xe8good bye for now"
    wait_until(lambda: bool(echo.closes))
    assert echo.closes == [(1000, "good bye for now")]


def test_a_servers_reason_is_judged_where_the_route_inspects_both(start: Start) -> None:
    """The client never reads it."""

    def rude(peer: socket.socket) -> None:
        head, _ = read_head(peer)
        peer.sendall(switching(head) + frame(CLOSE, b"\x03\xe8an attack here", masked=False))
        peer.recv(1)

    with Raw(rude) as server, start(server.url, inspect="both").wire() as wire:
        wire.upgrade()
        assert wire.frame() == (CLOSE, (1008).to_bytes(2))
