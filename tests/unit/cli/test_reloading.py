"""A changed configuration and changed rules take effect while sockets stay open."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.sync.server import ServerConnection, serve

from support.running import Running

XSS = "<img src=x onerror=alert(1)>"
RULE = """
attack = "rce"
[[rule]]
id = "rce.mine"
score = 5
literals = ["{word}"]
pattern = "{word}"
examples = {{ match = ["say {word} now"], pass = ["{passes}"] }}
"""


class Server:
    """Answers every message with its own name and the message."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._server = serve(self._answer, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.socket.getsockname()[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def _answer(self, connection: ServerConnection) -> None:
        with suppress(ConnectionClosed):
            for message in connection:
                connection.send(f"{self._name}: {message!s}")

    def stop(self) -> None:
        self._server.shutdown()


@pytest.fixture
def servers() -> Iterator[tuple[Server, Server]]:
    pair = Server("one"), Server("two")
    yield pair
    for server in pair:
        server.stop()


class Wall:
    """``framewall run`` with a configuration that is written anew."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "w.toml"
        self.rules = folder / "rules"
        self.rules.mkdir()

    def write(self, upstream: str, *lines: str) -> None:
        start = [
            'listen = "127.0.0.1:0"',
            f'upstream = "{upstream}"',
            'events = "sqlite:e.db"',
            'rules = "rules"',
        ]
        self.file.write_text("\n".join([*start, *lines]))

    def rule(self, word: str, passes: str = "nothing") -> None:
        (self.rules / "mine.toml").write_text(RULE.format(word=word, passes=passes))

    def run(self) -> Running:
        return Running(
            [sys.executable, "-m", "framewall", "run", "--config", str(self.file)], cwd=self.file.parent
        )


@pytest.fixture
def wall(tmp_path: Path) -> Wall:
    return Wall(tmp_path)


def address(run: Running) -> str:
    return "ws://" + run.wait_for(r"listening on http://(\S+)").group(1)


def said(client: ClientConnection, text: str) -> str | int:
    """The answer, or the code of the Close."""
    try:
        client.send(text)
        return str(client.recv(10))
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else 1006


def reload(run: Running, pattern: str) -> None:
    os.kill(run.pid, signal.SIGHUP)
    run.wait_for(pattern)


def test_a_reload_reaches_open_sockets_and_drops_nobody(wall: Wall, servers: tuple[Server, Server]) -> None:
    one, two = servers
    wall.write(one.url, 'mode = "monitor"')
    with wall.run() as run:
        url = address(run)
        with connect(url) as old, connect(url) as bystander:
            assert said(old, XSS) == f"one: {XSS}"
            wall.write(two.url, 'mode = "block"', 'node = "another"')
            reload(run, r"reloaded: \d+ rules, 1 routes")
            assert said(old, "hello") == "one: hello", "an open socket keeps its server"
            with connect(url) as new:
                assert said(new, "hello") == "two: hello"
                assert said(old, XSS) == 1008
            assert said(bystander, "still here") == "one: still here"
        run.wait_for("node has changed: that needs a restart")
        assert run.stop() == 0


def test_a_configuration_that_cannot_be_used_changes_nothing(
    wall: Wall, servers: tuple[Server, Server]
) -> None:
    wall.write(servers[0].url)
    with wall.run() as run:
        url = address(run)
        with connect(url) as client:
            wall.write(servers[1].url, 'mode = "blok"')
            reload(run, r'not reloaded, the configuration in force stays:\n.*mode: "blok" is not possible')
            assert said(client, "hello") == "one: hello"
            assert said(client, XSS) == 1008
        assert run.stop() == 0


def test_rules_are_taken_anew_when_their_files_change(wall: Wall, servers: tuple[Server, Server]) -> None:
    wall.rule("opensesame")
    wall.write(servers[0].url)
    with wall.run() as run:
        url = address(run)
        with connect(url) as client, connect(url) as attacker:
            assert said(attacker, "opensesame") == 1008
            assert said(client, "abracadabra") == "one: abracadabra"
            wall.rule("abracadabra")
            run.wait_for(r"rules reloaded: \d+")
            assert said(client, "opensesame") == "one: opensesame"
            wall.rule("simsalabim", passes="simsalabim")
            run.wait_for(r"the rules in force stay:\n.*rce\.mine: the example 'simsalabim' must pass")
            assert said(client, "abracadabra") == 1008
        assert run.stop() == 0
