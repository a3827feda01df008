"""What may pass by itself, and what ends that."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import msgpack
import pytest

from framewall._core import Permit
from framewall.config.settings import engine_settings
from framewall.limits import Limits
from framewall.model import Action, Direction, Event, Message, Mode, Upgrade
from framewall.pipeline import Inspector, Session
from framewall.policy import Policy, RoutePolicy
from support.engine import WordEngine
from support.msgpack import pack
from support.places import framed
from support.requests import SOCKETIO, binary, http, text, upgrade
from support.screening import engine

POLLING = "/socket.io/?EIO=4&transport=polling&sid=abc"
JOINED = f"{SOCKETIO}&sid=abc"
EVENT = b'42["message","hello"]'


def inspector(route: RoutePolicy | None = None) -> Inspector:
    events: list[Event] = []
    policy = Policy(default=route or RoutePolicy())
    return Inspector(policy, engine(), events.append, lambda: 0.0, settings=engine_settings)


def joined(inspector: Inspector, number: int = 1, target: str = JOINED) -> tuple[Session, Permit]:
    """A chat in which the first packet has been judged."""
    session = inspector.open(number, upgrade(target), Upgrade())
    inspector.message(session, text("40"))
    permit = inspector.screen(session)
    assert permit is not None
    return session, permit


def lets(permit: Permit, data: bytes = EVENT) -> bool:
    return permit.passes(True, True, data)


def test_a_chat_passes_and_an_attack_does_not() -> None:
    _, permit = joined(inspector())
    assert lets(permit)
    assert not lets(permit, b'42["message","<script>alert(1)</script>"]')
    assert not lets(permit, b'451-["message",{"_placeholder":true,"num":0}]')


def test_what_the_server_says_is_screened_by_its_own_settings() -> None:
    _, permit = joined(inspector(RoutePolicy(inspect="both")))
    assert permit.passes(False, True, EVENT)


def test_attachments_that_are_due_need_every_message() -> None:
    own = inspector()
    session, _ = joined(own)
    own.message(session, text('451-["message",{"_placeholder":true,"num":0}]'))
    assert own.screen(session) is None
    own.message(session, binary(b"hello"))
    assert own.screen(session) is not None


def test_another_message_of_the_session_ends_it() -> None:
    own = inspector()
    session, permit = joined(own)
    own.message(session, text("41"))
    assert not lets(permit)


def test_a_message_of_the_session_s_other_transport_ends_it() -> None:
    own = inspector()
    _, permit = joined(own)
    assert own.body(http("POST", POLLING), b'42["message","hi"]').action is Action.PASS
    assert not lets(permit)


def test_the_session_s_end_ends_it() -> None:
    own = inspector()
    session, permit = joined(own)
    verdict = own.body(http("POST", POLLING), b'42["message","<script>alert(1)</script>"]')
    assert verdict.action is Action.CLOSE
    assert not lets(permit)
    assert own.screen(session) is None


def test_one_connection_of_a_session_is_screened_at_a_time() -> None:
    own = inspector()
    _, first = joined(own)
    _, second = joined(own, 2)
    assert not lets(first)
    assert lets(second)


@pytest.mark.parametrize("change", ["policy", "engine"])
def test_another_policy_or_other_rules_end_it(change: str) -> None:
    own = inspector()
    session, permit = joined(own)
    setattr(own, change, getattr(own, change))
    assert not lets(permit)
    renewed = own.screen(session)
    assert renewed is not None
    assert lets(renewed)


def test_where_nothing_is_judged_everything_passes_until_that_changes() -> None:
    own = inspector(RoutePolicy(mode=Mode.OFF))
    session = own.open(1, upgrade(), Upgrade())
    permit = own.screen(session)
    assert permit is not None
    assert lets(permit, b"<script>alert(1)</script>")
    own.policy = Policy()
    assert not lets(permit, b"hello")


def test_readers_learn_how_many_messages_passed_them_by() -> None:
    own = inspector()
    _, permit = joined(own, target="/socket.io/?EIO=3&transport=websocket")
    for data in (EVENT, EVENT, b"3"):
        assert lets(permit, data)
    messages, spoken, last = permit.end()
    assert (messages, spoken) == (3, 2)
    assert [row[1:] for row in last] == [(True, True, len(EVENT), EVENT)] * 2 + [(True, True, 1, b"3")]
    assert permit.end() == (0, 0, [])


def test_an_event_is_told_what_passed_before_it() -> None:
    events: list[Event] = []
    own = Inspector(Policy(), engine(), events.append, lambda: 0.0, settings=engine_settings)
    session, permit = joined(own)
    assert lets(permit)
    own.message(session, text('42["message","<script>alert(1)</script>"]'))
    assert [said.text for said in events[0].before] == ["40", EVENT.decode()]


@pytest.mark.parametrize("route", [RoutePolicy(window=True)])
def test_where_messages_are_put_together_each_is_asked_about(route: RoutePolicy) -> None:
    own = inspector(route)
    session = own.open(1, upgrade(JOINED), Upgrade())
    own.message(session, text("40"))
    assert own.screen(session) is None


def test_an_engine_that_is_not_native_is_always_asked() -> None:
    own = Inspector(Policy(), WordEngine(), lambda event: None, lambda: 0.0)
    session = own.open(1, upgrade(), Upgrade())
    own.message(session, text("hello"))
    assert own.screen(session) is None


def test_the_route_s_limits_bound_the_screen() -> None:
    own = inspector(RoutePolicy(limits=Limits((("screen_bytes", 30),))))
    _, permit = joined(own)
    assert lets(permit)
    assert not lets(permit, b'42["message","hello, this is longer than that"]')


@pytest.mark.parametrize("packed", [False, True], ids=["json", "messagepack"])
def test_an_answer_is_named_after_a_call_although_others_pass_unasked(packed: bool) -> None:
    """SignalR names a call's target only in the call. Where the answer is not heard, the call may pass."""
    says = signalr(packed)
    for inspect, passes in (("both", False), ("client", True)):
        events: list[Event] = []
        policy = Policy(default=RoutePolicy(mode=Mode.MONITOR, inspect=inspect))
        own = Inspector(policy, engine(), events.append, lambda: 0.0, settings=engine_settings)
        session = own.open(1, upgrade("/hub?id=3xK9lmQ2rT5vW8yZ1bN4cE"), Upgrade())
        own.message(session, says(None))
        if inspect == "both":
            own.message(session, text("{}\x1e", Direction.SERVER))
        permit = own.screen(session)
        assert permit is not None
        assert permit.passes(True, not packed, says((1, None, "Send", ["hi"])).data)
        call = says((1, "7", "History", ["hi"]))
        assert permit.passes(True, not packed, call.data) == passes
        if inspect == "both":
            own.message(session, call)
            answer = says((3, "7", None, "<script>alert(1)</script>"))
            own.message(session, replace(answer, direction=Direction.SERVER))
            assert [event.event for event in events] == ["History"]


def signalr(packed: bool) -> Callable[[tuple[int, str | None, str | None, Any] | None], Message]:
    """Writes a handshake, or an invocation (target, arguments) or completion (result) with or without an id."""

    def says(what: tuple[int, str | None, str | None, Any] | None) -> Message:
        if what is None:
            return text(json.dumps({"protocol": "messagepack" if packed else "json", "version": 1}) + "\x1e")
        kind, id, target, content = what
        if packed:
            return binary(
                framed(pack([kind, {}, id, *((target, content, []) if kind == 1 else (3, content))]))
            )
        own = {"target": target, "arguments": content} if kind == 1 else {"result": content}
        return text(json.dumps({"type": kind, **({"invocationId": id} if id else {}), **own}) + "\x1e")

    return says


def test_heartbeats_that_pass_unasked_are_known() -> None:
    own = inspector()
    session, permit = joined(own)
    assert lets(permit, b"3")
    assert lets(permit)
    permit.beat(False)  # the WebSocket's own
    assert lets(permit, b"5")  # an upgrade is none
    assert [beats.number for beats in session.conversation.heartbeats()] == [1, 1]
    own.message(session, text("3"))
    again = own.screen(session)
    assert again is not None
    assert lets(again, b"3")
    client, server = session.conversation.heartbeats()
    assert (client.number, server.number, session.conversation.readings.pings) == (3, 1, "")


def test_a_conversation_of_packed_packets_passes_once_one_was_read() -> None:
    """Else a refusal would be written in the other form."""
    own = inspector()
    session, permit = joined(own)
    said = msgpack.packb({"type": 2, "nsp": "/", "data": ["m", "hi"]})
    assert not permit.passes(True, False, said)
    own.message(session, binary(said))
    permit_again = own.screen(session)
    assert permit_again is not None
    assert permit_again.passes(True, False, said)
