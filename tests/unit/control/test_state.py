"""Live changes that outlive a restart, and the audit log."""

from __future__ import annotations

import sqlite3
import stat
import threading
from pathlib import Path

import pytest

from framewall.control import ControlError
from framewall.control.state import Deed, Live, State, read_changes
from framewall.limits import Limit

ANN = Deed("ann", 10.0, "why")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.db"


def test_changes_are_there_after_a_restart(path: Path) -> None:
    state = State(path)
    state.put("mode", "chat", "block", ANN, ("mode", "chat", "monitor"))
    state.put("mode", "chat", "off", ANN, ("mode", "chat", "block"))
    state.put("rule", "xss.script", "off", ANN, ("rule", "xss.script", "on"))
    state.drop("rule", "xss.script", ANN, ("rule", "xss.script", "off", "on"))
    state.close()
    assert read_changes(path) == (Live("mode", "chat", "off", "ann", 10.0, "why"),)
    told = [(each.what, each.target, each.before, each.after) for each in State(path).audit(10)]
    assert told == [
        ("rule", "xss.script", '"off"', '"on"'),
        ("rule", "xss.script", '"on"', '"off"'),
        ("mode", "chat", '"block"', '"off"'),
        ("mode", "chat", '"monitor"', '"block"'),
    ]


def test_the_file_is_its_owners_alone(path: Path) -> None:
    State(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_no_file_is_no_change(path: Path) -> None:
    assert read_changes(path) == ()
    assert not path.exists()


def test_a_change_that_cannot_be_logged_is_not_made(path: Path) -> None:
    state = State(path)
    with sqlite3.connect(path) as db:
        db.execute("DROP TABLE audit")
    with pytest.raises(ControlError, match="cannot be kept"):
        state.put("mode", "chat", "block", ANN, ("mode", "chat", "monitor"))
    assert state.changes() == ()


def test_there_is_a_cap_of_changes(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("framewall.control.state.LIVE_CHANGES", Limit("live_changes", 2, ""))
    state = State(path)
    for number in range(2):
        state.put("ban", str(number), {}, ANN, ("ban", str(number), None))
    with pytest.raises(ControlError, match="2 live changes already"):
        state.put("ban", "2", {}, ANN, ("ban", "2", None))
    state.put("ban", "1", {"until": 5}, ANN, ("ban", "1", None))
    assert len(state.audit(10)) == 3


def test_the_audit_log_forgets_its_oldest(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("framewall.control.state.AUDIT_ENTRIES", Limit("audit_entries", 3, ""))
    state = State(path)
    for number in range(5):
        state.note("session", str(number), None, None, ANN)
    assert [each.target for each in state.audit(10)] == ["4", "3", "2"]
    assert [each.target for each in state.audit(10, before=5)] == ["3", "2"]
    assert [each.target for each in state.audit(1)] == ["4"]


@pytest.mark.parametrize("content", ["CREATE TABLE x (y)", "PRAGMA user_version = 9"])
def test_another_programs_file_is_left_alone(path: Path, content: str) -> None:
    State(path).close()
    if content.startswith("CREATE"):
        path.unlink()
    with sqlite3.connect(path) as db:
        db.execute(content)
    with pytest.raises(ControlError, match="move it away"):
        State(path)


def test_threads_may_share_it(path: Path) -> None:
    state = State(path)
    threads = [
        threading.Thread(target=state.put, args=("ban", str(n), n, ANN, ("ban", str(n), None)))
        for n in range(8)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(state.changes()) == len(state.audit(100)) == 8
