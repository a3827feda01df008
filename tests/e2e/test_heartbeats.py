"""A verdict that takes seconds: whoever pings goes on, and nobody is taken for dead."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from websockets.asyncio.client import connect

from framewall.config.settings import engine_settings
from framewall.detect import builtin_engine
from framewall.model import Event, Message, Verdict
from framewall.pipeline import Inspector, Session
from framewall.policy import Policy
from framewall.proxy import Relay, Settings
from support.running import REPOSITORY, Running
from support.servers import Echo

HELD_SECONDS = 3.0
FOLDER = REPOSITORY / "tests" / "e2e" / "frameworks"


class Slow(Inspector):
    """Takes its time over a message that has ``slow`` in it."""

    def message(self, session: Session, message: Message) -> Verdict:
        if b"slow" in message.data:
            time.sleep(HELD_SECONDS)
        return super().message(session, message)


@contextmanager
def slowly(url: str) -> Iterator[tuple[str, list[Event]]]:
    """The address of a relay with that Inspector, and its events."""
    events: list[Event] = []
    inspector = Slow(Policy(), builtin_engine(), events.append, time.time, settings=engine_settings)
    with Relay(Settings.protecting(url), inspector) as relay:
        yield relay.addresses[0], events


def test_a_websocket_ping_is_answered_while_a_message_is_held() -> None:
    """Python's client gives its server less time than the verdict takes."""

    async def talk(address: str) -> None:
        async with connect(f"ws://{address}/", ping_interval=0.2, ping_timeout=0.8) as client:
            await client.send("slow")
            assert await client.recv() == "slow"

    with Echo() as server, slowly(server.url) as (address, events):
        asyncio.run(talk(address))
        assert events == []


TALKS = {
    # The server pings. The answer is a message too and waits for the held one; the server has patience for that.
    "socket.io": (
        ["tests/e2e/echo.js"],
        {"OPTIONS": '{"pingInterval":300,"pingTimeout":3000}'},
        ["tests/e2e/frameworks/heartbeats.js", "socket.io"],
    ),
    # Both ping; the client gives up after two seconds without anything of the server's.
    "signalr": (
        ["tests/e2e/frameworks/server.js", "signalr"],
        {"KEEPALIVE": "200"},
        ["tests/e2e/frameworks/heartbeats.js", "signalr"],
    ),
}


@pytest.mark.parametrize("kind", TALKS)
def test_a_frameworks_heartbeats_go_on_while_a_message_is_held(kind: str) -> None:
    """What the server says is not held up by what the client said; the message arrives, and no event is made."""
    command, env, script = TALKS[kind]
    with Running(["node", *command], env=env) as server:
        port = server.wait_for(r"listening on (\d+)").group(1)
        with (
            slowly(f"http://127.0.0.1:{port}") as (address, events),
            Running(["node", *script, f"http://{address}"]) as client,
        ):
            client.wait_for("answered")
            assert "slow" in server.output
            assert "lost" not in client.output, client.output
        assert events == []
