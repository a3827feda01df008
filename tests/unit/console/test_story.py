"""An attack's way from the message to the rule, told by what really was found."""

from __future__ import annotations

import json

import pytest

from framewall.console.playground import judge
from framewall.console.story import marks, taken_apart, tell
from framewall.detect import builtin_engine
from framewall.model import Event
from support.events import event as make_event

SOCKET_IO = "/socket.io/?EIO=4&transport=websocket"
BASE64 = "PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg=="


def stories(data: str, path: str = "/ws") -> list[list[tuple[str, str | None]]]:
    judged = judge(builtin_engine(), {"data": data, "path": path})
    return [[(step.name, step.value) for step in steps] for _, steps in judged.steps]


def test_the_steps_lead_from_the_message_to_the_match() -> None:
    first = stories(f'42["new message",{{"text":"{BASE64}"}}]', SOCKET_IO)[0]
    assert first == [
        ("message", None),
        ("socket.io", None),
        ("json", None),
        ("field", BASE64),
        ("base64", "<script>alert(1)</script>"),
        ("match", "<script>"),
    ]


def test_a_document_within_a_document_is_followed() -> None:
    inner = json.dumps({"b": "%3Cscript%3Ealert(1)%3C/script%3E"})
    first = stories(json.dumps({"a": inner}))[0]
    assert first[-4:] == [
        ("field", inner),
        ("percent", '{"b": "<script>alert(1)</script>"}'),
        ("json", "<script>alert(1)</script>"),
        ("match", "<script>"),
    ]


def test_what_cannot_be_shown_is_told_all_the_same() -> None:
    steps = stories("hello", "/ws?x=<script>alert(1)</script>")[0]
    assert steps[0][0] == "handshake"
    assert steps[-1] == ("match", "<script>")


def test_a_request_is_taken_apart() -> None:
    request = taken_apart("POST /a?b=1 c WEBSOCKET/13\nHost: x: y\nFramewall-Message: m\n\nbody\n\nmore")
    assert request.first == "POST /a?b=1 c WEBSOCKET/13"
    assert request.target == "/a?b=1 c"
    assert request.header("host") == "x: y"
    assert request.header("missing") == ""
    assert request.body == "body\n\nmore"


def event_of(data: str) -> Event:
    judged = judge(builtin_engine(), {"data": data, "path": SOCKET_IO})
    found = tuple(finding for finding, _ in judged.steps)
    return make_event(1, framework="socket.io", findings=found, request=judged.answer["request"])


@pytest.mark.parametrize(
    ("said", "marked"),
    [
        ("<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)"),
        (BASE64, BASE64),
        ('"><svg onload="x">', "svg"),
    ],
)
def test_the_payload_is_marked_in_the_request_also_where_it_is_encoded(said: str, marked: str) -> None:
    event = event_of(f"42{json.dumps(['new message', said])}")
    assert any(marked in event.request[first:last] for first, last in marks(event))


def test_every_finding_of_every_rule_has_a_story_that_ends_in_its_match() -> None:
    event = event_of('42["new message","x\' UNION SELECT a FROM b -- <script>alert(1)</script>"]')
    assert len(event.findings) > 1
    for finding in event.findings:
        assert tell(event, finding)[-1].value == finding.match
