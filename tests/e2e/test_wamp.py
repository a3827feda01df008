"""WAMP: Autobahn for Python and JavaScript, and Wampy, with two routers in every serialization; version 1 besides."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from support.peers import ATTACK, FOLDER, GREETINGS, MARK, between, found, node
from support.running import Running

SAY = "com.example.say"
TALK = [
    *([SAY, [{"text": text}], {"name": "Ann"}] for text in GREETINGS),
    [SAY, ["a", 1.5, None, True, {"deep": {"er": [1, 2]}}], {}],
]
SERIALIZATIONS = ["json", "msgpack", "cbor", "ubjson"]
PYTHON = [f"{each}{batched}" for each in SERIALIZATIONS for batched in ("", ".batched")]
NODE = [(library, each) for library in ("autobahn", "wampy") for each in ("json", "msgpack", "cbor")]
ATTACKS: dict[str, tuple[list[Any], str, str]] = {
    "argument": ([SAY, [{"text": ATTACK}], {}], SAY, "args[0].text"),
    "keyword": ([SAY, [], {"text": ATTACK}], SAY, "kwargs.text"),
    "key": ([SAY, [{ATTACK: 1}], {}], SAY, f'args[0]["{ATTACK}"]'),
    "binary": ([SAY, ["\0PGltZyBzcmM9eCBvbmVycm9yPWFsZXJ0KDEpPg=="], {}], SAY, "args[0]"),
}


@pytest.fixture(scope="module")
def autobahn() -> Iterator[Running]:
    """A router on Autobahn for Python."""
    with Running([sys.executable, str(FOLDER / "servers" / "wamp.py")]) as server:
        yield server


@pytest.fixture(scope="module")
def fox() -> Iterator[Running]:
    """fox-wamp."""
    with Running(["node", str(FOLDER / "servers" / "wamp.js")]) as server:
        yield server


@pytest.fixture(scope="module")
def version1() -> Iterator[Running]:
    """wamp.io."""
    with Running(["node", str(FOLDER / "servers" / "wamp1.js")]) as server:
        yield server


def python(url: str, serialization: str, calls: list[Any]) -> Running:
    """Autobahn for Python."""
    return Running(
        [sys.executable, str(FOLDER / "clients" / "wamp.py"), url, serialization, json.dumps(calls)]
    )


def test_conversations_of_autobahn_for_python_pass_unchanged(autobahn: Running, tmp_path: Path) -> None:
    """In every serialization, batched and not."""
    with between(autobahn, tmp_path) as wire, ExitStack() as stack:
        clients = [stack.enter_context(python(wire.url, each, TALK)) for each in PYTHON]
        for client in clients:
            client.wait_for("closed", 60)
            assert client.output.count("heard result") == len(TALK), client.output
            assert client.output.count("heard event") >= len(TALK)
        said = wire.unchanged()
        answers = [{name.lower(): value for name, value in each.answer_headers} for each in said]
        selected = {answer[b"sec-websocket-protocol"].decode() for answer in answers}
        assert selected == {f"wamp.2.{each}" for each in PYTHON}


def test_conversations_of_node_clients_pass_unchanged(autobahn: Running, tmp_path: Path) -> None:
    """Autobahn for JavaScript and Wampy."""
    with between(autobahn, tmp_path) as wire, ExitStack() as stack:
        clients = [stack.enter_context(node("clients/wamp.js", wire.url, *each, TALK)) for each in NODE]
        for client in clients:
            assert client.wait(60) == 0, client.output
            assert client.output.count('heard ["result"') == len(TALK), client.output
        assert len(wire.unchanged()) == len(NODE)


def test_a_conversation_with_fox_wamp_passes_unchanged(fox: Running, tmp_path: Path) -> None:
    """A router that was made elsewhere."""
    with between(fox, tmp_path) as wire:
        with node("clients/wamp.js", wire.url, "autobahn", "json", TALK) as client:
            assert client.wait(60) == 0, client.output
            assert client.output.count('heard ["result"') == len(TALK), client.output
        wire.unchanged()


@pytest.mark.parametrize("serialization", ["json", "cbor.batched"])
def test_no_attack_reaches_the_router(serialization: str, autobahn: Running, tmp_path: Path) -> None:
    """In whichever place."""
    places = {"procedure": ([ATTACK.replace(" ", "."), [], {}], ATTACK.replace(" ", "."), "procedure")}
    places = ATTACKS if serialization != "json" else {**ATTACKS, **places}
    with between(autobahn, tmp_path) as wire, ExitStack() as stack:
        for call, _, _ in places.values():
            stack.enter_context(python(wire.url, serialization, [TALK[0], call]))
        events = wire.blocked(len(places))
    assert found(events) == {("wamp", name, field) for _, name, field in places.values()}
    assert MARK not in autobahn.output


@pytest.mark.parametrize("other", [each for each in PYTHON if each not in ("json", "cbor.batched")])
def test_an_attack_is_found_in_every_serialization(other: str, autobahn: Running, tmp_path: Path) -> None:
    """Batched or not."""
    call, name, field = ATTACKS["argument"]
    with between(autobahn, tmp_path) as wire, python(wire.url, other, [call]):
        events = wire.blocked()
    assert found(events) == {("wamp", name, field)}


def test_version_1_talks_and_is_stopped(version1: Running, tmp_path: Path) -> None:
    """A server of its time; URIs in their short form are shown in their long one."""
    prefix = [1, "ex", "http://example.com/chat#"]
    calls = [[2, str(number), "ex:say", {"text": text}] for number, text in enumerate(GREETINGS)]
    events = [[5, "http://example.com/room"], [7, "http://example.com/room", {"text": GREETINGS[0]}, False]]
    attacks = {
        "argument": [2, "1", "ex:say", {"text": ATTACK}],
        "event": [7, "http://example.com/room", {"text": ATTACK}],
    }
    with between(version1, tmp_path) as wire, ExitStack() as stack:
        with node("clients/wamp1.js", wire.url, [prefix, *calls, *events], str(len(calls) + 1)) as client:
            assert client.wait(60) == 0, client.output
            assert client.output.count("heard") == len(calls) + 1
        wire.unchanged()
        for attack in attacks.values():
            stack.enter_context(node("clients/wamp1.js", wire.url, [prefix, attack], "1"))
        blocked = wire.blocked(2)
    assert found(blocked) == {
        ("wamp", "http://example.com/chat##say", "args[0].text"),
        ("wamp", "http://example.com/room", "event.text"),
    }
    assert MARK not in version1.output
