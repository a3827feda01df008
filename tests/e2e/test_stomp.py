"""STOMP over WebSocket: two clients, two brokers; with RabbitMQ in whatever pieces a frame comes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import stomp

from support.peers import ATTACK, FOLDER, GREETINGS, between, found, node
from support.rabbitmq import rabbitmq
from support.running import Running
from support.servers import wait_until

TOPIC = "/topic/chat"
LOGIN = {"login": "guest", "passcode": "guest", "host": "/"}
TALK = [
    ["subscribe", TOPIC],
    *(["send", TOPIC, json.dumps({"text": text}), {"x-name": "Ann: 1 < 2"}] for text in GREETINGS),
    ["send", TOPIC, "a body that is text & not JSON"],
    ["bytes", TOPIC, "bytes \0 with a NUL"],
]
HEARD = len(TALK) - 1
ATTACKS: dict[str, tuple[list[Any], str | None, str]] = {
    "body": (["send", TOPIC, json.dumps({"text": ATTACK})], f"SEND {TOPIC}", "body.text"),
    "plain body": (["send", TOPIC, ATTACK], f"SEND {TOPIC}", "body"),
    "key": (["send", TOPIC, json.dumps({ATTACK: 1})], f"SEND {TOPIC}", f'body["{ATTACK}"]'),
    "header": (["send", TOPIC, "hello", {"x-name": ATTACK}], f"SEND {TOPIC}", 'headers["x-name"]'),
    "header's name": (["send", TOPIC, "hello", {ATTACK: "x"}], f"SEND {TOPIC}", "headers"),
    "destination": (["send", f"/topic/{ATTACK}", "hello"], f"SEND /topic/{ATTACK}", 'headers["destination"]'),
    "selector": (["subscribe", TOPIC, {"selector": ATTACK}], f"SUBSCRIBE {TOPIC}", 'headers["selector"]'),
    "bytes": (["bytes", TOPIC, f"\0{ATTACK}"], f"SEND {TOPIC}", "body"),
}
WAYS: dict[str, dict[str, Any]] = {"text": {}, "binary": {"binary": True}, "pieces": {"split": 5}}


@pytest.fixture(scope="module")
def rabbit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """RabbitMQ, at ``/ws``."""
    with rabbitmq(tmp_path_factory.mktemp("rabbitmq")) as port:
        yield port


@pytest.fixture(scope="module")
def broker() -> Iterator[Running]:
    """stomp-broker-js, at ``/ws``."""
    with Running(["node", str(FOLDER / "server.js"), "stomp"]) as server:
        yield server


def plan(frames: list[Any], **more: Any) -> dict[str, Any]:
    return {"path": "/ws", "connect": LOGIN, "frames": frames, **more}


@pytest.mark.parametrize("way", ["text", "binary"])
def test_a_conversation_with_stomp_broker_js_passes_unchanged(
    way: str, broker: Running, tmp_path: Path
) -> None:
    """It wants a frame a message, and tells nobody what he said himself."""
    talk = TALK[1:-1]
    with between(broker, tmp_path) as wire:
        listen = plan(TALK[:1], leave=len(talk), **WAYS[way])
        with node("clients/stomp.js", wire.url, listen) as listening:
            broker.wait_for(rf"(subscribed[\s\S]*){{{list(WAYS).index(way) + 1}}}")
            with node("clients/stomp.js", wire.url, plan([*talk, ["leave"]], **WAYS[way])) as client:
                assert listening.wait(60) == 0, listening.output
                assert client.wait(60) == 0, client.output
                assert listening.output.count("heard") == len(talk)
        assert [exchange.status for exchange in wire.unchanged()] == [101, 101]


@pytest.mark.parametrize("way", WAYS)
def test_a_conversation_with_rabbitmq_passes_unchanged(way: str, rabbit: int, tmp_path: Path) -> None:
    """In pieces of five bytes too."""
    with between(rabbit, tmp_path) as wire:
        with node("clients/stomp.js", wire.url, plan(TALK, leave=HEARD, **WAYS[way])) as client:
            assert client.wait(60) == 0, client.output
            assert client.output.count("heard") == HEARD
        assert [exchange.status for exchange in wire.unchanged()] == [101]


@pytest.mark.parametrize("way", WAYS)
def test_no_attack_reaches_rabbitmq(way: str, rabbit: int, tmp_path: Path) -> None:
    """In whichever place, opcode and pieces."""
    with between(rabbit, tmp_path) as wire, ExitStack() as stack:
        for frame, _, _ in ATTACKS.values():
            stack.enter_context(node("clients/stomp.js", wire.url, plan([TALK[0], frame], **WAYS[way])))
        events = wire.blocked(len(ATTACKS))
    assert found(events) == {("stomp", name, field) for _, name, field in ATTACKS.values()}


class Heard(stomp.ConnectionListener):  # type: ignore[misc]
    """Keeps what comes."""

    def __init__(self) -> None:
        self.bodies: list[str] = []
        self.lost = False

    def on_message(self, frame: Any) -> None:
        self.bodies.append(frame.body)

    def on_disconnected(self) -> None:
        self.lost = True


def test_stomp_py_talks_and_is_stopped(rabbit: int, tmp_path: Path) -> None:
    """Python's client, with RabbitMQ."""
    with between(rabbit, tmp_path) as wire:
        client = stomp.WSStompConnection([("127.0.0.1", wire.front.port)], vhost="/", ws_path="/ws")
        heard = Heard()
        client.set_listener("", heard)
        client.connect("guest", "guest", wait=True)
        client.subscribe(TOPIC, id="1")
        for text in GREETINGS:
            client.send(TOPIC, json.dumps({"text": text}))
        wait_until(lambda: len(heard.bodies) == len(GREETINGS), 20)
        wire.unchanged()
        client.send(TOPIC, json.dumps({"text": ATTACK}), headers={"x-name": "ann"})
        events = wire.blocked()
        wait_until(lambda: heard.lost, 20)
    assert found(events) == {("stomp", f"SEND {TOPIC}", "body.text")}
