"""Real clients and real servers, Framewall between them: the harmless passes, the attack never arrives."""

from __future__ import annotations

import asyncio
import base64
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import socketio
import websockets
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory

from support.framewall import Framewall
from support.running import REPOSITORY, Running

ATTACK = "<img src=x onerror=alert(1)>"
GREETING = "Hello, don't you think 1 < 2? <3"


@contextmanager
def echo_behind_framewall(folder: Path, *arguments: str) -> Iterator[tuple[Running, Framewall]]:
    """The logging socket.io server of these tests, and Framewall in front of it."""
    with Running(["node", str(REPOSITORY / "tests/e2e/echo.js"), *arguments]) as server:
        port = server.wait_for(r"listening on (\d+)").group(1)
        with Framewall(f"http://127.0.0.1:{port}", folder) as framewall:
            yield server, framewall


def run_client(framewall: Framewall, **plan: Any) -> Running:
    """socket.io-client, connected to Framewall, doing what ``plan`` says."""
    client = REPOSITORY / "tests/e2e/client.js"
    return Running(["node", str(client), f"http://{framewall.address}", json.dumps(plan)])


def binary(text: str) -> dict[str, str]:
    """A Buffer among the arguments of an event."""
    return {"$binary": base64.b64encode(text.encode()).decode()}


@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_socket_io_client_talks_and_is_stopped(transport: str, tmp_path: Path) -> None:
    """socket.io-client 4.8: events, acks and attachments pass; the attack doesn't."""
    options = {"transports": [transport]}
    with echo_behind_framewall(tmp_path) as (server, framewall):
        harmless = [["say", GREETING, {"to": ["all", 3]}], ["file", "notes.txt", binary("plain notes")]]
        with run_client(framewall, options=options, emit=harmless) as client:
            client.wait_for(r'ack \["ok",3\][\s\S]*ack \["ok",3\]')
        assert f'got ["say","{GREETING}",{{"to":["all",3]}}]' in server.output
        assert 'got ["file","notes.txt","plain notes"]' in server.output
        assert framewall.events() == []

        with run_client(
            framewall, options=options, emit=[["say", {"deep": [1, {"text": ATTACK}]}]]
        ) as client:
            client.wait_for("disconnected")
        event = framewall.wait_for_event()
        assert "onerror" not in server.output
        assert event["findings"][0]["field"] == 'event["say"].args[0].deep[1].text'
        assert event["transport"] == transport


@pytest.mark.parametrize(
    ("emit", "field"),
    [
        pytest.param(["file", binary(ATTACK)], 'event["file"].args[0]', id="attachment"),
        pytest.param(["file", {ATTACK: 1}], 'event["file"].args[0]', id="key"),
        pytest.param([ATTACK, "x"], "event", id="event name"),
        pytest.param(["say", [ATTACK]], 'event["say"].args[0][0]', id="nested"),
        pytest.param(
            ["say", json.dumps({"inner": ATTACK})], 'event["say"].args[0].inner', id="json in a string"
        ),
        pytest.param(
            ["say", base64.b64encode(ATTACK.encode()).decode()], 'event["say"].args[0]', id="base64"
        ),
    ],
)
def test_every_place_of_an_event_is_judged(emit: list[Any], field: str, tmp_path: Path) -> None:
    """An attack in any place of an event is found there, and does not arrive."""
    with echo_behind_framewall(tmp_path) as (server, framewall):
        with run_client(framewall, options={"transports": ["websocket"]}, emit=[emit]) as client:
            client.wait_for("disconnected")
        event = framewall.wait_for_event()
        assert "got" not in server.output
        assert any(finding["field"].startswith(field) for finding in event["findings"]), event["findings"]


def test_the_auth_of_a_connect_is_judged(tmp_path: Path) -> None:
    """The payload of CONNECT is the client's too."""
    options = {"transports": ["websocket"], "auth": {"name": ATTACK}}
    with echo_behind_framewall(tmp_path) as (server, framewall):
        with run_client(framewall, options=options) as client:
            client.wait_for("refused|disconnected")
        assert framewall.wait_for_event()["findings"][0]["field"] == "auth.name"
        assert "onerror" not in server.output


def test_the_msgpack_parser_is_read(tmp_path: Path) -> None:
    """socket.io-msgpack-parser puts the whole packet into one binary message."""
    plan = {"options": {"transports": ["websocket"]}, "msgpack": True}
    with echo_behind_framewall(tmp_path, "--msgpack") as (server, framewall):
        with run_client(framewall, emit=[["say", GREETING]], **plan) as client:
            client.wait_for(r'ack \["ok",2\]')
        with run_client(framewall, emit=[["say", {"text": ATTACK}]], **plan) as client:
            client.wait_for("disconnected")
        event = framewall.wait_for_event()
        assert event["findings"][0]["field"] == 'event["say"].args[0].text'
        assert "onerror" not in server.output


def test_python_socketio_talks_and_is_stopped(tmp_path: Path) -> None:
    """python-socketio, first polling, then upgraded to a WebSocket, as it does by default."""
    with echo_behind_framewall(tmp_path) as (server, framewall), socketio.SimpleClient() as client:
        client.connect(f"http://{framewall.address}")
        assert list(client.call("say", GREETING)) == ["ok", 2]
        client.emit("say", {"text": ATTACK})
        event = framewall.wait_for_event()
        assert event["attacks"] == ["xss"]
        assert "onerror" not in server.output


@pytest.mark.parametrize("takeover", [True, False], ids=["context takeover", "no context takeover"])
def test_deflated_messages_are_inflated_and_judged(takeover: bool, tmp_path: Path) -> None:
    """Python's websockets with permessage-deflate, as negotiated with a real server."""
    arrived: list[str | bytes] = []

    async def echo(connection: ServerConnection) -> None:
        async for message in connection:
            arrived.append(message)
            await connection.send(message)

    deflate = ClientPerMessageDeflateFactory(
        server_no_context_takeover=not takeover,
        client_no_context_takeover=not takeover,
        client_max_window_bits=12,
    )

    async def talk() -> int | None:
        async with serve(echo, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            with Framewall(f"http://127.0.0.1:{port}", tmp_path) as framewall:
                async with connect(f"ws://{framewall.address}/", extensions=[deflate]) as client:
                    assert client.protocol.extensions, "deflate was not negotiated"
                    for number in range(20):
                        text = json.dumps({"number": number, "text": GREETING * 20})
                        await client.send(text)
                        assert await client.recv() == text
                    await client.send(json.dumps({"text": GREETING * 20 + ATTACK}))
                    with pytest.raises(websockets.ConnectionClosed) as closed:
                        await client.recv()
                event = framewall.wait_for_event()
                assert re.search(
                    r"Framewall-Message: client text, 1 frame, deflate, \d+ bytes", event["request"]
                )
                return closed.value.rcvd.code if closed.value.rcvd else None

    assert asyncio.run(talk()) == 1008
    assert len(arrived) == 20
