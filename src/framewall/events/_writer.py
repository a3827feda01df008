"""Batches on a thread of their own: how every sink keeps a slow disk away from the data path."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import NamedTuple

from framewall.errors import StoreError
from framewall.events._api import Counts
from framewall.limits import EVENT_QUEUE, EVENT_QUEUE_BYTES, Limits
from framewall.model import Event, Said

log = logging.getLogger("framewall.events")

#: Events written at once.
BATCH_EVENTS = 500
#: Seconds that the first event of a batch waits for company: what a power cut or kill -9 can cost.
BATCH_SECONDS = 0.05

#: Between two looks at what else is to be done, and between two pieces of that.
TEND_SECONDS, TEND_PAUSE_SECONDS = 1.0, 0.002

_RETRY_SECONDS = (0.05, 0.2, 1.0, 5.0)
_COMPLAIN_SECONDS = 10.0


class Later(NamedTuple):
    """What a session said after an event, for the store to add to it. Not counted: no event."""

    id: str
    said: Said


Item = Event | Later


class BatchWriter:
    """A bounded queue and a thread that empties it through ``write``.

    ``write`` stores a batch whole or raises OSError or StoreError; the same batch is then offered again,
    later and later. Any other exception is the events' own fault: they are then offered one by one, and
    those that still fail are counted and left out. ``tend`` does a little of what else is to be done, on the
    same thread, and says whether there is more. ``release`` is called last, there too.
    """

    def __init__(
        self,
        write: Callable[[Sequence[Item]], None],
        release: Callable[[], None],
        name: str,
        limits: Limits,
        tend: Callable[[], bool] | None = None,
    ) -> None:
        self._tend = tend
        self._tended = time.monotonic()
        self._behind = False
        self._write = write
        self._release = release
        self._name = name
        self._most = limits[EVENT_QUEUE]
        self._most_chars = limits[EVENT_QUEUE_BYTES]
        self._queue: deque[Item] = deque()
        self._chars = 0
        self._put = self._written = self._dropped = self._failed = 0
        self._closing = self._abandoned = False
        self._deadline = float("inf")
        self._complained = float("-inf")
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name=f"framewall-events {name}", daemon=True)
        self._thread.start()

    def put(self, item: Item) -> bool:
        """Accept it without blocking; False if the queue is full or closed."""
        counted, chars = isinstance(item, Event), _chars(item)
        with self._changed:
            self._put += counted
            full = len(self._queue) >= self._most or self._chars + chars > self._most_chars
            if self._closing or (full and self._queue):
                self._dropped += counted
                self._complain("%s takes no more events now: %d dropped so far", self._name, self._dropped)
                return False
            self._queue.append(item)
            self._chars += chars
            if len(self._queue) == 1 or len(self._queue) >= BATCH_EVENTS:
                self._changed.notify()
            return True

    def counts(self) -> Counts:
        """What became of the events so far."""
        with self._changed:
            return Counts(self._put, self._written, self._dropped, self._failed)

    def close(self, timeout: float = 10.0) -> Counts:
        """Write what waits, at most ``timeout`` seconds long; the rest is counted as dropped."""
        with self._changed:
            self._closing = True
            self._deadline = min(self._deadline, time.monotonic() + timeout)
            self._changed.notify()
        self._thread.join(timeout + 1.0)
        with self._changed:
            if self._queue and not self._abandoned:
                self._abandoned = True
                self._dropped += sum(isinstance(item, Event) for item in self._queue)
                log.error("%s: %d events could not be written before the end", self._name, len(self._queue))
            return Counts(self._put, self._written, self._dropped, self._failed)

    def _run(self) -> None:
        try:
            while True:
                batch = self._next()
                if (not batch and self._closing) or (batch and not self._store(batch)):
                    break
                self._tend_for(batch)
        finally:
            self._release()

    def _tend_for(self, batch: list[Item]) -> None:
        """Now and then between batches, after each while there is more to do; without any, until all is done."""
        due = self._behind or not batch or time.monotonic() - self._tended >= TEND_SECONDS
        if self._tend is None or not due:
            return
        try:
            while (behind := self._tend()) and not self._closing and not self._queue:
                time.sleep(TEND_PAUSE_SECONDS)
            self._behind = behind
        except (OSError, StoreError) as error:
            with self._changed:
                self._complain("%s cannot be tended now: %s", self._name, error)
        except Exception:
            log.exception("%s: tending failed", self._name)
        self._tended = time.monotonic()

    def _next(self) -> list[Item]:
        """The next batch, still queued; empty when none came for a while, or no more will come."""
        with self._changed:
            while not self._queue and not self._closing:
                if not self._changed.wait(TEND_SECONDS if self._tend else None):
                    return []
            if not self._closing and len(self._queue) < BATCH_EVENTS:
                self._changed.wait_for(
                    lambda: self._closing or len(self._queue) >= BATCH_EVENTS, BATCH_SECONDS
                )
            return [self._queue[place] for place in range(min(len(self._queue), BATCH_EVENTS))]

    def _store(self, batch: list[Item]) -> bool:
        """Write the batch, however often it takes; False when time ran out."""
        tries = 0
        while True:
            try:
                self._write(batch)
            except (OSError, StoreError) as error:
                if not self._pause(_RETRY_SECONDS[min(tries, len(_RETRY_SECONDS) - 1)], error):
                    return False
                tries += 1
            except Exception:
                if len(batch) > 1:
                    return all(self._store([item]) for item in batch)
                log.exception("%s: event %s cannot be stored", self._name, batch[0].id)
                self._done(batch, failed=isinstance(batch[0], Event))
                return True
            else:
                self._done(batch, written=sum(isinstance(item, Event) for item in batch))
                return True

    def _pause(self, seconds: float, error: Exception) -> bool:
        """Wait before another try; False when that would be too late."""
        with self._changed:
            self._complain(
                "%s cannot be written now (%s): %d events wait", self._name, error, len(self._queue)
            )
            hurried = self._closing
            self._changed.wait_for(lambda: self._closing and not hurried, 0.05 if hurried else seconds)
            return time.monotonic() < self._deadline

    def _done(self, items: list[Item], *, written: int = 0, failed: int = 0) -> None:
        with self._changed:
            if self._abandoned:
                return
            for _ in items:
                self._chars -= _chars(self._queue.popleft())
            self._written += written
            self._failed += failed

    def _complain(self, text: str, *values: object) -> None:
        now = time.monotonic()
        if now - self._complained >= _COMPLAIN_SECONDS:
            self._complained = now
            log.error(text, *values)


def _chars(item: Item) -> int:
    """About how much memory it takes while it waits."""
    return len(item.request) if isinstance(item, Event) else len(item.said.text)
