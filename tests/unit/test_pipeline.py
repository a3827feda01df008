"""The Inspector: what each part of the chat scene, and of going round it, is answered with."""

from __future__ import annotations

import json
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from framewall.config.settings import engine_settings
from framewall.detect import builtin_engine
from framewall.limits import Limits
from framewall.model import (
    Action,
    CloseConnection,
    Control,
    Direction,
    EndRequest,
    Event,
    Message,
    Mode,
    Opcode,
    Request,
    SendUpstream,
    Upgrade,
    Verdict,
)
from framewall.pipeline import Inspector, Session
from framewall.policy import Allowance, Policy, RoutePolicy
from support.engine import WordEngine
from support.requests import POLLING, SOCKETIO, binary, http, text, upgrade

ATTACK = "<script>alert(1)</script>"


class House:
    """An Inspector with its engine, its clock and what it recorded."""

    def __init__(self, **route: object) -> None:
        self.events: list[Event] = []
        self.now = 1_700_000_000.0
        self.engine = WordEngine()
        self.route = replace(RoutePolicy(), **route)  # type: ignore[arg-type]
        self.inspector = Inspector(
            Policy(default=self.route), self.engine, self.events.append, lambda: self.now, node="n1"
        )

    def open(self, target: str = SOCKETIO, connection: int = 1, client: str = "203.0.113.9") -> Session:
        """A WebSocket after its handshake."""
        return self.inspector.open(connection, upgrade(target, client=client), Upgrade())

    def say(self, session: Session, *messages: str | bytes) -> Verdict:
        """The verdict on the last of these messages of the client."""
        for data in messages:
            message = text(data) if isinstance(data, str) else binary(data)
            verdict = self.inspector.message(session, message)
        return verdict

    def post(
        self, body: str | bytes, target: str = POLLING + "&sid=abc", *headers: tuple[str, str]
    ) -> Verdict:
        """The verdict on a polling body, its head having passed."""
        request = http("POST", target, *headers)
        plan = self.inspector.request(request)
        if plan.verdict.action is not Action.PASS:
            return plan.verdict
        assert plan.inspect_body
        return self.inspector.body(request, body.encode() if isinstance(body, str) else body)


@pytest.fixture
def house() -> House:
    """One in block mode."""
    return House()


def fields(verdict: Verdict) -> list[str]:
    """The names of the fields with findings."""
    return [finding.field for finding in verdict.findings]


# the scene


def test_chat_passes(house: House) -> None:
    """Greetings go through, and nothing is recorded."""
    verdict = house.say(house.open(), "40", '42["new message","hello <3"]')
    assert (verdict.action, verdict.framework, verdict.findings) == (Action.PASS, "socket.io", ())
    assert house.events == []


def test_the_attack_closes_the_socket(house: House) -> None:
    """The attacker's socket is closed with 1008, and the operator finds a request that can be read."""
    session = house.open()
    message = Message(Direction.CLIENT, Opcode.TEXT, b'42["new message","<script>"]', 1, compressed=True)
    verdict = house.inspector.message(session, message)
    assert (verdict.action, verdict.close_code) == (Action.CLOSE, 1008)
    assert fields(verdict) == ['event["new message"].args[0]']
    assert verdict.request == (
        "POST /socket.io/?EIO=4&transport=websocket WEBSOCKET/13\n"
        "Host: chat.example\n"
        "X-Forwarded-For: 203.0.113.9\n"
        "Framewall-Message: client text, 1 frame, deflate, 28 bytes\n"
        'Framewall-Packet: socket.io/5 event namespace=/ name="new message"\n'
        "Content-Type: application/json\n"
        "\n"
        '["new message","<script>"]'
    )
    [event] = house.events
    assert (event.attacks, event.action, event.close_code, event.mode) == (("xss",), "close", 1008, "block")
    assert (event.framework, event.event, event.transport) == ("socket.io", "new message", "websocket")
    assert (event.client_ip, event.node, event.time) == ("203.0.113.9", "n1", house.now)


def test_nothing_passes_after_a_block(house: House) -> None:
    """What was already on its way behind the attack is refused too."""
    session = house.open()
    house.say(session, f'42["m","{ATTACK}"]')
    assert house.say(session, '42["m","hello"]').action is Action.CLOSE
    assert len(house.events) == 1


PLACES: dict[str, tuple[list[str | bytes], str]] = {
    "event name": ([f'42["{ATTACK}",1]'], "event.name"),
    "argument": ([f'42["m",1,"{ATTACK}"]'], 'event["m"].args[1]'),
    "nested value": ([f'42["m",{{"a":[{{"b":"{ATTACK}"}}]}}]'], 'event["m"].args[0].a[0].b'),
    "nested key": ([f'42["m",{{"{ATTACK}":1}}]'], f'event["m"].args[0]["{ATTACK}"]'),
    "ack argument": ([f'437["ok","{ATTACK}"]'], "ack.args[1]"),
    "auth": ([f'40{{"token":"{ATTACK}"}}'], "auth.token"),
    "namespace": ([f"40/{ATTACK}"], "namespace"),
    "attachment": (
        [HEAD := '451-["m",{"a":{"_placeholder":true,"num":0}}]', ATTACK.encode()],
        'event["m"].args[0].a',
    ),
    "attachment in base64": ([HEAD, "b" + b64encode(ATTACK.encode()).decode()], 'event["m"].args[0].a'),
    "ack attachment": (['461-7[0,{"_placeholder":true,"num":0}]', ATTACK.encode()], "ack.args[1]"),
    "second attachment": (
        ['452-["m",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]', b"ok", ATTACK.encode()],
        'event["m"].args[1]',
    ),
    "attachment nobody refers to": (['451-["m",0]', ATTACK.encode()], 'event["m"].attachments[0]'),
    "data of a ping": ([f"2{ATTACK}"], "engine.ping"),
    "data of a close": ([f"1{ATTACK}"], "engine.close"),
}


@pytest.mark.parametrize("place", PLACES)
def test_every_place_is_judged(house: House, place: str) -> None:
    """Wherever a client can put it, it is found, and its field named."""
    messages, field = PLACES[place]
    session = house.open()
    assert house.say(session, *messages[:-1]).action is Action.PASS if messages[1:] else True
    verdict = house.say(session, messages[-1])
    assert verdict.action is Action.CLOSE
    assert fields(verdict) == [field]


@pytest.mark.parametrize("packet", ["2", "3", "2probe", "3probe", "5", "6", "40", "41"])
def test_heartbeats_and_control_are_no_events(house: House, packet: str) -> None:
    """They pass, and the engine is not even asked."""
    assert house.say(house.open(), packet).action is Action.PASS
    assert (house.engine.calls, house.events) == (0, [])


HEARTBEATS: dict[str, tuple[str, list[str | bytes], str | bytes]] = {
    "signalr": ("/chat?id=" + "a1" * 12 + "_", ['{"protocol":"json","version":1}\x1e'], '{"type":6}\x1e'),
    "signalr, packed": (
        "/chat?id=" + "a1" * 12 + "_",
        ['{"protocol":"messagepack","version":1}\x1e'],
        b"\x02\x91\x06",
    ),
    "signalr 2": ("/signalr/connect?transport=webSockets&connectionToken=a&connectionData=b", [], "{}"),
    "stomp": ("/ws", ["CONNECT\naccept-version:1.2\n\n\0"], "\n"),
    "sockjs": ("/echo/123/abcdefgh/websocket", [], "h"),
    "engine.io 3": ("/socket.io/?EIO=3&transport=websocket", ["40"], "2"),
}


@pytest.mark.parametrize("name", HEARTBEATS)
def test_every_frameworks_heartbeats_are_no_events(name: str) -> None:
    """From either side, as often as they come."""
    house = House(inspect="both")
    target, before, beat = HEARTBEATS[name]
    session = house.open(target)
    sides = (Direction.SERVER,) if name == "sockjs" else tuple(Direction)
    if name == "sockjs":
        house.inspector.message(session, text("o", Direction.SERVER))
    for said in before:
        assert house.say(session, said).action is Action.PASS
    house.engine.calls = 0
    for side in sides * 5:
        message = text(beat, side) if isinstance(beat, str) else binary(beat, side)
        assert house.inspector.message(session, message).action is Action.PASS
    assert (house.engine.calls, house.events) == (0, [])


def test_a_websockets_own_heartbeats_are_its_sessions(house: House) -> None:
    """A Close is none, nor what a framework says."""
    session = house.inspector.open(1, upgrade("/ws"), Upgrade("wamp.2.json"))
    for control in (Control.PING, Control.PONG, Control.CLOSE, None):
        house.inspector.message(session, Message(Direction.CLIENT, Opcode.TEXT, b"[1,2,3]", control=control))
    client, server = session.conversation.heartbeats()
    assert (client.number, server.number) == (2, 0)


def test_pings_may_stand_between_attachments(house: House) -> None:
    """Engine.IO's own packets do not disturb the count."""
    verdict = house.say(house.open(), HEAD, "2", "3", ATTACK.encode())
    assert fields(verdict) == ['event["m"].args[0].a']


@pytest.mark.parametrize(
    ("control", "field"),
    [(Control.CLOSE, "close.reason"), (Control.PING, "ping.payload"), (Control.PONG, "pong.payload")],
)
def test_what_a_control_frame_says_is_judged(house: House, control: Control, field: str) -> None:
    """As what it is; no framework reads it, and a session goes on after a harmless one."""
    session = house.open()
    said = Message(Direction.CLIENT, Opcode.BINARY, b"transport close", control=control)
    assert house.inspector.message(session, said).action is Action.PASS
    assert house.say(session, "40", '42["m","hello"]').action is Action.PASS
    verdict = house.inspector.message(session, replace(said, data=ATTACK.encode()))
    assert (verdict.action, fields(verdict)) == (Action.CLOSE, [field])
    assert house.events[0].framework == "websocket"
    assert f"Framewall-Message: client {control}, 1 frame, {len(ATTACK)} bytes" in house.events[0].request


# what cannot be decoded


@pytest.mark.parametrize(
    "data", ["hello", "4", "49[]", "42{", "x42[]", "42/a[1]", f"!{ATTACK}", '42\u00a0["m"]']
)
def test_what_socketio_cannot_decode_is_an_attack(house: House, data: str) -> None:
    """On a Socket.IO path, a message that is none never passes."""
    verdict = house.say(house.open(), data)
    assert verdict.action is Action.CLOSE
    assert any(finding.attack == "protocol" for finding in verdict.findings)


def test_an_undecodable_message_is_judged_raw(house: House) -> None:
    """The attack in it is named beside the broken protocol."""
    verdict = house.say(house.open(), f'{{"text":"{ATTACK}"}}')
    assert {finding.attack for finding in verdict.findings} == {"xss", "protocol"}


def test_a_forged_first_message_pins_nothing(house: House) -> None:
    """A JSON application whose attacker begins like a Socket.IO client is still judged as JSON."""
    session = house.open("/ws")
    verdict = house.say(session, '42["m",1]', f'{{"text":"{ATTACK}"}}')
    assert (verdict.action, verdict.framework) == (Action.CLOSE, "json")
    assert fields(verdict) == ["message.text"]


@pytest.mark.parametrize(
    "data", ["1", "2", "40", "41", "42", "42 is the answer", "4ever", "b4 noon", "[7:30] see you [all]"]
)
def test_plain_text_that_resembles_packets_passes(house: House, data: str) -> None:
    """Without any sign of Engine.IO in the handshake, numbers and words are numbers and words."""
    session = house.open("/chat")
    for _ in range(6):
        verdict = house.say(session, data)
        assert verdict.action is Action.PASS
    assert house.say(session, ATTACK).action is Action.CLOSE


def test_bare_engineio_is_no_broken_socketio(house: House) -> None:
    """Engine.IO used alone carries what it likes."""
    session = house.open("/engine.io/?EIO=4&transport=websocket")
    verdict = house.say(session, "4hello", "4[1,2]", '4{"a":1}', b"\x00\x01")
    assert (verdict.action, verdict.framework) == (Action.PASS, "engine.io")
    assert house.say(session, f"4{ATTACK}").action is Action.CLOSE


@pytest.mark.parametrize(
    ("data", "framework"),
    [('{"a":1}', "json"), ("[1]", "json"), ("hi", "text"), (b"\x00\xff", "binary"), (b'{"a":1}', "json")],
)
def test_formats_are_named_where_no_framework_is(house: House, data: str | bytes, framework: str) -> None:
    """json, text, binary."""
    assert house.say(house.open("/ws"), data).framework == framework


# long-polling


def test_a_polling_body_is_judged_like_messages(house: House) -> None:
    """The same field names, and 403."""
    verdict = house.post(f'42["m","hi"]\x1e42["m","{ATTACK}"]')
    assert (verdict.action, verdict.status) == (Action.CLOSE, 403)
    assert fields(verdict) == ['event["m"].args[0]']
    assert verdict.request.startswith(
        "POST /socket.io/?EIO=4&transport=polling&sid=abc HTTP/1.1\nHost: chat.example\n"
    )
    assert 'Framewall-Packet: socket.io/5 event namespace=/ name="m"' in verdict.request
    assert house.events[0].transport == "polling"


POLLED: dict[str, tuple[str, str | bytes]] = {
    "version 4": ("EIO=4", f'42["m","{ATTACK}"]'),
    "version 4, base64": ("EIO=4", HEAD + "\x1eb" + b64encode(ATTACK.encode()).decode()),
    "version 3": ("EIO=3", f'35:42["m","{ATTACK}"]'),
    "version 3, hexadecimal length": ("EIO=3", f'0x23:42["m","{ATTACK}"]'),
    "version 3 by no version": ("EIO=9", f'35:42["m","{ATTACK}"]'),
    "version 3, broken after it": ("EIO=3", f'35:42["m","{ATTACK}"]x'),
    "version 3, binary": ("EIO=3", b"\x00\x03\x05\xff" + f'42["m","{ATTACK}"]'.encode()),
    "JSONP": ("EIO=4&j=0", "d=42%5B%22m%22%2C%22%3Cscript%3E%22%5D"),
    "JSONP in any POST": ("EIO=4", "d=42[%22m%22,%22%3Cscript%3E%22]"),
    "JSONP, key encoded": ("EIO=4", "x=1&%64=42[%22m%22,%22%3Cscript%3E%22]"),
    "JSONP, version 3": ("EIO=3&j=0", "d=18%3A42%5B%22m%22%2C%22%3Cscript%3E%22%5D"),
    "JSONP, escaped newline": ("EIO=4&j=0", "d=42%5B%22m%22%2C%22%3Cscript%3E%5C%5Cn%22%5D"),
}


@pytest.mark.parametrize("form", POLLED)
def test_every_form_of_payload_is_judged(house: House, form: str) -> None:
    """The client chooses the version of each request, so a version it names proves nothing."""
    query, body = POLLED[form]
    kind = ("Content-Type", "application/octet-stream" if isinstance(body, bytes) else "text/plain")
    for other in (query, "EIO=4", "EIO=3", "j=1"):
        house = House()
        verdict = house.post(body, f"/socket.io/?{other}&transport=polling&sid=abc", kind)
        assert verdict.action is Action.CLOSE
        assert any(finding.attack == "xss" for finding in verdict.findings), (form, other)


def test_ordinary_polling_passes(house: House) -> None:
    """Both versions, JSONP too."""
    for query, body in (
        ("EIO=4", '40\x1e42["m","hi"]\x1e3'),
        ("EIO=3", '11:42["m","h"]1:2'),
        ("EIO=3", '12:42["m","😀"]'),
        ("EIO=4&j=1", "d=42%5B%22m%22%2C%22h%22%5D"),
        ("EIO=4", "1"),
    ):
        verdict = House().post(body, f"/socket.io/?{query}&transport=polling&sid=abc")
        assert verdict.action is Action.PASS, (body, verdict.findings)


def test_a_block_ends_the_whole_session(house: House) -> None:
    """The sid's other sockets are closed, the server is told, and further requests are refused."""
    target = POLLING + "&sid=abc"
    house.inspector.open(7, upgrade(SOCKETIO + "&sid=abc"), Upgrade())
    request = http("POST", target, ("Cookie", "route=2"), ("Accept", "*/*"))
    verdict = house.inspector.body(request, f'42["m","{ATTACK}"]'.encode())
    assert verdict.commands == (
        CloseConnection(7),
        SendUpstream(
            "POST",
            "/socket.io/?EIO=4&transport=polling&sid=abc",
            (("Host", "chat.example"), ("Cookie", "route=2"), ("Content-Type", "text/plain;charset=UTF-8")),
            b"1",
            "default",
            "203.0.113.9",
        ),
    )
    assert house.inspector.request(http("POST", target)).verdict.action is Action.CLOSE
    assert house.inspector.request(http("GET", target)).verdict.action is Action.CLOSE
    assert house.inspector.request(upgrade(SOCKETIO + "&sid=abc")).verdict.action is Action.CLOSE
    assert house.inspector.request(http("GET", POLLING + "&sid=other")).verdict.action is Action.PASS


def test_the_server_is_told_in_its_version(house: House) -> None:
    """Engine.IO 3 wants the length before the close packet."""
    verdict = house.post(f'35:42["m","{ATTACK}"]', POLLING.replace("EIO=4", "EIO=3") + "&sid=abc")
    assert [command.body for command in verdict.commands if isinstance(command, SendUpstream)] == [b"1:1"]


def test_a_block_on_the_websocket_refuses_its_polling(house: House) -> None:
    """A session that began by polling and moved to a WebSocket is one session."""
    assert house.post("40").action is Action.PASS
    session = house.open(SOCKETIO + "&sid=abc")
    verdict = house.say(session, "2probe", f'42["m","{ATTACK}"]')
    assert any(isinstance(command, SendUpstream) for command in verdict.commands)
    assert house.post("2").status == 403


def test_an_upgrade_in_flight_leaves_both_transports_judged(house: House) -> None:
    """The WebSocket has been probed, and the poll still takes messages: an attack in that gap is one as well."""
    assert house.post("40").action is Action.PASS
    session = house.open(SOCKETIO + "&sid=abc")
    assert house.say(session, "2probe").action is Action.PASS
    verdict = house.post(f'42["m","{ATTACK}"]')
    assert fields(verdict) == ['event["m"].args[0]']
    assert any(isinstance(command, CloseConnection) for command in verdict.commands)
    assert house.say(session, "5").action is Action.CLOSE


def test_a_negotiation_that_sends_the_client_elsewhere_leaves_the_hub_judged(house: House) -> None:
    """SignalR's answer may name another host, whose token comes back to us or does not."""
    request = http("POST", "/chat/negotiate?negotiateVersion=1")
    assert house.inspector.request(request).inspect_response
    elsewhere = b'{"url":"https://elsewhere.example/chat?asrs_op=chat","accessToken":"ey.a.b"}'
    assert house.inspector.response(request, 200, (), elsewhere).action is Action.PASS
    session = house.open("/chat?id=token&asrs_op=chat")
    call = '{"type":1,"target":"Send","arguments":["' + ATTACK + '"]}\x1e'
    verdict = house.say(session, '{"protocol":"json","version":1}\x1e', call)
    assert (verdict.framework, fields(verdict)) == ("signalr", ["args[0]"])


def test_attachments_may_be_split_over_transports(house: House) -> None:
    """The header by polling, its attachment by WebSocket."""
    assert house.post(HEAD).action is Action.PASS
    verdict = house.say(house.open(SOCKETIO + "&sid=abc"), ATTACK.encode())
    assert fields(verdict) == ['event["m"].args[0].a']


def test_a_session_is_learnt_from_its_response(house: House) -> None:
    """So that its later requests are known whatever their path and query look like."""
    request = http("GET", "/custom/?transport=polling&EIO=4")
    assert house.inspector.request(request).inspect_response
    opened = b'0{"sid":"xyz","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000}'
    assert house.inspector.response(request, 200, (), opened).action is Action.PASS
    assert house.post(f'42["m","{ATTACK}"]', "/custom/?sid=xyz").action is Action.CLOSE


def test_the_version_is_proven_by_the_session(house: House) -> None:
    """A session opened as version 4 reads no version 3 payloads, and says so."""
    request = http("GET", POLLING)
    house.inspector.response(request, 200, (), b'0{"sid":"abc"}')
    verdict = house.post('11:42["m","h"]', POLLING.replace("EIO=4", "EIO=3") + "&sid=abc")
    assert verdict.action is Action.PASS, "in version 4 this is a close packet with data"


def test_responses_are_judged_if_the_route_says_both() -> None:
    """Stored attacks reach victims from the server."""
    request = http("GET", POLLING + "&sid=abc")
    body = f'42["m","{ATTACK}"]'.encode()
    assert House().inspector.response(request, 200, (), body).action is Action.PASS
    house = House(inspect="both")
    assert house.inspector.request(request).inspect_response
    assert house.inspector.response(request, 200, (), body).action is Action.CLOSE
    jsonp = b'___eio[0]("42[\\"m\\",\\"<script>\\"]");'
    assert House(inspect="both").inspector.response(request, 200, (), jsonp).action is Action.CLOSE


def test_other_http_is_none_of_our_business(house: House) -> None:
    """No body is asked for, nothing is judged."""
    for request in (
        http("POST", f"/api?q={ATTACK}"),
        http("GET", "/"),
        http("GET", "/socket.io/socket.io.js"),
        http("OPTIONS", POLLING),
    ):
        plan = house.inspector.request(request)
        assert (plan.verdict.action, plan.inspect_body, plan.inspect_response) == (Action.PASS, False, False)


# handshakes


HANDSHAKES: dict[str, tuple[Request, str]] = {
    "query value": (upgrade("/ws?x=%3Cscript%3E"), 'handshake.query["x"]'),
    "query name": (upgrade("/ws?%3Cscript%3E=1"), "handshake.query"),
    "path": (upgrade("/ws/<script>"), "handshake.path"),
    "cookie": (upgrade("/ws", ("Cookie", "a=1; name=<script>")), 'handshake.headers["cookie"].name'),
    "cookie name": (upgrade("/ws", ("Cookie", "<script>=1")), 'handshake.headers["cookie"]'),
    "own header": (upgrade("/ws", ("X-Token", "<script>")), 'handshake.headers["x-token"]'),
    "user agent": (upgrade("/ws", ("User-Agent", "a <script>")), 'handshake.headers["user-agent"]'),
    "referer's query": (
        upgrade("/ws", ("Referer", "http://a/?q=<script>")),
        'handshake.headers["referer"].query["q"]',
    ),
    "referer's path": (upgrade("/ws", ("Referer", "http://a/<script>")), 'handshake.headers["referer"].path'),
    "subprotocol": (
        upgrade("/ws", ("Sec-WebSocket-Protocol", "<script>")),
        'handshake.headers["sec-websocket-protocol"]',
    ),
    "polling query": (http("GET", POLLING + "&x=<script>"), 'handshake.query["x"]'),
}


@pytest.mark.parametrize("place", HANDSHAKES)
def test_heads_are_judged(house: House, place: str) -> None:
    """Before the server sees the handshake, with its field named."""
    request, field = HANDSHAKES[place]
    verdict = house.inspector.request(request).verdict
    assert (verdict.action, verdict.status, fields(verdict)) == (Action.CLOSE, 403, [field])
    assert verdict.request.startswith(f"GET {request.target} HTTP/1.1\n")


@pytest.mark.parametrize(
    "request_", [http("POST", POLLING + "&sid=a&sid=b"), upgrade(SOCKETIO + "&sid=a&%73id=b")]
)
def test_a_request_may_not_name_two_sessions(house: House, request_: Request) -> None:
    """Node takes the last, Python the first: one of them would be another session than the judged one."""
    verdict = house.inspector.request(request_).verdict
    assert verdict.action is Action.CLOSE
    assert [finding.rule for finding in verdict.findings] == ["engineio.session"]
    assert house.inspector.request(http("GET", POLLING + "&sid=a&sid=a")).verdict.action is Action.PASS


def test_every_fallback_is_polling_to_a_route() -> None:
    """Whatever the framework calls it; what leads to a WebSocket is not one."""
    negotiate = http("POST", "/chat/negotiate?negotiateVersion=1")
    sent = http("POST", "/echo/000/abc/xhr_send")
    house = House(transports=frozenset({"websocket"}))
    assert house.inspector.request(negotiate).verdict.action is Action.PASS
    assert house.inspector.request(sent).verdict.action is not Action.PASS
    house = House(transports=frozenset({"websocket", "polling"}))
    assert house.inspector.request(sent).verdict.action is Action.PASS


def test_only_allowed_transports_are_let_in() -> None:
    """A route may say WebSocket only."""
    house = House(transports=frozenset({"websocket"}))
    assert house.inspector.request(http("GET", POLLING)).verdict.action is Action.CLOSE
    assert house.inspector.request(upgrade(SOCKETIO)).verdict.action is Action.PASS


# policy


def test_monitor_records_and_passes() -> None:
    """With the same findings."""
    house = House(mode=Mode.MONITOR)
    session = house.open()
    verdict = house.say(session, f'42["m","{ATTACK}"]')
    assert (verdict.action, verdict.score, house.events[0].action) == (Action.PASS, 5, "pass")
    assert house.say(session, '42["m","hi"]').action is Action.PASS


def test_off_looks_at_nothing() -> None:
    """Neither heads nor messages."""
    house = House(mode=Mode.OFF)
    assert house.inspector.request(upgrade("/?x=<script>")).verdict.action is Action.PASS
    assert house.say(house.open(), f'42["m","{ATTACK}"]').action is Action.PASS
    assert (house.engine.calls, house.events) == (0, [])


def test_safe_block_blocks_whom_it_knows() -> None:
    """The first attack puts the client on the graylist, the second is blocked, others are not."""
    house = House(mode=Mode.SAFE_BLOCK, graylist_seconds=60)
    attack = f'42["m","{ATTACK}"]'
    assert house.say(house.open(), attack).action is Action.PASS
    assert house.say(house.open(connection=2, client="198.51.100.7"), attack).action is Action.PASS
    assert house.say(house.open(connection=3), '42["m","hi"]').action is Action.PASS
    assert house.say(house.open(connection=4), attack).action is Action.CLOSE
    house.now += 121
    assert house.say(house.open(connection=5), attack).action is Action.PASS


def test_a_network_can_be_gray_by_configuration() -> None:
    """It need not attack first."""
    house = House(mode=Mode.SAFE_BLOCK, graylist=("203.0.113.0/24",))
    assert house.say(house.open(), f'42["m","{ATTACK}"]').action is Action.CLOSE


def test_a_ban_is_kept_at_the_handshake() -> None:
    """Until it ends."""
    house = House(ban_seconds=30)
    assert house.say(house.open(), f'42["m","{ATTACK}"]').action is Action.BAN
    assert house.inspector.request(upgrade(SOCKETIO)).verdict.action is Action.CLOSE
    assert house.inspector.request(upgrade(SOCKETIO, client="198.51.100.7")).verdict.action is Action.PASS
    house.now += 31
    assert house.inspector.request(upgrade(SOCKETIO)).verdict.action is Action.PASS


def test_a_ban_ends_everything_that_its_client_has_open() -> None:
    """Other sockets, and polls that wait; of nobody else, and nothing that has ended."""
    house = House(ban_seconds=30)
    attacker, *kept = house.open("/chat", 1), house.open(SOCKETIO, 2), house.open("/chat", 3, "198.51.100.7")
    house.inspector.close(house.open("/chat", 4), "gone")
    waiting = http("GET", POLLING + "&sid=abc")
    assert house.inspector.request(waiting).interruptible
    verdict = house.say(attacker, ATTACK)
    assert verdict.action is Action.BAN
    ends = [each for each in verdict.commands if isinstance(each, CloseConnection)]
    polls = [each.request for each in verdict.commands if isinstance(each, EndRequest)]
    assert ([each.connection for each in ends], polls) == ([2], [waiting.id])
    assert [session.conversation.blocked for session in kept] == [True, False]
    assert house.say(house.open("/chat", 5), "hello").action is Action.CLOSE, "its handshake was on the way"
    assert house.say(house.open("/chat", 6, client="198.51.100.7"), "hello").action is Action.PASS


def test_a_ban_by_a_cookie_spares_the_others_behind_its_address() -> None:
    house = House(ban_seconds=30, ban_by=("cookie:s",))
    mine, theirs = (upgrade("/chat", ("Cookie", f"s={value}")) for value in "12")
    sessions = [
        house.inspector.open(place, head, Upgrade()) for place, head in enumerate((mine, mine, theirs))
    ]
    assert house.say(sessions[0], ATTACK).commands == (CloseConnection(1),)
    assert [session.conversation.blocked for session in sessions] == [True, True, False]


def test_a_ban_ends_nothing_where_its_client_would_still_be_let_in() -> None:
    """A route that only monitors, and one that goes by something else; each is told as its own route says."""
    house = House(ban_seconds=30)
    base = house.route
    others = {
        "watching": replace(base, mode=Mode.MONITOR),
        "by cookie": replace(base, ban_by=("cookie:s",)),
        "gray": replace(base, mode=Mode.SAFE_BLOCK, close_code=4000),
    }
    house.inspector.policy = Policy(tuple(replace(each, name=name) for name, each in others.items()), base)
    heads = (replace(upgrade("/chat"), route=name) for name in others)
    kept = [house.inspector.open(place, head, Upgrade()) for place, head in enumerate(heads, 2)]
    assert house.say(house.open("/chat", 1), ATTACK).commands == (CloseConnection(4, 4000),)
    assert [session.conversation.blocked for session in kept] == [False, False, True]


@pytest.mark.parametrize(
    ("allowance", "passes"),
    [
        (Allowance(field='event["m"].args[*]'), True),
        (Allowance(field='event["other"].args[*]'), False),
        (Allowance(event="m", attack="xss"), True),
        (Allowance(event="m", attack="sqli"), False),
        (Allowance(rule="test.script"), True),
        (Allowance(rule="test.other"), False),
    ],
)
def test_exceptions_allow_what_fits(allowance: Allowance, passes: bool) -> None:
    """By field, event, class, rule; every condition must fit."""
    house = House(exceptions=(allowance,))
    verdict = house.say(house.open(), f'42["m","{ATTACK}"]')
    assert (verdict.action is Action.PASS) is passes


def test_weak_signs_stay_below_the_threshold(house: House) -> None:
    """They are in the verdict, and no event; several make an attack."""
    session = house.open()
    verdict = house.say(session, '42["m","hmm"]')
    assert (verdict.action, verdict.score, house.events) == (Action.PASS, 2, [])
    assert house.say(session, '42["m","hmm","hmm ","hmm  "]').action is Action.CLOSE


def test_a_new_policy_reaches_live_sessions(house: House) -> None:
    """At their next message."""
    session = house.open()
    house.inspector.policy = Policy(default=replace(house.route, mode=Mode.MONITOR))
    assert house.say(session, f'42["m","{ATTACK}"]').action is Action.PASS
    house.inspector.policy = Policy(default=house.route)
    assert house.say(session, f'42["m","{ATTACK}"]').action is Action.CLOSE


# faults


@pytest.mark.parametrize(("fail", "action"), [("closed", Action.CLOSE), ("open", Action.PASS)])
def test_an_engine_that_fails_is_answered_as_configured(fail: str, action: Action) -> None:
    """Never by an exception in the driver's thread."""
    house = House(fail=fail)
    house.engine.inspect = _raise  # type: ignore[method-assign, assignment]
    assert house.say(house.open(), '42["m","hi"]').action is action
    assert house.inspector.request(upgrade("/ws?x=a%20b")).verdict.action is action


def _raise(*_: object) -> None:
    raise RuntimeError("broken on purpose")


@pytest.mark.parametrize(
    ("limit", "attack", "rule"),
    [("message_bytes", "data_bomb", "limit.message_bytes"), (None, "protocol", "websocket.1002")],
)
def test_what_the_wire_refuses_is_recorded(house: House, limit: str | None, attack: str, rule: str) -> None:
    """As data_bomb where a cap was reached, as protocol otherwise."""
    house.inspector.failed(house.open(), "client", limit, "why it is", 1002)
    [event] = house.events
    assert (event.attacks, event.findings[0].rule, event.close_code) == ((attack,), rule, 1002)


def test_a_fault_of_our_own_is_no_attack(house: House) -> None:
    """Nobody did it."""
    house.inspector.failed(house.open(), "framewall", None, "the upstream is away", 1011)
    assert house.events == []


def test_too_many_attachments_are_a_data_bomb(house: House) -> None:
    """Announcing them is enough."""
    verdict = house.say(house.open(), '4599999-["m",{"_placeholder":true,"num":0}]')
    assert [finding.rule for finding in verdict.findings] == ["limit.attachments"]


@pytest.mark.parametrize("allowed", [Allowance(attack="data_bomb"), Allowance(rule="data_bomb.scan_work")])
def test_an_allowed_bomb_does_not_cover_an_attack_behind_it(allowed: Allowance) -> None:
    """What the spent budget left unread is still looked at."""
    house = House(limits=Limits((("scan_work", 100_000),)), exceptions=(allowed,))
    inspector = Inspector(
        Policy(default=house.route),
        builtin_engine(),
        house.events.append,
        lambda: house.now,
        settings=engine_settings,
    )
    long = ",".join(json.dumps(f"x' or y & %2541 {number}") for number in range(5_000))
    harmless, hidden = f'42["m",{long},"hi"]', f'42["m",{long},"%3Cscript%3Ealert(1)%3C/script%3E"]'
    assert inspector.message(house.open(), text(harmless)).action is Action.PASS
    verdict = inspector.message(house.open(), text(hidden))
    assert verdict.action is Action.CLOSE
    assert {finding.attack for finding in verdict.findings} == {"xss"}


def test_secrets_are_not_in_events(house: House) -> None:
    """The record room redacts what the Inspector tells it."""
    house.inspector.request(upgrade("/ws?token=s3cret&x=<script>"))
    assert "s3cret" not in json.dumps([event.request for event in house.events])


# threads


def test_threads_may_share_everything(house: House) -> None:
    """Eight of them, on their own connections and on one polling session, until an attack ends that one."""

    def chat(number: int) -> list[Action]:
        session = house.open(connection=number, client=f"198.51.100.{number}")
        own = [house.say(session, HEAD, f"bytes {n}".encode()).action for n in range(50)]
        return [*own, house.say(session, f'42["m","{ATTACK}"]').action]

    def poll(number: int) -> list[Action]:
        return [house.post(f'42["m","{number} {n}"]').action for n in range(50)]

    with ThreadPoolExecutor(8) as pool:
        chats = list(pool.map(chat, range(1, 9)))
        polls = list(pool.map(poll, range(8)))
    assert chats == [[Action.PASS] * 50 + [Action.CLOSE]] * 8
    assert polls == [[Action.PASS] * 50] * 8
    assert sorted(event.client_ip for event in house.events) == [f"198.51.100.{n}" for n in range(1, 9)]
    assert house.post(f'42["m","{ATTACK}"]').action is Action.CLOSE
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda n: house.post(f'42["m","{n}"]').action, range(50))) == {Action.CLOSE}


# who may connect


def test_a_page_of_another_site_is_refused_and_its_visitor_is_not_banned() -> None:
    """The event names the origin; whoever only visited that page comes in from the right one."""
    house = House(origins=("same-origin",), ban_seconds=60)
    foreign = upgrade(SOCKETIO, ("Origin", "https://evil.example"))
    verdict = house.inspector.request(foreign).verdict
    assert (verdict.action, verdict.status) == (Action.CLOSE, 403)
    [finding] = house.events[0].findings
    assert (finding.attack, finding.rule, finding.match) == ("cswsh", "cswsh.origin", "https://evil.example")
    assert finding.field == 'handshake.headers["origin"]'
    assert (
        house.inspector.request(upgrade(SOCKETIO, ("Origin", "https://chat.example"))).verdict.action
        is Action.PASS
    )
    assert (len(house.inspector.judge.banned), len(house.inspector.judge.graylist)) == (0, 0)


def test_an_attack_from_another_site_is_an_attack() -> None:
    """Its client is banned like any other."""
    house = House(origins=("same-origin",), ban_seconds=60)
    foreign = upgrade(f"{SOCKETIO}&name={ATTACK}", ("Origin", "https://evil.example"))
    assert house.inspector.request(foreign).verdict.action is Action.BAN
    assert set(house.events[0].attacks) == {"xss", "cswsh"}


def test_a_page_of_another_site_is_only_recorded_in_monitor_mode() -> None:
    """As everything is."""
    house = House(mode=Mode.MONITOR, origins=("same-origin",))
    foreign = upgrade(SOCKETIO, ("Origin", "https://evil.example"))
    assert house.inspector.request(foreign).verdict.action is Action.PASS
    assert house.events[0].attacks == ("cswsh",)


def test_a_subprotocol_that_the_server_did_not_select_stops_the_first_message() -> None:
    """The offer was allowed, the answer is not: nothing is said without the protocol."""
    house = House(subprotocols=("v12.stomp",))
    request = upgrade("/ws", ("Sec-WebSocket-Protocol", "v12.stomp"))
    assert house.inspector.request(request).verdict.action is Action.PASS
    first = house.inspector.open(1, request, Upgrade("v12.stomp"))
    assert house.say(first, "CONNECT\n\n\0").action is Action.PASS
    verdict = house.say(house.inspector.open(2, request, Upgrade()), "hello")
    assert verdict.action is Action.CLOSE
    assert [finding.rule for finding in verdict.findings] == ["websocket.subprotocol"]
