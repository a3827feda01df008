"""A message that is blocked never arrives, however it is cut; and both connections end in time."""

from __future__ import annotations

import socket
import threading
import time
import zlib
from collections.abc import Iterator

import pytest

from framewall.model import Action, CloseConnection, Message, RequestPlan, SendUpstream, Verdict
from integration.conftest import Start
from support.inspectors import BLOCK, PASS, Recorder, Said
from support.servers import Echo, Raw, read_head, wait_until
from support.wire import CLOSE, CONTINUATION, PING, PONG, TEXT, frame, handshake, switching

ATTACK = b'{"text": "an attack"}'
DEFLATE = "Sec-WebSocket-Extensions: permessage-deflate\r\n"


def deflated(data: bytes, flush: int = zlib.Z_SYNC_FLUSH, step: int = 1 << 20, level: int = 6) -> bytes:
    """``data`` as permessage-deflate sends it, a block ended after every ``step`` bytes."""
    compressor = zlib.compressobj(level, wbits=-15)
    pieces = [data[at : at + step] for at in range(0, len(data), step)]
    out = b"".join(compressor.compress(piece) + compressor.flush(flush) for piece in pieces)
    return (out + compressor.flush(zlib.Z_SYNC_FLUSH)).removesuffix(b"\x00\x00\xff\xff")


def fragments(data: bytes, size: int, *, between: bytes = b"", rsv1: bool = False) -> bytes:
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    last = len(pieces) - 1
    return between.join(
        frame(CONTINUATION if index else TEXT, piece, fin=index == last, rsv1=rsv1 and not index)
        for index, piece in enumerate(pieces)
    )


CUTS = {
    "one frame": frame(TEXT, ATTACK),
    "one byte a fragment": fragments(ATTACK, 1),
    "pings between fragments": fragments(ATTACK, 3, between=frame(PING, b"p")),
    "empty fragments": (
        frame(TEXT, b"", fin=False) + frame(CONTINUATION, b"", fin=False) + frame(CONTINUATION, ATTACK)
    ),
    "behind good ones": frame(TEXT, b"good") * 3 + frame(TEXT, ATTACK),
    "before good ones": frame(TEXT, ATTACK) + frame(TEXT, b"good") * 3,
}
COMPRESSED = {
    "one block": frame(TEXT, deflated(ATTACK), rsv1=True),
    "stored": frame(TEXT, deflated(ATTACK, level=0), rsv1=True),
    "a block a byte": frame(TEXT, deflated(ATTACK, step=1), rsv1=True),
    "full flushes": frame(TEXT, deflated(ATTACK, zlib.Z_FULL_FLUSH, step=2), rsv1=True),
    "in fragments": fragments(deflated(ATTACK, step=5), 2, rsv1=True),
    "not compressed though it may be": frame(TEXT, ATTACK),
}


@pytest.fixture
def deflating() -> Iterator[Echo]:
    with Echo() as server:
        yield server


def is_blocked(
    start: Start, server: Echo, data: bytes, *, extra: str = "", behind: bool = False, step: int = 0
) -> None:
    running = start(server.url)
    with running.wire() as wire:
        wire.upgrade(extra=extra, behind=data if behind else b"")
        if step:
            for at in range(0, len(data), step):
                wire.send(data[at : at + step])
        elif not behind:
            wire.send(data)
        assert wire.close_code() == 1008
        assert wire.until_end()[1] < 1
    wait_until(lambda: bool(server.closes))
    assert server.closes == [(1001, "")]
    assert not [message for message in server.received if message != "good"]
    assert ATTACK in running.inspector.messages


@pytest.mark.parametrize("name", CUTS)
def test_an_attack_never_arrives(start: Start, echo: Echo, name: str) -> None:
    is_blocked(start, echo, CUTS[name])


@pytest.mark.parametrize("name", CUTS)
def test_an_attack_pipelined_behind_the_handshake_never_arrives(start: Start, echo: Echo, name: str) -> None:
    is_blocked(start, echo, CUTS[name], behind=True)


@pytest.mark.parametrize("name", CUTS)
def test_an_attack_in_segments_of_one_byte_never_arrives(start: Start, echo: Echo, name: str) -> None:
    is_blocked(start, echo, CUTS[name], step=1)


@pytest.mark.parametrize("name", COMPRESSED)
@pytest.mark.parametrize("step", [0, 1])
def test_a_compressed_attack_never_arrives(start: Start, deflating: Echo, name: str, step: int) -> None:
    is_blocked(start, deflating, COMPRESSED[name], extra=DEFLATE, step=step)


def test_an_answer_to_a_good_message_before_the_attack_is_not_lost(start: Start) -> None:
    """The server answers in order, its own Close last."""

    def talk(connection: socket.socket) -> None:
        head, _ = read_head(connection)
        connection.sendall(switching(head))
        connection.recv(65536)
        time.sleep(0.1)
        connection.sendall(frame(TEXT, b"answer", masked=False) + frame(CLOSE, b"\x03\xe9", masked=False))

    with Raw(talk) as server:
        running = start(server.url)
        with running.wire() as wire:
            wire.upgrade()
            wire.send(frame(TEXT, b"good") + frame(TEXT, ATTACK))
            assert wire.frame() == (TEXT, b"answer")
            assert wire.frame() == (CLOSE, (1008).to_bytes(2, "big"))


def test_a_dropped_message_does_not_arrive_and_the_rest_does(start: Start, echo: Echo) -> None:
    inspector = Recorder()
    inspector.on_message = lambda _, message: Verdict(Action.DROP) if b"drop" in message.data else PASS
    running = start(echo.url, inspector=inspector)
    with running.wire() as wire:
        wire.upgrade()
        wire.send(frame(TEXT, b"one") + frame(TEXT, b"drop me") + frame(TEXT, b"two"))
        assert [wire.frame(), wire.frame()] == [(TEXT, b"one"), (TEXT, b"two")]
    assert echo.received == ["one", "two"]


# deaf peers


def test_a_server_that_neither_reads_nor_closes_is_cut_off(start: Start) -> None:
    ended: list[float] = []

    def deaf(connection: socket.socket) -> None:
        head, _ = read_head(connection)
        connection.sendall(switching(head))
        connection.sendall(frame(TEXT, b"welcome", masked=False))
        time.sleep(1.5)
        connection.settimeout(0)
        began = time.monotonic()
        try:
            while connection.recv(65536):
                pass
            ended.append(began)
        except ConnectionResetError:
            ended.append(began)
        except BlockingIOError:
            pass

    with Raw(deaf) as server:
        running = start(server.url)
        with running.wire() as wire:
            wire.upgrade()
            assert wire.frame() == (TEXT, b"welcome")
            began = time.monotonic()
            wire.send(frame(TEXT, ATTACK))
            assert wire.close_code() == 1008
            wire.until_end()
            assert time.monotonic() - began < 1
        wait_until(lambda: running.relay.tunnels == 0, 1.1)
        wait_until(lambda: bool(ended), 3)


def test_a_client_that_does_not_read_is_cut_off(start: Start) -> None:
    closed = threading.Event()

    def flood(connection: socket.socket) -> None:
        head, _ = read_head(connection)
        connection.sendall(switching(head))
        try:
            while True:
                connection.sendall(frame(TEXT, bytes(60_000), masked=False))
        except OSError:
            closed.set()

    with Raw(flood) as server:
        running = start(server.url)
        with running.wire() as wire:
            wire.upgrade()
            time.sleep(0.5)
            wire.send(frame(TEXT, ATTACK))
            assert closed.wait(1.2)
            wait_until(lambda: running.relay.tunnels == 0, 1.2)
            assert wire.until_end()[1] < 1


def test_a_close_stands_between_two_frames_of_the_server(start: Start) -> None:
    """The server is in the middle of a frame when the client is blocked."""
    half = frame(TEXT, b"x" * 100, masked=False)

    def talk(connection: socket.socket) -> None:
        head, _ = read_head(connection)
        connection.sendall(switching(head) + half[:50])
        connection.recv(65536)
        time.sleep(0.1)
        connection.sendall(half[50:] + frame(TEXT, b"more", masked=False))

    with Raw(talk) as server:
        running = start(server.url)
        with running.wire() as wire:
            wire.upgrade()
            wire.send(frame(TEXT, ATTACK))
            assert wire.frame() == (TEXT, b"x" * 100)
            assert wire.close_code() == 1008


# order, time, failure


def test_a_slow_inspection_delays_nobody_else(start: Start, echo: Echo) -> None:
    def slow(_: Said, message: Message) -> Verdict:
        if b"slow" in message.data:
            time.sleep(2)
        return PASS

    inspector = Recorder()
    inspector.on_message = slow
    running = start(echo.url, inspector=inspector)
    wires = [running.wire() for _ in range(101)]
    for wire in wires:
        wire.upgrade()
    stuck, others = wires[0], wires[1:]
    stuck.send(frame(TEXT, b"slow"))
    began = time.monotonic()
    trips: list[float] = []
    while time.monotonic() - began < 1.8:
        for wire in others:
            sent = time.monotonic()
            wire.send(frame(TEXT, b"quick"))
            assert wire.frame() == (TEXT, b"quick")
            trips.append(time.monotonic() - sent)
    trips.sort()
    assert trips[int(len(trips) * 0.99)] < 0.05
    assert stuck.frame() == (TEXT, b"slow")
    for wire in wires:
        wire.socket.close()


def test_many_slow_inspections_get_more_threads(start: Start, echo: Echo) -> None:
    inspector = Recorder()

    def slow(_: Said, message: Message) -> Verdict:
        if b"slow" in message.data:
            time.sleep(1)
        return PASS

    inspector.on_message = slow
    running = start(echo.url, inspector=inspector, least=2, most=20)
    wires = [running.wire() for _ in range(11)]
    for wire in wires:
        wire.upgrade()
    began = time.monotonic()
    for wire in wires[1:]:
        wire.send(frame(TEXT, b"slow"))
    time.sleep(0.3)
    wires[0].send(frame(TEXT, b"quick"))
    assert wires[0].frame() == (TEXT, b"quick")
    assert time.monotonic() - began < 0.9
    for wire in wires:
        wire.socket.close()


@pytest.mark.parametrize(("fail", "arrives"), [("open", True), ("closed", False)])
@pytest.mark.parametrize("how", ["late", "broken"])
def test_what_cannot_be_judged_goes_the_way_the_route_says(
    start: Start, echo: Echo, fail: str, arrives: bool, how: str
) -> None:
    def bad(_: Said, message: Message) -> Verdict:
        if how == "broken":
            raise RuntimeError("a fault of the inspector")
        time.sleep(0.6)
        return PASS

    inspector = Recorder()
    inspector.on_message = bad
    running = start(echo.url, inspector=inspector, fail=fail, limits={"inspect_ms": 200})
    with running.wire() as wire:
        wire.upgrade()
        wire.send(frame(TEXT, b"hello"))
        if arrives:
            assert wire.frame() == (TEXT, b"hello")
        else:
            assert wire.close_code() == 1011
        wait_until(lambda: bool(running.inspector.failures), 2)
    [(side, limit, _, code)] = running.inspector.failures
    assert (side, code) == ("framewall", 1011)
    assert limit == ("inspect_ms" if how == "late" else None)


# protocol errors

WRONG: dict[str, tuple[bytes, int]] = {
    "no mask": (frame(TEXT, b"x", masked=False), 1002),
    "reserved opcode": (b"\x83\x80\x00\x00\x00\x00", 1002),
    "rsv without an extension": (frame(TEXT, b"x", rsv1=True), 1002),
    "continuation of nothing": (frame(CONTINUATION, b"x"), 1002),
    "not UTF-8": (frame(TEXT, b"\xff"), 1007),
    "UTF-8 cut by fragments": (frame(TEXT, b"\xe2\x82", fin=False) + frame(CONTINUATION, b"x"), 1007),
    "too many fragments": (fragments(b"x" * 101, 1), 1009),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_client_that_breaks_the_protocol_is_told_so_and_reported(
    start: Start, echo: Echo, name: str
) -> None:
    data, code = WRONG[name]
    running = start(echo.url, limits={"message_frames": 100})
    with running.wire() as wire:
        wire.upgrade()
        wire.send(frame(TEXT, b"before"))
        assert wire.frame() == (TEXT, b"before")
        wire.send(data)
        assert wire.close_code() == code
        assert wire.until_end()[1] < 1
    wait_until(lambda: bool(echo.closes and running.inspector.failures), 2)
    assert (echo.received, echo.closes) == (["before"], [(1001, "")])
    [(side, _, _, reported)] = running.inspector.failures
    assert (side, reported) == ("client", code)


def test_a_server_that_breaks_the_protocol_is_told_so(start: Start) -> None:
    told: list[bytes] = []

    def wrong(connection: socket.socket) -> None:
        head, _ = read_head(connection)
        good, bad = frame(TEXT, b"good", masked=False), frame(TEXT, b"masked", masked=True)
        connection.sendall(switching(head) + good)
        time.sleep(0.1)
        connection.sendall(bad)
        told.append(connection.recv(65536))

    with Raw(wrong) as server:
        running = start(server.url)
        with running.wire() as wire:
            wire.upgrade()
            assert wire.frame() == (TEXT, b"good")
            assert wire.close_code() == 1014
        wait_until(lambda: bool(told and running.inspector.failures), 2)
    mask, code = told[0][2:6], told[0][6:8]
    assert bytes(a ^ b for a, b in zip(code, mask, strict=False)) == (1002).to_bytes(2, "big")
    [(side, _, _, reported)] = running.inspector.failures
    assert (side, reported) == ("server", 1002)


# commands


def test_a_verdict_may_end_another_connection_and_speak_to_the_server(start: Start) -> None:
    asked: list[bytes] = []

    def talk(connection: socket.socket) -> None:
        head, _ = read_head(connection)
        if b"upgrade" in head.lower():
            connection.sendall(switching(head))
            while connection.recv(65536):
                pass
        else:
            asked.append(head)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    inspector = Recorder()
    with Raw(talk) as server:
        running = start(server.url, inspector=inspector)
        with running.wire() as victim, running.wire() as attacker:
            victim.upgrade()
            attacker.upgrade()
            wait_until(lambda: len(inspector.sessions) == 2, 2)
            first = inspector.sessions[0].connection
            commands = (
                CloseConnection(first, 4000),
                SendUpstream(
                    "POST",
                    "/end?sid=1",
                    (("Host", "app"), ("Content-Type", "text/plain")),
                    b"1",
                    client_ip="127.0.0.1",
                ),
            )
            inspector.on_message = lambda _, __: Verdict(Action.CLOSE, commands=commands)
            attacker.send(frame(TEXT, b"x"))
            assert attacker.close_code() == 1008
            assert victim.close_code() == 4000
            wait_until(lambda: bool(asked), 2)
    assert asked[0].startswith(b"POST /end?sid=1 HTTP/1.1\r\n")


def test_a_refused_handshake_never_reaches_the_server(start: Start, echo: Echo) -> None:
    inspector = Recorder()
    inspector.on_request = lambda request: RequestPlan(BLOCK if "attack" in request.target else PASS)
    running = start(echo.url, inspector=inspector)
    with running.wire() as wire:
        wire.send(handshake("/?q=attack") + frame(TEXT, b"early") + frame(PONG))
        assert wire.head().startswith(b"HTTP/1.1 403 ")
        wire.until_end()
    assert (echo.received, echo.closes) == ([], [])
