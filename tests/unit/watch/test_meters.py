"""Counters, and latencies of the last minute."""

from __future__ import annotations

import threading

import pytest

from framewall.model import Action, Finding
from framewall.watch.meters import LABELS, OTHER, PIECE_SECONDS, PIECES, Meters
from support.events import event


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_messages_are_counted_by_what_they_were() -> None:
    meters = Meters(Clock())
    for verdict in ("pass", "pass", "close"):
        meters.message("client", "socket.io", verdict, 0.001)
    seen = meters.snapshot()
    assert seen.messages == {("client", "socket.io", "pass"): 2, ("client", "socket.io", "close"): 1}
    assert sum(seen.inspections) == 3
    assert seen.inspect_seconds == pytest.approx(0.003)


@pytest.mark.parametrize("seconds", [0.00003, 0.001, 0.25])
def test_quantiles_are_near_the_truth(seconds: float) -> None:
    meters = Meters(Clock())
    for _ in range(98):
        meters.message("client", "json", "pass", seconds)
    for _ in range(2):
        meters.message("client", "json", "pass", 20 * seconds)
    seen = meters.snapshot()
    assert seen.p50 == pytest.approx(seconds, rel=0.08)
    assert seen.p99 == pytest.approx(20 * seconds, rel=0.08)


def test_rates_and_quantiles_are_of_the_last_minute() -> None:
    clock = Clock()
    meters = Meters(clock)
    for _ in range(120):
        meters.message("client", "json", "pass", 0.001)
        clock.now += 0.5
    assert meters.snapshot().per_second == pytest.approx(2, rel=0.2)
    clock.now += PIECES * PIECE_SECONDS
    seen = meters.snapshot()
    assert (seen.per_second, seen.p50, seen.p99) == (0, None, None)
    assert sum(seen.messages.values()) == 120


def test_events_are_counted_by_class_and_by_what_reached_a_cap() -> None:
    meters = Meters(Clock())
    limit = Finding("data_bomb", "limit.format_depth", "message", (), "", 5)
    meters.event(event(1, attacks=("xss", "data_bomb"), findings=(limit, limit)))
    meters.event(event(2, attacks=("xss",), action=Action.PASS))
    seen = meters.snapshot()
    assert (seen.events, seen.blocked) == (2, 1)
    assert seen.hits == {"xss": 2, "data_bomb": 1}
    assert seen.limits == {"format_depth": 1}


def test_labels_are_bounded_whatever_peers_send() -> None:
    meters = Meters(Clock())
    for number in range(3 * LABELS):
        meters.closed(f"reason {number}")
    closed = meters.snapshot().closed
    assert len(closed) == LABELS + 1
    assert closed[OTHER] == 2 * LABELS
    assert sum(closed.values()) == 3 * LABELS


def test_threads_lose_no_count() -> None:
    meters = Meters()

    def count() -> None:
        for _ in range(500):
            meters.message("client", "json", "pass", 0.001)

    threads = [threading.Thread(target=count) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sum(meters.snapshot().inspections) == 2_000
