"""Sessions by their id."""

from __future__ import annotations

import pytest

from framewall import sessions
from framewall.limits import SESSION_IDLE_SECONDS, Limit
from framewall.sessions import Conversation, Conversations
from support.requests import POLLING, http


def conversation(now: float) -> Conversation:
    """One that began then."""
    return Conversation(http("GET", POLLING), None, now)


def key(sid: str) -> sessions.Key:
    """Of one route."""
    return ("default", "socket.io", sid)


def test_two_that_come_at_once_are_one() -> None:
    """The first stays."""
    known = Conversations()
    first = known.add(key("a"), conversation(0.0))
    assert known.add(key("a"), conversation(0.0)) is first


def test_idle_sessions_are_forgotten() -> None:
    """Those with a live connection are not."""
    known = Conversations()
    known.add(key("idle"), conversation(0.0))
    known.add(key("live"), conversation(0.0)).connections.add(1)
    later = SESSION_IDLE_SECONDS.default + 1.0
    for _ in range(3):
        assert known.get(key("none"), later) is None
    assert known.get(key("idle"), later) is None
    assert known.get(key("live"), later) is not None


def test_their_number_is_capped(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one idle longest leaves."""
    monkeypatch.setattr(sessions, "SESSIONS", Limit("sessions", 2, "outcome"))
    known = Conversations()
    for sid in "abc":
        known.add(key(sid), conversation(0.0))
        known.get(key("a"), 0.0)
    assert [sid for sid in "abc" if known.get(key(sid), 0.0)] == ["a", "c"]
