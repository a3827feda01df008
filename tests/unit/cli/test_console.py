"""``framewall console``, and the console beside a node."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from support.command import framewall
from support.framewall import Framewall
from support.running import REPOSITORY, Running


def started(folder: Path, *arguments: str, **env: str) -> Running:
    events = f"sqlite:{folder / 'events.db'}"
    command = [sys.executable, "-m", "framewall", "console", "--events", events, "--listen", "127.0.0.1:0"]
    return Running([*command, *arguments], env=env)


def status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_it_listens_and_tells_its_first_password_once(tmp_path: Path) -> None:
    with started(tmp_path) as console:
        url = console.wait_for(r"console at (http://127\.0\.0\.1:\d+/)").group(1)
        console.wait_for(r"user admin, password [\w-]{16} \(shown only this once\)")
        assert status(f"{url}sign-in") == 200
        assert status(f"{url}api/events") == 401
        assert console.stop() == 0
    with started(tmp_path) as console:
        assert status(console.wait_for(r"console at (\S+)").group(1)) == 200
        assert "password" not in console.output


def test_the_first_password_can_be_ones_own(tmp_path: Path) -> None:
    with started(tmp_path, FRAMEWALL_CONSOLE_PASSWORD="my own password") as console:
        status(console.wait_for(r"console at (\S+)").group(1))
        assert "my own password" not in console.output
        assert "password" not in console.output


def test_a_password_is_set_from_standard_input(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "framewall",
        "console",
        "--events",
        f"sqlite:{tmp_path}/e.db",
        "--set-password",
    ]

    def said(name: str, password: str) -> str:
        done = subprocess.run(
            [*command, name],
            input=f"{password}\n",
            text=True,
            capture_output=True,
            check=False,
            cwd=REPOSITORY,
        )
        return done.stderr

    assert "carol signs in with the new password" in said("carol", "long enough to keep")
    assert "a password has 10 to 1,000 characters" in said("carol", "short")
    assert "there is no user 'dave'" in said("dave", "long enough to keep")


def test_it_does_not_listen_to_the_world_in_the_clear(tmp_path: Path) -> None:
    said = framewall("console", "--listen", "0.0.0.0:0", cwd=tmp_path, status=1)
    assert "passwords would travel in the clear: add --tls-cert and --tls-key" in said.stderr


def test_beside_a_node_it_is_started_anew_and_ends_with_the_node(tmp_path: Path) -> None:
    with Framewall("http://127.0.0.1:9", tmp_path, "--console", "127.0.0.1:0") as node:
        first = node.wait_for(r"console at (\S+)").group(1)
        assert status(f"{first}sign-in") == 200
        (console,) = children(node.pid)
        assert os.getpriority(os.PRIO_PROCESS, console) == os.getpriority(os.PRIO_PROCESS, node.pid) + 5
        os.kill(console, signal.SIGKILL)
        again = node.wait_for(r"framewall\.console: framewall: console at (\S+)").group(1)
        assert status(f"{again}sign-in") == 200
        assert "is started again" in node.output
        (console,) = children(node.pid)
        os.kill(node.pid, signal.SIGKILL)
        deadline = time.monotonic() + 10
        while alive(console) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not alive(console)


def test_a_console_that_cannot_start_ends_the_node_and_says_why(tmp_path: Path) -> None:
    said = framewall(
        "run",
        "--upstream",
        "http://127.0.0.1:9",
        "--listen",
        "127.0.0.1:0",
        "--console",
        "0.0.0.0:1",
        cwd=tmp_path,
        status=1,
    )
    assert "The console did not start" in said.stderr
    assert "passwords would travel in the clear" in said.stderr


def children(parent: int) -> list[int]:
    listed = Path(f"/proc/{parent}/task/{parent}/children")
    found = [int(word) for word in listed.read_text().split()]
    for thread in Path(f"/proc/{parent}/task").iterdir():
        found += [int(word) for word in (thread / "children").read_text().split()]
    return sorted(set(found))


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] != "Z"
    except FileNotFoundError:
        return False
