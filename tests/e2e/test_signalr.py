"""SignalR Core: Microsoft's client and aiosignalr's, a hub in Go, and one of the tests' own where Go's can't poll."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from support.framewall import Framewall
from support.peers import ATTACK, FOLDER, GREETINGS, between, found, node
from support.running import REPOSITORY, Running

PYTHON = REPOSITORY / ".venv-aiosignalr" / "bin" / "python"
HUB = REPOSITORY / ".build" / "peers" / "hub"
GO = ["WebSockets+json", "WebSockets+messagepack", "ServerSentEvents+json"]
OWN = ["LongPolling+json", "LongPolling+messagepack"]
BY_HTTP = ("argument", "key", "target")
"""Places that are tried there: bodies are read like messages."""
TALK = [
    *(["invoke", "SendMessage", "ann", {"text": text}] for text in GREETINGS),
    ["send", "SendMessage", "ann", ["a", 1.5, None, True, {"deep": {"er": "x"}}]],
]
STREAMS = [["stream", "Count", 3, "words & <tags>"], ["upload", "Upload", "first", "1 < 2", "last"]]
HEARD = 2 * len(GREETINGS) + 1 + 3 + 3
"""A result and a call back for each invocation, a call back for what was sent, two streams of three."""
ATTACKS: dict[str, tuple[list[Any], str, str]] = {
    "argument": (["invoke", "SendMessage", "ann", {"text": ATTACK}], "SendMessage", "args[1].text"),
    "deep": (["send", "SendMessage", "ann", [1, {"a": [ATTACK]}]], "SendMessage", "args[1][1].a[0]"),
    "first argument": (["invoke", "SendMessage", ATTACK, 1], "SendMessage", "args[0]"),
    "key": (["invoke", "SendMessage", "ann", {ATTACK: 1}], "SendMessage", f'args[1]["{ATTACK}"]'),
    "target": (["invoke", ATTACK, "ann", 1], ATTACK, "target"),
    "JSON in a string": (
        ["invoke", "SendMessage", "ann", json.dumps({"text": ATTACK})],
        "SendMessage",
        "args[1].text",
    ),
    "streamed argument": (["stream", "Count", 3, ATTACK], "Count", "args[1]"),
    "item": (["upload", "Upload", "harmless", ATTACK], "Upload", "item"),
    "bytes": (["bytes", "SendMessage", "ann", ATTACK], "SendMessage", "args[1]"),
}


@pytest.fixture(scope="module")
def hub() -> Iterator[Running]:
    """philippseith/signalr."""
    with Running([str(HUB)]) as server:
        yield server


@pytest.fixture(scope="module")
def own() -> Iterator[Running]:
    """A hub made of the client's own protocols."""
    with Running(["node", str(FOLDER / "server.js"), "signalr"]) as server:
        yield server


def plan(way: str, calls: list[Any], **more: Any) -> dict[str, Any]:
    transport, protocol = way.split("+")
    return {"transport": transport, "protocol": protocol, "calls": calls, **more}


@pytest.mark.parametrize("way", GO)
def test_a_conversation_with_a_hub_in_go_passes_unchanged(way: str, hub: Running, tmp_path: Path) -> None:
    with between(hub, tmp_path) as wire:
        calls = [*TALK, *STREAMS]
        with node("clients/signalr.js", wire.url, plan(way, calls, leave=HEARD)) as client:
            assert client.wait(60) == 0, client.output
            assert client.output.count("heard") == HEARD
        said = wire.unchanged()
        assert any(exchange.status == 101 for exchange in said) == way.startswith("WebSockets")


def aiosignalr(url: str, way: str, *arguments: Any) -> Running:
    """Its client in Python, which calls with each argument."""
    return Running([str(PYTHON), str(FOLDER / "clients" / "aio_signalr.py"), url, way, json.dumps(arguments)])


@pytest.mark.parametrize("way", GO)
def test_a_conversation_of_aiosignalr_passes_unchanged(way: str, hub: Running, tmp_path: Path) -> None:
    with between(hub, tmp_path) as wire:
        with aiosignalr(wire.url, way, *({"text": text} for text in GREETINGS)) as client:
            assert client.wait(60) == 0, client.output
            assert client.output.count("heard") == len(GREETINGS)
        said = wire.unchanged()
        assert any(exchange.status == 101 for exchange in said) == way.startswith("WebSockets")


@pytest.mark.parametrize("way", GO)
def test_aiosignalr_reports_the_refusal(way: str, hub: Running, tmp_path: Path) -> None:
    """Its call fails with the text, and its connection is closed."""
    settings = tmp_path / "framewall.toml"
    port = hub.wait_for(r"listening on (\d+)").group(1)
    settings.write_text(
        f'upstream = "http://127.0.0.1:{port}"\nrefusal = "framework"\nrefusal_text = "Not here"\n'
    )
    with Framewall(f"http://127.0.0.1:{port}", tmp_path, "--config", str(settings)) as framewall:
        with aiosignalr(f"http://{framewall.address}", way, "hello", ATTACK) as client:
            client.wait_for(r'heard "hello"')
            client.wait_for("rejected: Not here")
            client.wait_for("closed: ")
        assert len(framewall.events()) == 1


@pytest.mark.parametrize("way", OWN)
def test_a_conversation_with_a_hub_in_node_passes_unchanged(way: str, own: Running, tmp_path: Path) -> None:
    with between(own, tmp_path) as wire:
        with node("clients/signalr.js", wire.url, plan(way, TALK, leave=len(GREETINGS))) as client:
            assert client.wait(60) == 0, client.output
            assert client.output.count('"result"') == len(GREETINGS)
        wire.unchanged()


@pytest.mark.parametrize("way", [*GO, *OWN])
def test_no_attack_reaches_a_hub(way: str, hub: Running, own: Running, tmp_path: Path) -> None:
    """Whatever the transport and the place; and its event says which hub method it was for, and where."""
    attacks = dict(ATTACKS) if way.startswith("WebSockets") else {place: ATTACKS[place] for place in BY_HTTP}
    if way.endswith("json"):
        attacks.pop("bytes", None)
    with between(hub if way in GO else own, tmp_path) as wire, ExitStack() as stack:
        for call, _, _ in attacks.values():
            stack.enter_context(node("clients/signalr.js", wire.url, plan(way, [TALK[0], call])))
        events = wire.blocked(len(attacks))
    assert found(events) == {("signalr", target, field) for _, target, field in attacks.values()}
    assert {event["attacks"][0] for event in events} == {"xss"}
