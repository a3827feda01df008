"""Sessions by their id."""

from __future__ import annotations

import pytest

from framewall import sessions
from framewall.limits import SESSION_IDLE_SECONDS, Limit
from framewall.model import Direction
from framewall.sessions import Beats, Conversation, Conversations
from support.requests import POLLING, http, upgrade


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
    known.add(key("live"), conversation(0.0)).attach(1)
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


# several frameworks may name one request theirs


def test_the_strongest_claim_has_the_request() -> None:
    """Not the first by name: SignalR's id in the query is a weaker sign than SockJS's own path."""
    request = http("POST", "/echo/123/abcdefgh/xhr_send?id=abcdefghijklmnopqrstuvwxyz")
    decoder, exchange = Conversations().exchange(request, 0.0)
    assert decoder is not None
    assert exchange is not None
    assert (decoder.name, exchange.transport) == ("sockjs", "xhr_send")


def test_a_session_that_is_remembered_is_more_than_a_claim() -> None:
    """Whoever opened it has shown what it speaks."""
    target = "/echo/123/abcdefgh/xhr?id=abcdefghijklmnopqrstuvwxyz"
    known = Conversations()
    known.add(("default", "signalr", "abcdefghijklmnopqrstuvwxyz"), conversation(0.0))
    decoder, _ = known.exchange(http("POST", target), 0.0)
    assert decoder is not None
    assert decoder.name == "signalr"


def test_a_blocked_session_is_found_in_every_frameworks_way() -> None:
    """A stronger claim added to the request does not hide it."""
    known = Conversations()
    known.add(key("sid1"), conversation(0.0)).blocked = True
    for request in (
        http("POST", "/echo/123/abcdefgh/xhr_send?sid=sid1"),
        upgrade("/echo/123/abcdefgh/websocket?sid=sid1&id=abcdefghijklmnopqrstuvwxyz"),
    ):
        found = known.blocked(request, 0.0)
        assert found is not None
        assert found[0].name == "socket.io"
    assert known.blocked(http("GET", POLLING + "&sid=other"), 0.0) is None


def test_heartbeats_are_counted_with_the_time_between_the_last_two() -> None:
    none = Beats()
    assert (none.interval, none.then(none)) == (None, none)
    one = none.then(Beats(1, 10.0))
    assert (one.number, one.last, one.interval) == (1, 10.0, None)
    two = one.then(Beats(1, 35.0))
    assert (two.number, two.interval) == (2, 25.0)
    assert two.then(Beats(3, 90.0, 65.0)) == Beats(5, 90.0, 65.0)


def test_a_session_knows_whose_heart_has_beaten() -> None:
    conversation = Conversation(upgrade(), None, 0.0)
    conversation.beat(Direction.SERVER, 10.0)
    conversation.beat(Direction.CLIENT, 10.5)
    conversation.beat(Direction.SERVER, 35.0)
    client, server = conversation.heartbeats()
    assert (client.last, server.interval) == (10.5, 25.0)
