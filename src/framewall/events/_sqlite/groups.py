"""Groups of hits, as the writer keeps them."""

from __future__ import annotations

import sqlite3
import time
from dataclasses import replace
from typing import Any

from framewall.events._read import Group, Groups
from framewall.events._scan import by_group, fits, group_search, grouped
from framewall.events.search import Search, SearchError, Term
from framewall.model import Action, Event, Mode

#: What a group knows of its hits; other terms are asked of events.
_OWN = frozenset({"class", "ip", "route", "framework", "path", "event", "action", "since", "until"})
_COLUMNS = (
    "id, client_ip, attack, route, framework, path, event, hits, passed, dropped, closed, banned, score, first, "
    "last, sample"
)
#: Groups that are looked at in one step.
_STEP = 2_000


def told_by_groups(search: Search) -> bool:
    """Whether groups know enough to answer, without their events."""
    return all(
        term.field in _OWN and not (term.negated and term.field in ("action", "since", "until"))
        for term in search.terms
    )


def page(
    db: sqlite3.Connection,
    search: Search,
    limit: int,
    cursor: str | None,
    since: float | None,
    until: float | None,
    budget: float,
) -> Groups:
    """The groups that were hit last, or those after a page."""
    deadline = time.monotonic() + budget
    low = max(
        [since, *_times(search, "since")], key=lambda each: -1e18 if each is None else each, default=None
    )
    high = min(
        [until, *_times(search, "until")], key=lambda each: 1e18 if each is None else each, default=None
    )
    at = (1e18 if high is None else high, 0) if cursor is None else _place(cursor)
    sql, values = _conditions(search)
    own, others = by_group(search)
    found: list[Group] = []
    while True:
        rows = db.execute(
            f"SELECT {_COLUMNS} FROM hit_group WHERE (last, id) < (?, ?) AND last >= ? {sql} "
            "ORDER BY last DESC, id DESC LIMIT ?",
            (*at, -1e18 if low is None else low, *values, _STEP),
        ).fetchall()
        for row in rows:
            at = (row[14], row[0])
            group = _group(row)
            if fits(group, own) and all(_holds(term, row) for term in others.terms):
                found.append(group)
                if len(found) == limit:
                    return Groups(tuple(found), f"{at[0]!r}/{at[1]}")
        if len(rows) < _STEP:
            return Groups(tuple(found))
        if time.monotonic() >= deadline:
            return Groups(tuple(found), f"{at[0]!r}/{at[1]}", complete=False)


def of_events(events: list[Event], search: Search, limit: int, complete: bool) -> Groups:
    """The groups of events that come newest first."""
    own, _ = by_group(search)
    found = [each for each in grouped(events) if fits(each, own)]
    return Groups(tuple(found[:limit]), None, complete and len(found) <= limit)


def _times(search: Search, name: str) -> list[float | None]:
    return [term.time for term in search.terms if term.field == name]


def _conditions(search: Search) -> tuple[str, list[object]]:
    """What an index can tell of a search: one client, or one class."""
    sql, values = "", []
    for term in search.terms:
        if term.negated:
            continue
        if term.field == "ip" and len(term.networks) == 1 and term.networks[0].num_addresses == 1:
            sql += " AND client_ip = ?"
            values.append(str(term.networks[0].network_address))
        elif term.field == "class" and len(term.values) == 1 and term.values[0].exact is not None:
            sql += " AND attack = ?"
            values.append(term.values[0].exact)
    return sql, list(values)


def _holds(term: Term, row: tuple[Any, ...]) -> bool:
    if term.field in ("since", "until"):
        return True  # bounds of the query
    return term.holds(_as_event(row))


def _as_event(row: tuple[Any, ...]) -> Event:
    """What the group's hits have in common, as an event."""
    client, attack, route, framework, path, event = row[1:7]
    return replace(
        _NOTHING,
        attacks=(attack,),
        client_ip=client,
        route=route,
        framework=framework,
        path=path,
        event=event,
    )


_NOTHING = Event(
    "", 0.0, "", "", Mode.BLOCK, Action.PASS, None, (), 0, "", "", "", "", "", None, (), ""
)  # fmt: skip


def _group(row: tuple[Any, ...]) -> Group:
    _, client, attack, route, framework, path, event, *counts, first, last, sample = row
    search = group_search(client, attack, route, framework, path, event, first, last)
    hits, passed, dropped, closed, banned, score = counts
    return Group(
        client, attack, route, framework, path, event, hits, passed, dropped, closed, banned, score, first, last,
        sample, search,
    )  # fmt: skip


def _place(cursor: str) -> tuple[float, int]:
    last, _, id = cursor.partition("/")
    try:
        return float(last), int(id)
    except ValueError:
        raise SearchError("this is no page's cursor", 0, "begin at the first page") from None
