"""What real clients and servers said to each other passes, every line of it, and an attack in it does not."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Any

import pytest

from framewall.detect import builtin_engine
from framewall.replay import Lines

FILE = Path(__file__).parents[3] / "vectors" / "decode" / "socketio" / "conversations.json"
CONVERSATIONS: list[dict[str, Any]] = json.loads(FILE.read_text())
GREETING = "hello, world <3"
ATTACK = "<script>x()</sc"
"""As long as the greeting, so that no length in the protocol changes."""


def test_there_are_conversations() -> None:
    """With messages in both directions, by every transport."""
    assert len(CONVERSATIONS) >= 10
    assert all(len(talk["lines"]) > 10 for talk in CONVERSATIONS)
    assert len(GREETING) == len(ATTACK)


def judged(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every line's verdict, by one judge."""
    judge = Lines(builtin_engine())
    return [judge.judge(line) for line in lines]


@pytest.mark.parametrize("talk", CONVERSATIONS, ids=lambda talk: talk["title"])
def test_a_benign_conversation_passes_unremarked(talk: dict[str, Any]) -> None:
    """No verdict against it, no finding at all, and every line is known for what it is."""
    for line, answer in zip(talk["lines"], judged(talk["lines"]), strict=True):
        assert (answer["verdict"], answer["findings"]) == ("pass", []), line
        assert answer["framework"] == "socket.io", line


@pytest.mark.parametrize("talk", CONVERSATIONS, ids=lambda talk: talk["title"])
def test_the_same_conversation_with_an_attack_does_not(talk: dict[str, Any]) -> None:
    """Wherever the greeting stood, on its way up and on its way down."""
    lines, places = [], []
    for place, line in enumerate(talk["lines"]):
        data = line["data"].encode() if "data" in line else b64decode(line["data_b64"])
        if GREETING.encode() in data:
            places.append(place)
            data = data.replace(GREETING.encode(), ATTACK.encode())
        rest = {key: value for key, value in line.items() if key not in ("data", "data_b64")}
        kind = "text" if "data" in line else "binary"
        lines.append({"opcode": kind, **rest, "data_b64": b64encode(data).decode()})
    assert len(places) >= 2
    blocked = [place for place, answer in enumerate(judged(lines)) if answer["verdict"] == "block"]
    assert blocked == places
