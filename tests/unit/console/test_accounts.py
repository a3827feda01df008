"""Who may come in, and what is kept of their secrets."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from framewall.console.accounts import NOTES_MOST, VIEWS_MOST, AccountError, Accounts, Role
from framewall.limits import CONSOLE_IDLE_SECONDS, CONSOLE_SIGNED_IN

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORD = "correct horse battery"


class Clock:
    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def accounts(tmp_path: Path, clock: Clock) -> Iterator[Accounts]:
    made = Accounts(tmp_path / "accounts.db", clock, QUICK)
    made.add_user("alice", PASSWORD, Role.OPERATOR)
    yield made
    made.close()


def test_the_first_password_is_made_up_once(tmp_path: Path, clock: Clock) -> None:
    made = Accounts(tmp_path / "new.db", clock, QUICK)
    password = made.first_run()
    assert password
    assert made.right("admin", password)
    assert made.first_run() is None
    assert [(user.name, user.role) for user in made.users()] == [("admin", Role.OPERATOR)]


def test_or_set_by_the_person(tmp_path: Path, clock: Clock) -> None:
    made = Accounts(tmp_path / "new.db", clock, QUICK)
    assert made.first_run(PASSWORD) is None
    assert made.right("admin", PASSWORD)


def test_passwords_are_checked(accounts: Accounts) -> None:
    assert accounts.right("alice", PASSWORD)
    assert not accounts.right("alice", PASSWORD + "!")
    assert not accounts.right("nobody", PASSWORD)


@pytest.mark.parametrize("password", ["short", "x" * 1_001])
def test_passwords_that_are_none_are_refused(accounts: Accounts, password: str) -> None:
    with pytest.raises(AccountError, match="characters"):
        accounts.add_user("bob", password, Role.VIEWER)


@pytest.mark.parametrize("name", ["", "a b", "<b>", "-x", "x" * 65, "a\nb"])
def test_names_are_plain(accounts: Accounts, name: str) -> None:
    with pytest.raises(AccountError, match="a name has"):
        accounts.add_user(name, PASSWORD, Role.VIEWER)


def test_a_name_is_taken_once(accounts: Accounts) -> None:
    with pytest.raises(AccountError, match="already"):
        accounts.add_user("alice", PASSWORD, Role.VIEWER)


def test_nothing_in_the_file_signs_anybody_in(accounts: Accounts, tmp_path: Path) -> None:
    secrets = [accounts.sign_in("alice"), accounts.add_token("grafana", Role.VIEWER, "alice"), PASSWORD]
    content = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"alice" in content
    assert not [secret for secret in secrets if secret.encode() in content]


def test_the_file_is_its_owners_alone(accounts: Accounts, tmp_path: Path) -> None:
    assert stat.S_IMODE((tmp_path / "accounts.db").stat().st_mode) == 0o600


def test_a_cookie_is_somebody_until_signed_out(accounts: Accounts) -> None:
    cookie = accounts.sign_in("alice")
    who = accounts.by_cookie(cookie)
    assert who
    assert (who.name, who.operates, len(who.csrf or "") > 30) == ("alice", True, True)
    accounts.sign_out(cookie)
    assert accounts.by_cookie(cookie) is None
    assert accounts.by_cookie("guess") is None


def test_whoever_is_away_long_is_out_and_whoever_returns_stays(accounts: Accounts, clock: Clock) -> None:
    gone, back = accounts.sign_in("alice"), accounts.sign_in("alice")
    clock.now += CONSOLE_IDLE_SECONDS.default - 1
    assert accounts.by_cookie(back)
    clock.now += 2
    assert accounts.by_cookie(gone) is None
    assert accounts.by_cookie(back)


def test_how_many_are_signed_in_is_bounded(accounts: Accounts, clock: Clock) -> None:
    first = accounts.sign_in("alice")
    for _ in range(CONSOLE_SIGNED_IN.default):
        clock.now += 1
        accounts.sign_in("alice")
    assert accounts.by_cookie(first) is None


def test_another_password_signs_everybody_of_that_name_out(accounts: Accounts) -> None:
    cookie = accounts.sign_in("alice")
    accounts.set_password("alice", "another password")
    assert accounts.by_cookie(cookie) is None
    assert accounts.right("alice", "another password")
    with pytest.raises(AccountError, match="no user"):
        accounts.set_password("nobody", "another password")


def test_a_person_removed_is_out(accounts: Accounts) -> None:
    accounts.add_user("bob", PASSWORD, Role.VIEWER)
    cookie = accounts.sign_in("bob")
    accounts.remove_user("bob")
    assert accounts.by_cookie(cookie) is None


def test_the_last_operator_stays(accounts: Accounts) -> None:
    accounts.add_user("bob", PASSWORD, Role.VIEWER)
    with pytest.raises(AccountError, match="last operator"):
        accounts.remove_user("alice")
    with pytest.raises(AccountError, match="last operator"):
        accounts.set_role("alice", Role.VIEWER)
    accounts.set_role("bob", Role.OPERATOR)
    accounts.remove_user("alice")
    assert [user.name for user in accounts.users()] == ["bob"]


def test_a_token_is_somebody_until_revoked(accounts: Accounts) -> None:
    token = accounts.add_token(" grafana ", Role.VIEWER, "alice")
    assert token.startswith("fw_")
    who = accounts.by_token(token)
    assert who
    assert (who.name, who.operates, who.csrf) == ("token grafana", False, None)
    (kept,) = accounts.tokens()
    assert kept.used is not None
    assert accounts.revoke(kept.id) == "grafana"
    assert accounts.by_token(token) is None
    with pytest.raises(AccountError, match="name"):
        accounts.add_token("  ", Role.VIEWER, "alice")


def test_views_are_kept_for_all_and_bounded(accounts: Accounts) -> None:
    for number in range(VIEWS_MOST):
        accounts.save_view(f"view {number}", "class:xss", "alice")
    with pytest.raises(AccountError, match="remove one"):
        accounts.save_view("one more", "", "alice")
    first = accounts.views()[0]
    assert (first.name, first.query, first.by) == ("view 0", "class:xss", "alice")
    accounts.remove_view(first.id)
    assert len(accounts.views()) == VIEWS_MOST - 1


def test_notes_are_kept_newest_first_and_bounded(accounts: Accounts) -> None:
    accounts.note("alice", "token added", "grafana")
    accounts.note("alice", "role", "bob (viewer)")
    assert [(note.what, note.target) for note in accounts.notes(10)] == [
        ("role", "bob (viewer)"),
        ("token added", "grafana"),
    ]
    assert NOTES_MOST == 10_000


def test_another_file_is_not_taken_for_it(tmp_path: Path, clock: Clock) -> None:
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as db:
        db.execute("CREATE TABLE mine (x)")
    with pytest.raises(AccountError, match="--accounts"):
        Accounts(other, clock, QUICK)
    with pytest.raises(AccountError, match="--accounts"):
        Accounts(tmp_path / "no" / "such.db", clock, QUICK)
