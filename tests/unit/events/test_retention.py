"""Old events are deleted, by age and by size, with all that was indexed and counted of them."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

import pytest

from framewall.events import Search, open_reader, open_sink, parse
from framewall.events._sqlite import retain
from framewall.events._sqlite.retain import Retention
from framewall.events._sqlite.schema import connect
from framewall.events._sqlite.write import Writing
from framewall.limits import Limits
from framewall.model import Event
from support.events import TIME, event

DAY = 86_400


class Store:
    """A file with its writer's parts, and a clock of its own."""

    def __init__(self, path: Path, **limits: int) -> None:
        self.path = path
        self.now = TIME
        self.db = connect(path)
        self.writing = Writing(self.db)
        self.retention = Retention(self.db, self.writing, Limits(tuple(limits.items())), lambda: self.now)

    def write(self, *made: Event) -> None:
        with retain.transaction(self.db):
            self.writing.write(made)

    def tend(self) -> int:
        """Every step that is due; how many there were."""
        steps = 1
        while self.retention.step():
            steps += 1
            assert steps < 1_000
        return steps

    def rows(self, table: str) -> int:
        (count,) = self.db.execute(f"SELECT count(*) FROM {table}").fetchone()
        return int(count)

    def ids(self, search: str = "") -> list[str]:
        reader = open_reader(f"sqlite:{self.path}")
        try:
            return [each.id for each in reader.export(parse(search, self.now))]
        finally:
            reader.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "events.db"


def test_events_go_when_their_time_is_over(path: Path) -> None:
    store = Store(path, events_keep_days=7)
    store.write(
        *[
            event(number, time=TIME - number * DAY, client_ip=f"10.0.0.{number}")
            for number in range(9, -1, -1)
        ]
    )
    store.tend()
    assert store.ids() == list("01234567")
    store.now += 3 * DAY
    store.tend()
    assert store.ids() == list("01234")


def test_nothing_is_left_of_them(path: Path) -> None:
    store = Store(path, events_keep_days=1)
    store.write(
        *[event(number, client_ip=f"10.0.0.{number}", request=f"word{number}") for number in range(200)]
    )
    store.now += 500 * DAY
    store.tend()
    for table in ("event", "event_mark", "mark", "hit_group", "rollup"):
        assert store.rows(table) == 0, table
    store.db.execute("INSERT INTO event_text (event_text) VALUES ('integrity-check')")
    assert store.db.execute("SELECT rowid FROM event_text WHERE event_text MATCH 'rd7'").fetchall() == []


def test_what_stays_is_still_found_and_counted(path: Path) -> None:
    store = Store(path, events_keep_days=10)
    old = [event(number, time=TIME - 9 * DAY + number) for number in range(50)]
    new = [event(number, time=TIME + number, attacks=("rce",), request="fresh") for number in range(100, 130)]
    store.write(*old, *new)
    store.now += 5 * DAY
    store.tend()
    reader = open_reader(f"sqlite:{path}")
    assert reader.stored().events == 30
    assert store.ids("class:xss") == []
    assert len(store.ids("class:rce fresh action:close")) == 30
    assert [(each.value, each.hits) for each in reader.values("class")] == [("rce", 30)]
    assert [each.hits for each in reader.groups(Search()).groups] == [30]
    assert reader.overview(TIME - 20 * DAY, TIME + 5 * DAY).total == 30


def test_a_file_stays_below_its_size_and_shrinks(path: Path) -> None:
    store = Store(path, events_max_bytes=2 << 20)
    for start in range(0, 3_000, 500):
        store.write(
            *[event(number, request=f"{number} " + "x" * 2_000) for number in range(start, start + 500)]
        )
    store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    before = path.stat().st_size
    store.tend()
    kept = store.ids()
    assert 0 < len(kept) < 1_500
    assert kept == [str(number) for number in range(2_999, 2_999 - len(kept), -1)]
    store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    assert path.stat().st_size < before
    assert path.stat().st_size <= (2 << 20) + retain.SPARE_PAGES * 4_096 + (1 << 20)


def test_each_step_is_small_and_readers_never_wait(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retain, "STEP_EVENTS", 20)
    store = Store(path, events_keep_days=1)
    store.write(*[event(number) for number in range(100)])
    reader = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=0, isolation_level=None)
    reader.execute("BEGIN")
    assert reader.execute("SELECT count(*) FROM event").fetchone() == (100,)
    store.now += 5 * DAY
    assert store.tend() >= 5
    assert reader.execute("SELECT count(*) FROM event").fetchone() == (100,)
    reader.execute("ROLLBACK")
    assert reader.execute("SELECT count(*) FROM event").fetchone() == (0,)


def test_marks_that_come_back_after_they_were_forgotten_are_made_anew(path: Path) -> None:
    store = Store(path, events_keep_days=1)
    store.write(event(1))
    store.now += 500 * DAY
    store.tend()
    store.write(event(2, time=store.now))
    assert store.ids("class:xss ip:203.0.113.9") == ["2"]


def test_a_second_writer_notices_what_the_first_forgot(path: Path) -> None:
    first, second = Store(path, events_keep_days=1), Store(path, events_keep_days=1)
    second.write(event(1))
    first.now += 500 * DAY
    first.tend()
    second.write(event(2, time=first.now))
    assert second.ids("class:xss") == ["2"]


def test_a_running_sink_tends_its_file(path: Path) -> None:
    sink = open_sink(f"sqlite:{path}", Limits((("events_keep_days", 1),)))
    sink.put(event(1))
    sink.put(event(2, time=time.time()))
    deadline = time.monotonic() + 10
    reader = open_reader(f"sqlite:{path}")
    while [each.id for each in reader.page(Search()).events] != ["2"]:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    sink.close()
