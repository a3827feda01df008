"""What is SQLite's own: the file, its shape, its locks."""

from __future__ import annotations

import sqlite3
import stat
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framewall.errors import StoreError
from framewall.events import Query, Search, parse, term
from framewall.events._sqlite import rows, trigrams
from framewall.events._sqlite.schema import COLUMNS
from framewall.events._sqlite.where import where
from framewall.events.sqlite import SCHEMA_VERSION, SqliteReader, SqliteSink, SqliteSource
from framewall.limits import Limits
from framewall.model import Event
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
    monkeypatch.setattr("framewall.events._sqlite.schema.BUSY_SECONDS", 0.05)
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


@pytest.mark.parametrize(
    "search",
    [
        "class:xss",
        "rule:xss.*",
        "ip:203.0.113.0/24",
        "route:chat action:close",
        "session:s1",
        "id:1",
        "score:>3",
        "onerror",
    ],
)
def test_searches_use_an_index(tmp_path: Path, search: str) -> None:
    place = tmp_path / "events.db"
    sink = SqliteSink(str(place), Limits())
    sink.put(event(1))
    sink.close()
    with sqlite3.connect(place) as db:
        wanted = where(db, parse(search, 0.0), None, None)
        plan = db.execute(f"EXPLAIN QUERY PLAN {wanted.seqs}", (*wanted.values, 1, 9)).fetchall()
    steps = [step[3] for step in plan]
    assert all(
        "USING" in step or "VIRTUAL" in step for step in steps if step.startswith(("SEARCH", "SCAN"))
    ), steps


V1 = """
CREATE TABLE event (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, time REAL NOT NULL,
    node TEXT NOT NULL, route TEXT NOT NULL, mode TEXT NOT NULL, action TEXT NOT NULL, close_code INTEGER,
    score INTEGER NOT NULL, client_ip TEXT NOT NULL, session TEXT NOT NULL, transport TEXT NOT NULL,
    path TEXT NOT NULL, framework TEXT NOT NULL, event TEXT, findings TEXT NOT NULL, request TEXT NOT NULL);
CREATE TABLE event_attack (attack TEXT NOT NULL, seq INTEGER NOT NULL REFERENCES event (seq) ON DELETE CASCADE,
    place INTEGER NOT NULL, PRIMARY KEY (attack, seq)) WITHOUT ROWID;
CREATE INDEX event_attack_seq ON event_attack (seq);
CREATE INDEX event_time ON event (time);
CREATE INDEX event_client_ip ON event (client_ip, seq);
CREATE INDEX event_session ON event (session, seq);
CREATE INDEX event_route ON event (route, seq);
CREATE INDEX event_action ON event (action, seq);
CREATE INDEX event_framework ON event (framework, seq);
PRAGMA application_id = 0x46576576;
PRAGMA user_version = 1;
"""


def shape_1(place: Path, count: int) -> list[Event]:
    """A file as the first Framewall wrote it."""
    made = [
        event(number, attacks=("xss", "sqli") if number % 2 else ("rce", "ssti", "xss"))
        for number in range(count)
    ]
    with sqlite3.connect(place) as db:
        db.executescript(V1)
        for seq, each in enumerate(made, 1):
            row = dict(zip(COLUMNS, rows.row(each), strict=True))
            names = [name for name in COLUMNS if name not in ("attacks", "before", "after")]
            db.execute(
                f"INSERT INTO event (seq, {', '.join(names)}) VALUES (?{', ?' * len(names)})",
                (seq, *(row[name] for name in names)),
            )
            db.executemany(
                "INSERT INTO event_attack VALUES (?, ?, ?)",
                [(attack, seq, place) for place, attack in enumerate(each.attacks)],
            )
    return made


@pytest.mark.parametrize("by", ["writer", "reader", "source"])
def test_a_file_of_the_first_shape_is_brought_into_todays(tmp_path: Path, by: str) -> None:
    place = tmp_path / "events.db"
    made = shape_1(place, 25)
    if by == "writer":
        SqliteSink(str(place), Limits()).close()
    elif by == "reader":
        SqliteReader(str(place)).stored()
    assert list(SqliteSource(str(place)).read(Query())) == made
    reader = SqliteReader(str(place))
    assert reader.stored().events == 25
    assert len(reader.page(parse("class:rce", 0.0)).events) == 13
    assert {group.attack: group.hits for group in reader.groups(Search()).groups} == {
        "xss": 25, "sqli": 12, "rce": 13, "ssti": 13,
    }  # fmt: skip
    with sqlite3.connect(place) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_file_of_the_second_shape_gets_its_texts_indexed_anew(tmp_path: Path) -> None:
    place = tmp_path / "events.db"
    sink = SqliteSink(str(place), Limits())
    for number in range(25):
        sink.put(event(number, request=f"POST / WEBSOCKET/13\n\nhello number{number}end"))
    sink.close()
    with sqlite3.connect(place) as db:
        db.execute("DROP TABLE event_text")
        db.execute("CREATE VIRTUAL TABLE event_text USING fts5 (text, content='', detail=none, columnsize=0)")
        db.execute("INSERT INTO event_text (rowid, text) VALUES (1, 'stale')")
        db.execute("PRAGMA user_version = 2")
    reader = SqliteReader(str(place))
    assert [each.id for each in reader.page(parse("umber7en", 0.0)).events] == ["7"]
    assert reader.stored().events == 25
    with sqlite3.connect(place) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
        db.execute("INSERT INTO event_text (event_text) VALUES ('integrity-check')")


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@settings(max_examples=30, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=6), st.data())
def test_every_piece_of_a_text_finds_it_whatever_its_case(texts: list[str], data: st.DataObject) -> None:
    made = [event(number, request=text, findings=(), event=None) for number, text in enumerate(texts)]
    chosen = data.draw(st.integers(0, len(texts) - 1))
    start = data.draw(st.integers(0, len(texts[chosen])))
    piece = texts[chosen][start : data.draw(st.integers(start, len(texts[chosen])))]
    search = parse(term("text", data.draw(st.sampled_from([piece, piece.lower()]))), 0.0)
    with tempfile.TemporaryDirectory() as folder:
        sink = SqliteSink(f"{folder}/e.db", Limits())
        for each in made:
            sink.put(each)
        sink.close()
        reader = SqliteReader(f"{folder}/e.db", budget=10)
        found = [each.id for each in reader.page(search, limit=100).events]
        reader.close()
    assert found == [each.id for each in reversed(made) if search.wants(each)]
    assert str(chosen) in found


def test_a_long_text_looks_up_some_places_of_it_its_ends_among_them() -> None:
    text = "".join(chr(0x4E00 + place) for place in range(2_000))
    asked = trigrams.query([text]).split(" AND ")
    assert len(asked) <= trigrams.LOOKED_UP + 1
    assert (asked[0], asked[-1]) == (f'"{text[:3]}"', f'"{text[-3:]}"')
    assert trigrams.query(["ab", "", "\ud800\ud801\ud802"]) == ""
    assert trigrams.query(['A"b', "a\0bc"]) == '"a""b" AND "a\ufffdb" AND "\ufffdbc"'
