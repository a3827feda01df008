"""Clients that come back and send again by themselves: what their libraries report, and what ends it."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from support.framewall import Framewall
from support.running import REPOSITORY, Running

ATTACK = "<img src=x onerror=alert(1)>"
FOLDER = REPOSITORY / "tests" / "e2e" / "frameworks"
SETTINGS = 'refusal_text = "Not here"\nclose_reason = "policy"\n'


BOTH = r"(?s)(?=.*rejected: [^\n]*Not here).*closed: [^\n]*Not here"
"""The call's failure and the connection's end, in either order: they come by two requests."""


class Way(NamedTuple):
    """A framework's client on one transport, and what its library reports when it is refused in its own words.

    ``stays_away``: it does not come back then, of itself or by its application's hand.
    """

    framework: str
    transport: str
    reports: str
    stays_away: bool = False


WAYS = {
    "socket.io": Way("socket.io", "websocket", "disconnected: io server disconnect active: false", True),
    "socket.io polling": Way(
        "socket.io", "polling", "disconnected: io server disconnect active: false", True
    ),
    "signalr json": Way("signalr", "WebSockets+json", r"rejected: Not here[\s\S]*closed: .*Not here"),
    "signalr messagepack": Way(
        "signalr", "WebSockets+messagepack", r"rejected: Not here[\s\S]*closed: .*Not here"
    ),
    "signalr events": Way("signalr", "ServerSentEvents+json", BOTH),
    "signalr polling": Way("signalr", "LongPolling+messagepack", BOTH),
    "socket.io 2": Way("socket.io 2", "websocket", "disconnected: io server disconnect", True),
    "socket.io 2 polling": Way("socket.io 2", "polling", "disconnected: io server disconnect", True),
    "sockjs": Way("sockjs", "websocket", "closed: 1008 Not here"),
    "sockjs streaming": Way("sockjs", "xhr-streaming", "closed: 1008 Not here"),
    "sockjs polling": Way("sockjs", "xhr-polling", "closed: 1008 Not here"),
    **{
        f"{library} {serialization}": Way(
            library,
            serialization,
            r"rejected: wamp\.error\.not_authorized Not here[\s\S]*closed" + how,
            True,
        )
        for library, how, serializations in (
            ("autobahn", r": closed wamp\.close\.killed Not here", ("json", "msgpack", "cbor")),
            ("wampy", "", ("json", "msgpack")),
        )
        for serialization in serializations
    },
    "stomp": Way("stomp", "websocket", r"error: Not here receipt: r1[\s\S]*closed: 1008 policy"),
}


@contextmanager
def guarded(way: Way, folder: Path, settings: str) -> Iterator[tuple[Running, Framewall]]:
    """The framework's server, and Framewall with these settings in front of it."""
    if way.framework.startswith("socket.io"):
        command = ["node", "tests/e2e/echo.js"]
    elif way.framework in ("autobahn", "wampy"):
        command = [sys.executable, str(FOLDER / "servers" / "wamp.py")]
    else:
        command = ["node", str(FOLDER / "server.js"), way.framework]
    with Running(command) as server:
        port = server.wait_for(r"listening on (\d+)").group(1)
        upstream = f"http://127.0.0.1:{port}"
        file = folder / "framewall.toml"
        file.write_text(f'upstream = "{upstream}"\n{SETTINGS}{settings}')
        with Framewall(upstream, folder, "--config", str(file)) as framewall:
            yield server, framewall


def returning(way: Way, framewall: Framewall) -> Running:
    """The client that sends the attack, comes back and sends it again."""
    command = [
        "node",
        str(FOLDER / "returning.js"),
        way.framework,
        f"http://{framewall.address}",
        way.transport,
    ]
    return Running([*command, f'{{"text":"{ATTACK}"}}'])


@pytest.mark.parametrize("name", WAYS)
def test_its_library_reports_the_refusal(name: str, tmp_path: Path) -> None:
    """With the text of the route, by the events that the library has for it."""
    way = WAYS[name]
    with guarded(way, tmp_path, 'refusal = "framework"\n') as (server, framewall):
        with returning(way, framewall) as client:
            client.wait_for(way.reports)
            if way.stays_away:
                client.wait()
                assert client.output.count("connected") - client.output.count("disconnected") == 1
            assert "reconnecting" not in client.output
        assert "onerror" not in server.output


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("socket.io polling", "none"),
        ("signalr json", "none"),
        ("sockjs", "none"),
        ("stomp", "framework"),
    ],
)
def test_a_ban_ends_its_coming_back(name: str, told: str, tmp_path: Path) -> None:
    """It is refused at the handshake, and neither it nor its message reaches the server again."""
    way = WAYS[name]
    settings = f'refusal = "{told}"\nban_seconds = 600\nban_status = 429\n'
    with guarded(way, tmp_path, settings) as (server, framewall):
        with returning(way, framewall) as client:
            client.wait()
            said = client.output
        assert len(re.findall("^connected", said, re.MULTILINE)) == 1, said
        assert "gave up" in said, "it came back by itself until it had enough"
        assert re.search(r"refused: .*|closed: 2000 All transports failed", said), (
            "its library says that it was not let in"
        )
        assert "onerror" not in server.output
        before = server.output.count("a connection")
        assert before <= 4, server.output
        time.sleep(0.2)
        assert server.output.count("a connection") == before
        assert len(framewall.events()) == 1
