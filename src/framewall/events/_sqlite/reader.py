"""Answers a console's questions from the index, each in a bounded time whatever the file holds."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from framewall.errors import StoreError
from framewall.events._buckets import Buckets
from framewall.events._read import Around, Groups, Histogram, Overview, Page, Stored, Tally
from framewall.events._scan import by_group, known, place
from framewall.events._sqlite import groups, numbers, rows
from framewall.events._sqlite.rows import KIND
from framewall.events._sqlite.schema import connect
from framewall.events._sqlite.where import Where, where
from framewall.events.search import Search, term
from framewall.model import Event

#: What one answer may take before it tells what it has, in seconds.
BUDGET_SECONDS = 0.2
#: Events whose ``seq`` are looked at first; then more at once, as fast as it goes.
_SPAN = 4_096
_GROWTH = 4
#: Events that are read at once where all are wanted.
_AT_ONCE = 500


class SqliteReader:
    """Reads one file. Every thread has a connection of its own."""

    def __init__(self, path: str, budget: float = BUDGET_SECONDS) -> None:
        self._path = Path(path)
        self._budget = budget
        self._own = threading.local()
        self._opened: list[sqlite3.Connection] = []
        self._lock = threading.Lock()

    def page(
        self,
        search: Search,
        *,
        limit: int = 50,
        cursor: str | None = None,
        since: float | None = None,
        until: float | None = None,
    ) -> Page:
        """The newest events that the search wants, or those after a page."""
        with self._using() as db:
            wanted = where(db, search, since, until)
            scan = Scan(db, wanted, wanted.high if cursor is None else place(cursor), self._budget)
            events: list[Event] = []
            while len(events) < limit and (seqs := scan.more(limit - len(events))):
                events += _checked(search, wanted, read(db, seqs))
            next = str(scan.at) if scan.at >= wanted.low else None
            full = len(events) >= limit
            return Page(tuple(events), next, full or next is None, _time_near(db, scan.at))

    def groups(
        self,
        search: Search,
        *,
        limit: int = 50,
        cursor: str | None = None,
        since: float | None = None,
        until: float | None = None,
    ) -> Groups:
        """The groups that were hit last."""
        with self._using() as db:
            if groups.told_by_groups(search):
                return groups.page(db, search, limit, cursor, since, until, self._budget)
            _, others = by_group(search)
            wanted = where(db, others, since, until)
            scan = Scan(db, wanted, wanted.high, self._budget)
            events: list[Event] = []
            while seqs := scan.more(_AT_ONCE):
                events += _checked(others, wanted, read(db, seqs))
            return groups.of_events(events, search, limit, complete=scan.at < wanted.low)

    def overview(self, since: float, until: float, *, top: int = 10) -> Overview:
        """The numbers of a range."""
        with self._using() as db:
            return numbers.overview(db, since, until, top)

    def histogram(self, search: Search, since: float, until: float) -> Histogram:
        """The events of a search over time."""
        with self._using() as db:
            if not search.terms:
                buckets = Buckets.over(since, until, time.time())
                hits = numbers.totals(db, buckets)
                return Histogram(buckets.times, hits, buckets.step, sum(hits))
            buckets = Buckets.over(since, until)
            wanted = where(db, search, buckets.since, buckets.until)
            scan = Scan(db, wanted, wanted.high, self._budget)
            counted = [0] * buckets.pieces
            if wanted.exact:
                for bucket, count in scan.counts(buckets):
                    counted[bucket] += count
            else:
                times: list[float] = []
                while seqs := scan.more(_AT_ONCE):
                    times += [each.time for each in _checked(search, wanted, read(db, seqs))]
                counted = list(buckets.counted(times))
            return Histogram(buckets.times, tuple(counted), buckets.step, sum(counted), scan.at < wanted.low)

    def event(self, id: str) -> Event | None:
        """The event of this id."""
        with self._using() as db:
            found = db.execute(f"{rows.SELECT} WHERE id = ?", (id,)).fetchone()
            return rows.event(found) if found else None

    def around(self, id: str, count: int = 10) -> Around | None:
        """The event of this id, with events of its session on either side."""
        with self._using() as db:
            found = db.execute(f"{rows.SELECT} WHERE id = ?", (id,)).fetchone()
            if found is None:
                return None
            event = rows.event(found)
            before, after = (
                [
                    rows.event(each)
                    for each in db.execute(
                        f"{rows.SELECT} WHERE session = ? AND seq {sign} ? ORDER BY seq {order} LIMIT ?",
                        (event.session, found[0], count),
                    )
                ]
                for sign, order in (("<", "DESC"), (">", "ASC"))
            )
            return Around(event, tuple(reversed(before)), tuple(after))

    def values(self, kind: str, prefix: str = "", limit: int = 20) -> tuple[Tally, ...]:
        """Values that events have had."""
        known(kind)
        with self._using() as db:
            found = db.execute(
                "SELECT value, hits FROM mark WHERE kind = ? AND hits > 0 AND value >= ? AND value < ? "
                "ORDER BY hits DESC, value LIMIT ?"
                if prefix
                else "SELECT value, hits FROM mark WHERE kind = ? AND hits > 0 ORDER BY hits DESC LIMIT ?",
                (KIND[kind], prefix, f"{prefix}\U0010ffff", limit) if prefix else (KIND[kind], limit),
            ).fetchall()
        return tuple(Tally(value, hits, term(kind, value)) for value, hits in found)

    def export(
        self, search: Search, *, since: float | None = None, until: float | None = None
    ) -> Iterator[Event]:
        """Every event that the search wants. Between two batches nothing is held open."""
        at: int | None = None
        while True:
            with self._using() as db:
                wanted = where(db, search, since, until)
                scan = Scan(db, wanted, wanted.high if at is None else at, self._budget)
                batch = _checked(search, wanted, read(db, scan.more(_AT_ONCE)))
                at = scan.at
            yield from batch
            if at < wanted.low:
                return

    def tail(
        self, search: Search, after: str | None = None, limit: int = 100
    ) -> tuple[tuple[Event, ...], str]:
        """Events stored since, the oldest first, and what to pass next."""
        with self._using() as db:
            if after is None:
                (newest,) = db.execute("SELECT coalesce(max(seq), 0) FROM event").fetchone()
                return (), str(newest)
            at = place(after)
            found: list[Event] = []
            for each in db.execute(f"{rows.SELECT} WHERE seq > ? ORDER BY seq LIMIT ?", (at, 10 * limit)):
                at = each[0]
                event = rows.event(each)
                found += [event] if search.wants(event) else []
                if len(found) >= limit:
                    break
            return tuple(found), str(at)

    def stored(self) -> Stored:
        """How much there is."""
        with self._using() as db:
            (events,) = db.execute(
                "SELECT coalesce(sum(hits), 0) FROM mark WHERE kind = ?", (KIND["action"],)
            ).fetchone()
            pages, size = (db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
            oldest, newest = (
                db.execute(f"SELECT time FROM event ORDER BY time {order} LIMIT 1").fetchone()
                for order in ("ASC", "DESC")
            )
            return Stored(events, pages * size, oldest and oldest[0], newest and newest[0])

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            for db in self._opened:
                db.close()
            self._opened.clear()
        self._own = threading.local()

    @contextmanager
    def _using(self) -> Iterator[sqlite3.Connection]:
        """This thread's connection, in one read transaction: an answer is of one moment. Raises StoreError."""
        db: sqlite3.Connection | None = getattr(self._own, "db", None)
        if db is None:
            if not self._path.exists():
                raise StoreError(
                    f"there are no events at sqlite:{self._path}: the file does not exist. "
                    "Is Framewall writing somewhere else? Name the place with --events sqlite:PATH"
                )
            db = self._own.db = connect(self._path, read_only=True)
            with self._lock:
                self._opened.append(db)
        try:
            db.execute("BEGIN")
            try:
                yield db
            finally:
                db.execute("ROLLBACK")
        except sqlite3.Error as error:
            raise StoreError(f"sqlite:{self._path} cannot be read: {error}") from error


class Scan:
    """Walks from ``at`` down to the search's lowest ``seq``, in steps that fit into the budget (seconds)."""

    def __init__(self, db: sqlite3.Connection, wanted: Where, at: int, budget: float) -> None:
        self._db = db
        self._wanted = wanted
        self._deadline = time.monotonic() + budget
        self._span = _SPAN
        self.at = min(at, wanted.high)
        """The next one to look at; below the lowest when all was looked at."""

    def more(self, most: int) -> list[int]:
        """The next ``seq`` that fit, at most so many; none where all was looked at, or time has run out."""
        sql = f"{self._wanted.seqs} ORDER BY {self._wanted.seq} DESC LIMIT ?"
        for low, high in self._steps():
            found = [seq for (seq,) in self._db.execute(sql, (*self._wanted.values, low, high, most))]
            self.at = found[-1] - 1 if len(found) == most else low - 1
            if found:
                return found
        return []

    def counts(self, buckets: Buckets) -> Iterator[tuple[int, int]]:
        """How many that fit fall into which bucket, until all was looked at, or time has run out."""
        sql = (
            "SELECT CAST((time - ?) / ? AS INTEGER) AS bucket, count(*) FROM event "
            f"WHERE seq IN ({self._wanted.seqs}) GROUP BY bucket"
        )
        for low, high in self._steps():
            values = (buckets.since, buckets.step, *self._wanted.values, low, high)
            yield from self._db.execute(sql, values)
            self.at = low - 1

    def _steps(self) -> Iterator[tuple[int, int]]:
        while self.at >= self._wanted.low:
            began = time.monotonic()
            if began >= self._deadline:
                return
            span = self._span
            yield max(self._wanted.low, self.at - span + 1), self.at
            now = time.monotonic()
            affordable = span * (self._deadline - now) / max(now - began, 1e-6)
            self._span = max(_SPAN, int(min(span * _GROWTH, affordable)))


def read(db: sqlite3.Connection, seqs: Sequence[int]) -> list[Event]:
    """The events of these ``seq``, the newest first."""
    found: list[Any] = db.execute(
        f"{rows.SELECT} WHERE seq IN ({', '.join(map(str, seqs))}) ORDER BY seq DESC"
    ).fetchall()
    return [rows.event(each) for each in found]


def _checked(search: Search, wanted: Where, events: list[Event]) -> list[Event]:
    return events if wanted.exact else [each for each in events if search.wants(each)]


def _time_near(db: sqlite3.Connection, seq: int) -> float | None:
    """When the event of this ``seq`` happened, or the first one after it."""
    found = db.execute("SELECT time FROM event WHERE seq >= ? ORDER BY seq LIMIT 1", (seq,)).fetchone()
    return float(found[0]) if found else None
