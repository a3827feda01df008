"""Numbers over time, from the counts that the writer keeps."""

from __future__ import annotations

import sqlite3
import time

from framewall.events._buckets import LEVELS, Buckets
from framewall.events._read import KINDS, Overview, Tally
from framewall.events._scan import SERIES
from framewall.events._sqlite.rows import KIND, TOTAL
from framewall.events.search import term


def overview(db: sqlite3.Connection, since: float, until: float, top: int) -> Overview:
    """The numbers of a range."""
    buckets = Buckets.over(since, until, time.time())
    hits = totals(db, buckets)
    return Overview(
        buckets.since,
        buckets.until,
        buckets.step,
        buckets.times,
        hits,
        sum(hits),
        {kind: _series(db, buckets, KIND[kind]) for kind in SERIES},
        {kind: _top(db, buckets, kind, top) for kind in KINDS},
    )


def totals(db: sqlite3.Connection, buckets: Buckets) -> tuple[int, ...]:
    """All events, bucket by bucket."""
    return _series(db, buckets, TOTAL).get("", (0,) * buckets.pieces)


def _series(db: sqlite3.Connection, buckets: Buckets, kind: int) -> dict[str, tuple[int, ...]]:
    """Each value's events bucket by bucket, the value with the most first."""
    found: dict[str, list[int]] = {}
    first = int(buckets.since // buckets.step)
    for bucket, value, hits in db.execute(
        "SELECT bucket, coalesce(value, ''), rollup.hits FROM rollup LEFT JOIN mark ON mark.id = rollup.mark "
        "WHERE level = ? AND rollup.kind = ? AND bucket BETWEEN ? AND ?",
        (_level(buckets), kind, first, first + buckets.pieces - 1),
    ):
        found.setdefault(value, [0] * buckets.pieces)[bucket - first] += hits
    return {value: tuple(found[value]) for value in sorted(found, key=lambda each: -sum(found[each]))}


def _top(db: sqlite3.Connection, buckets: Buckets, kind: str, most: int) -> tuple[Tally, ...]:
    """The values with the most events; what was not kept apart, and what comes after the top, is one more."""
    first = int(buckets.since // buckets.step)
    found = db.execute(
        "SELECT mark, (SELECT value FROM mark WHERE mark.id = counted.mark), total FROM "
        "(SELECT mark, sum(hits) AS total FROM rollup WHERE level = ? AND kind = ? AND bucket BETWEEN ? AND ? "
        "GROUP BY mark) AS counted ORDER BY total DESC",
        (_level(buckets), KIND[kind], first, first + buckets.pieces - 1),
    ).fetchall()
    named = [(value, total) for mark, value, total in found if mark]
    rest = sum(total for _, total in named[most:]) + sum(total for mark, _, total in found if not mark)
    tallies = [Tally(value, total, term(kind, value)) for value, total in named[:most]]
    return (*tallies, *([Tally(None, rest)] if rest else []))


def _level(buckets: Buckets) -> int:
    return next(level for level, each in enumerate(LEVELS) if each.seconds == buckets.step)
