"""Events in one SQLite file: ``sqlite:PATH``. The default, good for one machine and millions of events.

Write-ahead log and ``synchronous=NORMAL``: readers never wait for the writer, a killed process loses at most
the batch it was writing, a power cut at most the last moments. Several processes may write to one file.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Event as Flag
from typing import Any

from framewall.errors import StoreError
from framewall.events._api import Backend, Counts, Query
from framewall.events._sqlite import rows
from framewall.events._sqlite.reader import SqliteReader
from framewall.events._sqlite.retain import Retention, transaction
from framewall.events._sqlite.rows import KIND
from framewall.events._sqlite.schema import SCHEMA_VERSION, EmptyError, connect
from framewall.events._sqlite.write import Writing
from framewall.events._writer import BatchWriter, Item, Later
from framewall.limits import Limits
from framewall.model import Event, Said

__all__ = ["SCHEMA_VERSION", "SqliteReader", "SqliteSink", "SqliteSource", "backend"]

_FOLLOW_SECONDS = 0.1


class SqliteSink:
    """The writing end."""

    def __init__(self, place: str, limits: Limits) -> None:
        self._db = connect(Path(place))
        self._writing = Writing(self._db)
        self._retention = Retention(self._db, self._writing, limits)
        self._writer = BatchWriter(self._write, self._db.close, f"sqlite:{place}", limits, self._tend)

    def put(self, event: Event) -> bool:
        """Accept the event without blocking; False if it had to be dropped, which is counted."""
        return self._writer.put(event)

    def follow(self, id: str, said: Said) -> None:
        """Add what a session said after the event of this id."""
        self._writer.put(Later(id, said))

    def counts(self) -> Counts:
        """What became of the events so far."""
        return self._writer.counts()

    def close(self, timeout: float = 10.0) -> Counts:
        """Write what waits, at most ``timeout`` seconds long."""
        return self._writer.close(timeout)

    def _write(self, items: Sequence[Item]) -> None:
        try:
            with transaction(self._db):
                self._writing.write(items)
        except sqlite3.Error as error:
            self._writing.forget()
            if isinstance(error, sqlite3.OperationalError):  # locked, full, read-only: it may pass
                raise StoreError(str(error)) from error
            raise

    def _tend(self) -> bool:
        try:
            return self._retention.step()
        except sqlite3.OperationalError as error:
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
            self._db = connect(self._path, read_only=True)
        return self._db

    def _open_when_there(self) -> sqlite3.Connection | None:
        try:
            return self._open() if self._path.exists() else None
        except EmptyError:
            return None

    def _newest(self, db: sqlite3.Connection) -> int:
        ((newest,),) = self._ask(db, "SELECT coalesce(max(seq), 0) FROM event", [])
        return int(newest)

    def _select(self, db: sqlite3.Connection, query: Query, after: int) -> Iterator[tuple[int, Event]]:
        conditions, values = _conditions(query)
        sql = f"{rows.SELECT} WHERE seq > ? {conditions} ORDER BY seq"
        found: Iterable[Any]
        if query.limit is None:
            found = self._ask(db, sql, [after, *values])
        else:
            newest = list(self._ask(db, f"{sql} DESC LIMIT ?", [after, *values, query.limit]))
            found = reversed(newest)
        return ((row[0], rows.event(row)) for row in found)

    def _ask(self, db: sqlite3.Connection, sql: str, values: list[object]) -> Iterator[Any]:
        try:
            yield from db.execute(sql, values)
        except sqlite3.Error as error:
            raise StoreError(f"sqlite:{self._path} cannot be read: {error}") from error


def _conditions(query: Query) -> tuple[str, list[object]]:
    sql: list[str] = []
    values: list[object] = []
    if query.since is not None:
        sql.append("AND time >= ?")
        values.append(query.since)
    for column in ("id", "session"):
        wanted = getattr(query, column)
        if wanted is not None:
            sql.append(f"AND {column} = ?")
            values.append(wanted)
    marks = {"class": query.attack, "action": query.action, "route": query.route, "ip": query.client_ip}
    for kind, value in marks.items():
        if value is not None:
            sql.append(
                "AND seq IN (SELECT seq FROM event_mark WHERE mark = "
                "(SELECT id FROM mark WHERE kind = ? AND value = ?))"
            )
            values += [KIND[kind], value[: rows.MARK_CHARS]]
    return " ".join(sql), values


backend = Backend("sqlite", SqliteSink, SqliteSource, "sqlite:framewall-events.db", SqliteReader)
