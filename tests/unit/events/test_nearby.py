"""What a session said around an event."""

from __future__ import annotations

import time

import pytest

from framewall.events.nearby import Nearby, redact_said
from framewall.limits import NEARBY_BYTES, NEARBY_MESSAGES
from framewall.model import Direction, Message, Opcode, Transport


def text(data: str) -> Message:
    return Message(Direction.CLIENT, Opcode.TEXT, data.encode())


def test_the_last_messages_before_the_newest_are_told() -> None:
    nearby = Nearby()
    for number in range(20):
        nearby.hear(text(str(number)), float(number))
    said = nearby.before()
    assert [each.text for each in said] == ["14", "15", "16", "17", "18"]
    assert len(said) == NEARBY_MESSAGES.default
    assert (said[0].time, said[0].direction, said[0].kind, said[0].size) == (
        14.0,
        Direction.CLIENT,
        "text",
        2,
    )
    assert [each.text for each in nearby.all()] == ["15", "16", "17", "18", "19"]


def test_the_first_message_has_none_before_it() -> None:
    nearby = Nearby()
    nearby.hear(text("x"), 0.0)
    assert nearby.before() == ()


def test_an_event_hears_the_first_messages_after_it() -> None:
    nearby = Nearby()
    assert nearby.hear(text("attack"), 0.0) is None
    nearby.follow("e1")
    heard = [nearby.hear(text(str(number)), 1.0) for number in range(NEARBY_MESSAGES.default + 2)]
    told = [each for each in heard if each]
    assert {event for event, _ in told} == {"e1"}
    assert [said.text for _, said in told] == ["0", "1", "2", "3", "4"]


def test_only_the_latest_event_waits() -> None:
    nearby = Nearby()
    nearby.follow("e1")
    nearby.follow("e2")
    heard = nearby.hear(text("x"), 0.0)
    assert heard
    assert heard[0] == "e2"


def test_long_and_binary_messages_are_kept_in_their_beginning() -> None:
    nearby = Nearby()
    nearby.hear(Message(Direction.SERVER, Opcode.BINARY, b"\xff\xfe" * 2_000), 0.0)
    nearby.hear(Message(Direction.CLIENT, Opcode.TEXT, b"a=1", transport=Transport.POLLING), 0.0)
    long, body = nearby.all()
    assert (long.size, long.kind, long.direction) == (4_000, "binary", Direction.SERVER)
    assert long.text == "\\xff\\xfe" * (NEARBY_BYTES.default // 2) + "…"
    assert (body.kind, body.text) == ("body", "a=1")


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ('40{"token":"abc","room":"den"}', '40{"token":"[redacted]","room":"den"}'),
        ('{"password" : "a\\"b"}', '{"password" : "[redacted]"}'),
        ('{"apiKey":"cut off he', '{"apiKey":"[redacted]'),
        ("user=ann&password=x&next=y", "user=ann&password=[redacted]&next=y"),
        ("https://ann:pw@chat.example/", "https://[redacted]@chat.example/"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJpZCI6MX0.c2ln", "[redacted]"),
        ('{"text":"my key is under the mat"}', '{"text":"my key is under the mat"}'),
        ("\ud800", "\\ud800"),
    ],
)
def test_secrets_are_taken_out(said: str, kept: str) -> None:
    assert redact_said(said) == kept


@pytest.mark.parametrize("piece", ['"a":', '"a"', "a=", "&a=b", '"token":"', "eyJ.", "://a"])
def test_redacting_takes_linear_time(piece: str) -> None:
    began = time.perf_counter()
    redact_said(piece * 20_000)
    assert time.perf_counter() - began < 5
