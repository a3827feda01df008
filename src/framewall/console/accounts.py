"""Who may use the console: people, what they are signed in with, API tokens, and the searches they keep.

One SQLite file of its own, readable by its owner alone. Passwords are kept as argon2id (RFC 9106), what a
cookie or a token says only as its SHA-256. Times are Unix seconds.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from threading import Lock
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from framewall.errors import FramewallError
from framewall.limits import CONSOLE_IDLE_SECONDS, CONSOLE_SIGNED_IN

#: The person that a new file has.
FIRST = "admin"
PASSWORD_LEAST = 10
PASSWORD_MOST = 1_000
VIEWS_MOST = 200
NOTES_MOST = 10_000
#: How a token begins, so that people and scanners know it when they see it.
TOKEN_PREFIX = "fw_"

_APPLICATION_ID = 0x46576163  # "FWac"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")
_SEEN_EVERY = 60.0
_SCHEMA = """
CREATE TABLE user (name TEXT PRIMARY KEY, password TEXT NOT NULL, role TEXT NOT NULL, created REAL NOT NULL);
CREATE TABLE signed_in (
    cookie TEXT PRIMARY KEY, user TEXT NOT NULL REFERENCES user (name) ON DELETE CASCADE,
    csrf TEXT NOT NULL, created REAL NOT NULL, seen REAL NOT NULL
);
CREATE TABLE token (
    id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, token TEXT NOT NULL UNIQUE, role TEXT NOT NULL,
    by TEXT NOT NULL, created REAL NOT NULL, used REAL
);
CREATE TABLE view (
    id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, query TEXT NOT NULL, by TEXT NOT NULL,
    created REAL NOT NULL
);
CREATE TABLE note (
    id INTEGER PRIMARY KEY AUTOINCREMENT, time REAL NOT NULL, who TEXT NOT NULL, what TEXT NOT NULL,
    target TEXT NOT NULL
);
"""


class Role(StrEnum):
    """A viewer looks; an operator also changes what Framewall does."""

    VIEWER = "viewer"
    OPERATOR = "operator"


class AccountError(FramewallError):
    """A name, password or file of accounts that cannot be used; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Whoever asks. ``csrf`` is what a page must send back with a change; a token needs none."""

    name: str
    role: Role
    csrf: str | None = None

    @property
    def operates(self) -> bool:
        """Whether changes are allowed."""
        return self.role is Role.OPERATOR


@dataclass(frozen=True, slots=True)
class User:
    """A person."""

    name: str
    role: Role
    created: float


@dataclass(frozen=True, slots=True)
class Token:
    """What is kept of an API token; not the token."""

    id: int
    name: str
    role: Role
    by: str
    created: float
    used: float | None


@dataclass(frozen=True, slots=True)
class SavedView:
    """A search that somebody kept, for everybody."""

    id: int
    name: str
    query: str
    by: str


@dataclass(frozen=True, slots=True)
class Note:
    """One line of the console's own log: a sign-in, a person, a token."""

    time: float
    who: str
    what: str
    target: str


class Accounts:
    """Thread-safe. Raises AccountError for a file that cannot be used."""

    def __init__(self, path: Path, clock: Callable[[], float], hasher: PasswordHasher | None = None) -> None:
        self._clock = clock
        self._hasher = hasher or PasswordHasher()
        self._lock = Lock()
        self._db = _open(path)
        # Compared with where there is no such person, so that both take as long.
        self._nobody = self._hasher.hash(secrets.token_hex())

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    # People

    def first_run(self, password: str | None = None) -> str | None:
        """Makes the first person where there is none. The password that was made up for it, told only now."""
        if self.users():
            return None
        made = password or secrets.token_urlsafe(12)
        self.add_user(FIRST, made, Role.OPERATOR)
        return None if password else made

    def users(self) -> list[User]:
        """All people, by name."""
        rows = self._rows("SELECT name, role, created FROM user ORDER BY name")
        return [User(name, Role(role), created) for name, role, created in rows]

    def add_user(self, name: str, password: str, role: Role) -> None:
        """A new person. Raises AccountError."""
        if not _NAME.fullmatch(name):
            raise AccountError("a name has 1 to 64 letters, digits, or any of . _ @ -")
        hashed = self._hasher.hash(_good(password))
        with self._change() as db:
            try:
                db.execute("INSERT INTO user VALUES (?, ?, ?, ?)", (name, hashed, role.value, self._clock()))
            except sqlite3.IntegrityError:
                raise AccountError(f"there is a user {name!r} already") from None

    def set_password(self, name: str, password: str) -> None:
        """Another password; whoever is signed in with the old one is signed out. Raises AccountError."""
        hashed = self._hasher.hash(_good(password))
        with self._change() as db:
            if not db.execute("UPDATE user SET password = ? WHERE name = ?", (hashed, name)).rowcount:
                raise AccountError(f"there is no user {name!r}")
            db.execute("DELETE FROM signed_in WHERE user = ?", (name,))

    def set_role(self, name: str, role: Role) -> None:
        """Raises AccountError if nobody could make changes any more."""
        with self._change() as db:
            db.execute("UPDATE user SET role = ? WHERE name = ?", (role.value, name))
            _keep_an_operator(db)

    def remove_user(self, name: str) -> None:
        """Signs the person out for good. Raises AccountError if nobody could make changes any more."""
        with self._change() as db:
            db.execute("DELETE FROM user WHERE name = ?", (name,))
            _keep_an_operator(db)

    # Signing in

    def right(self, name: str, password: str) -> bool:
        """Whether this is that person's password. As slow for somebody unknown."""
        row = next(iter(self._rows("SELECT password FROM user WHERE name = ?", name)), None)
        try:
            self._hasher.verify(row[0] if row else self._nobody, password[:PASSWORD_MOST])
        except (VerificationError, InvalidHashError):
            return False
        return row is not None

    def sign_in(self, name: str) -> str:
        """What the cookie holds from now on."""
        cookie, csrf, now = secrets.token_urlsafe(32), secrets.token_urlsafe(32), self._clock()
        with self._change() as db:
            db.execute("DELETE FROM signed_in WHERE seen < ?", (now - CONSOLE_IDLE_SECONDS.default,))
            db.execute("INSERT INTO signed_in VALUES (?, ?, ?, ?, ?)", (_hash(cookie), name, csrf, now, now))
            db.execute(
                "DELETE FROM signed_in WHERE cookie NOT IN "
                "(SELECT cookie FROM signed_in ORDER BY seen DESC LIMIT ?)",
                (CONSOLE_SIGNED_IN.default,),
            )
        return cookie

    def sign_out(self, cookie: str) -> None:
        """The cookie is worth nothing from now on."""
        with self._change() as db:
            db.execute("DELETE FROM signed_in WHERE cookie = ?", (_hash(cookie),))

    def by_cookie(self, cookie: str) -> Identity | None:
        """Whoever is signed in with this cookie."""
        now, hashed = self._clock(), _hash(cookie)
        rows = self._rows(
            "SELECT user, role, csrf, seen FROM signed_in JOIN user ON user = name WHERE cookie = ?", hashed
        )
        for name, role, csrf, seen in rows:
            if now - seen > CONSOLE_IDLE_SECONDS.default:
                return None
            if now - seen > _SEEN_EVERY:
                with self._change() as db:
                    db.execute("UPDATE signed_in SET seen = ? WHERE cookie = ?", (now, hashed))
            return Identity(name, Role(role), csrf)
        return None

    # Tokens

    def tokens(self) -> list[Token]:
        """All tokens, the newest first."""
        rows = self._rows("SELECT id, name, role, by, created, used FROM token ORDER BY id DESC")
        return [Token(id, name, Role(role), by, created, used) for id, name, role, by, created, used in rows]

    def add_token(self, name: str, role: Role, by: str) -> str:
        """A new token, told only now. Raises AccountError."""
        if not 1 <= len(name.strip()) <= 64:
            raise AccountError("give the token a name of 1 to 64 characters: what it is for")
        token = TOKEN_PREFIX + secrets.token_urlsafe(32)
        with self._change() as db:
            db.execute(
                "INSERT INTO token (name, token, role, by, created) VALUES (?, ?, ?, ?, ?)",
                (name.strip(), _hash(token), role.value, by, self._clock()),
            )
        return token

    def revoke(self, id: int) -> str | None:
        """The token is worth nothing from now on; its name, if there was one."""
        with self._change() as db:
            row = db.execute("DELETE FROM token WHERE id = ? RETURNING name", (id,)).fetchone()
        return row[0] if row else None

    def by_token(self, token: str) -> Identity | None:
        """Whoever sends this token."""
        now, hashed = self._clock(), _hash(token)
        for name, role, used in self._rows("SELECT name, role, used FROM token WHERE token = ?", hashed):
            if used is None or now - used > _SEEN_EVERY:
                with self._change() as db:
                    db.execute("UPDATE token SET used = ? WHERE token = ?", (now, hashed))
            return Identity(f"token {name}", Role(role))
        return None

    # Saved views

    def views(self) -> list[SavedView]:
        """All saved searches, by name."""
        return [SavedView(*row) for row in self._rows("SELECT id, name, query, by FROM view ORDER BY name")]

    def save_view(self, name: str, query: str, by: str) -> int:
        """Keeps a search; its id. Raises AccountError."""
        if not 1 <= len(name.strip()) <= 64 or len(query) > 2_000:
            raise AccountError("give the view a name of 1 to 64 characters, and a search of at most 2000")
        with self._change() as db:
            if db.execute("SELECT count(*) FROM view").fetchone()[0] >= VIEWS_MOST:
                raise AccountError(f"there are {VIEWS_MOST} saved views: remove one first")
            sql = "INSERT INTO view (name, query, by, created) VALUES (?, ?, ?, ?) RETURNING id"
            return int(db.execute(sql, (name.strip(), query, by, self._clock())).fetchone()[0])

    def remove_view(self, id: int) -> None:
        """Forgets a saved search."""
        with self._change() as db:
            db.execute("DELETE FROM view WHERE id = ?", (id,))

    # What was done here

    def note(self, who: str, what: str, target: str) -> None:
        """Remembers who did what; the last ``NOTES_MOST`` are kept."""
        with self._change() as db:
            sql = "INSERT INTO note (time, who, what, target) VALUES (?, ?, ?, ?) RETURNING id"
            id = db.execute(sql, (self._clock(), who, what, target)).fetchone()[0]
            db.execute("DELETE FROM note WHERE id <= ?", (id - NOTES_MOST,))

    def notes(self, limit: int) -> list[Note]:
        """The newest notes, the newest first."""
        return [
            Note(*row)
            for row in self._rows("SELECT time, who, what, target FROM note ORDER BY id DESC LIMIT ?", limit)
        ]

    def _rows(self, sql: str, *values: object) -> list[Any]:
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    @contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")


def _open(path: Path) -> sqlite3.Connection:
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
        db = sqlite3.connect(path, timeout=5.0, isolation_level=None, check_same_thread=False)
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("BEGIN IMMEDIATE")
        if db.execute("SELECT count(*) FROM sqlite_schema").fetchone() == (0,):
            for statement in _SCHEMA.split(";"):
                db.execute(statement)
            db.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
        db.execute("COMMIT")
        application = db.execute("PRAGMA application_id").fetchone()[0]
    except (OSError, sqlite3.Error) as error:
        raise AccountError(
            f"the console's accounts cannot be kept in {path}: {error}; name another file with --accounts"
        ) from error
    if application != _APPLICATION_ID:
        db.close()
        raise AccountError(f"{path} is not a file of the console's accounts: name another with --accounts")
    return db


def _keep_an_operator(db: sqlite3.Connection) -> None:
    if db.execute("SELECT count(*) FROM user WHERE role = 'operator'").fetchone() == (0,):
        raise AccountError("the last operator stays one: nobody could change anything any more")


def _good(password: str) -> str:
    if not PASSWORD_LEAST <= len(password) <= PASSWORD_MOST:
        raise AccountError(f"a password has {PASSWORD_LEAST} to {PASSWORD_MOST:,} characters")
    return password


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
