"""Events in one SQLite file: ``sqlite:PATH``. The default, good for one machine and millions of events.

Write-ahead log and ``synchronous=NORMAL``: readers never wait for the writer, a killed process loses at most
the batch it was writing, a power cut at most the last moments. Several processes may write to one file.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Event as Flag
from typing import Any
from urllib.parse import quote

from framewall.errors import StoreError
from framewall.events._api import Backend, Counts, Query
from framewall.events._writer import BatchWriter
from framewall.events.record import finding_from_json, finding_json
from framewall.limits import Limits
from framewall.model import Action, Event, Mode

#: Marks the file as Framewall's ("FWev"), and which shape it has.
APPLICATION_ID = 0x46576576
SCHEMA_VERSION = 1

_BUSY_SECONDS = 5.0
_FOLLOW_SECONDS = 0.1

# ``seq`` is the order of writing, never used twice: what a follower remembers.
_SCHEMA = """
CREATE TABLE event (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    id         TEXT NOT NULL UNIQUE,
    time       REAL NOT NULL,
    node       TEXT NOT NULL,
    route      TEXT NOT NULL,
    mode       TEXT NOT NULL,
    action     TEXT NOT NULL,
    close_code INTEGER,
    score      INTEGER NOT NULL,
    client_ip  TEXT NOT NULL,
    session    TEXT NOT NULL,
    transport  TEXT NOT NULL,
    path       TEXT NOT NULL,
    framework  TEXT NOT NULL,
    event      TEXT,
    findings   TEXT NOT NULL,
    request    TEXT NOT NULL
);
CREATE TABLE event_attack (
    attack TEXT NOT NULL,
    seq    INTEGER NOT NULL REFERENCES event (seq) ON DELETE CASCADE,
    place  INTEGER NOT NULL,
    PRIMARY KEY (attack, seq)
) WITHOUT ROWID;
CREATE INDEX event_attack_seq ON event_attack (seq);
CREATE INDEX event_time ON event (time);
CREATE INDEX event_client_ip ON event (client_ip, seq);
CREATE INDEX event_session ON event (session, seq);
CREATE INDEX event_route ON event (route, seq);
CREATE INDEX event_action ON event (action, seq);
CREATE INDEX event_framework ON event (framework, seq);
"""

_COLUMNS = (
    "id, time, node, route, mode, action, close_code, score, client_ip, session, transport, path, framework, "
    "event, findings, request"
)
_INSERT = f"INSERT OR IGNORE INTO event ({_COLUMNS}) VALUES ({', '.join('?' * 16)})"  # noqa: S608
_INSERT_ATTACK = "INSERT OR IGNORE INTO event_attack (attack, seq, place) VALUES (?, ?, ?)"
_SELECT = f"""
SELECT seq, {_COLUMNS},
       (SELECT json_group_array(attack) FROM
         (SELECT attack FROM event_attack a WHERE a.seq = event.seq ORDER BY place))
FROM event
"""  # noqa: S608


class SqliteSink:
    """The writing end."""

    def __init__(self, place: str, limits: Limits) -> None:
        self._db = _connect(Path(place))
        self._writer = BatchWriter(self._write, self._db.close, f"sqlite:{place}", limits)

    def put(self, event: Event) -> bool:
        """Accept the event without blocking; False if it had to be dropped, which is counted."""
        return self._writer.put(event)

    def counts(self) -> Counts:
        """What became of the events so far."""
        return self._writer.counts()

    def close(self, timeout: float = 10.0) -> Counts:
        """Write what waits, at most ``timeout`` seconds long."""
        return self._writer.close(timeout)

    def _write(self, events: Sequence[Event]) -> None:
        try:
            with self._db:
                self._db.execute("BEGIN IMMEDIATE")
                for event in events:
                    row = self._db.execute(_INSERT, _row(event))
                    # An event that is there already came with a batch that was offered twice.
                    if row.rowcount:
                        attacks = enumerate(event.attacks)
                        rows = [(attack, row.lastrowid, place) for place, attack in attacks]
                        self._db.executemany(_INSERT_ATTACK, rows)
        except sqlite3.OperationalError as error:  # locked, full, read-only: it may pass
            raise StoreError(str(error)) from error


class SqliteSource:
    """The reading end. The file may not exist yet: a follower waits for it."""

    def __init__(self, place: str) -> None:
        self._path = Path(place)
        self._db: sqlite3.Connection | None = None

    def read(self, query: Query) -> Iterator[Event]:
        """The newest events asked for, the oldest of them first, as they are read. Raises StoreError."""
        return (event for _, event in self._select(self._open(), query, after=0))

    def follow(self, query: Query, stop: Flag) -> Iterator[Event]:
        """What :meth:`read` gives, then new events as they come, until ``stop`` is set. Raises StoreError."""
        while (db := self._open_when_there()) is None:
            if stop.wait(_FOLLOW_SECONDS):
                return
        seen = 0
        everything = replace(query, limit=None)
        while True:
            # Asked first, so that events which the filter or the limit leaves out are not looked at again.
            newest = self._newest(db)
            if newest > seen:
                for place, event in self._select(db, query, after=seen):
                    yield event
                    newest = max(newest, place)
                seen = newest
            query = everything
            if stop.wait(_FOLLOW_SECONDS):
                return

    def close(self) -> None:
        """Let go of the file."""
        if self._db is not None:
            self._db.close()
            self._db = None

    def _open(self) -> sqlite3.Connection:
        if self._db is None:
            if not self._path.exists():
                raise StoreError(
                    f"there are no events at sqlite:{self._path}: the file does not exist. "
                    "Is Framewall writing somewhere else? Name the place with --events sqlite:PATH"
                )
            self._db = _connect(self._path, read_only=True)
        return self._db

    def _open_when_there(self) -> sqlite3.Connection | None:
        try:
            return self._open() if self._path.exists() else None
        except _EmptyError:
            return None

    def _newest(self, db: sqlite3.Connection) -> int:
        ((newest,),) = self._ask(db, "SELECT coalesce(max(seq), 0) FROM event", [])
        return int(newest)

    def _select(self, db: sqlite3.Connection, query: Query, after: int) -> Iterator[tuple[int, Event]]:
        conditions, values = _conditions(query)
        sql = f"{_SELECT} WHERE seq > ? {conditions} ORDER BY seq"
        rows: Iterable[Any]
        if query.limit is None:
            rows = self._ask(db, sql, [after, *values])
        else:
            newest = list(self._ask(db, f"{sql} DESC LIMIT ?", [after, *values, query.limit]))
            rows = reversed(newest)
        return ((row[0], _event(row)) for row in rows)

    def _ask(self, db: sqlite3.Connection, sql: str, values: list[object]) -> Iterator[Any]:
        try:
            yield from db.execute(sql, values)
        except sqlite3.Error as error:
            raise StoreError(f"sqlite:{self._path} cannot be read: {error}") from error


class _EmptyError(StoreError):
    """The file has no tables yet: its writer is about to make them."""


def _connect(path: Path, read_only: bool = False) -> sqlite3.Connection:
    """Open the file and see to it that it has our shape. Raises StoreError."""
    if not read_only and not path.parent.is_dir():
        raise StoreError(f"events cannot be written to sqlite:{path}: there is no directory {path.parent}")
    if not read_only:
        _create_private(path)
    uri = f"file:{quote(str(path))}?mode={'ro' if read_only else 'rwc'}"
    try:
        # Opened here, so that a mistake is told at once; from then on the writer's thread alone uses it.
        db = sqlite3.connect(
            uri, uri=True, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
    except sqlite3.Error as error:
        raise StoreError(f"sqlite:{path} cannot be opened: {error}") from error
    try:
        db.execute("PRAGMA foreign_keys = ON")
        if not read_only:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = NORMAL")
            _create(db)
        _check(db, path)
    except sqlite3.Error as error:
        db.close()
        raise StoreError(f"sqlite:{path} cannot be used: {error}") from error
    except StoreError:
        db.close()
        raise
    return db


def _create_private(path: Path) -> None:
    """Make the file before SQLite would, for its owner and group alone; the log beside it takes after it."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o640))
    except OSError as error:
        raise StoreError(f"events cannot be written to sqlite:{path}: {error.strerror}") from error


def _create(db: sqlite3.Connection) -> None:
    """Give an empty file its tables; another process may be doing the same."""
    db.execute("BEGIN IMMEDIATE")
    try:
        if db.execute("SELECT count(*) FROM sqlite_schema").fetchone() == (0,):
            for statement in _SCHEMA.split(";"):
                db.execute(statement)
            db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def _check(db: sqlite3.Connection, path: Path) -> None:
    application, version = (
        db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")
    )
    if application == 0 and db.execute("SELECT count(*) FROM sqlite_schema").fetchone() == (0,):
        raise _EmptyError(f"there are no events at sqlite:{path}: the file is empty")
    if application != APPLICATION_ID:
        raise StoreError(f"sqlite:{path} is a database, but not one of Framewall's events: name another file")
    if version > SCHEMA_VERSION:
        raise StoreError(
            f"sqlite:{path} was written by a newer Framewall (shape {version}, this one knows "
            f"{SCHEMA_VERSION}): upgrade, or name another file"
        )


def _row(event: Event) -> tuple[object, ...]:
    findings = json.dumps([finding_json(finding) for finding in event.findings], ensure_ascii=False)
    return (
        event.id,
        event.time,
        event.node,
        event.route,
        event.mode.value,
        event.action.value,
        event.close_code,
        event.score,
        event.client_ip,
        event.session,
        event.transport,
        event.path,
        event.framework,
        event.event,
        findings,
        event.request,
    )


def _event(row: Sequence[object]) -> Event:
    fields = dict(zip(("seq", *_COLUMNS.split(", "), "attacks"), row, strict=True))
    del fields["seq"]
    fields["mode"], fields["action"] = Mode(str(fields["mode"])), Action(str(fields["action"]))
    fields["attacks"] = tuple(json.loads(str(fields["attacks"])))
    fields["findings"] = tuple(finding_from_json(finding) for finding in json.loads(str(fields["findings"])))
    return Event(**fields)  # type: ignore[arg-type]


def _conditions(query: Query) -> tuple[str, list[object]]:
    sql: list[str] = []
    values: list[object] = []
    if query.since is not None:
        sql.append("AND time >= ?")
        values.append(query.since)
    if query.attack is not None:
        sql.append("AND seq IN (SELECT seq FROM event_attack WHERE attack = ?)")
        values.append(query.attack)
    for column in ("id", "action", "route", "client_ip", "session"):
        wanted = getattr(query, column)
        if wanted is not None:
            sql.append(f"AND {column} = ?")
            values.append(wanted)
    return " ".join(sql), values


backend = Backend("sqlite", SqliteSink, SqliteSource, "sqlite:framewall-events.db")
