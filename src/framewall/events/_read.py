"""What a console asks of stored events: pages, groups, numbers, one event in its session."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from framewall.events.search import Search
from framewall.model import Event

#: What events are counted by. The first ones have few values each, the last ones as many as there are attackers.
KINDS = (
    "class", "action", "mode", "framework", "route", "node", "transport", "rule", "event", "path", "field", "ip",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Page:
    """Events, the newest first.

    ``next`` continues where this page ends, in another call; None where nothing is left. ``complete`` is False if
    the search was stopped by its time budget before the page was full: there may be more behind ``next``, though the
    page has fewer events than asked for, or none. ``reached`` is how far back it has looked (Unix seconds).
    """

    events: tuple[Event, ...]
    next: str | None = None
    complete: bool = True
    reached: float | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Hits of one client, of one class, on one target (route, path, event), not an hour apart from each other.

    ``first`` and ``last`` are Unix seconds. ``passed``, ``dropped``, ``closed`` and ``banned`` count its hits by
    action, and add up to ``hits``. ``score`` is the highest. ``sample`` is the id of the newest hit. ``search`` finds
    its events. A hit with several classes is in a group of each.
    """

    client_ip: str
    attack: str
    route: str
    framework: str
    path: str
    event: str | None
    hits: int
    passed: int
    dropped: int
    closed: int
    banned: int
    score: int
    first: float
    last: float
    sample: str
    search: str


@dataclass(frozen=True, slots=True)
class Groups:
    """Groups, the one hit last first; ``next`` and ``complete`` as in :class:`Page`."""

    groups: tuple[Group, ...]
    next: str | None = None
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Tally:
    """How many events had a value. ``search`` finds them; it is empty where ``value`` is None, which is all others."""

    value: str | None
    hits: int
    search: str = ""


@dataclass(frozen=True, slots=True)
class Overview:
    """Numbers of a range of time, which is widened to whole buckets: ``since`` to ``until``, Unix seconds.

    ``step`` is a bucket's length in seconds, ``times`` the buckets' starts, ``hits`` their events, ``total`` the sum.
    ``series[kind][value]`` has a number for each bucket, for the kinds ``class``, ``action``, ``framework`` and
    ``route``; ``top[kind]`` the values with the most events, for every kind of :data:`KINDS`, the most first.
    """

    since: float
    until: float
    step: int
    times: tuple[float, ...]
    hits: tuple[int, ...]
    total: int
    series: dict[str, dict[str, tuple[int, ...]]] = field(default_factory=dict)
    top: dict[str, tuple[Tally, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Histogram:
    """How many events of a search fell into each of ``times``; exact only if ``complete``."""

    times: tuple[float, ...]
    hits: tuple[int, ...]
    step: int
    total: int
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Around:
    """One event, and the events of its session just before and after it, all in the order of time."""

    event: Event
    before: tuple[Event, ...]
    after: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Stored:
    """What the store holds. ``oldest`` and ``newest`` are Unix seconds, None where it is empty."""

    events: int
    bytes: int
    oldest: float | None
    newest: float | None


class EventReader(Protocol):
    """Answers from a store, in any process. One instance may be used from several threads. All raise StoreError.

    ``since`` and ``until`` are Unix seconds (until itself is not in it); they and the search's own both hold.
    """

    def page(
        self,
        search: Search,
        *,
        limit: int = 50,
        cursor: str | None = None,
        since: float | None = None,
        until: float | None = None,
    ) -> Page:
        """The newest events that the search wants, or those after the page whose ``next`` is ``cursor``.

        Raises SearchError for a cursor that no page gave.
        """
        ...

    def groups(
        self,
        search: Search,
        *,
        limit: int = 50,
        cursor: str | None = None,
        since: float | None = None,
        until: float | None = None,
    ) -> Groups:
        """The groups that were hit last; with ``action``, those that have such hits, and all of their hits.

        ``since`` and ``until`` bound when a group was hit last.
        """
        ...

    def overview(self, since: float, until: float, *, top: int = 10) -> Overview:
        """The numbers of a range, from minutes to months."""
        ...

    def histogram(self, search: Search, since: float, until: float) -> Histogram:
        """The events of a search over time."""
        ...

    def event(self, id: str) -> Event | None:
        """The event of this id, with the messages around it."""
        ...

    def around(self, id: str, count: int = 10) -> Around | None:
        """The event of this id, with up to ``count`` events of its session on either side."""
        ...

    def values(self, kind: str, prefix: str = "", limit: int = 20) -> tuple[Tally, ...]:
        """Values that events have had, those of the most events first: what a filter can offer."""
        ...

    def export(
        self, search: Search, *, since: float | None = None, until: float | None = None
    ) -> Iterator[Event]:
        """Every event that the search wants, the newest first, as they are read."""
        ...

    def tail(
        self, search: Search, after: str | None = None, limit: int = 100
    ) -> tuple[tuple[Event, ...], str]:
        """Events stored since the call that gave ``after``, the oldest first, and what to pass next.

        Without ``after`` there are none: the tail begins now.
        """
        ...

    def stored(self) -> Stored:
        """How much there is."""
        ...

    def close(self) -> None:
        """Let go of the store."""
        ...
