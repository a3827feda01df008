"""The shape of the file, and opening it.

``event`` has the events; ``seq`` is the order of writing, never used twice. What they are searched and counted by
are *marks*: a kind and a value, such as class ``xss``. ``event_mark`` is the index from marks to events. ``rollup``
counts events by level (size of bucket), kind, bucket and mark; mark 0 of kind 0 is every event, mark 0 of another
kind what was too little to be kept apart. ``hit_group`` has the groups. ``event_text`` finds
texts by every three characters that stand side by side in them.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from urllib.parse import quote

from framewall.errors import StoreError

#: Marks the file as Framewall's ("FWev"), and which shape it has.
APPLICATION_ID = 0x46576576
SCHEMA_VERSION = 3

BUSY_SECONDS = 5.0

#: The columns of an event, in the order of a row.
COLUMNS = (
    "id", "time", "node", "route", "mode", "action", "close_code", "score", "client_ip", "session", "transport",
    "path", "framework", "event", "attacks", "findings", "request", "before", "after",
)  # fmt: skip

_EVENT = """
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
    request    TEXT NOT NULL,
    attacks    TEXT NOT NULL DEFAULT '[]',
    before     TEXT NOT NULL DEFAULT '[]',
    after      TEXT NOT NULL DEFAULT '[]'
);
CREATE INDEX event_time ON event (time);
CREATE INDEX event_session ON event (session, seq);
"""
INDEXES = """
CREATE TABLE mark (
    id    INTEGER PRIMARY KEY,
    kind  INTEGER NOT NULL,
    value TEXT NOT NULL,
    key   BLOB,
    hits  INTEGER NOT NULL DEFAULT 0,
    UNIQUE (kind, value)
);
CREATE INDEX mark_hits ON mark (kind, hits);
CREATE INDEX mark_key ON mark (key) WHERE key IS NOT NULL;
CREATE TABLE event_mark (
    mark INTEGER NOT NULL,
    seq  INTEGER NOT NULL,
    PRIMARY KEY (mark, seq)
) WITHOUT ROWID;
CREATE TABLE rollup (
    level  INTEGER NOT NULL,
    kind   INTEGER NOT NULL,
    bucket INTEGER NOT NULL,
    mark   INTEGER NOT NULL,
    hits   INTEGER NOT NULL,
    PRIMARY KEY (level, kind, bucket, mark)
) WITHOUT ROWID;
CREATE TABLE hit_group (
    id        INTEGER PRIMARY KEY,
    key       BLOB NOT NULL,
    client_ip TEXT NOT NULL,
    attack    TEXT NOT NULL,
    route     TEXT NOT NULL,
    framework TEXT NOT NULL,
    path      TEXT NOT NULL,
    event     TEXT,
    hits      INTEGER NOT NULL,
    passed    INTEGER NOT NULL,
    dropped   INTEGER NOT NULL,
    closed    INTEGER NOT NULL,
    banned    INTEGER NOT NULL,
    score     INTEGER NOT NULL,
    first     REAL NOT NULL,
    last      REAL NOT NULL,
    sample    TEXT NOT NULL
);
CREATE INDEX hit_group_last ON hit_group (last);
CREATE INDEX hit_group_key ON hit_group (key, last);
CREATE INDEX hit_group_client_ip ON hit_group (client_ip, last);
CREATE INDEX hit_group_attack ON hit_group (attack, last);
"""
TEXTS = """
CREATE VIRTUAL TABLE event_text USING fts5
    (text, content = '', detail = none, columnsize = 0, tokenize = 'trigram');
"""
_FROM_1 = """
ALTER TABLE event ADD COLUMN attacks TEXT NOT NULL DEFAULT '[]';
ALTER TABLE event ADD COLUMN before TEXT NOT NULL DEFAULT '[]';
ALTER TABLE event ADD COLUMN after TEXT NOT NULL DEFAULT '[]';
UPDATE event SET attacks = (SELECT json_group_array(attack) FROM
    (SELECT attack FROM event_attack WHERE event_attack.seq = event.seq ORDER BY place));
DROP TABLE event_attack;
DROP INDEX event_client_ip;
DROP INDEX event_route;
DROP INDEX event_action;
DROP INDEX event_framework;
"""


class EmptyError(StoreError):
    """The file has no tables yet: its writer is about to make them."""


def connect(path: Path, read_only: bool = False) -> sqlite3.Connection:
    """Open the file and see to it that it has our shape. Raises StoreError."""
    if not read_only:
        if not path.parent.is_dir():
            raise StoreError(
                f"events cannot be written to sqlite:{path}: there is no directory {path.parent}"
            )
        _create_private(path)
    db = _open(path, read_only)
    try:
        if not read_only:
            if db.execute("SELECT count(*) FROM sqlite_schema").fetchone() == (0,):
                db.execute("PRAGMA auto_vacuum = INCREMENTAL")
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = NORMAL")
            db.execute("PRAGMA journal_size_limit = 67108864")
            _create(db)
        version = _version(db, path)
        if version < SCHEMA_VERSION:
            if read_only:
                db.close()
                connect(path).close()  # it brings the file into today's shape
                return connect(path, read_only)
            _migrate(db)
    except sqlite3.Error as error:
        db.close()
        raise StoreError(f"sqlite:{path} cannot be used: {error}") from error
    except StoreError:
        db.close()
        raise
    return db


def _open(path: Path, read_only: bool) -> sqlite3.Connection:
    uri = f"file:{quote(str(path))}?mode={'ro' if read_only else 'rwc'}"
    try:
        # Opened here, so that a mistake is told at once; from then on one thread at a time uses it.
        return sqlite3.connect(
            uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
    except sqlite3.Error as error:
        raise StoreError(f"sqlite:{path} cannot be opened: {error}") from error


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
            run(db, _EVENT + INDEXES + TEXTS)
            db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def _version(db: sqlite3.Connection, path: Path) -> int:
    """Which shape the file has. Raises StoreError if it is none that is known here."""
    db.execute("BEGIN")  # of one moment: its writer may be about to make the tables
    try:
        (tables,) = db.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        application, version = (
            db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")
        )
    finally:
        db.execute("ROLLBACK")
    if application == 0 and tables == 0:
        raise EmptyError(f"there are no events at sqlite:{path}: the file is empty")
    if application != APPLICATION_ID:
        raise StoreError(f"sqlite:{path} is a database, but not one of Framewall's events: name another file")
    if version > SCHEMA_VERSION:
        raise StoreError(
            f"sqlite:{path} was written by a newer Framewall (shape {version}, this one knows "
            f"{SCHEMA_VERSION}): upgrade, or name another file"
        )
    return int(version)


def _migrate(db: sqlite3.Connection) -> None:
    """From shape 1 everything is indexed anew, from shape 2 the texts; another process may be at it already."""
    from framewall.events._sqlite.write import Writing

    db.execute("BEGIN IMMEDIATE")
    try:
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if version == 1:
            run(db, _FROM_1 + INDEXES + TEXTS)
            Writing(db).index_everything()
        elif version == 2:
            run(db, "DROP TABLE event_text;" + TEXTS)
            Writing(db).index_texts()
        db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def run(db: sqlite3.Connection, script: str) -> None:
    """Statements one by one, in the transaction that is open."""
    for statement in script.split(";"):
        db.execute(statement)
