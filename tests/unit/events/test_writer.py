"""The writer's thread: batches, a slow or broken disk, a clean end."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

from framewall.errors import StoreError
from framewall.events._api import Counts
from framewall.events._writer import BatchWriter, Item, Later
from framewall.limits import Limits
from framewall.model import Direction, Said
from support.events import event, events


class Disk:
    """Remembers batches; can be made to hang or to fail."""

    def __init__(self) -> None:
        self.batches: list[list[Item]] = []
        self.failures: list[Exception] = []
        self.poison: set[str] = set()
        self.free = threading.Event()
        self.free.set()
        self.released = False

    def write(self, batch: Sequence[Item]) -> None:
        self.free.wait()
        if self.failures:
            raise self.failures.pop(0)
        if any(each.id in self.poison for each in batch):
            raise ValueError("no such event")
        self.batches.append(list(batch))

    def release(self) -> None:
        self.released = True

    @property
    def stored(self) -> list[Item]:
        return [each for batch in self.batches for each in batch]


def writer(disk: Disk, queue_events: int = 10_000) -> BatchWriter:
    return BatchWriter(disk.write, disk.release, "test", Limits((("event_queue", queue_events),)))


def test_everything_put_is_written_in_order_by_the_end() -> None:
    disk = Disk()
    under_test = writer(disk)
    assert all(under_test.put(each) for each in events(2_345))
    assert under_test.close() == Counts(put=2_345, written=2_345)
    assert disk.stored == events(2_345)
    assert disk.released


def test_a_burst_is_written_in_few_batches() -> None:
    disk = Disk()
    under_test = writer(disk)
    for each in events(1_000):
        under_test.put(each)
    under_test.close()
    assert len(disk.batches) < 20


def test_a_lone_event_is_written_soon() -> None:
    disk = Disk()
    under_test = writer(disk)
    under_test.put(event(1))
    deadline = time.monotonic() + 5
    while not disk.stored and time.monotonic() < deadline:
        time.sleep(0.01)
    assert disk.stored == [event(1)]
    under_test.close()


def test_a_slow_disk_never_blocks_put_and_what_does_not_fit_is_counted() -> None:
    disk = Disk()
    disk.free.clear()
    under_test = writer(disk, queue_events=100)
    started = time.monotonic()
    accepted = [under_test.put(each) for each in events(150)]
    assert time.monotonic() - started < 1
    assert accepted == [True] * 100 + [False] * 50
    assert under_test.counts().dropped == 50
    disk.free.set()
    assert under_test.close() == Counts(put=150, written=100, dropped=50)
    assert disk.stored == events(100)


def test_large_requests_are_bounded_by_bytes() -> None:
    disk = Disk()
    disk.free.clear()
    under_test = writer(disk)
    large = event(1, request="x" * (40 << 20))
    assert under_test.put(large)
    assert not under_test.put(large)
    disk.free.set()
    under_test.close()


def test_a_disk_that_recovers_loses_nothing() -> None:
    disk = Disk()
    disk.failures = [OSError(28, "No space left on device"), StoreError("database is locked")]
    under_test = writer(disk)
    for each in events(10):
        under_test.put(each)
    deadline = time.monotonic() + 5
    while len(disk.stored) < 10 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert disk.stored == events(10)
    assert under_test.close() == Counts(put=10, written=10)


def test_an_event_that_cannot_be_stored_takes_no_other_with_it() -> None:
    disk = Disk()
    disk.poison = {"3"}
    under_test = writer(disk)
    for each in events(6):
        under_test.put(each)
    assert under_test.close() == Counts(put=6, written=5, failed=1)
    assert [each.id for each in disk.stored] == ["0", "1", "2", "4", "5"]


def test_a_disk_that_stays_broken_ends_in_time_and_says_what_was_lost() -> None:
    disk = Disk()
    disk.failures = [OSError(5, "Input/output error")] * 1_000
    under_test = writer(disk)
    for each in events(3):
        under_test.put(each)
    started = time.monotonic()
    assert under_test.close(timeout=0.3) == Counts(put=3, dropped=3)
    assert time.monotonic() - started < 3


def test_after_the_end_events_are_dropped_and_counted() -> None:
    under_test = writer(Disk())
    under_test.close()
    assert not under_test.put(event(1))
    assert under_test.counts() == Counts(put=1, dropped=1)


SAID = Said(0.0, Direction.CLIENT, "text", 1, "x")


def test_what_comes_after_an_event_is_written_in_its_place_and_is_no_event() -> None:
    disk = Disk()
    under_test = writer(disk)
    under_test.put(event(1))
    under_test.put(Later("1", SAID))
    under_test.put(event(2))
    assert under_test.close() == Counts(put=2, written=2)
    assert disk.stored == [event(1), Later("1", SAID), event(2)]


def test_a_later_that_does_not_fit_drops_no_event() -> None:
    disk = Disk()
    disk.free.clear()
    under_test = writer(disk, queue_events=1)
    under_test.put(event(1))
    assert not under_test.put(Later("1", SAID))
    disk.free.set()
    assert under_test.close() == Counts(put=1, written=1)


def test_the_store_is_tended_while_nothing_comes_and_between_batches() -> None:
    disk = Disk()
    left = [True, True, False]
    tended = threading.Event()

    def tend() -> bool:
        if not left:
            tended.set()
        return left.pop(0) if left else False

    under_test = BatchWriter(disk.write, disk.release, "test", Limits(), tend)
    under_test.put(event(1))
    assert tended.wait(10)
    assert under_test.close() == Counts(put=1, written=1)


def test_tending_that_fails_stops_nothing() -> None:
    disk = Disk()
    failed = threading.Event()

    def tend() -> bool:
        failed.set()
        raise StoreError("locked")

    under_test = BatchWriter(disk.write, disk.release, "test", Limits(), tend)
    assert failed.wait(10)
    under_test.put(event(1))
    assert under_test.close() == Counts(put=1, written=1)
