"""What is SQLite's own: the file, its shape, its locks."""

from __future__ import annotations

import sqlite3
import stat
import time
from pathlib import Path

import pytest

from framewall.errors import StoreError
from framewall.events import Query
from framewall.events.sqlite import SCHEMA_VERSION, SqliteSink, SqliteSource
from framewall.limits import Limits
from support.events import EVENT, event


def test_the_file_is_for_its_owner_and_group_and_uses_a_write_ahead_log(tmp_path: Path) -> None:
    place = tmp_path / "events.db"
    SqliteSink(str(place), Limits()).close()
    assert stat.S_IMODE(place.stat().st_mode) & 0o007 == 0
    with sqlite3.connect(place) as db:
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert db.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)


def test_a_path_with_special_characters_is_a_path(tmp_path: Path) -> None:
    place = tmp_path / "a b?mode=memory#%41.db"
    sink = SqliteSink(str(place), Limits())
    sink.put(EVENT)
    sink.close()
    assert place.exists()
    assert list(SqliteSource(str(place)).read(Query())) == [EVENT]


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    place = tmp_path / "other.db"
    with sqlite3.connect(place) as db:
        db.execute("CREATE TABLE event (x)")
    with pytest.raises(StoreError, match="not one of Framewall's"):
        SqliteSink(str(place), Limits())
    with pytest.raises(StoreError, match="not one of Framewall's"):
        list(SqliteSource(str(place)).read(Query()))


def test_a_newer_shape_is_refused(tmp_path: Path) -> None:
    place = tmp_path / "events.db"
    SqliteSink(str(place), Limits()).close()
    with sqlite3.connect(place) as db:
        db.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    with pytest.raises(StoreError, match=r"newer Framewall.*upgrade"):
        SqliteSink(str(place), Limits())


def test_something_that_is_no_database_is_told(tmp_path: Path) -> None:
    place = tmp_path / "events.db"
    place.write_text("dear diary, " * 1_000)
    with pytest.raises(StoreError, match="cannot be used: file is not a database"):
        SqliteSink(str(place), Limits())


def test_an_empty_file_has_no_events_yet(tmp_path: Path) -> None:
    place = tmp_path / "events.db"
    place.touch()
    with pytest.raises(StoreError, match="the file is empty"):
        list(SqliteSource(str(place)).read(Query()))


def test_a_locked_file_only_delays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("framewall.events.sqlite._BUSY_SECONDS", 0.05)
    place = tmp_path / "events.db"
    sink = SqliteSink(str(place), Limits())
    other = sqlite3.connect(place, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    sink.put(event(1))
    time.sleep(0.3)
    assert sink.counts().written == 0
    other.execute("COMMIT")
    other.close()
    assert sink.close().written == 1


def test_an_event_that_comes_twice_is_kept_once(tmp_path: Path) -> None:
    place = tmp_path / "events.db"
    sink = SqliteSink(str(place), Limits())
    sink.put(event(1))
    sink.put(event(1))
    sink.close()
    assert list(SqliteSource(str(place)).read(Query())) == [event(1)]


@pytest.mark.parametrize("column", ["time", "client_ip", "session", "route", "action", "framework"])
def test_questions_of_the_console_use_an_index(tmp_path: Path, column: str) -> None:
    place = tmp_path / "events.db"
    SqliteSink(str(place), Limits()).close()
    with sqlite3.connect(place) as db:
        plan = db.execute(f"EXPLAIN QUERY PLAN SELECT * FROM event WHERE {column} = ?", ("x",)).fetchall()
    assert f"INDEX event_{column}" in plan[0][3]
