"""Deleting old events, a few at a time, so that nobody waits for it."""

from __future__ import annotations

import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from math import ceil

from framewall.events._buckets import LEVELS
from framewall.events._sqlite import rows
from framewall.events._sqlite.rows import KIND, TOTAL
from framewall.events._sqlite.trigrams import indexed
from framewall.events._sqlite.write import Writing
from framewall.limits import EVENTS_KEEP_DAYS, EVENTS_MAX_BYTES, Limits

#: Events that are deleted in one transaction: more than are written in one.
STEP_EVENTS = 1_000
#: Free pages that are given back to the file system in one transaction.
STEP_PAGES = 256
#: Where a file is too large, it is brought down to this part of what it may be.
ROOM = 0.98
#: Seconds between two looks at counts that nobody needs any more.
SWEEP_SECONDS = 600.0
#: Free pages that stay in the file: the next events need them.
SPARE_PAGES = 1_024


class Retention:
    """Keeps to ``events_keep_days`` and ``events_max_bytes``. ``clock`` gives Unix seconds."""

    def __init__(
        self, db: sqlite3.Connection, writing: Writing, limits: Limits, clock: Callable[[], float] = time.time
    ) -> None:
        self._db = db
        self._writing = writing
        self._days = limits[EVENTS_KEEP_DAYS]
        self._bytes = limits[EVENTS_MAX_BYTES]
        self._clock = clock
        self._swept = float("-inf")

    def step(self) -> bool:
        """One small transaction, if there is something to do; whether there may be more."""
        before = self._clock() - self._days * 86_400
        oldest = self._db.execute("SELECT time FROM event ORDER BY seq LIMIT 1").fetchone()
        if oldest and (oldest[0] < before or self._used() > self._bytes):
            self._delete(before)
            return True
        if self._give_back():
            return True
        if self._clock() - self._swept >= SWEEP_SECONDS:
            self._swept = self._clock()
            self._sweep(before)
        return False

    def _used(self) -> int:
        """Bytes of the file that hold something."""
        pages, free, size = (self._pragma(name) for name in ("page_count", "freelist_count", "page_size"))
        return (pages - free) * size

    def _surplus(self) -> int:
        """About how many events are too many for the size."""
        used = self._used()
        if used <= self._bytes:
            return 0
        oldest, newest = self._db.execute(
            "SELECT (SELECT min(seq) FROM event), (SELECT max(seq) FROM event)"
        ).fetchone()
        return ceil(int(newest - oldest + 1) * (used - ROOM * self._bytes) / used)

    def _pragma(self, name: str) -> int:
        return int(self._db.execute(f"PRAGMA {name}").fetchone()[0])

    def _delete(self, before: float) -> None:
        with transaction(self._db):
            found = self._db.execute(f"{rows.SELECT} ORDER BY seq LIMIT ?", (STEP_EVENTS,)).fetchall()
            old = next((at for at, each in enumerate(found) if each[2] >= before), len(found))
            found = found[: max(old, min(self._surplus(), STEP_EVENTS))]
            events = [(each[0], rows.event(each)) for each in found]
            if not events:
                return
            last = events[-1][0]
            hits: Counter[rows.Mark] = Counter(mark for _, event in events for mark in rows.marks(event))
            run = self._db.executemany
            run(
                "DELETE FROM event_mark WHERE mark = (SELECT id FROM mark WHERE kind = ? AND value = ?) AND seq <= ?",
                [(*mark, last) for mark in hits],
            )
            run(
                "UPDATE mark SET hits = hits - ? WHERE kind = ? AND value = ?",
                [(count, *mark) for mark, count in hits.items()],
            )
            run(
                "INSERT INTO event_text (event_text, rowid, text) VALUES ('delete', ?, ?)",
                [(seq, indexed(event)) for seq, event in events],
            )
            self._db.execute("DELETE FROM event WHERE seq <= ?", (last,))
            self._db.execute("DELETE FROM hit_group WHERE last <= ?", (events[-1][1].time,))

    def _give_back(self) -> bool:
        """Shorten the file; True if there is more to give."""
        spare = self._pragma("freelist_count") - SPARE_PAGES
        if spare <= 0 or self._pragma("auto_vacuum") != 2:
            return False
        # As a script: it is stepped through to its end, which execute does not do for what gives no rows.
        self._db.executescript(f"PRAGMA incremental_vacuum({min(spare, STEP_PAGES)})")
        return spare > STEP_PAGES

    def _sweep(self, before: float) -> None:
        """Forget counts whose time is over, then marks that neither an event nor a count has."""
        now = self._clock()
        with transaction(self._db):
            for level, each in enumerate(LEVELS):
                oldest = int(max(now - each.kept_seconds, before) // each.seconds)
                for kind in (TOTAL, *KIND.values()):
                    self._db.execute(
                        "DELETE FROM rollup WHERE level = ? AND kind = ? AND bucket < ?",
                        (level, kind, oldest),
                    )
            self._db.execute("DELETE FROM mark WHERE hits <= 0 AND id NOT IN (SELECT mark FROM rollup)")
        self._writing.forget()


class transaction:  # noqa: N801 (used as a word: with transaction(db))
    """``with transaction(db):`` writes all of it or nothing."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def __enter__(self) -> None:
        self._db.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._db.execute("COMMIT" if kind is None else "ROLLBACK")
