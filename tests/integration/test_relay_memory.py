"""What all connections together hold has a cap, and whoever holds much is the one to go."""

from __future__ import annotations

import contextlib

from framewall.model import RequestPlan
from integration.conftest import Start
from support.inspectors import PASS, Recorder
from support.servers import Echo, wait_until
from support.wire import CLOSE, TEXT, frame

HALF = 100 << 10
LIMITS = {"memory_bytes": 3 * HALF}


def test_the_connections_that_hold_much_are_ended_and_the_others_go_on(start: Start, echo: Echo) -> None:
    running = start(echo.url, limits=LIMITS)
    small = running.wire()
    small.upgrade()
    large = [running.wire() for _ in range(6)]
    for wire in large:
        wire.upgrade()
        # The first frame of a message that never ends.
        wire.send(frame(TEXT, b"x" * HALF, fin=False))
    wait_until(lambda: len(running.inspector.failures) >= 3)
    small.send(frame(TEXT, b"hello"))
    assert small.frame() == (TEXT, b"hello")
    assert {(side, limit, code) for side, limit, _, code in running.inspector.failures} == {
        ("client", "memory_bytes", 1013)
    }
    for wire in large:
        wire.socket.settimeout(0.2)
    told = []
    for wire in large:
        with contextlib.suppress(TimeoutError):
            told.append(wire.frame())
    assert told == [(CLOSE, (1013).to_bytes(2, "big"))] * len(running.inspector.failures)
    assert len(told) < 6


def test_bodies_count_as_well(start: Start, echo: Echo) -> None:
    inspector = Recorder()
    inspector.on_request = lambda _: RequestPlan(PASS, inspect_body=True)
    running = start(echo.url, limits=LIMITS, inspector=inspector)
    head = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n"
    posts = [running.wire() for _ in range(5)]
    for post in posts:
        post.send(head + b"x" * HALF)
    wait_until(lambda: len(running.inspector.failures) >= 1)
    assert {failure[1] for failure in running.inspector.failures} == {"memory_bytes"}


def test_what_is_done_with_is_not_held(start: Start, echo: Echo) -> None:
    running = start(echo.url, limits=LIMITS)
    with running.wire() as wire:
        wire.upgrade()
        for _ in range(20):
            wire.send(frame(TEXT, b"x" * HALF))
            assert wire.frame() == (TEXT, b"x" * HALF)
    assert running.inspector.failures == []
