"""Nothing but a correct handshake with a verified answer makes a tunnel."""

from __future__ import annotations

import contextlib
import socket

import pytest

from integration.conftest import Start
from support.servers import Echo, Raw, read_head, wait_until
from support.wire import KEY, TEXT, frame, handshake, switching

WRONG = {
    "post": (handshake().replace(b"GET", b"POST"), 400),
    "http/1.0": (handshake().replace(b"HTTP/1.1", b"HTTP/1.0"), 400),
    "version 12": (handshake().replace(b"Version: 13", b"Version: 12"), 426),
    "no version": (handshake().replace(b"Sec-WebSocket-Version: 13\r\n", b""), 426),
    "short key": (handshake(key="c2hvcnQ="), 400),
    "two keys": (handshake(extra=f"Sec-WebSocket-Key: {KEY}\r\n"), 400),
    "a body": (handshake(extra="Content-Length: 5\r\n") + b"hello", 400),
    "a chunked body": (handshake(extra="Transfer-Encoding: chunked\r\n") + b"0\r\n\r\n", 400),
    "two protocols": (handshake().replace(b"Upgrade: websocket", b"Upgrade: websocket, h2c"), 400),
    "two hosts": (handshake(extra="Host: other\r\n"), 400),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_handshake_is_refused_and_closed(start: Start, echo: Echo, name: str) -> None:
    data, status = WRONG[name]
    running = start(echo.url)
    with running.wire() as wire:
        wire.send(data + frame(TEXT, b"early"))
        head = wire.head()
        assert b" %d " % status in head.splitlines()[0]
        assert status != 426 or b"sec-websocket-version: 13" in head.lower()
        wire.until_end()
    assert echo.received == []


@pytest.mark.parametrize("upgrade", ["h2c", "TLS/1.0", "foo"])
def test_other_upgrades_stay_http(start: Start, upgrade: str) -> None:
    got: list[bytes] = []

    def talk(connection: socket.socket) -> None:
        head, _ = read_head(connection)
        got.append(head.lower())
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    with Raw(talk) as server, start(server.url).wire() as wire:
        wire.send(handshake().replace(b"websocket\r\n", upgrade.encode() + b"\r\n"))
        assert wire.head().startswith(b"HTTP/1.1 200 ")
    assert b"\r\nupgrade:" not in got[0]
    assert b"\r\nconnection: upgrade" not in got[0]


def answer(status: str = "101 Switching Protocols", **lines: str) -> bytes:
    fields = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Accept": "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
        **{name.replace("_", "-"): value for name, value in lines.items()},
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value)
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode()


FAKE = {
    "wrong accept": answer(Sec_WebSocket_Accept="xxxxxxxxxxxxxxxxxxxxxxxxxxx="),
    "no accept": answer(Sec_WebSocket_Accept=""),
    "another protocol": answer(Upgrade="h2c"),
    "no connection": answer(Connection=""),
    "a subprotocol nobody offered": answer(Sec_WebSocket_Protocol="chat"),
    "an extension nobody offered": answer(Sec_WebSocket_Extensions="permessage-deflate"),
}


@pytest.mark.parametrize("name", FAKE)
def test_a_fake_101_makes_no_tunnel(start: Start, name: str) -> None:
    after: list[bytes] = []

    def talk(connection: socket.socket) -> None:
        read_head(connection)
        connection.sendall(FAKE[name])
        after.append(connection.recv(65536))

    with Raw(talk) as server:
        running = start(server.url)
        with running.wire() as wire:
            wire.send(handshake() + b"GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n")
            assert wire.head().startswith(b"HTTP/1.1 502 ")
            wire.until_end()
        wait_until(lambda: bool(after))
    assert after == [b""]


def test_another_answer_than_101_is_passed_on_as_http(start: Start) -> None:
    def talk(connection: socket.socket) -> None:
        read_head(connection)
        connection.sendall(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 4\r\nX-Why: no\r\n\r\nnope")

    with Raw(talk) as server, start(server.url).wire() as wire:
        wire.send(handshake())
        head = wire.head()
        assert head.startswith(b"HTTP/1.1 401 ")
        assert b"x-why: no" in head.lower()
        assert wire.exactly(4) == b"nope"


def test_only_deflate_is_offered_to_the_server(start: Start) -> None:
    got: list[str] = []

    def talk(connection: socket.socket) -> None:
        head, _ = read_head(connection)
        got.append(head.decode())
        connection.sendall(switching(head, "Sec-WebSocket-Extensions: permessage-deflate\r\n"))
        connection.recv(65536)

    with Raw(talk) as server, start(server.url).wire() as wire:
        head = wire.upgrade(
            extra="Sec-WebSocket-Extensions: x-own; a=1, permessage-deflate, bbf-usp-protocol\r\n"
        )
    offered = [line for line in got[0].splitlines() if line.lower().startswith("sec-websocket-extensions")]
    assert [line.split(": ")[1] for line in offered] == ["permessage-deflate"]
    assert b"permessage-deflate; client_no_context_takeover" in head


def test_no_byte_passes_before_the_101(start: Start) -> None:
    before: list[bytes] = []

    def talk(connection: socket.socket) -> None:
        head, rest = read_head(connection)
        connection.settimeout(0.3)
        with contextlib.suppress(TimeoutError):
            rest += connection.recv(65536)
        before.append(rest)
        connection.settimeout(5)
        connection.sendall(switching(head))
        before.append(connection.recv(65536))

    with Raw(talk) as server, start(server.url).wire() as wire:
        wire.upgrade(behind=frame(TEXT, b"early"))
        wire.until_end()
    assert before[0] == b""
    assert len(before[1]) == 2 + 4 + 5


def test_the_inspector_sees_what_was_settled(start: Start) -> None:
    with Echo(subprotocols=["b", "c"]) as server:
        running = start(server.url)
        with running.wire() as wire:
            wire.upgrade(
                "/chat?x=1",
                "Sec-WebSocket-Protocol: a, b\r\nSec-WebSocket-Extensions: permessage-deflate\r\n",
            )
            wait_until(lambda: bool(running.inspector.sessions))
    [said] = running.inspector.sessions
    assert (said.request.target, said.request.upgrade) == ("/chat?x=1", True)
    assert said.request.header("sec-websocket-protocol") == "a, b"
    assert said.upgrade.subprotocol == "b"
    assert "permessage-deflate" in (said.upgrade.extensions or "")
