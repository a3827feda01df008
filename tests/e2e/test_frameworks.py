"""Real clients of the other frameworks, Framewall between them and a server that logs what reached it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from support.framewall import Framewall
from support.running import REPOSITORY, Running

ATTACK = "<img src=x onerror=alert(1)>"
GREETING = "Hello, don't you think 1 < 2? <3"
FOLDER = REPOSITORY / "tests" / "e2e" / "frameworks"


@contextmanager
def behind_framewall(kind: str, folder: Path) -> Iterator[tuple[Running, Framewall]]:
    """The logging server of a framework, and Framewall in front of it."""
    with Running(["node", str(FOLDER / "server.js"), kind]) as server:
        port = server.wait_for(r"listening on (\d+)").group(1)
        with Framewall(f"http://127.0.0.1:{port}", folder) as framewall:
            yield server, framewall


def client(kind: str, framewall: Framewall, transport: str, *messages: str) -> Running:
    """The framework's own client, which sends these messages."""
    return Running(
        ["node", str(FOLDER / "client.js"), kind, f"http://{framewall.address}", transport, *messages]
    )


def test_stomp_talks_and_is_stopped(tmp_path: Path) -> None:
    """@stomp/stompjs and stomp-broker-js."""
    with behind_framewall("stomp", tmp_path) as (server, framewall):
        with client("stomp", framewall, "websocket") as listening:
            server.wait_for("subscribed /topic/chat")
            with client("stomp", framewall, "websocket", f'{{"text":"{GREETING}"}}', "plain words"):
                listening.wait_for(r"heard .*1 < 2[\s\S]*heard .*plain words")
        assert framewall.events() == []
        with client("stomp", framewall, "websocket", f'{{"text":"{ATTACK}"}}') as attacking:
            attacking.wait_for("closed")
        event = framewall.wait_for_event()
        assert "onerror" not in server.output
        assert (event["framework"], event["event"]) == ("stomp", "SEND /topic/chat")
        assert event["findings"][0]["field"] == "body.text"


@pytest.mark.parametrize("transport", ["websocket", "xhr-streaming", "xhr-polling"])
def test_sockjs_talks_and_is_stopped(transport: str, tmp_path: Path) -> None:
    """sockjs and sockjs-client, on the transports that it has in Node."""
    with behind_framewall("sockjs", tmp_path) as (server, framewall):
        with client("sockjs", framewall, transport, GREETING, '{"msg":"ping"}') as talking:
            talking.wait_for(r"heard .*1 < 2[\s\S]*heard .*ping")
        assert framewall.events() == []
        with client("sockjs", framewall, transport, f'{{"text":"{ATTACK}"}}') as attacking:
            attacking.wait_for("closed")
        event = framewall.wait_for_event()
        assert "onerror" not in server.output
        assert event["framework"] == "sockjs"
        assert event["findings"][0]["field"] == "message.text"


@pytest.mark.parametrize(
    "way",
    [
        "WebSockets+json",
        "WebSockets+messagepack",
        "LongPolling+json",
        "LongPolling+messagepack",
        "ServerSentEvents+json",
    ],
)
def test_signalr_talks_and_is_stopped(way: str, tmp_path: Path) -> None:
    """@microsoft/signalr with both protocols, and a hub of these tests' own; events carry no bytes."""
    with behind_framewall("signalr", tmp_path) as (server, framewall):
        with client("signalr", framewall, way, GREETING, "plain words") as talking:
            talking.wait_for(r"heard .*1 < 2[\s\S]*heard .*plain words")
        assert framewall.events() == []
        with client("signalr", framewall, way, ATTACK) as attacking:
            attacking.wait_for("closed|refused")
        event = framewall.wait_for_event()
        assert "onerror" not in server.output
        assert (event["framework"], event["event"]) == ("signalr", "SendMessage")
        assert event["findings"][0]["field"] == "args[1].text"
