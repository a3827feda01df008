"""What a blocked client is told before the end: messages of our own, where one may stand, and the Close's reason."""

from __future__ import annotations

import socket
import threading
from dataclasses import replace
from typing import Any

import pytest
import websockets
from websockets.sync.client import connect

from framewall.model import Action, CloseConnection, Message, Notice, Opcode, RequestPlan, Verdict
from integration.conftest import Start
from support.inspectors import BLOCK, PASS, Recorder, Said
from support.servers import Echo, Raw, read_head, wait_until
from support.wire import BINARY, CLOSE, TEXT, Wire, frame, handshake, switching

NOTICES = (Notice(b"41"), Notice(b"\x91\x06", Opcode.BINARY))
TOLD = replace(BLOCK, reason="not h\u00e9re", notices=NOTICES)
WORDS = [(TEXT, b"41"), (BINARY, b"\x91\x06"), (CLOSE, (1008).to_bytes(2) + "not h\u00e9re".encode())]


def telling(verdict: Verdict = TOLD) -> Recorder:
    """An Inspector that answers every attack so."""
    inspector = Recorder()
    inspector.on_message = lambda _, message: verdict if b"attack" in message.data else PASS
    return inspector


def frames(wire: Wire) -> list[tuple[int, bytes]]:
    """All frames up to the Close."""
    found = [wire.frame()]
    while found[-1][0] != CLOSE:
        found.append(wire.frame())
    return found


@pytest.mark.parametrize("inspect", ["client", "both"])
def test_the_client_is_told_and_the_server_is_not(start: Start, echo: Echo, inspect: str) -> None:
    """Words, then the Close with its reason; the server hears that the client goes."""
    running = start(echo.url, inspect=inspect, inspector=telling())
    with running.wire() as wire:
        wire.upgrade()
        wire.send(frame(TEXT, b"good"))
        assert wire.frame() == (TEXT, b"good")
        wire.send(frame(TEXT, b"attack"))
        assert frames(wire) == WORDS
    wait_until(lambda: bool(echo.closes))
    assert echo.closes == [(1001, "")]
    assert echo.received == ["good"]


def test_a_client_that_inflates_reads_words_that_are_not_compressed(start: Start) -> None:
    """RFC 7692 6: each message says by itself whether it is; the server's context is left alone."""
    with Echo() as server, connect(start(server.url, inspector=telling()).url) as client:
        for _ in range(3):
            client.send("good " * 50)
            assert client.recv() == "good " * 50
        client.send("attack " * 50)
        assert [client.recv(), client.recv()] == ["41", b"\x91\x06"]
        with pytest.raises(websockets.ConnectionClosed) as closed:
            client.recv()
        assert closed.value.rcvd is not None
        assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (1008, "not h\u00e9re")


def test_a_long_reason_is_cut_at_a_character(start: Start, echo: Echo) -> None:
    """RFC 6455 5.5: a control frame has at most 125 bytes."""
    running = start(echo.url, inspector=telling(replace(BLOCK, reason="\u00e9" * 100)))
    with running.wire() as wire:
        wire.upgrade()
        wire.send(frame(TEXT, b"attack"))
        (_, payload), *rest = frames(wire)
        assert (payload[2:].decode(), rest) == ("\u00e9" * 61, [])


class Fragmenting:
    """A server that begins a message, and ends it when it hears of the end, or never."""

    def __init__(self, *, ends: bool) -> None:
        self.ends = ends
        self.begun = threading.Event()

    def __call__(self, peer: socket.socket) -> None:
        head, _ = read_head(peer)
        peer.sendall(switching(head) + frame(TEXT, b"half ", fin=False, masked=False))
        self.begun.set()
        peer.recv(65536)
        if self.ends:
            peer.sendall(frame(0, b"whole", masked=False) + frame(CLOSE, b"\x03\xe8", masked=False))
        peer.settimeout(5)
        while peer.recv(65536):
            pass


@pytest.mark.parametrize("ends", [True, False])
def test_no_word_stands_within_a_message_of_the_server(start: Start, ends: bool) -> None:
    """RFC 6455 5.4: it waits for the message's end, and is left out if that does not come."""
    behave = Fragmenting(ends=ends)
    with Raw(behave) as server:
        running = start(server.url, inspector=telling())
        with running.wire() as wire:
            wire.send(handshake())
            assert wire.head().startswith(b"HTTP/1.1 101 ")
            assert wire.frame() == (TEXT, b"half ")
            wire.send(frame(TEXT, b"attack"))
            assert frames(wire) == ([(0, b"whole"), *WORDS] if ends else WORDS[-1:])


def test_another_connection_of_the_session_is_told_too(start: Start, echo: Echo) -> None:
    """By command, in words of its own."""
    inspector = Recorder()

    def decide(said: Said, message: Message) -> Verdict:
        if b"attack" not in message.data:
            return PASS
        others = [each.connection for each in inspector.sessions if each is not said]
        return replace(TOLD, commands=tuple(CloseConnection(each, 4000, "why", NOTICES) for each in others))

    inspector.on_message = decide
    running = start(echo.url, inspector=inspector)
    with running.wire() as other, running.wire() as wire:
        other.upgrade()
        wait_until(lambda: len(inspector.sessions) == 1)
        wire.upgrade()
        wait_until(lambda: len(inspector.sessions) == 2)
        wire.send(frame(TEXT, b"attack"))
        assert frames(wire) == WORDS
        assert frames(other) == [*WORDS[:-1], (CLOSE, (4000).to_bytes(2) + b"why")]


REFUSAL = Verdict(
    Action.CLOSE,
    status=429,
    headers=(("Content-Type", "application/json"), ("Retry-After", "60")),
    body=b'{"code":4}',
)


@pytest.mark.parametrize("where", ["request", "body", "response"])
def test_an_http_refusal_has_its_own_headers_and_body(start: Start, echo: Echo, where: str) -> None:
    """Whatever of an exchange it is that is refused."""
    inspector = Recorder()
    plan = RequestPlan(REFUSAL if where == "request" else PASS, where == "body", where == "response")
    inspector.on_request = lambda _: plan
    inspector.on_body = inspector.on_response = lambda _: REFUSAL
    running = start(echo.url, inspector=inspector)
    with running.wire() as wire:
        sent = b"GET /x HTTP/1.1\r\n" if where == "response" else b"POST /x HTTP/1.1\r\nContent-Length: 2\r\n"
        wire.send(sent + b"Host: a\r\n\r\n" + (b"" if where == "response" else b"hi"))
        head = wire.head()
        assert head.startswith(b"HTTP/1.1 429 ")
        lines = head.lower().split(b"\r\n")
        assert b"retry-after: 60" in lines
        assert [line for line in lines if line.startswith(b"content-type")] == [
            b"content-type: application/json"
        ]
        assert wire.exactly(10) == b'{"code":4}'


def test_a_refused_handshake_says_when_to_come_back(start: Start, echo: Echo) -> None:
    """And its connection is closed: what follows is not HTTP."""
    inspector = Recorder()
    inspector.on_request = lambda _: RequestPlan(REFUSAL)
    running = start(echo.url, inspector=inspector)
    with running.wire() as wire:
        wire.send(handshake())
        head = wire.head().lower()
        assert head.startswith(b"http/1.1 429 ")
        assert b"retry-after: 60" in head
        assert b"connection: close" in head


def test_a_reason_that_is_given_by_many_is_the_first(start: Start, echo: Echo) -> None:
    """A tunnel that is ended twice is ended as it was at first."""
    inspector = Recorder()
    running = start(echo.url, inspector=inspector)
    with running.wire() as wire:
        wire.upgrade()
        wait_until(lambda: bool(inspector.sessions))
        core: Any = running.relay._core
        number = inspector.sessions[0].connection
        assert core.close(number, 4001, "first", [(True, b"41")])
        core.close(number, 4002, "second")
        assert frames(wire) == [(TEXT, b"41"), (CLOSE, (4001).to_bytes(2) + b"first")]
