"""What a blocked client is told, in every framework's own words."""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import replace
from typing import Any
from urllib.parse import quote, unquote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framewall._core import View
from framewall.decode import Readings
from framewall.decode._write import WRITERS, as_json, as_msgpack
from framewall.limits import SESSION_REQUESTS
from framewall.model import (
    Action,
    CloseConnection,
    Direction,
    EndRequest,
    Event,
    Message,
    Notice,
    Opcode,
    Records,
    SendUpstream,
    Upgrade,
    Verdict,
)
from framewall.pipeline import Inspector
from framewall.policy import Policy, RoutePolicy, bans
from framewall.policy.denials import Denial, Denials
from support.engine import WordEngine
from support.requests import POLLING, SOCKETIO, binary, http, text, upgrade

ATTACK = "<script>"
TOLD = replace(RoutePolicy(), refusal="framework", close_reason="policy", refusal_text="Not here")
SOCKJS = "/echo/123/abcdefgh/websocket"
SIGNALR = "/chat?id=abcdefghijklmnopqrstuvwxyz"
SIGNALR2 = "/signalr/connect?transport=webSockets&connectionToken=a%3D&connectionData=%5B%5D"
EIO3 = "/socket.io/?EIO=3&transport=websocket"


class House:
    """An Inspector with this route, and its events."""

    def __init__(self, route: RoutePolicy = TOLD) -> None:
        self.events: list[Event] = []
        self.now = 1_700_000_000.0
        self.inspector = Inspector(
            Policy(default=route), WordEngine(), self.events.append, lambda: self.now, node="n1"
        )

    def blocked(self, target: str, *messages: str | bytes, subprotocol: str | None = None) -> Verdict:
        """The verdict on the last of these messages, all of which come from one client."""
        session = self.inspector.open(1, upgrade(target), Upgrade(subprotocol))
        for data in messages:
            verdict = self.inspector.message(session, text(data) if isinstance(data, str) else binary(data))
        assert verdict.action in (Action.CLOSE, Action.BAN)
        return verdict


def record(*values: Any) -> bytes:
    """MessagePack records of SignalR."""
    packed = [as_msgpack(value) for value in values]
    return b"".join(bytes((len(each),)) + each for each in packed)


def packet(kind: int, namespace: str, data: Any = None) -> bytes:
    """A packet of socket.io-msgpack-parser."""
    return as_msgpack({"type": kind, "nsp": namespace, **({} if data is None else {"data": data})})


SAID: dict[str, tuple[str, str | None, list[str | bytes], list[str | bytes]]] = {
    "socket.io": (SOCKETIO, None, ["40", f'42["m","{ATTACK}"]'], ["41"]),
    "socket.io, every namespace": (
        SOCKETIO,
        None,
        ["40", "40/admin,", "40/news,{}", f'42/news,["m","{ATTACK}"]'],
        ["41", "41/admin,", "41/news,"],
    ),
    "socket.io, at the connect": (
        SOCKETIO,
        None,
        [f'40{{"token":"{ATTACK}"}}'],
        ['44{"message":"Not here"}'],
    ),
    "socket.io 2, at the connect": (EIO3, None, [f"40/a?x={ATTACK}"], ['44/a,"Not here"', "41"]),
    "socket.io, msgpack": (
        SOCKETIO,
        None,
        [packet(0, "/"), packet(2, "/", ["m", ATTACK])],
        [packet(1, "/")],
    ),
    "engine.io": ("/eio?EIO=4&transport=websocket", None, [f"4{ATTACK}"], ["1"]),
    "signalr, an invocation": (
        SIGNALR,
        None,
        [
            '{"protocol":"json","version":1}\x1e',
            f'{{"type":1,"invocationId":"7","target":"Send","arguments":["{ATTACK}"]}}\x1e',
        ],
        [
            '{"type":3,"invocationId":"7","error":"Not here"}\x1e'
            '{"type":7,"error":"Not here","allowReconnect":false}\x1e'
        ],
    ),
    "signalr, nobody waits": (
        SIGNALR,
        None,
        ['{"protocol":"json","version":1}\x1e', f'{{"type":1,"target":"Send","arguments":["{ATTACK}"]}}\x1e'],
        ['{"type":7,"error":"Not here","allowReconnect":false}\x1e'],
    ),
    "signalr, at the handshake": (
        SIGNALR,
        None,
        [f'{{"protocol":"json","version":1,"x":"{ATTACK}"}}\x1e'],
        ['{"error":"Not here"}\x1e'],
    ),
    "signalr, messagepack": (
        SIGNALR,
        None,
        ['{"protocol":"messagepack","version":1}\x1e', record([1, {}, "7", "Send", [ATTACK], []])],
        [record([3, {}, "7", 1, "Not here"], [7, "Not here", False])],
    ),
    "signalr 2": (
        SIGNALR2,
        None,
        [f'{{"H":"chat","M":"Send","A":["{ATTACK}"],"I":3}}'],
        ['{"I":"3","E":"Not here"}', '{"E":"Not here"}'],
    ),
    "sockjs": (SOCKJS, None, [f'["{ATTACK}"]'], ['c[1008,"Not here"]']),
    "sockjs with stomp": (
        SOCKJS,
        None,
        ['["CONNECT\\naccept-version:1.2\\n\\n\\u0000"]', f'["SEND\\ndestination:/a\\n\\n{ATTACK}\\u0000"]'],
        ['a["ERROR\\nmessage:Not here\\ncontent-length:0\\n\\n\\u0000"]', 'c[1008,"Not here"]'],
    ),
    "stomp": (
        "/ws",
        "v12.stomp",
        [f"SEND\ndestination:/a\nreceipt:r\\c1\n\n{ATTACK}\0"],
        ["ERROR\nmessage:Not here\nreceipt-id:r\\c1\ncontent-length:0\n\n\0"],
    ),
    "wamp, a call": (
        "/ws",
        "wamp.2.json",
        ['[1,"realm",{}]', f'[48,5,{{}},"add",["{ATTACK}"]]'],
        [
            '[8,48,5,{},"wamp.error.not_authorized",["Not here"]]',
            '[6,{"message":"Not here"},"wamp.close.killed"]',
        ],
    ),
    "wamp, a publication that nobody answers": (
        "/ws",
        "wamp.2.json",
        [f'[16,5,{{}},"news",["{ATTACK}"]]'],
        ['[6,{"message":"Not here"},"wamp.close.killed"]'],
    ),
    "wamp, a publication that is acknowledged": (
        "/ws",
        "wamp.2.json",
        [f'[16,5,{{"acknowledge":true}},"news",["{ATTACK}"]]'],
        [
            '[8,16,5,{},"wamp.error.not_authorized",["Not here"]]',
            '[6,{"message":"Not here"},"wamp.close.killed"]',
        ],
    ),
    "wamp, the hello": (
        "/ws",
        "wamp.2.json",
        [f'[1,"{ATTACK}",{{}}]'],
        ['[3,{"message":"Not here"},"wamp.error.not_authorized"]'],
    ),
    "wamp in a batch": (
        "/ws",
        "wamp.2.json.batched",
        [f'[70,5,{{}},["{ATTACK}"]]\x1e'],
        ['[6,{"message":"Not here"},"wamp.close.killed"]\x1e'],
    ),
    **{
        f"wamp in {format}": (
            "/ws",
            f"wamp.2.{format}",
            [WRITERS[format]([48, 5, {}, "add", [ATTACK]])],
            [
                WRITERS[format]([8, 48, 5, {}, "wamp.error.not_authorized", ["Not here"]]),
                WRITERS[format]([6, {"message": "Not here"}, "wamp.close.killed"]),
            ],
        )
        for format in ("msgpack", "cbor", "ubjson")
    },
    "wamp 1, a call": (
        "/ws",
        "wamp",
        [f'[2,"c1","http://a/add","{ATTACK}"]'],
        ['[4,"c1","http://api.wamp.ws/error#not_authorized","Not here"]'],
    ),
    "wamp 1, a publication": ("/ws", "wamp", [f'[7,"http://a/news","{ATTACK}"]'], []),
    "json of an application": ("/ws", None, [f'{{"text":"{ATTACK}"}}'], ["Not here"]),
    "a guess that was never right": ("/ws", None, ["hello", f"hello {ATTACK}"], ["Not here"]),
}


@pytest.mark.parametrize("name", SAID)
def test_each_framework_is_told_in_its_own_words(name: str) -> None:
    """Texts as text messages, what is packed as binary ones, and then the Close with its reason."""
    target, subprotocol, messages, expected = SAID[name]
    verdict = House().blocked(target, *messages, subprotocol=subprotocol)
    assert [
        each.data.decode() if each.opcode is Opcode.TEXT else each.data for each in verdict.notices
    ] == expected
    assert (verdict.close_code, verdict.reason) == (1008, "policy")


@pytest.mark.parametrize("name", SAID)
def test_nothing_is_said_unless_the_route_wants_it(name: str) -> None:
    """By default a socket is dropped without a word."""
    target, subprotocol, messages, _ = SAID[name]
    verdict = House(RoutePolicy()).blocked(target, *messages, subprotocol=subprotocol)
    assert (verdict.notices, verdict.reason, verdict.body) == ((), "", None)


def test_an_application_without_a_framework_is_told_only_what_the_operator_wrote() -> None:
    """Framewall has no words of its own for it; a framework gets some all the same."""
    wordless = replace(TOLD, refusal_text="")
    assert House(wordless).blocked("/ws", f'{{"text":"{ATTACK}"}}').notices == ()
    assert House(wordless).blocked(SOCKJS, f'["{ATTACK}"]').notices == (Notice(b'c[1008,"Blocked"]'),)


def test_a_refusal_says_nothing_of_rules() -> None:
    """Whoever attacks learns that it was noticed, and not by what."""
    verdict = House().blocked(SOCKETIO, f'42["m","{ATTACK}"]')
    finding = verdict.findings[0]
    for notice in verdict.notices:
        assert finding.rule.encode() not in notice.data
        assert ATTACK.encode() not in notice.data


def test_a_servers_attack_is_no_clients_invocation() -> None:
    """Who was to receive it is told of the end, but not that a message of its own was refused."""
    house = House(replace(TOLD, inspect="both"))
    session = house.inspector.open(1, upgrade(SIGNALR), Upgrade())
    house.inspector.message(session, text('{"protocol":"json","version":1}\x1e'))
    house.inspector.message(session, text("{}\x1e", Direction.SERVER))
    said = f'{{"type":1,"invocationId":"7","target":"t","arguments":["{ATTACK}"]}}\x1e'
    verdict = house.inspector.message(session, text(said, Direction.SERVER))
    assert [notice.data for notice in verdict.notices] == [
        b'{"type":7,"error":"Not here","allowReconnect":false}\x1e'
    ]


def test_the_sessions_other_connections_are_told_too() -> None:
    """An attack by one transport ends the others, in the framework's words."""
    house = House()
    first = house.inspector.open(1, upgrade(SOCKETIO + "&sid=abc"), Upgrade())
    house.inspector.open(2, upgrade(SOCKETIO + "&sid=abc"), Upgrade())
    verdict = house.inspector.message(first, text(f'42["m","{ATTACK}"]'))
    assert CloseConnection(2, 1008, "policy", (Notice(b"41"),)) in verdict.commands


# over HTTP


def posted(house: House, target: str, body: str | bytes, *headers: tuple[str, str]) -> Verdict:
    """The refusal of a fallback's message."""
    request = http("POST", target, *headers)
    assert house.inspector.request(request).verdict.action is Action.PASS
    verdict = house.inspector.body(request, body.encode() if isinstance(body, str) else body)
    assert verdict.action is Action.CLOSE
    return verdict


def test_a_refused_post_of_engine_io_leaves_the_word_to_the_poll() -> None:
    """At an error its client would come back before the session's poll brings the disconnect."""
    house = House()
    verdict = posted(house, POLLING + "&sid=abc", f'42["m","{ATTACK}"]')
    assert (verdict.status, verdict.body) == (200, b"ok")
    later = house.inspector.request(http("POST", POLLING + "&sid=abc")).verdict
    assert (later.action, later.status, later.body) == (Action.CLOSE, 200, b"ok")
    polled = house.inspector.request(http("GET", POLLING + "&sid=abc")).verdict
    assert (polled.status, polled.body) == (200, b"41")


@pytest.mark.parametrize(
    ("query", "body", "answer"),
    [
        ("EIO=3", f'{len(ATTACK) + 9}:42["m","{ATTACK}"]', b"2:41"),
        ("EIO=3&j=0", f'd={len(ATTACK) + 9}:42["m","{ATTACK}"]', b'___eio[0]("2:41");'),
        ("EIO=4&j=12", f'd=42["m","{ATTACK}"]', b'___eio[12]("41");'),
    ],
)
def test_a_poll_is_answered_in_its_version(query: str, body: str, answer: bytes) -> None:
    """And in a call of its script where it is one."""
    house = House()
    target = f"/socket.io/?{query}&transport=polling&sid=abc"
    posted(house, target, body)
    assert house.inspector.request(http("GET", target)).verdict.body == answer


def test_a_binary_refusal_is_base64_in_a_payload() -> None:
    """socket.io-msgpack-parser's packets, in both versions."""
    for version, head in (("4", b"b"), ("3", b"b4")):
        house = House()
        target = f"/socket.io/?EIO={version}&transport=polling&sid=abc"
        typed = b"\x04" if version == "3" else b""
        session = house.inspector.open(1, upgrade(target.replace("polling", "websocket")), Upgrade())
        house.inspector.message(session, binary(typed + packet(2, "/", ["m", ATTACK])))
        body = house.inspector.request(http("GET", target)).verdict.body or b""
        assert head + b64encode(packet(1, "/")) in body


SOCKJS_ANSWERS = {
    "xhr": b'c[1008,"Not here"]\n',
    "xhr_streaming": b'c[1008,"Not here"]\n',
    "eventsource": b'data: c[1008,"Not here"]\r\n\r\n',
    "htmlfile?c=f": b'<script>\np("c[1008,\\"Not here\\"]");\n</script>\r\n',
    "jsonp?c=_jp.x": b'/**/_jp.x("c[1008,\\"Not here\\"]");\r\n',
    "jsonp?c=alert(1)": None,
    "jsonp": None,
    "xhr_send": b"",
    "jsonp_send": b"ok",
}
SOCKJS_STATUSES = {"xhr_send": 204, "jsonp?c=alert(1)": 403, "jsonp": 403}


@pytest.mark.parametrize("step", SOCKJS_ANSWERS)
def test_sockjs_is_answered_as_its_transport_writes(step: str) -> None:
    """Whatever waits for frames of the session gets the close; a function that is none is not called.

    A message seems to arrive: at an error its client would leave before it hears the close.
    """
    house = House()
    refused = posted(house, "/echo/123/abcdefgh/xhr_send", f'["{ATTACK}"]')
    assert (refused.status, refused.body) == (204, b"")
    method = "POST" if step.endswith("send") else "GET"
    verdict = house.inspector.request(http(method, f"/echo/123/abcdefgh/{step}")).verdict
    assert verdict.action is Action.CLOSE
    assert verdict.body == SOCKJS_ANSWERS[step]
    assert verdict.status == SOCKJS_STATUSES.get(step, 200)


def test_signalr_is_answered_with_its_records() -> None:
    """In an event or bare, in the protocol that its handshake chose."""
    house = House()
    closed = b'{"type":7,"error":"Not here","allowReconnect":false}\x1e'
    call = f'{{"type":1,"invocationId":"7","target":"t","arguments":["{ATTACK}"]}}\x1e'
    refused = posted(house, SIGNALR, '{"protocol":"json","version":1}\x1e' + call)
    assert (refused.status, refused.body) == (200, b"")
    stream = house.inspector.request(http("GET", SIGNALR, ("Accept", "text/event-stream"))).verdict
    assert stream.body == b"data: " + closed + b"\r\n\r\n"
    assert house.inspector.request(http("GET", SIGNALR)).verdict.body == closed


def test_a_stream_that_waits_brings_signalrs_completion() -> None:
    """Of the call that is refused, which a message came with in a request of its own."""
    house = House()
    posted_first = http("POST", SIGNALR)
    house.inspector.request(posted_first)
    house.inspector.body(posted_first, b'{"protocol":"json","version":1}\x1e')
    stream = http("GET", SIGNALR, ("Accept", "text/event-stream"))
    house.inspector.request(stream)
    verdict = posted(
        house, SIGNALR, f'{{"type":1,"invocationId":"7","target":"t","arguments":["{ATTACK}"]}}\x1e'
    )
    [end] = [each for each in verdict.commands if isinstance(each, EndRequest)]
    assert end.body == (
        b'data: {"type":3,"invocationId":"7","error":"Not here"}\x1e'
        b'{"type":7,"error":"Not here","allowReconnect":false}\x1e\r\n\r\n'
    )


def test_a_refused_negotiation_of_signalr_has_the_text() -> None:
    """Its client shows it; the status is the route's."""
    house = House(replace(TOLD, ban_seconds=60))
    house.blocked(SIGNALR, f'{{"protocol":"json","version":1,"x":"{ATTACK}"}}\x1e')
    verdict = house.inspector.request(http("POST", "/chat/negotiate?negotiateVersion=1")).verdict
    assert (verdict.status, verdict.body) == (403, b"Not here")


def test_a_packed_poll_is_octets() -> None:
    """MessagePack records are no text."""
    house = House()
    posted(
        house,
        SIGNALR,
        b'{"protocol":"messagepack","version":1}\x1e' + record([1, {}, "7", "t", [ATTACK], []]),
    )
    verdict = house.inspector.request(http("GET", SIGNALR)).verdict
    assert ("Content-Type", "application/octet-stream") in verdict.headers
    assert View.parse((verdict.body or b"")[1:], "msgpack")[0].int == 7


SIGNALR2_QUERY = "connectionToken=a%3D&connectionData=%5B%5D"
SEND2 = f"/signalr/send?transport=longPolling&{SIGNALR2_QUERY}"
CALL2 = f'{{"H":"c","M":"s","A":["{ATTACK}"],"I":7}}'
SIGNALR2_ANSWERS = {
    f"/signalr/poll?transport=longPolling&{SIGNALR2_QUERY}": b'{"E":"Not here"}',
    f"/signalr/connect?transport=longPolling&{SIGNALR2_QUERY}": b'{"E":"Not here"}',
    f"/signalr/poll?transport=longPolling&{SIGNALR2_QUERY}&callback=jQuery_1": (
        b'/**/jQuery_1({"E":"Not here"});\r\n'
    ),
    f"/signalr/poll?transport=longPolling&{SIGNALR2_QUERY}&callback=alert(1)": None,
    f"/signalr/reconnect?transport=serverSentEvents&{SIGNALR2_QUERY}": b'data: {"E":"Not here"}\n\n',
    f"/signalr/reconnect?transport=foreverFrame&{SIGNALR2_QUERY}&frameId=12": (
        b'<script>(function (t) { t.receive(t.getConnection(12), {"E":"Not here"}); })'
        b"(window.parent.jQuery.signalR.transports.foreverFrame);</script>\r\n"
    ),
    f"/signalr/reconnect?transport=foreverFrame&{SIGNALR2_QUERY}&frameId=1)": None,
    f"/signalr/ping?{SIGNALR2_QUERY}": None,
}


@pytest.mark.parametrize("target", SIGNALR2_ANSWERS)
def test_signalr_2_is_answered_with_its_error(target: str) -> None:
    """A poll, a call of a script's function, an event stream and a forever frame."""
    house = House()
    posted(house, SEND2, "data=" + CALL2)
    verdict = house.inspector.request(http("GET", target)).verdict
    assert (verdict.body, verdict.status) == (
        SIGNALR2_ANSWERS[target],
        200 if SIGNALR2_ANSWERS[target] else 403,
    )


def test_a_refused_message_of_signalr_2_gets_its_result() -> None:
    """By the invocation's id, for its client takes any other answer for a call of its own functions."""
    verdict = posted(House(), SEND2, "data=" + CALL2)
    assert (verdict.status, verdict.body) == (200, b'{"I":"7","E":"Not here"}')
    assert ("Content-Type", "application/json; charset=UTF-8") in verdict.headers


@pytest.mark.parametrize("sent", [ATTACK, f'["{ATTACK}"]', f'{{"H":"c","M":"s","A":["{ATTACK}"]}}'])
def test_a_message_of_signalr_2_without_an_id_is_refused_by_its_status(sent: str) -> None:
    """Of a connection without hubs, for example; the session's poll brings the error."""
    verdict = posted(House(), SEND2, "data=" + sent)
    assert (verdict.status, verdict.body) == (403, None)


@pytest.mark.parametrize(
    ("callback", "sent", "status", "body"),
    [
        ("jQuery3_1", CALL2, 200, b'/**/jQuery3_1({"I":"7","E":"Not here"});\r\n'),
        ("a.$b", CALL2, 200, b'/**/a.$b({"I":"7","E":"Not here"});\r\n'),
        ("alert(1)//", CALL2, 403, None),
        ("", CALL2, 403, None),
        ("jQuery3_1", ATTACK, 403, None),
    ],
)
def test_a_jsonp_message_of_signalr_2_gets_its_result(
    callback: str, sent: str, status: int, body: bytes | None
) -> None:
    """It is in the query, with its id; and it ends its session as any message does."""
    house = House()
    poll = http("GET", f"/signalr/poll?transport=longPolling&{SIGNALR2_QUERY}&callback=f")
    assert house.inspector.request(poll).interruptible
    query = urlencode({"callback": callback, "data": sent})
    verdict = house.inspector.request(http("GET", f"{SEND2}&{query}")).verdict
    assert (verdict.action, verdict.status, verdict.body) == (Action.CLOSE, status, body)
    [end] = [each for each in verdict.commands if isinstance(each, EndRequest)]
    assert (end.request, end.status, end.body) == (poll.id, 200, b'/**/f({"E":"Not here"});\r\n')
    assert house.inspector.request(http("POST", SEND2)).verdict.action is Action.CLOSE


def test_who_is_banned_by_a_person_is_told_at_once() -> None:
    """Every request of the banned address that waits, in its framework's words; nobody else's."""
    house = House()
    polls = [http("GET", POLLING + "&sid=abc"), http("POST", SEND2.replace("/send", "/poll"))]
    other = replace(http("GET", POLLING + "&sid=other"), client_ip="203.0.113.77")
    for request in (*polls, other):
        assert house.inspector.request(request).interruptible
    ends = house.inspector.expel(lambda address: address != other.client_ip)
    assert {(each.request, each.body) for each in ends if isinstance(each, EndRequest)} == {
        (polls[0].id, b"41"),
        (polls[1].id, b'{"E":"Not here"}'),
    }
    assert house.inspector.request(http("GET", POLLING + "&sid=abc")).verdict.action is Action.CLOSE
    assert house.inspector.request(other).verdict.action is Action.PASS
    assert house.inspector.expel(lambda address: address != other.client_ip) == ()


def test_a_page_of_another_origin_ends_no_session() -> None:
    """Its request alone is refused: who visits it has done nothing."""
    house = House(replace(TOLD, origins=("same",)))
    foreign = http("GET", POLLING + "&sid=abc", ("Origin", "http://evil.example"))
    assert house.inspector.request(foreign).verdict.action is Action.CLOSE
    assert house.inspector.request(http("GET", POLLING + "&sid=abc")).verdict.action is Action.PASS


def test_what_waits_for_the_server_is_answered_at_the_block() -> None:
    """The session's poll, before its message is; with the framework's own words."""
    house = House()
    poll = http("GET", POLLING + "&sid=abc")
    assert house.inspector.request(poll).interruptible
    verdict = posted(house, POLLING + "&sid=abc", f'42["m","{ATTACK}"]')
    [end] = [each for each in verdict.commands if isinstance(each, EndRequest)]
    assert (end.request, end.status, end.body) == (poll.id, 200, b"41")


def test_a_session_that_only_polls_is_hung_up_too() -> None:
    """Or that says its messages in its requests' heads."""
    for target in (POLLING + "&sid=abc", SEND2.replace("/send", "/poll")):
        house = House()
        house.inspector.request(http("GET", target))
        commands = house.inspector.expel(lambda _: True)
        assert [each.method for each in commands if isinstance(each, SendUpstream)] == ["POST"], target
    asked = http("GET", f"{SEND2}&callback=cb&data={quote(CALL2)}")
    refused = House().inspector.request(asked).verdict
    [hung_up] = [each for each in refused.commands if isinstance(each, SendUpstream)]
    assert "/abort?" in hung_up.target
    assert ATTACK not in unquote(hung_up.target)


def test_a_poll_that_is_judged_while_its_client_is_banned_does_not_slip_past_the_ban(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Either it is found waiting, or it finds the ban."""
    house = House()
    wait = house.inspector._presence.add

    def banned_meanwhile(*those: Any) -> None:
        house.inspector.judge.denied = Denials([Denial("0.0.0.0/0")])
        wait(*those)

    monkeypatch.setattr(house.inspector._presence, "add", banned_meanwhile)
    assert house.inspector.request(http("GET", POLLING + "&sid=abc")).verdict.action is Action.CLOSE


def test_a_poll_that_says_something_itself_waits_too() -> None:
    """SignalR 2's long polling posts what it has heard; both that and the wait are seen to."""
    house = House()
    poll = http("POST", SEND2.replace("/send", "/poll"))
    plan = house.inspector.request(poll)
    assert (plan.inspect_body, plan.interruptible) == (True, True)
    assert house.inspector.body(poll, b"messageId=d-1").action is Action.PASS
    verdict = posted(house, SEND2, "data=" + CALL2)
    [end] = [each for each in verdict.commands if isinstance(each, EndRequest)]
    assert (end.request, end.status, end.body) == (poll.id, 200, b'{"E":"Not here"}')


def test_what_waits_is_ended_without_words_too() -> None:
    """Also by an attack on the session's WebSocket, and by the route's status alone."""
    house = House(RoutePolicy())
    poll = http("GET", POLLING + "&sid=abc")
    house.inspector.request(poll)
    session = house.inspector.open(1, upgrade(SOCKETIO + "&sid=abc"), Upgrade())
    verdict = house.inspector.message(session, text(f'42["m","{ATTACK}"]'))
    assert EndRequest(poll.id, 403) in verdict.commands


def test_the_requests_that_wait_are_capped() -> None:
    """The latest are ended."""
    house = House()
    polls = [http("GET", POLLING + "&sid=abc") for _ in range(SESSION_REQUESTS.default + 3)]
    for poll in polls:
        house.inspector.request(poll)
    verdict = posted(house, POLLING + "&sid=abc", f'42["m","{ATTACK}"]')
    ended = [each.request for each in verdict.commands if isinstance(each, EndRequest)]
    assert ended == [poll.id for poll in polls[3:]]


STREAMS = {
    ("/echo/123/abcdefgh/xhr_streaming", "POST"): Records.LINES,
    ("/echo/123/abcdefgh/htmlfile?c=f", "GET"): Records.LINES,
    ("/echo/123/abcdefgh/eventsource", "GET"): Records.EVENTS,
    ("/echo/123/abcdefgh/xhr", "POST"): None,
    ("/signalr/connect?transport=serverSentEvents&connectionToken=a&connectionData=b", "GET"): Records.EVENTS,
    ("/signalr/connect?transport=foreverFrame&connectionToken=a&connectionData=b", "GET"): Records.LINES,
    ("/signalr/poll?transport=longPolling&connectionToken=a&connectionData=b", "GET"): None,
    (POLLING + "&sid=a", "GET"): None,
}


@pytest.mark.parametrize(("target", "method"), STREAMS)
def test_a_stream_is_known_before_it_begins(target: str, method: str) -> None:
    """By its framework and transport, with what it is cut into."""
    plan = House(replace(TOLD, inspect="both")).inspector.request(http(method, target))
    assert (plan.records, plan.interruptible) == (STREAMS[target, method], True)


def test_signalrs_event_stream_is_one_of_events() -> None:
    """Of a session that its negotiation opened."""
    house = House()
    house.inspector.request(http("POST", SIGNALR))
    house.inspector.body(http("POST", SIGNALR), b'{"protocol":"json","version":1}\x1e')
    plan = house.inspector.request(http("GET", SIGNALR, ("Accept", "text/event-stream")))
    assert plan.records is Records.EVENTS


# bans


@pytest.mark.parametrize("status", [403, 429])
def test_a_banned_client_is_told_when_to_come_back(status: int) -> None:
    """At the handshake and by its fallback, with the status and the seconds that are left."""
    house = House(replace(TOLD, ban_seconds=60, ban_status=status))
    house.blocked(SOCKETIO, f'42["m","{ATTACK}"]')
    house.now += 15.5
    for request in (upgrade(SOCKETIO), http("GET", POLLING), http("GET", POLLING + "&sid=new")):
        verdict = house.inspector.request(request).verdict
        assert verdict.action is Action.CLOSE
        assert verdict.status == status
        assert ("Retry-After", "45") in verdict.headers
    house.now += 45
    assert house.inspector.request(upgrade(SOCKETIO)).verdict.action is Action.PASS


def test_a_banned_clients_ended_session_says_so() -> None:
    """In the words at which its library stops; at the status of the ban it would try again. A new one is refused."""
    house = House(replace(TOLD, ban_seconds=60, ban_status=429))
    request = http("POST", SEND2)
    house.inspector.request(request)
    assert house.inspector.body(request, f"data={CALL2}".encode()).action is Action.BAN
    poll = house.inspector.request(http("GET", SEND2.replace("/send", "/poll"))).verdict
    assert (poll.action, poll.status, poll.body) == (Action.CLOSE, 200, b'{"E":"Not here"}')
    new = house.inspector.request(
        http("GET", SEND2.replace("/send", "/connect").replace("a%3D", "b"))
    ).verdict
    assert (new.action, new.status) == (Action.CLOSE, 429)


def test_a_session_that_a_ban_is_about_to_end_says_so() -> None:
    """Its poll may come between the ban and the session's end."""
    route = replace(TOLD, ban_seconds=60, ban_status=429)
    house = House(route)
    request = http("POST", SEND2)
    house.inspector.request(request)
    assert (
        house.inspector.body(request, b"data=" + CALL2.replace(ATTACK, "hi").encode()).action is Action.PASS
    )
    bans.ban(house.inspector.judge.banned, route, request, house.now)
    poll = house.inspector.request(http("GET", SEND2.replace("/send", "/poll"))).verdict
    assert (poll.action, poll.status, poll.body) == (Action.CLOSE, 200, b'{"E":"Not here"}')


def test_a_banned_poll_gets_the_frameworks_error_and_the_bans_status() -> None:
    """socket.io-client shows the message of this error."""
    house = House(replace(TOLD, ban_seconds=60))
    house.blocked(SOCKETIO, f'42["m","{ATTACK}"]')
    verdict = house.inspector.request(http("GET", POLLING)).verdict
    assert (verdict.status, json.loads(verdict.body or b"")) == (403, {"code": 4, "message": "Not here"})


def test_a_refused_websocket_message_has_no_http_answer() -> None:
    """Its connection speaks HTTP no more."""
    verdict = House().blocked(SOCKETIO, f'42["m","{ATTACK}"]')
    assert (verdict.body, verdict.headers) == (None, ())


def test_a_handshake_that_attacks_is_refused_by_its_status() -> None:
    """A browser shows no body of it."""
    verdict = House().inspector.request(upgrade(f"{SOCKETIO}&name={ATTACK}")).verdict
    assert (verdict.action, verdict.status, verdict.body) == (Action.CLOSE, 403, None)


def test_texts_are_escaped() -> None:
    """What the operator writes breaks no frame and no record."""
    odd = replace(TOLD, refusal_text='a: "b" </script> \\ é')
    said = House(odd).blocked(SOCKJS, f'["{ATTACK}"]').notices[-1].data
    assert said == b"c" + as_json([1008, odd.refusal_text])
    frame = House(odd).blocked("/ws", f"SEND\n\n{ATTACK}\0", subprotocol="v12.stomp").notices[0].data
    assert 'message:a\\c "b" </script> \\\\ é\n'.encode() in frame
    house = House(odd)
    posted(house, "/echo/123/abcdefgh/xhr_send", f'["{ATTACK}"]')
    script = house.inspector.request(http("GET", "/echo/123/abcdefgh/htmlfile?c=f")).verdict.body or b""
    assert script.count(b"</script>") == 1


def test_a_message_that_comes_after_is_refused_without_words() -> None:
    """They have been said."""
    house = House()
    session = house.inspector.open(1, upgrade(SOCKETIO), Upgrade())
    for _ in range(2):
        verdict = house.inspector.message(
            session, Message(Direction.CLIENT, Opcode.TEXT, f'42["{ATTACK}"]'.encode())
        )
    assert (verdict.action, verdict.notices, verdict.reason) == (Action.CLOSE, (), "policy")


@given(
    st.sampled_from(sorted(SAID)),
    st.lists(
        st.sampled_from([each for case in SAID.values() for each in case[2]]) | st.binary(max_size=40),
        max_size=4,
    ),
    st.sampled_from(Opcode),
    st.sampled_from(Direction),
)
def test_no_conversation_leaves_a_decoder_without_an_answer(
    name: str, said: list[str | bytes], opcode: Opcode, side: Direction
) -> None:
    """Whatever was said in whichever framework: a refusal is made, of any packet of it and of none."""
    target, subprotocol, _, _ = SAID[name]
    request = upgrade(target)
    readings = Readings(request, Upgrade(subprotocol))
    for data in said:
        reading = readings.message(Message(side, opcode, data if isinstance(data, bytes) else data.encode()))
        for packet in (*reading.packets, None):
            for notice in readings.refuse(packet, "Not here"):
                assert notice.opcode is Opcode.BINARY or notice.data.decode()
            readings.answer(http("GET", target), packet, "Not here")


def test_a_refusal_that_fails_refuses_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without words, and even where faults of our own let messages pass."""

    def broken(*_: object) -> Any:
        raise RuntimeError

    monkeypatch.setattr(Readings, "refuse", broken)
    monkeypatch.setattr(Readings, "answer", broken)
    house = House(replace(TOLD, fail="open"))
    verdict = house.blocked(SOCKETIO, f'42["m","{ATTACK}"]')
    assert (verdict.action, verdict.close_code, verdict.notices) == (Action.CLOSE, 1008, ())
    verdict = posted(house, POLLING + "&sid=abc", f'42["m","{ATTACK}"]')
    assert (verdict.status, verdict.body) == (403, None)


LONG = "x" * 100_000
REPEATED: dict[str, tuple[str, str | None, list[str]]] = {
    "socket.io": (SOCKETIO, None, [f"40/{LONG},", f'42/{LONG},["m","{ATTACK}"]']),
    "stomp": ("/ws", "v12.stomp", [f"SEND\nreceipt:{LONG}\n\n{ATTACK}\0"]),
    "signalr": (
        SIGNALR,
        None,
        [
            '{"protocol":"json","version":1}\x1e',
            f'{{"type":1,"invocationId":"{LONG}","target":"t","arguments":["{ATTACK}"]}}\x1e',
        ],
    ),
    "wamp 1": ("/ws", "wamp", [f'[2,"{LONG}","http://a/add","{ATTACK}"]']),
    "wamp 2": ("/ws", "wamp.2.json", [f'[48,{"9" * 19},{{}},"add",["{ATTACK}"]]']),
}


@pytest.mark.parametrize("name", REPEATED)
def test_a_refusal_is_short_whatever_it_answers(name: str) -> None:
    """Nothing that a client sent is repeated at length."""
    target, subprotocol, messages = REPEATED[name]
    verdict = House().blocked(target, *messages, subprotocol=subprotocol)
    assert sum(len(notice.data) for notice in verdict.notices) < 500


def test_statuses_and_codes_are_the_routes() -> None:
    """For sockets, for handshakes and for the fallback."""
    house = House(replace(TOLD, refusal_status=451, close_code=4003))
    assert house.blocked(SOCKETIO, f'42["m","{ATTACK}"]').close_code == 4003
    assert house.inspector.request(upgrade(f"{SOCKETIO}&name={ATTACK}")).verdict.status == 451
    assert posted(house, SEND2, f"data={ATTACK}").status == 451
