"""Answers by looking at every event, newest first: for stores without an index of their own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from math import inf, nextafter

from framewall.events._api import EventSource, Query
from framewall.events._buckets import Buckets
from framewall.events._read import (
    KINDS,
    Around,
    Group,
    Groups,
    Histogram,
    Overview,
    Page,
    Stored,
    Tally,
)
from framewall.events.search import Search, SearchError, Term, term, texts
from framewall.model import Action, Event

#: Events looked at by one question: the newest.
SCANNED = 20_000
#: Hits of one client, class and target that are further apart are two groups. Seconds.
GAP_SECONDS = 3_600.0

SERIES = ("class", "action", "framework", "route")


class ScanReader:
    """Reads the newest :data:`SCANNED` events for every question."""

    def __init__(self, source: EventSource) -> None:
        self._source = source

    def page(
        self,
        search: Search,
        *,
        limit: int = 50,
        cursor: str | None = None,
        since: float | None = None,
        until: float | None = None,
    ) -> Page:
        """The newest events that the search wants."""
        wanted = self._wanted(search, since, until)
        start = place(cursor)
        page = tuple(wanted[start : start + limit])
        rest = start + limit < len(wanted)
        return Page(page, str(start + limit) if rest else None, reached=page[-1].time if page else None)

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
        own, others = by_group(search)
        hits = grouped(self._wanted(others, since, until))
        found = [each for each in hits if fits(each, own)]
        start = place(cursor)
        rest = start + limit < len(found)
        return Groups(tuple(found[start : start + limit]), str(start + limit) if rest else None)

    def overview(self, since: float, until: float, *, top: int = 10) -> Overview:
        """The numbers of a range."""
        buckets = Buckets.over(since, until)
        events = self._wanted(Search(), buckets.since, buckets.until)
        counts = {
            kind: Counter(value for each in events for value in set(texts(each, kind))) for kind in KINDS
        }
        return Overview(
            buckets.since,
            buckets.until,
            buckets.step,
            buckets.times,
            buckets.counted(each.time for each in events),
            len(events),
            {
                kind: {
                    value: buckets.counted(each.time for each in events if value in texts(each, kind))
                    for value, _ in counts[kind].most_common()
                }
                for kind in SERIES
            },
            {kind: tallies(kind, counts[kind].most_common(top)) for kind in KINDS},
        )

    def histogram(self, search: Search, since: float, until: float) -> Histogram:
        """The events of a search over time."""
        buckets = Buckets.over(since, until)
        events = self._wanted(search, buckets.since, buckets.until)
        hits = buckets.counted(each.time for each in events)
        return Histogram(buckets.times, hits, buckets.step, len(events))

    def event(self, id: str) -> Event | None:
        """The event of this id."""
        return next(iter(self._source.read(Query(id=id))), None)

    def around(self, id: str, count: int = 10) -> Around | None:
        """The event of this id, with events of its session on either side."""
        event = self.event(id)
        if event is None:
            return None
        session = list(self._source.read(Query(session=event.session)))
        at = next(place for place, each in enumerate(session) if each.id == id)
        return Around(event, tuple(session[max(0, at - count) : at]), tuple(session[at + 1 : at + 1 + count]))

    def values(self, kind: str, prefix: str = "", limit: int = 20) -> tuple[Tally, ...]:
        """Values that events have had."""
        known(kind)
        counts = Counter(value for each in self._wanted(Search()) for value in set(texts(each, kind)))
        return tallies(kind, [item for item in counts.most_common() if item[0].startswith(prefix)][:limit])

    def export(
        self, search: Search, *, since: float | None = None, until: float | None = None
    ) -> Iterator[Event]:
        """Every event that the search wants, the newest first."""
        yield from self._wanted(search, since, until)

    def tail(
        self, search: Search, after: str | None = None, limit: int = 100
    ) -> tuple[tuple[Event, ...], str]:
        """Events stored since, and what to pass next."""
        count = sum(1 for _ in self._source.read(Query()))
        if after is None:
            return (), str(count)
        fresh = list(self._source.read(Query()))[place(after) :]
        return tuple(each for each in fresh if search.wants(each))[:limit], str(count)

    def stored(self) -> Stored:
        """How much there is."""
        times = [each.time for each in self._source.read(Query())]
        return Stored(len(times), 0, min(times, default=None), max(times, default=None))

    def close(self) -> None:
        """Let go of the store."""
        self._source.close()

    def _wanted(self, search: Search, since: float | None = None, until: float | None = None) -> list[Event]:
        events = list(self._source.read(Query(limit=SCANNED, since=since)))
        return [
            each for each in reversed(events) if (until is None or each.time < until) and search.wants(each)
        ]


def known(kind: str) -> None:
    """Raises SearchError for a kind that nothing is counted by."""
    if kind not in KINDS:
        raise SearchError(f'events are not counted by "{kind}"', 0, f"ask for one of {', '.join(KINDS)}")


def place(cursor: str | None) -> int:
    """The number that a cursor is; 0 without one. Raises SearchError."""
    if cursor is None:
        return 0
    if not cursor.isdecimal() or len(cursor) > 18:
        raise SearchError("this is no page's cursor", 0, "begin at the first page")
    return int(cursor)


def tallies(kind: str, counts: Iterable[tuple[str, int]]) -> tuple[Tally, ...]:
    """Counts with the searches that find what was counted."""
    return tuple(Tally(value, hits, term(kind, value)) for value, hits in counts)


@dataclass
class Growing:
    """A group while its hits are put together."""

    key: tuple[str, str, str, str, str, str | None]
    sample: str
    last: float
    first: float = 0.0
    score: int = 0
    actions: Counter[Action] = field(default_factory=Counter)

    def add(self, event: Event) -> None:
        """One more hit; none is newer than the first one added."""
        self.first = event.time
        self.score = max(self.score, event.score)
        self.actions[event.action] += 1

    def group(self) -> Group:
        """The group as it is told."""
        client, attack, route, framework, path, event = self.key
        return Group(
            *self.key,
            hits=self.actions.total(),
            passed=self.actions[Action.PASS],
            dropped=self.actions[Action.DROP],
            closed=self.actions[Action.CLOSE],
            banned=self.actions[Action.BAN],
            score=self.score,
            first=self.first,
            last=self.last,
            sample=self.sample,
            search=group_search(client, attack, route, framework, path, event, self.first, self.last),
        )


def grouped(events: Iterable[Event]) -> list[Group]:
    """The groups of events that come newest first, the one hit last first."""
    groups: list[Growing] = []
    open_: dict[tuple[str, str, str, str, str, str | None], Growing] = {}
    for each in events:
        for attack in each.attacks:
            key = (each.client_ip, attack, each.route, each.framework, each.path, each.event)
            group = open_.get(key)
            if group is None or group.first - each.time > GAP_SECONDS:
                open_[key] = group = Growing(key, each.id, each.time)
                groups.append(group)
            group.add(each)
    return [group.group() for group in groups]


def by_group(search: Search) -> tuple[list[Term], Search]:
    """The terms that ask for a group's class or for what was done, and those that are asked of its events."""
    own = [term for term in search.terms if term.field == "class" or _acts(term)]
    return own, Search(
        tuple(t for t in search.terms if not _acts(t) and not (t.field == "class" and t.negated))
    )


def fits(group: Group, own: Iterable[Term]) -> bool:
    """Whether a group is of these classes, and has hits of these actions."""
    counts = {"pass": group.passed, "drop": group.dropped, "close": group.closed, "ban": group.banned}
    return all(
        any(counts[value.pieces[0]] for value in term.values)
        if term.field == "action"
        else any(value.fits(group.attack) for value in term.values) is not term.negated
        for term in own
    )


def _acts(term: Term) -> bool:
    return term.field == "action" and not term.negated


def group_search(
    client: str,
    attack: str,
    route: str,
    framework: str,
    path: str,
    event: str | None,
    first: float,
    last: float,
) -> str:
    """What finds the events of a group."""
    named = {
        "ip": client, "class": attack, "route": route, "framework": framework, "path": path, "event": event or "",
    }  # fmt: skip
    return " ".join(
        [
            *(term(name, value) for name, value in named.items()),
            f"since:{first!r}",
            f"until:{nextafter(last, inf)!r}",
        ]
    )
