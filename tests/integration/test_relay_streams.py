"""Answers that come little by little: they flow at once, judged record by record where the route wants it."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from queue import Empty, Queue
from typing import Any

import pytest

from framewall.config.settings import engine_settings
from framewall.detect import builtin_engine
from framewall.model import Action, Event, Records, RequestPlan, Verdict
from framewall.pipeline import Inspector
from framewall.policy import Policy, RoutePolicy
from framewall.proxy import Relay, Route, Server, Settings, Upstream
from integration.conftest import Running, Start
from support.inspectors import PASS, Recorder, block_attacks
from support.servers import Raw, read_head, wait_until
from support.wire import Wire

WORDS = replace(Verdict(Action.CLOSE), status=200, body=b"c[1008]\n")


class Streaming:
    """A server that answers every request with a chunked stream of what it is given; None ends it."""

    def __init__(self, extra: str = "Transfer-Encoding: chunked\r\n", status: str = "200 OK") -> None:
        self.pieces: Queue[bytes | None] = Queue()
        self._start = f"HTTP/1.1 {status}\r\nContent-Type: text/event-stream\r\n{extra}\r\n".encode()

    def __call__(self, peer: socket.socket) -> None:
        read_head(peer)
        with contextlib.suppress(Empty):
            peer.sendall(self._start)
            while (piece := self.pieces.get(timeout=10)) is not None:
                peer.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
            peer.sendall(b"0\r\n\r\n")
            peer.settimeout(5)
            peer.recv(1)


def ask(wire: Wire) -> None:
    """A GET, and the good head of its answer."""
    wire.send(b"GET /stream HTTP/1.1\r\nHost: a\r\n\r\n")
    head = wire.head()
    assert head.startswith(b"HTTP/1.1 200 "), head
    assert b"transfer-encoding: chunked" in head.lower()


def chunk(wire: Wire) -> bytes:
    """The next chunk; empty at the end."""
    size = b""
    while not size.endswith(b"\r\n"):
        size += wire.exactly(1)
    data = wire.exactly(int(size, 16))
    wire.exactly(2)
    return data


def judging(
    start: Start, server: Raw, records: Records = Records.LINES, *, whole: bool = True, **options: Any
) -> Running:
    """A relay that brings each answer's records, or passes them unjudged."""
    inspector = Recorder()
    inspector.on_request = lambda _: RequestPlan(PASS, False, whole, records, True)
    own: dict[str, int] = options.pop("limits", {})
    limits = {"drain_seconds": 1, **own}
    return start(server.url, inspect="both", inspector=inspector, limits=limits, **options)


@pytest.mark.parametrize("whole", [True, False], ids=["judged", "passed"])
def test_records_flow_as_they_come(start: Start, whole: bool) -> None:
    """Each reaches the client before the next is there."""
    behave = Streaming()
    with Raw(behave) as server, judging(start, server, whole=whole).wire() as wire:
        ask(wire)
        for record in (b"h\n", b"a[1]\n", b"a[2]\n"):
            behave.pieces.put(record)
            assert chunk(wire) == record
        behave.pieces.put(None)
        assert chunk(wire) == b""


def test_nothing_of_a_record_leaves_before_its_end(start: Start) -> None:
    """However it is cut; what is left at the end of the answer is judged as it is."""
    behave = Streaming()
    with Raw(behave) as server:
        running = judging(start, server)
        with running.wire() as wire:
            ask(wire)
            for piece in (b"a[1]\na[", b'"half', b' and half"]', b"\nre"):
                behave.pieces.put(piece)
                if piece.startswith(b"a[1]"):
                    assert chunk(wire) == b"a[1]\n"
            assert chunk(wire) == b'a["half and half"]\n'
            behave.pieces.put(b"st")
            behave.pieces.put(None)
            assert chunk(wire) == b"rest"
            assert chunk(wire) == b""
        assert running.inspector.responses == [
            (200, b"a[1]\n"), (200, b'a["half and half"]\n'), (200, b"rest")
        ]  # fmt: skip


def test_events_end_with_their_empty_line(start: Start) -> None:
    """A data line more may follow until then."""
    behave = Streaming()
    with Raw(behave) as server, judging(start, server, Records.EVENTS).wire() as wire:
        ask(wire)
        for piece in (b"data: one\r\n", b"data: event\r\n", b"\r\n"):
            behave.pieces.put(piece)
        assert chunk(wire) == b"data: one\r\ndata: event\r\n\r\n"


@pytest.mark.parametrize("told", [True, False])
def test_a_record_that_is_blocked_ends_the_answer(start: Start, told: bool) -> None:
    """What was before it has passed; the refusal's words stand in its place, if there are any."""
    behave = Streaming()
    with Raw(behave) as server:
        running = judging(start, server)
        verdict = WORDS if told else Verdict(Action.CLOSE)
        running.inspector.on_response = lambda body: verdict if b"attack" in body else PASS
        with running.wire() as wire:
            ask(wire)
            behave.pieces.put(b"good\n")
            assert chunk(wire) == b"good\n"
            behave.pieces.put(b"an attack\ngood\n")
            assert chunk(wire) == (WORDS.body if told else b"")
            assert chunk(wire) == b"" if told else True


def test_a_slow_verdict_holds_its_own_records_and_their_order(start: Start) -> None:
    """What comes meanwhile waits, and is judged together."""
    behave = Streaming()
    go = threading.Event()

    def slow(body: bytes) -> Verdict:
        if body == b"slow\n":
            go.wait(5)
        return PASS

    with Raw(behave) as server:
        running = judging(start, server)
        running.inspector.on_response = slow
        with running.wire() as wire:
            ask(wire)
            behave.pieces.put(b"slow\n")
            wait_until(lambda: len(running.inspector.responses) == 1)
            for number in range(5):
                behave.pieces.put(b"%d\n" % number)
            wire.socket.settimeout(0.2)
            with pytest.raises(TimeoutError):
                wire.exactly(1)
            wire.socket.settimeout(10)
            go.set()
            came = b""
            while came.count(b"\n") < 6:
                came += chunk(wire)
            assert came == b"slow\n0\n1\n2\n3\n4\n"


def test_a_record_that_does_not_end_is_a_failure(start: Start) -> None:
    """At the cap of bodies the answer breaks off, and the server is named."""
    behave = Streaming()
    with Raw(behave) as server:
        running = judging(start, server, limits={"body_bytes": 1000})
        with running.wire() as wire:
            ask(wire)
            behave.pieces.put(b"x" * 2000)
            assert b"x" not in wire.until_end()[0]
        wait_until(lambda: bool(running.inspector.failures))
        assert running.inspector.failures[0][:2] == ("server", "body_bytes")


@pytest.mark.parametrize("fail", ["closed", "open"])
def test_what_cannot_be_judged_goes_by_the_routes_fail(start: Start, fail: str) -> None:
    """An Inspector that fails, or takes too long."""
    behave = Streaming()

    def broken(body: bytes) -> Verdict:
        if body == b"late\n":
            time.sleep(0.6)
            return PASS
        raise RuntimeError

    for record in (b"broken\n", b"late\n"):
        behave = Streaming()
        with Raw(behave) as server:
            running = judging(start, server, fail=fail, limits={"inspect_ms": 200})
            running.inspector.on_response = broken
            with running.wire() as wire:
                ask(wire)
                behave.pieces.put(record)
                if fail == "open":
                    assert chunk(wire) == record
                else:
                    assert record not in wire.until_end()[0]


@pytest.mark.parametrize(
    ("extra", "status"),
    [
        ("Content-Length: 5\r\n", "200 OK"),
        ("Transfer-Encoding: chunked\r\n", "404 Not Found"),
        ("Transfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n", "200 OK"),
    ],
)
def test_an_answer_that_is_no_stream_is_judged_whole(start: Start, extra: str, status: str) -> None:
    """It has a length, went wrong, or cannot be read in pieces."""
    behave = Streaming(extra, status)
    with Raw(behave) as server:
        running = judging(start, server)
        with running.wire() as wire:
            wire.send(b"GET /stream HTTP/1.1\r\nHost: a\r\n\r\n")
            if "Length" in extra:
                # The pieces are chunks; a body of this length is the first one's head and start.
                behave.pieces.put(b"a\nb\n")
            else:
                for piece in (b"a\n", b"b\n", None):
                    behave.pieces.put(piece)
            assert wire.head().startswith(f"HTTP/1.1 {status}".encode())
        wait_until(lambda: bool(running.inspector.responses))
        assert len(running.inspector.responses) == 1


@pytest.mark.parametrize("refusal", ["none", "framework"])
def test_a_servers_attack_never_reaches_a_streaming_client(refusal: str) -> None:
    """SockJS's xhr_streaming with the real Inspector: what was stored once is not handed out by the fallback."""
    events: list[Event] = []
    route = replace(RoutePolicy(), inspect="both", refusal=refusal)
    inspector = Inspector(
        Policy(default=route), builtin_engine(), events.append, time.time, settings=engine_settings
    )
    behave = Streaming()
    settings = Settings.protecting("http://127.0.0.1:1")
    with Raw(behave) as server:
        upstreams = (Upstream((Server(server.url),)),)
        routed = replace(settings, upstreams=upstreams, routes=(Route(inspect="both"),))
        with Relay(routed, inspector) as relay, Wire(relay.addresses[0]) as wire:
            wire.send(
                b"POST /echo/123/abcdefgh/xhr_streaming HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"
            )
            assert wire.head().startswith(b"HTTP/1.1 200 ")
            behave.pieces.put(b"o\n")
            assert chunk(wire) == b"o\n"
            behave.pieces.put(b'a["hello"]\n')
            assert chunk(wire) == b'a["hello"]\n'
            behave.pieces.put(b'a["<img src=x onerror=alert(1)>"]\n')
            if refusal == "framework":
                assert chunk(wire) == b'c[1008,"Blocked"]\n'
            assert chunk(wire) == b""
    [event] = events
    assert (event.attacks[0], event.framework, event.transport) == ("xss", "sockjs", "polling")
    assert "Framewall-Message: server body" in event.request


# ended from outside


def ended(running: Running, refusal: tuple[int, list[tuple[str, str]], bytes | None]) -> bool:
    """Whether a request waited, and was answered so."""
    core = running.relay._core
    assert core is not None
    wait_until(lambda: core.interruptible == 1)
    return core.refuse(running.inspector.requests[-1].id, refusal)


def test_a_poll_that_waits_is_answered_from_outside(start: Start) -> None:
    """With the answer that was given; the server's connection is let go."""
    asked, gone = threading.Event(), threading.Event()

    def silent(peer: socket.socket) -> None:
        read_head(peer)
        asked.set()
        peer.settimeout(10)
        assert peer.recv(1) == b""
        gone.set()

    with Raw(silent) as server:
        running = judging(start, server, whole=False)
        with running.wire() as wire:
            wire.send(b"GET /poll HTTP/1.1\r\nHost: a\r\n\r\n")
            assert asked.wait(5)
            assert ended(running, (200, [("Content-Type", "text/plain")], b"41\x1e1"))
            assert wire.head().startswith(b"HTTP/1.1 200 ")
            assert wire.exactly(4) == b"41\x1e1"
        assert gone.wait(5)
        assert running.relay._core is not None
        assert running.relay._core.interruptible == 0


WHERE: dict[str, tuple[Records, bytes, bool]] = {
    "between lines": (Records.LINES, b"a[1]\n", True),
    "within a line": (Records.LINES, b"a[1]\na[", False),
    "between events": (Records.EVENTS, b"data: a\n\n", True),
    "within an event": (Records.EVENTS, b"data: a\n", False),
}


@pytest.mark.parametrize("place", WHERE)
def test_a_stream_is_ended_with_words_between_its_records(start: Start, place: str) -> None:
    """And without them where a record has begun."""
    records, sent, between = WHERE[place]
    behave = Streaming()
    with Raw(behave) as server:
        running = judging(start, server, records, whole=False)
        with running.wire() as wire:
            ask(wire)
            behave.pieces.put(sent)
            assert chunk(wire) == sent
            assert ended(running, (200, [], b"words\n"))
            assert chunk(wire) == (b"words\n" if between else b"")


def test_a_judged_stream_is_ended_from_outside_too(start: Start) -> None:
    """Even while a record waits for its verdict: it is not passed on."""
    behave = Streaming()
    go = threading.Event()
    hold: Callable[[bytes], Verdict] = lambda body: (go.wait(5), block_attacks(body))[1]  # noqa: E731
    with Raw(behave) as server:
        running = judging(start, server)
        running.inspector.on_response = hold
        with running.wire() as wire:
            ask(wire)
            behave.pieces.put(b"held\n")
            wait_until(lambda: len(running.inspector.responses) == 1)
            assert ended(running, (200, [], b"words\n"))
            assert chunk(wire) == b"words\n"
            assert chunk(wire) == b""
            go.set()


def test_a_request_whose_plan_does_not_allow_it_is_left_alone(start: Start) -> None:
    """Only what belongs to a session's fallback may be ended."""
    behave = Streaming()
    inspector = Recorder()
    inspector.on_request = lambda _: RequestPlan(PASS)
    with Raw(behave) as server:
        running = start(server.url, inspector=inspector, limits={"drain_seconds": 1})
        with running.wire() as wire:
            ask(wire)
            core = running.relay._core
            assert core is not None
            assert not core.refuse(inspector.requests[-1].id, (200, [], b"words"))
            behave.pieces.put(b"on")
            assert chunk(wire) == b"on"
