"""An Inspector that is watched gives the same answers, and what is live is known."""

from __future__ import annotations

import time

import pytest

from framewall.detect import builtin_engine
from framewall.model import Action, Direction, Message, Opcode, Request, Upgrade
from framewall.pipeline import Inspector
from framewall.policy import Policy
from framewall.watch import Meters, Watched

REQUEST = Request(1, "GET", "/ws", "HTTP/1.1", (("Host", "a"),), "203.0.113.9", upgrade=True)


def text(data: str, direction: Direction = Direction.CLIENT) -> Message:
    return Message(direction, Opcode.TEXT, data.encode())


@pytest.fixture
def watched() -> Watched:
    return Watched(Inspector(Policy(), builtin_engine(), lambda _: None, time.time), Meters())


def test_the_verdicts_are_the_inspectors(watched: Watched) -> None:
    session = watched.open(1, REQUEST, Upgrade())
    assert watched.message(session, text("hello")).action is Action.PASS
    assert watched.message(session, text("<script>alert(1)</script>")).action is Action.CLOSE
    assert watched.request(REQUEST).verdict.action is Action.PASS


def test_live_sessions_are_known_from_open_to_close(watched: Watched) -> None:
    first = watched.open(1, REQUEST, Upgrade("chat"))
    second = watched.open(2, REQUEST, Upgrade())
    assert [live.session.connection for live in watched.live.find(lambda _: True)] == [2, 1]
    watched.message(first, text("hello"))
    watched.message(first, text("hi", Direction.SERVER))
    watched.message(first, text("<script>alert(1)</script>"))
    live = watched.live.get(1)
    assert live
    assert (live.id, live.subprotocol) == (first.conversation.id, "chat")
    assert (live.received, live.received_bytes, live.sent, live.sent_bytes) == (2, 30, 1, 2)
    assert live.hits == 1
    assert live.last_score == live.top_score >= 5
    watched.close(first, "gone")
    watched.close(second, "gone")
    assert len(watched.live) == 0
    assert watched.meters.snapshot().closed == {"gone": 2}


def test_a_request_that_the_relay_refuses_is_no_live_session(watched: Watched) -> None:
    session = watched.open(0, REQUEST, Upgrade())
    watched.failed(session, "client", "head_bytes", "too large", 1009)
    watched.close(session, "refused")
    assert len(watched.live) == 0
    assert watched.meters.snapshot().closed == {}


def test_bodies_and_answers_are_counted(watched: Watched) -> None:
    watched.body(REQUEST, b"x=1")
    watched.response(REQUEST, 200, (), b"ok")
    messages = watched.meters.snapshot().messages
    counts = {direction: count for (direction, _, _), count in messages.items()}
    assert counts == {"client": 1, "server": 1}
