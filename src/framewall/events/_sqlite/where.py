"""A search as conditions on the index. What the index cannot tell is left to the event itself."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Network, IPv6Network
from typing import NamedTuple

from framewall.events._sqlite import trigrams
from framewall.events._sqlite.rows import KIND, MARK_CHARS, address_key
from framewall.events.search import Search, Term

#: So many values of a kind are compared with a pattern, those with the most events first.
LOOKED_AT = 20_000
#: A term that this many values fit can lead a query; one with more is asked of each event.
LEADING = 2_000
#: The same for a term that does not lead: it is looked up for each event that the leading one gives.
FOLLOWING = 64
#: A text leads a query unless another term has fewer events than this.
FEW = 2_000
#: Events' times may be out of the order of writing by so much: batches, the clocks of several nodes. Seconds.
SKEW_SECONDS = 60.0

_LAST = "\U0010ffff"


class _Way(NamedTuple):
    """One condition: by itself (``source``, ``condition`` on its columns), or for an event ``d`` (``lookup``).

    ``hits`` is about how many events it has; ``lookup`` is None where it can only be asked of the event itself.
    ``seq`` is what the source calls it; ``repeats`` is whether it may give an event more than once.
    """

    hits: int
    source: str
    condition: str
    values: tuple[object, ...]
    lookup: str | None
    seq: str = "d.seq"
    repeats: bool = False


@dataclass(frozen=True, slots=True)
class Where:
    """Which events to look at, newest first, with ``seq`` from ``low`` to ``high``.

    ``exact`` is whether all that are found are wanted; if not, the events themselves must be asked. Where nothing
    can fit, ``low`` is above ``high``.
    """

    source: str
    conditions: str
    values: tuple[object, ...]
    low: int
    high: int
    exact: bool
    seq: str = "d.seq"
    repeats: bool = False

    @property
    def seqs(self) -> str:
        """SQL for the fitting ``seq``, of which two parameters after :attr:`values` are the bounds."""
        what = f"{'DISTINCT ' * self.repeats}{self.seq} AS seq"
        return f"SELECT {what} FROM {self.source} WHERE {self.conditions} {self.seq} BETWEEN ? AND ?"


def where(db: sqlite3.Connection, search: Search, since: float | None, until: float | None) -> Where:
    """What a search means for this file, narrowed to a range of time (Unix seconds)."""
    lower = _bounds(search, "since", since)
    upper = _bounds(search, "until", until)
    low, high = _range(db, max(lower, default=None), min(upper, default=None))
    ways: list[_Way] = []
    conditions: list[str] = []
    values: list[object] = []
    exact = True
    for term in search.terms:
        if term.field in ("since", "until") and not term.negated:
            continue
        if term.field in ("session", "id", "since", "until"):
            _column(term, ways, conditions, values)
            exact = exact and all(value.exact is not None for value in term.values)
        elif term.field == "text":
            exact = False
        else:
            found, sure = _marks(db, term)
            exact = exact and sure
            if found is None:
                exact = False
            elif term.negated:
                if not sure or len(found) > FOLLOWING:
                    exact = False
                elif found:
                    conditions.append(f"NOT {_lookup(found)}")
            elif not found:
                return Where("event d", "", (), 1, 0, True)
            else:
                ways.append(_of_marks(found))
    ways += _texts(search)
    leading = min(ways, key=lambda way: way.hits, default=_Way(0, "event d", "1", (), None))
    for way in ways:
        if way is leading:
            continue
        if way.lookup is None:
            exact = False
        else:
            conditions.append(way.lookup)
            values += way.values
    for bounds, pick, sign in ((lower, max, ">="), (upper, min, "<")):
        if bounds:
            conditions.append(f"(SELECT time FROM event e WHERE e.seq = d.seq) {sign} ?")
            values.append(pick(bounds))
    every = "".join(f"{each} AND " for each in (leading.condition, *conditions))
    return Where(
        leading.source,
        every.replace("d.seq", leading.seq),
        (*leading.values, *values),
        low,
        high,
        exact,
        leading.seq,
        leading.repeats,
    )


def _bounds(search: Search, name: str, given: float | None) -> list[float]:
    own = [each.time for each in search.terms if each.field == name and not each.negated]
    return [bound for bound in (given, *own) if bound is not None]


def _range(db: sqlite3.Connection, since: float | None, until: float | None) -> tuple[int, int]:
    """The bounds of ``seq`` for bounds of time."""
    low, high = db.execute(  # each by itself: SQLite looks up one of them, and scans for both
        "SELECT coalesce((SELECT min(seq) FROM event), 1), coalesce((SELECT max(seq) FROM event), 0)"
    ).fetchone()
    if since is not None:
        found = db.execute(
            "SELECT seq FROM event WHERE time >= ? ORDER BY time LIMIT 1", (since - SKEW_SECONDS,)
        ).fetchone()
        low = max(low, found[0] - FEW) if found else high + 1
    if until is not None:
        found = db.execute(
            "SELECT seq FROM event WHERE time < ? ORDER BY time DESC LIMIT 1", (until + SKEW_SECONDS,)
        ).fetchone()
        high = min(high, found[0] + FEW) if found else low - 1
    return low, high


def _column(term: Term, ways: list[_Way], conditions: list[str], values: list[object]) -> None:
    """A term of a column of the event: ``session`` and ``id`` lead, where no star is in them."""
    if term.time is not None:
        sign = "<" if term.field == "since" else ">="  # negated: the others are bounds
        conditions.append(f"(SELECT time FROM event e WHERE e.seq = d.seq) {sign} ?")
        values.append(term.time)
        return
    wanted = [value.exact for value in term.values]
    if any(each is None for each in wanted):
        return
    several = f"IN ({', '.join('?' * len(wanted))})"
    lookup = f"EXISTS (SELECT 1 FROM event e WHERE e.seq = d.seq AND e.{term.field} {several})"
    if term.negated:
        conditions.append(f"NOT {lookup}")
        values += wanted
    else:
        ways.append(_Way(1, "event d", f"d.{term.field} {several}", tuple(wanted), lookup))


def _texts(search: Search) -> list[_Way]:
    """What the index can tell of all text that must be there; nothing of texts that are shorter than it knows."""
    texts = [term.values[0].pieces[0] for term in search.terms if term.field == "text" and not term.negated]
    query = trigrams.query(texts)
    return [_Way(FEW, "event_text d", "d.event_text MATCH ?", (query,), None, "d.rowid")] if query else []


def _marks(db: sqlite3.Connection, term: Term) -> tuple[list[tuple[int, int]] | None, bool]:
    """The marks that a term means with their hits, None if there are too many; and whether they say it all."""
    kind = KIND["class" if term.field == "class" else term.field]
    if term.field == "ip" and term.networks:
        found_ips = _of_networks(db, term.networks)
        named, _ = _marks(db, replace(term, networks=()))
        return None if found_ips is None else [*found_ips, *(named or [])], True
    if term.span:
        rows = db.execute("SELECT id, hits, value FROM mark WHERE kind = ?", (kind,)).fetchall()
        return [(id, hits) for id, hits, value in rows if term.span[0] <= int(value) <= term.span[1]], True
    found: dict[int, int] = {}
    sure = True
    for pattern in term.values:
        if pattern.exact is not None:
            sure = sure and len(pattern.exact) < MARK_CHARS
            sql, values = "value = ?", (kind, pattern.exact[:MARK_CHARS])
        else:
            start = pattern.pieces[0][:MARK_CHARS]
            sql, values = "value >= ? AND value < ?", (kind, start, start + _LAST)  # type: ignore[assignment]
        rows = db.execute(
            f"SELECT id, hits, value FROM mark WHERE kind = ? AND {sql} LIMIT {LOOKED_AT + 1}", values
        ).fetchall()
        if len(rows) > LOOKED_AT:
            return None, False
        for id, hits, value in rows:
            cut = len(value) >= MARK_CHARS
            if cut or pattern.fits(value):
                found[id] = hits
                sure = sure and not cut
    return (list(found.items()) if len(found) <= LEADING else None), sure


def _of_networks(
    db: sqlite3.Connection, networks: Sequence[IPv4Network | IPv6Network]
) -> list[tuple[int, int]] | None:
    found: dict[int, int] = {}
    for network in networks:
        bounds = [address_key(str(network[place])) for place in (0, -1)]
        found |= db.execute(
            f"SELECT id, hits FROM mark WHERE key BETWEEN ? AND ? LIMIT {LEADING + 1}", bounds
        ).fetchall()
        if len(found) > LEADING:
            return None
    return list(found.items())


def _of_marks(found: list[tuple[int, int]]) -> _Way:
    numbers = ", ".join(str(id) for id, _ in found)
    condition = f"d.mark = {numbers}" if len(found) == 1 else f"d.mark IN ({numbers})"
    lookup = _lookup(found) if len(found) <= FOLLOWING else None
    return _Way(sum(hits for _, hits in found), "event_mark d", condition, (), lookup, repeats=len(found) > 1)


def _lookup(found: list[tuple[int, int]]) -> str:
    numbers = ", ".join(str(id) for id, _ in found)
    return f"EXISTS (SELECT 1 FROM event_mark m WHERE m.mark IN ({numbers}) AND m.seq = d.seq)"
