"""``framewall events``."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from framewall.events import open_sink
from framewall.events.record import as_json
from framewall.model import Action, Event
from support.command import framewall
from support.events import EVENT, event, events
from support.running import Running


@pytest.fixture
def store(tmp_path: Path) -> str:
    """A store with three events."""
    url = f"sqlite:{tmp_path / 'events.db'}"
    put(url, [event(0), event(1, attacks=("rce",), client_ip="198.51.100.1"), event(2, action=Action.PASS)])
    return url


def put(url: str, what: list[Event]) -> None:
    sink = open_sink(url)
    for each in what:
        sink.put(each)
    sink.close()


def test_json_is_the_contracts_event_a_line(store: str, tmp_path: Path) -> None:
    said = framewall("events", "--events", store, "--json", cwd=tmp_path).stdout.splitlines()
    assert [json.loads(line)["id"] for line in said] == ["0", "1", "2"]
    assert json.loads(said[0]) == as_json(EVENT)
    assert list(json.loads(said[0])) == list(as_json(EVENT))


def test_json_has_all_events_and_the_table_the_newest(tmp_path: Path) -> None:
    url = f"jsonl:{tmp_path / 'events'}"
    put(url, events(120))
    assert len(framewall("events", "--events", url, "--json", cwd=tmp_path).stdout.splitlines()) == 120
    assert framewall("events", "--events", url, cwd=tmp_path).stdout.count("blocked") == 50
    limited = framewall("events", "--events", url, "--json", "--limit", "2", cwd=tmp_path).stdout.splitlines()
    assert [json.loads(line)["id"] for line in limited] == ["118", "119"]


def test_the_table_tells_what_happened_to_whom_and_why(store: str, tmp_path: Path) -> None:
    lines = framewall("events", "--events", store, cwd=tmp_path).stdout.splitlines()
    assert lines[0].split() == ["time", "what", "attacks", "client", "spoke", "where", "and", "what"]
    row = next(line for line in lines if "198.51.100.1" in line)
    for part in ("blocked", "rce", 'socket.io "new message"', "args[0]: onerror=alert(1)"):
        assert part in row
    assert "recorded" in lines[-1]


def test_routes_are_told_where_there_are_several(store: str, tmp_path: Path) -> None:
    assert "route" not in framewall("events", "--events", store, cwd=tmp_path).stdout.splitlines()[0]
    put(store, [event(4, route="admin")])
    lines = framewall("events", "--events", store, cwd=tmp_path).stdout.splitlines()
    assert "route" in lines[0]
    assert "admin" in lines[-1]


@pytest.mark.parametrize("columns", ["80", "120"])
def test_on_a_narrow_terminal_the_telling_parts_are_whole(store: str, tmp_path: Path, columns: str) -> None:
    command = f"stty cols {columns}; {sys.executable} -m framewall events --events {store}"
    done = subprocess.run(
        ["script", "-qec", command, "/dev/null"], capture_output=True, text=True, check=True
    )
    row = next(line for line in done.stdout.splitlines() if "198.51.100.1" in line)
    assert len(re.sub(r"\x1b\[[0-9;]*m", "", row).rstrip()) <= int(columns)
    for part in ("blocked", "rce", "198.51.100.1", 'event["new me'):
        assert part in row


@pytest.mark.parametrize(
    ("arguments", "ids"),
    [
        (["--attack", "rce"], ["1"]),
        (["--action", "pass"], ["2"]),
        (["--client", "198.51.100.1"], ["1"]),
        (["--route", "nowhere"], []),
        (["--session", "s1", "--limit", "1"], ["2"]),
        (["--id", "1"], ["1"]),
        (["--since", "10m"], []),
        (["--search", "class:rce"], ["1"]),
        (["--search", "-class:rce", "--limit", "1"], ["2"]),
        (["--search", "-class:rce onerror", "--client", "198.51.100.1"], []),
    ],
)
def test_events_can_be_chosen(store: str, tmp_path: Path, arguments: list[str], ids: list[str]) -> None:
    said = framewall("events", "--events", store, "--json", *arguments, cwd=tmp_path).stdout
    assert [json.loads(line)["id"] for line in said.splitlines()] == ids


def test_one_event_is_shown_in_full_with_its_request(store: str, tmp_path: Path) -> None:
    said = framewall("events", "--events", store, "--id", "0", cwd=tmp_path).stdout
    assert "    POST /socket.io/?EIO=4&transport=websocket WEBSOCKET/13\n    Host: chat.example\n" in said
    assert 'xss xss.event-handler +5 in event["new message"].args[0] via socket.io > json' in said


def test_no_events_is_said_on_standard_error(store: str, tmp_path: Path) -> None:
    said = framewall("events", "--events", store, "--route", "nowhere", cwd=tmp_path)
    assert (said.stdout, said.stderr) == ("", "No such events.\n")


def test_hostile_text_cannot_steer_the_terminal(tmp_path: Path) -> None:
    url = f"sqlite:{tmp_path / 'events.db'}"
    evil = "\x1b]0;owned\x07\x1b[2J\u202e\u2028[red]\x9b31m"
    put(url, [event(0, event=evil, request=f"GET / HTTP/1.1\n\n{evil}", client_ip=evil, session=evil)])
    for arguments in ([], ["--full"], ["--id", "0"]):
        said = framewall("events", "--events", url, *arguments, cwd=tmp_path).stdout
        assert "\\x1b]0;owned\\x07\\x1b[2J\\u202e" in said
        assert not set(said) & set("\x1b\x07\u202e\u2028\x9b")


def test_without_a_store_there_is_advice(tmp_path: Path) -> None:
    said = framewall("events", cwd=tmp_path, status=1)
    assert said.stderr == (
        "framewall: there are no events at sqlite:framewall-events.db: the file does not exist. Is Framewall "
        "writing somewhere else? Name the place with --events sqlite:PATH\n"
    )
    said = framewall("events", "--events", "events.db", cwd=tmp_path, status=1)
    assert "names no event store; write one of: jsonl:events.jsonl, sqlite:framewall-events.db" in said.stderr


def test_the_store_of_a_configuration_is_found(store: str, tmp_path: Path) -> None:
    (tmp_path / "framewall.toml").write_text(
        'upstream = "http://127.0.0.1:3000"\nevents = ["jsonl:-", "sqlite:events.db"]\n'
    )
    assert len(framewall("events", "--json", cwd=tmp_path).stdout.splitlines()) == 3
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    named = framewall("events", "--json", "--config", "../framewall.toml", cwd=elsewhere)
    assert len(named.stdout.splitlines()) == 3


def test_following_shows_what_another_process_writes_and_ends_on_a_signal(store: str) -> None:
    command = [sys.executable, "-m", "framewall", "events", "--events", store, "--follow", "--limit", "1"]
    with Running(command) as follower:
        follower.wait_for("recorded")
        put(store, [event(3, client_ip="192.0.2.77")])
        follower.wait_for(r"192\.0\.2\.77")
        assert follower.stop() == 0
    assert "Traceback" not in follower.output


def test_following_as_json_is_a_line_an_event_at_once(store: str) -> None:
    command = [sys.executable, "-m", "framewall", "events", "--events", store, "--follow", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as follower:
        assert follower.stdout
        assert [json.loads(follower.stdout.readline())["id"] for _ in range(3)] == ["0", "1", "2"]
        put(store, [event(9)])
        assert json.loads(follower.stdout.readline())["id"] == "9"
        follower.send_signal(signal.SIGINT)
        assert follower.wait(20) == 0


def test_a_search_that_cannot_be_understood_is_told(store: str, tmp_path: Path) -> None:
    said = framewall("events", "--events", store, "--search", "clas:xss", cwd=tmp_path, status=1)
    assert 'at character 1: there is no field "clas"; did you mean class:?' in said.stderr
