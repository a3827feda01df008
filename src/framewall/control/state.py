"""Live changes that outlive a restart, and the audit log: one small SQLite file."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from framewall.control._api import Change, ControlError
from framewall.limits import AUDIT_ENTRIES, LIVE_CHANGES

#: Marks the file as Framewall's ("FWst"), and which shape it has.
APPLICATION_ID = 0x46577374
SCHEMA_VERSION = 1

_SCHEMA = """
CREATE TABLE change (
    kind   TEXT NOT NULL,
    name   TEXT NOT NULL,
    value  TEXT NOT NULL,
    who    TEXT NOT NULL,
    time   REAL NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (kind, name)
) WITHOUT ROWID;
CREATE TABLE audit (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    time   REAL NOT NULL,
    who    TEXT NOT NULL,
    what   TEXT NOT NULL,
    target TEXT NOT NULL,
    before TEXT NOT NULL,
    after  TEXT NOT NULL,
    reason TEXT NOT NULL
);
"""
_BUSY_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Live:
    """One live change in force.

    ``kind`` is ``mode``, ``exception``, ``removed`` (an exception of the configuration's), ``rule`` (switched off),
    ``own`` (a rule's text), ``unruled`` (a rule of the configuration's files that was removed) or ``ban``.
    """

    kind: str
    name: str
    value: Any
    who: str
    time: float
    reason: str


@dataclass(frozen=True, slots=True)
class Deed:
    """Who changes what, and why. ``time`` is Unix seconds."""

    who: str
    time: float
    reason: str = ""


#: What a change is when it is taken back.
GONE = object()


@dataclass(frozen=True, slots=True)
class Edit:
    """A change to make, or to take back by :data:`GONE`.

    ``audited`` is what, target, and the values before and after, as the log tells them; None leaves no entry.
    """

    kind: str
    name: str
    value: object
    audited: tuple[str, str, object, object] | None = None


class State:
    """The file. Every change and its audit entry are written together, or not at all. Thread-safe."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = Lock()
        try:
            os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
            self._db = sqlite3.connect(
                path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
            self._db.execute("PRAGMA synchronous = FULL")
            _create(self._db, path)
        except (OSError, sqlite3.Error) as error:
            raise ControlError(f"live changes cannot be kept in {path}: {error}") from error

    def changes(self) -> tuple[Live, ...]:
        """All live changes in force."""
        with self._using() as db:
            rows = db.execute("SELECT kind, name, value, who, time, reason FROM change").fetchall()
        return tuple(Live(kind, name, json.loads(value), *rest) for kind, name, value, *rest in rows)

    def put(self, kind: str, name: str, value: object, deed: Deed, audited: tuple[str, str, object]) -> None:
        """Make or replace a change. ``audited`` is what, target and the value before, as the log tells them.

        Raises ControlError, at the cap of live changes too.
        """
        what, target, before = audited
        self.write([Edit(kind, name, value, (what, target, before, value))], deed)

    def drop(self, kind: str, name: str, deed: Deed, audited: tuple[str, str, object, object]) -> None:
        """Take a change back. ``audited`` is what, target, and the values before and after."""
        self.write([Edit(kind, name, GONE, audited)], deed)

    def write(self, edits: Sequence[Edit], deed: Deed) -> None:
        """Make all of these, or none. Raises ControlError."""
        with self._using() as db:
            for edit in edits:
                db.execute("DELETE FROM change WHERE (kind, name) = (?, ?)", (edit.kind, edit.name))
                if edit.value is GONE:
                    continue
                db.execute(
                    "INSERT INTO change VALUES (?, ?, ?, ?, ?, ?)",
                    (edit.kind, edit.name, json.dumps(edit.value), deed.who, deed.time, deed.reason),
                )
            ((count,),) = db.execute("SELECT count(*) FROM change")
            if count > LIVE_CHANGES.default and any(edit.value is not GONE for edit in edits):
                raise ControlError(
                    f"there are {LIVE_CHANGES.default} live changes already; take some back first"
                )
            for edit in edits:
                if edit.audited:
                    _log(db, deed, *edit.audited)

    def note(self, what: str, target: str, before: object, after: object, deed: Deed) -> None:
        """An entry of the log alone, for what is no lasting change."""
        with self._using() as db:
            _log(db, deed, what, target, before, after)

    def forget(self, kind: str, names: list[str]) -> None:
        """Drop changes that have run out by themselves; nobody did that."""
        with self._using() as db:
            db.executemany("DELETE FROM change WHERE (kind, name) = (?, ?)", [(kind, name) for name in names])

    def audit(self, limit: int, before: int | None = None) -> tuple[Change, ...]:
        """Entries of the log, the newest first; those older than ``before``."""
        with self._using() as db:
            rows = db.execute(
                "SELECT id, time, who, what, target, before, after, reason FROM audit WHERE id < ? "
                "ORDER BY id DESC LIMIT ?",
                (before if before is not None else 1 << 62, max(0, min(limit, 1_000))),
            ).fetchall()
        return tuple(Change(*row) for row in rows)

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._db.close()

    @contextmanager
    def _using(self) -> Iterator[sqlite3.Connection]:
        """One transaction. Raises ControlError."""
        with self._lock:
            try:
                self._db.execute("BEGIN IMMEDIATE")
                try:
                    yield self._db
                except BaseException:
                    self._db.execute("ROLLBACK")
                    raise
                self._db.execute("COMMIT")
            except sqlite3.Error as error:
                raise ControlError(f"live changes cannot be kept in {self.path}: {error}") from error


def read_changes(path: Path) -> tuple[Live, ...]:
    """The live changes of a file that another process may be using; none if there is no file."""
    if not path.exists():
        return ()
    state = State(path)
    try:
        return state.changes()
    finally:
        state.close()


def _create(db: sqlite3.Connection, path: Path) -> None:
    db.execute("BEGIN IMMEDIATE")
    try:
        if db.execute("SELECT count(*) FROM sqlite_schema").fetchone() == (0,):
            for statement in _SCHEMA.split(";"):
                db.execute(statement)
            db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        application, version = (
            db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")
        )
        if application != APPLICATION_ID or version > SCHEMA_VERSION:
            raise ControlError(
                f"{path} is not a file of live changes that this Framewall knows; move it away"
            )
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def _log(db: sqlite3.Connection, deed: Deed, what: str, target: str, before: object, after: object) -> None:
    values = ["" if value is None else json.dumps(value, ensure_ascii=False) for value in (before, after)]
    db.execute(
        "INSERT INTO audit (time, who, what, target, before, after, reason) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (deed.time, deed.who, what, target, *values, deed.reason),
    )
    db.execute("DELETE FROM audit WHERE id <= (SELECT max(id) FROM audit) - ?", (AUDIT_ENTRIES.default,))
