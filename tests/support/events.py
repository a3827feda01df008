"""Events to store, made from a few words."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

from framewall.model import Action, Event, Finding, Mode

#: Ten to forty days ago, the same in every process: younger than what a store deletes, older than "just now".
TIME = time.time() // (30 * 86_400) * 30 * 86_400 - 10 * 86_400 + 0.25

FINDING = Finding(
    attack="xss",
    rule="xss.event-handler",
    field='event["new message"].args[0]',
    chain=("socket.io", "json"),
    match="onerror=alert(1)",
    score=5,
)

EVENT = Event(
    id="0",
    time=TIME,
    node="edge-1",
    route="chat",
    mode=Mode.BLOCK,
    action=Action.CLOSE,
    close_code=1008,
    attacks=("xss", "sqli"),
    score=5,
    client_ip="203.0.113.9",
    session="s1",
    transport="websocket",
    path="/socket.io/?EIO=4&transport=websocket",
    framework="socket.io",
    event="new message",
    findings=(FINDING,),
    request=(
        "POST /socket.io/?EIO=4&transport=websocket WEBSOCKET/13\nHost: chat.example\n\n"
        '["new message","<img src=x onerror=alert(1)>"]'
    ),
)


def event(number: int, **different: Any) -> Event:
    """The event of this number; later numbers happened later."""
    return replace(EVENT, **{"id": str(number), "time": EVENT.time + number, **different})


def events(count: int) -> list[Event]:
    """Events 0 to ``count`` - 1."""
    return [event(number) for number in range(count)]
