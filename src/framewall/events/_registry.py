"""Event stores by URL scheme, found in this folder."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from framewall.errors import StoreError
from framewall.events._api import Backend, Counts, EventSink, EventSource
from framewall.events._read import EventReader
from framewall.events._scan import ScanReader
from framewall.limits import Limits
from framewall.model import Event, Said

#: Every limit as it ships.
DEFAULTS = Limits()


@cache
def backends() -> dict[str, Backend]:
    """Every store by its scheme. A module of this folder is one if it has a ``backend``."""
    found: dict[str, Backend] = {}
    for module in pkgutil.iter_modules([str(Path(__file__).parent)]):
        if module.name.startswith("_"):
            continue
        backend = getattr(importlib.import_module(f"{__package__}.{module.name}"), "backend", None)
        if isinstance(backend, Backend):
            found[backend.scheme] = backend
    return found


def find(url: str) -> tuple[Backend, str]:
    """The store that a URL names, and what follows the scheme. Raises StoreError."""
    scheme, colon, rest = url.partition(":")
    backend = backends().get(scheme.lower())
    examples = ", ".join(sorted(each.example for each in backends().values()))
    if not colon or backend is None:
        raise StoreError(f"{url!r} names no event store; write one of: {examples}")
    place = rest.removeprefix("//") if rest.startswith("///") else rest
    if not place:
        raise StoreError(f"{url!r} does not say where; write for example {backend.example}")
    return backend, place


def open_sink(urls: str | Sequence[str], limits: Limits = DEFAULTS) -> EventSink:
    """The writing end of one store, or of several at once. Raises StoreError."""
    wanted = [urls] if isinstance(urls, str) else list(urls)
    opened: list[EventSink] = []
    try:
        for url in wanted:
            backend, place = find(url)
            opened.append(backend.sink(place, limits))
    except BaseException:
        for sink in opened:
            sink.close()
        raise
    return opened[0] if len(opened) == 1 else Several(opened)


def open_source(url: str) -> EventSource:
    """The reading end of a store. Raises StoreError."""
    backend, place = find(url)
    if backend.source is None:
        raise StoreError(
            f"events sent to {url!r} cannot be read back; read them from a store such as sqlite:PATH"
        )
    return backend.source(place)


def open_reader(url: str) -> EventReader:
    """What answers a console's questions about a store. Raises StoreError."""
    backend, place = find(url)
    return backend.reader(place) if backend.reader else ScanReader(open_source(url))


class Several:
    """Every event to every sink; a slow one loses its own events only."""

    def __init__(self, sinks: Sequence[EventSink]) -> None:
        self._sinks = tuple(sinks)

    def put(self, event: Event) -> bool:
        """Offer the event to all; True if all accepted it."""
        accepted = [sink.put(event) for sink in self._sinks]
        return all(accepted)

    def follow(self, id: str, said: Said) -> None:
        """Tell all what was said after an event."""
        for sink in self._sinks:
            sink.follow(id, said)

    def counts(self) -> Counts:
        """The sum over all sinks."""
        return _total(sink.counts() for sink in self._sinks)

    def close(self, timeout: float = 10.0) -> Counts:
        """Close all, each with the whole of ``timeout``."""
        return _total([sink.close(timeout) for sink in self._sinks])


def _total(counts: Iterable[Counts]) -> Counts:
    each = list(counts)
    return Counts(
        put=sum(one.put for one in each),
        written=sum(one.written for one in each),
        dropped=sum(one.dropped for one in each),
        failed=sum(one.failed for one in each),
    )
