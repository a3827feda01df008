"""``framewall demo``: the real chat, a real attack, and nothing left behind."""

from __future__ import annotations

import os
import re
import signal
import socket
import sys
from pathlib import Path

import pytest
import socketio

from framewall.cli import demo
from framewall.cli._children import Child, ChildError
from support.running import Running

ATTACK = "<img src=x onerror=alert(1)>"


def alive(pattern: str) -> list[str]:
    """Command lines of running processes that contain this."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
            except OSError:
                continue
            if any(pattern in word for word in words):
                found.append(" ".join(words))
    return found


def test_the_demo_shows_the_attack_and_cleans_up_on_ctrl_c(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "framewall", "demo", "--port", "0", "--chat-port", "0"]
    with Running(command, env={"TMPDIR": str(tmp_path)}) as shown:
        protected = shown.wait_for(r"protects the chat at\s+(http://\S+)", 60).group(1)
        direct = shown.wait_for(r"without it is at\s+(http://\S+)").group(1)
        assert protected != direct
        shown.wait_for("Ctrl-C ends everything")
        with socketio.SimpleClient() as client:
            client.connect(protected)
            client.emit("join", "mallory")
            client.emit("new message", "hello")
            shown.wait_for('chat | message "hello"')
            client.emit("new message", ATTACK)
            shown.wait_for("blocked")
        shown.wait_for(re.escape(f'["new message","{ATTACK}"]'))
        assert f"chat | message {ATTACK}" not in shown.output
        os.kill(shown.pid, signal.SIGINT)
        shown.wait_for("Stopped: the chat, Framewall, and the demo's events are gone")
        assert shown.wait() == 0
    assert alive(str(tmp_path)) == []
    assert list(tmp_path.glob("framewall-demo-*")) == []


def test_outside_a_checkout_it_says_where_to_run_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(demo, "_CHAT", Path("examples/none/server.js"))
    with pytest.raises(demo.DemoError, match=r"part of Framewall's repository.*inside a checkout"):
        demo._chat()


def test_without_the_chats_packages_or_node_it_says_how_to_get_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "server.js").touch()
    monkeypatch.setattr(demo, "_CHAT", tmp_path / "server.js")
    with pytest.raises(demo.DemoError, match="run `make demo`, or `npm ci` in"):
        demo._chat()
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(demo.DemoError, match=r"needs Node.js 18 or newer: run `make demo`"):
        demo._node()


def test_a_port_in_use_is_not_taken() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert demo._free(port) == 0
    assert demo._free(port) == port


def test_a_child_that_fails_is_told_with_its_last_words() -> None:
    ended: list[bool] = []
    command = [sys.executable, "-c", "print('no such thing'); raise SystemExit(3)"]
    with (
        Child("The chat", command, {}, lambda line: None, lambda: ended.append(True)) as child,
        pytest.raises(ChildError, match=r"The chat did not start\. It said:\nno such thing"),
    ):
        child.wait_for("listening on (.*)", 20)
    assert ended == [True]


def test_a_child_that_does_not_listen_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("framewall.cli._children._STOP_SECONDS", 0.2)
    program = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
        "print('up 1', flush=True); time.sleep(60)"
    )
    with Child("Stubborn", [sys.executable, "-c", program], {}, lambda line: None, lambda: None) as child:
        assert child.wait_for(r"up (\d)") == "1"
    assert not child.running
