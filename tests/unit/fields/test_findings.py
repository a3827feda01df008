"""Findings under the names of their fields."""

from __future__ import annotations

from framewall.errors import DecodeError, LimitReached
from framewall.fields.findings import named
from framewall.limits import ATTACHMENTS
from framewall.model import Part
from support.engine import EngineFinding

PARTS = (Part(b"{}", "json", False, "auth"), Part(b"[]", "json", False, lambda path: ("event", path[1:])))


def found(rule: str, score: int, part: int, *path: str | int) -> EngineFinding:
    """As the engine gives it."""
    return EngineFinding("xss", rule, score, part, path, "value", ("json",), b"\xff<")


def test_fields_are_named_by_their_part() -> None:
    """By its label, or by what its label makes of the path."""
    findings = named("socket.io", PARTS, [found("a", 5, 0, "token"), found("a", 5, 1, 0, "text")], (), 5)
    assert [finding.field for finding in findings] == ["auth.token", "event.text"]
    assert findings[0].chain == ("socket.io", "json")
    assert findings[0].match == "\\xff<"


def test_the_strongest_and_outermost_come_first() -> None:
    """So that a person reads the most telling one."""
    three = [found("a", 2, 0), found("b", 5, 0, "deep", "er"), found("c", 5, 0)]
    assert [finding.rule for finding in named("json", PARTS, three, (), 5)] == ["c", "b", "a"]


def test_a_rule_counts_once_a_field() -> None:
    """Several readings of one field are one finding; a format is not repeated in its chain."""
    findings = named("json", PARTS, [found("a", 5, 0), found("a", 5, 0), found("a", 5, 0, "b")], (), 5)
    assert [(finding.field, finding.chain) for finding in findings] == [
        ("auth", ("json",)),
        ("auth.b", ("json",)),
    ]


def test_what_cannot_be_decoded_is_an_attack() -> None:
    """It alone reaches the threshold."""
    errors = [DecodeError("socketio.packet", "why"), LimitReached(ATTACHMENTS)]
    findings = named("socket.io", (), (), errors, 7)
    assert [(finding.attack, finding.rule, finding.field, finding.score) for finding in findings] == [
        ("protocol", "socketio.packet", "message", 7),
        ("data_bomb", "limit.attachments", "message", 7),
    ]
