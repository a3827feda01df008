"""Counters of everything judged, and how long it took. Thread-safe; bounded whatever peers send."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import TypeVar

from framewall.model import Event

#: Upper bounds of the latency histogram that Prometheus gets, in seconds.
BOUNDS = (
    0.000_025, 0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0,
)  # fmt: skip
#: Finer ones for quantiles: a tenth of an octave apart, from 1 µs to a minute.
_FINE = tuple(1e-6 * 2 ** (step / 10) for step in range(260))

#: What is told "of the last minute" is of so many pieces of so many seconds.
PIECES, PIECE_SECONDS = 6, 10.0
#: Different values of one label that are counted by themselves; the rest is ``other``.
LABELS = 100
OTHER = "other"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All counters at one moment. The keys of ``messages`` are direction, framework, verdict.

    ``inspections`` counts latencies by :data:`BOUNDS`, one more for what is above; ``inspect_seconds`` is their sum.
    ``per_second``, ``hits_per_second``, ``p50`` and ``p99`` (seconds) are of the last minute; quantiles are None
    where nothing was inspected.
    """

    messages: dict[tuple[str, str, str], int]
    hits: dict[str, int]
    closed: dict[str, int]
    limits: dict[str, int]
    events: int
    blocked: int
    inspections: tuple[int, ...]
    inspect_seconds: float
    per_second: float
    hits_per_second: float
    p50: float | None
    p99: float | None


Key = TypeVar("Key")


class _Piece:
    __slots__ = ("fine", "hits", "messages", "number")

    def __init__(self, number: int) -> None:
        self.number = number
        self.messages = 0
        self.hits = 0
        self.fine = [0] * (len(_FINE) + 1)


class Meters:
    """Counts. ``clock`` gives monotonic seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._began = clock()
        self._messages: Counter[tuple[str, str, str]] = Counter()
        self._hits: Counter[str] = Counter()
        self._closed: Counter[str] = Counter()
        self._limits: Counter[str] = Counter()
        self._events = self._blocked = 0
        self._inspections = [0] * (len(BOUNDS) + 1)
        self._inspect_seconds = 0.0
        self._pieces: deque[_Piece] = deque(maxlen=PIECES + 1)

    def message(self, direction: str, framework: str, verdict: str, seconds: float) -> None:
        """One message was judged, and it took so long."""
        with self._lock:
            _count(self._messages, (direction, framework, verdict), (direction, OTHER, verdict))
            self._inspections[bisect_left(BOUNDS, seconds)] += 1
            self._inspect_seconds += seconds
            piece = self._piece()
            piece.messages += 1
            piece.fine[bisect_left(_FINE, seconds)] += 1

    def event(self, event: Event) -> None:
        """An attack was recorded."""
        with self._lock:
            self._events += 1
            self._blocked += event.action != "pass"
            self._piece().hits += 1
            for attack in event.attacks:
                _count(self._hits, attack, OTHER)
            for rule in {finding.rule for finding in event.findings if finding.rule.startswith("limit.")}:
                _count(self._limits, rule.removeprefix("limit."), OTHER)

    def closed(self, reason: str) -> None:
        """A WebSocket ended."""
        with self._lock:
            _count(self._closed, reason, OTHER)

    def limit(self, name: str, times: int = 1) -> None:
        """A cap was reached that makes no event."""
        with self._lock:
            self._limits[name] += times

    def snapshot(self) -> Snapshot:
        """Everything, as it is now."""
        with self._lock:
            now = self._clock()
            newest = int(now / PIECE_SECONDS)
            recent = [piece for piece in self._pieces if piece.number > newest - PIECES]
            oldest = max(self._began, (newest - PIECES + 1) * PIECE_SECONDS)
            seconds = max(now - oldest, 1.0)
            fine = [sum(counts) for counts in zip(*(piece.fine for piece in recent), strict=True)]
            return Snapshot(
                dict(self._messages),
                dict(self._hits),
                dict(self._closed),
                dict(self._limits),
                self._events,
                self._blocked,
                tuple(self._inspections),
                self._inspect_seconds,
                sum(piece.messages for piece in recent) / seconds,
                sum(piece.hits for piece in recent) / seconds,
                _quantile(fine, 0.50),
                _quantile(fine, 0.99),
            )

    def _piece(self) -> _Piece:
        """The counts of the seconds that it is now."""
        number = int(self._clock() / PIECE_SECONDS)
        if not self._pieces or self._pieces[-1].number != number:
            self._pieces.append(_Piece(number))
        return self._pieces[-1]


def _count(counter: Counter[Key], key: Key, other: Key) -> None:
    counter[key if key in counter or len(counter) < LABELS else other] += 1


def _quantile(fine: list[int], share: float) -> float | None:
    """The latency that this share of inspections stayed below, to within a fifteenth."""
    total = sum(fine)
    if not total:
        return None
    wanted, seen = share * total, 0
    for place, count in enumerate(fine):
        seen += count
        if seen >= wanted:
            return _FINE[min(place, len(_FINE) - 1)]
    return _FINE[-1]
