"""The page about decoding is true."""

from __future__ import annotations

import re

import pytest

from framewall.decode import decoders
from framewall.detect import builtin_engine
from framewall.replay import Lines
from support.requests import SOCKETIO
from support.running import REPOSITORY

PAGE = (REPOSITORY / "docs" / "decoding.md").read_text()
DECODE = REPOSITORY / "src" / "framewall" / "decode"


def test_every_framework_is_listed() -> None:
    for decoder in decoders():
        assert f"`{decoder.name}`" in PAGE


def test_every_rule_of_the_decoders_is_listed() -> None:
    code = "".join(file.read_text() for file in DECODE.rglob("*.py"))
    rules = set(re.findall(r'"((?:socketio|engineio|http|signalr2?|stomp|sockjs|wamp)\.[a-z-]+)"', code))
    assert len(rules) > 5
    assert {rule for rule in rules if f"| `{rule}` |" not in PAGE} == set()


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ('42["<script>x()</script>"]', "event.name"),
        ('42["new message",{"text":"<script>x()</script>"}]', 'event["new message"].args[0].text'),
        ('431["<script>x()</script>"]', "ack.args[0]"),
        ('40{"token":"<script>x()</script>"}', "auth.token"),
        ("40/<script>x()</script>", "namespace"),
        ("2<script>x()</script>", "engine.ping"),
    ],
)
def test_fields_are_called_as_the_page_says(data: str, field: str) -> None:
    assert f"`{field}`" in PAGE
    answer = Lines(builtin_engine()).judge({"data": data, "path": SOCKETIO})
    assert field in [finding["field"] for finding in answer["findings"]]
