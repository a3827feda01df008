"""What an event store offers. Adding one is adding a file to this folder: a module with a ``backend``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import Event as Flag
from typing import Protocol

from framewall.events._read import EventReader
from framewall.limits import Limits
from framewall.model import Event, Said

#: Where ``framewall run`` writes and ``framewall events`` reads when nobody says otherwise.
DEFAULT_URL = "sqlite:framewall-events.db"


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the events handed to a sink: put = written + dropped + failed + waiting."""

    put: int = 0
    written: int = 0
    dropped: int = 0
    failed: int = 0

    @property
    def waiting(self) -> int:
        """Events accepted and not yet written."""
        return self.put - self.written - self.dropped - self.failed


@dataclass(frozen=True, slots=True)
class Query:
    """Which events to read. ``None`` asks for nothing in particular; ``since`` is Unix seconds."""

    limit: int | None = None
    since: float | None = None
    id: str | None = None
    attack: str | None = None
    action: str | None = None
    route: str | None = None
    client_ip: str | None = None
    session: str | None = None

    def wants(self, event: Event) -> bool:
        """Whether the event is one of those asked for; ``limit`` is the reader's to keep."""
        return (
            (self.since is None or event.time >= self.since)
            and (self.attack is None or self.attack in event.attacks)
            and all(
                wanted is None or wanted == have
                for wanted, have in (
                    (self.id, event.id),
                    (self.action, event.action.value),
                    (self.route, event.route),
                    (self.client_ip, event.client_ip),
                    (self.session, event.session),
                )
            )
        )


class EventSink(Protocol):
    """Takes events, off the data path. One instance may be used from several threads."""

    def put(self, event: Event) -> bool:
        """Accept the event without blocking; False if it had to be dropped, which is counted."""
        ...

    def follow(self, id: str, said: Said) -> None:
        """Add what a session said after the event of this id, without blocking, where the store can."""
        ...

    def counts(self) -> Counts:
        """What became of the events so far."""
        ...

    def close(self, timeout: float = 10.0) -> Counts:
        """Write what waits, at most ``timeout`` seconds long, and say what became of everything."""
        ...


class EventSource(Protocol):
    """Reads events, from another process too."""

    def read(self, query: Query) -> Iterator[Event]:
        """The newest events asked for, the oldest of them first, as they are read. Raises StoreError."""
        ...

    def follow(self, query: Query, stop: Flag) -> Iterator[Event]:
        """What :meth:`read` gives, then new events as they come, until ``stop`` is set. Raises StoreError."""
        ...

    def close(self) -> None:
        """Let go of the store."""
        ...


@dataclass(frozen=True, slots=True)
class Backend:
    """One kind of store: the URL scheme that names it, and how to open its ends by what follows it.

    The writing end keeps to ``event_queue`` and ``event_queue_bytes``. ``source`` is ``None`` where events
    can only be sent, ``reader`` where a store has no better way to answer than to look at its events.
    """

    scheme: str
    sink: Callable[[str, Limits], EventSink]
    source: Callable[[str], EventSource] | None
    example: str
    reader: Callable[[str], EventReader] | None = None
