"""SignalR 2: invocations on every transport of its client."""

from __future__ import annotations

import json
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framewall.decode.signalr2 import decoder
from framewall.detect import builtin_engine
from framewall.errors import DecodeError, PeerError
from framewall.fields.names import name
from framewall.model import Direction, Packet, Upgrade
from support import leaves
from support.decoding import fields
from support.requests import binary, http, text, upgrade

QUERY = "transport=webSockets&clientProtocol=2.1&connectionToken=tok%2F%3D&connectionData=%5B%5D"
CONNECT = f"/signalr/connect?{QUERY}"
CALL = '{"H":"chathub","M":"Send","A":["ann",{"text":"hello"}],"I":0,"S":{"room":"one"}}'
ATTACK = "<script>alert(1)</script>"


def found_in(packet: Packet) -> set[str]:
    """The fields that the real engine finds the attack in."""
    [part] = packet.parts
    report = builtin_engine().inspect([part[:3]])
    return {name(part.label, tuple(finding.path)) for finding in report.findings}


def test_an_invocation() -> None:
    """Hub, method, arguments and state have their names."""
    for message in (text(CALL), binary(CALL.encode())):
        [packet] = decoder.reader(upgrade(CONNECT)).decode(message)
        assert packet[:3] == ("signalr2", "2.1", "invocation")
        assert (packet.name, packet.namespace) == ("Send", "chathub")
        found = fields([packet])
        assert found["args[1].text"] == b"hello"
        assert found["state.room"] == b"one"
        assert found["method"] == b"Send"


def test_names_of_members_have_no_case() -> None:
    """As the server's JSON reader takes them."""
    [packet] = decoder.reader(upgrade(CONNECT)).decode(text('{"h":"c","m":"Send","a":["x"]}'))
    assert packet.name == "Send"
    assert fields([packet])["args[0]"] == b"x"


def test_what_the_server_says() -> None:
    """Calls to the client, results, errors; keepalives say nothing."""
    reader = decoder.reader(upgrade(CONNECT))

    def said(data: str) -> Packet:
        return reader.decode(text(data, Direction.SERVER))[0]

    assert fields([said('{"C":"d-1","M":[{"H":"c","M":"show","A":["hi"]}]}')])["messages[0].args[0]"] == b"hi"
    assert fields([said('{"R":{"a":"x"},"I":"0"}')])["result.a"] == b"x"
    assert fields([said('{"E":"x","I":"0"}')])["error"] == b"x"
    assert not said("{}").parts


def test_a_connection_without_hubs_says_anything() -> None:
    """It is judged as what it looks like; once a hub is called it is a finding."""
    reader = decoder.reader(upgrade(CONNECT))
    for data in ("plain words", '{"a":"<script>"}', "[1]", '{"H":1,"M":2}'):
        [packet] = reader.decode(text(data))
        assert packet.parts[0].data == data.encode()
    reader.decode(text(CALL))
    with pytest.raises(DecodeError) as refused:
        reader.decode(text("<script>"))
    assert refused.value.packets[0].parts[0].data == b"<script>"


@pytest.mark.parametrize("form", ["data={}", "x=1&data={}", "Data={}"])
def test_send_over_http(form: str) -> None:
    """The form's ``data`` is the message, whole and in its fields."""
    body = form.format(quote(CALL.replace("hello", ATTACK)))
    reader = decoder.reader(http("POST", CONNECT))
    packet, *_ = reader.body(http("POST", f"/signalr/send?{QUERY}"), body.encode())
    assert (packet.name, packet.namespace) == ("Send", "chathub")
    assert found_in(packet) - {"message"} == {"args[1].text"}


def test_another_field_of_the_form_is_judged_too() -> None:
    """Under its own name."""
    body = f"data={quote(CALL)}&other={quote(ATTACK)}"
    call, other = decoder.reader(http("POST", CONNECT)).body(http("POST", CONNECT), body.encode())
    assert not found_in(call)
    assert found_in(other) == {"body.other"}


def test_every_message_of_a_form_is_judged() -> None:
    """Servers take the first ``data``, the last, or both with a comma between them; and any text may be one."""
    body = f"data={quote(CALL.replace('hello', ATTACK))}&DATA={quote(CALL)}&data=%3Cscript%3Ealert(1)%3C/script%3E"
    first, second, third = decoder.reader(http("POST", CONNECT)).body(http("POST", CONNECT), body.encode())
    assert found_in(first) == {"args[1].text"}
    assert not found_in(second)
    assert third.parts[0].data == b"<script>alert(1)</script>"


def test_harmless_words_in_a_form_are_read_once() -> None:
    """As the JSON that they are, not as a form's text too: brackets and ampersands are somebody's words."""
    for value in ([[[{"a": "b"}]]], {"R&D": "http://example.org/?q=caf%C3%A9"}, "a list:\n- x\n- 50% off"):
        body = urlencode({"data": json.dumps({"H": "chathub", "M": "Send", "A": [value], "I": 0})})
        [packet] = decoder.reader(http("POST", CONNECT)).body(http("POST", CONNECT), body.encode())
        assert not found_in(packet)


def test_a_body_that_is_no_form() -> None:
    """Is judged as a form, and as what it looks like."""
    packets = decoder.reader(http("POST", CONNECT)).body(http("POST", CONNECT), b'{"a":"<script>"}')
    assert b"<script>" in leaves.of(packets)


@pytest.mark.parametrize(
    "body",
    [
        b'{"C":"1","M":[{"H":"c","M":"show","A":["<script>"]}]}',
        b'jQuery1_2({"C":"1","M":[{"H":"c","M":"show","A":["<script>"]}]});',
        b'data: initialized\r\n\r\ndata: {"C":"1","M":[{"H":"c","M":"show","A":["<script>"]}]}\r\n\r\n',
        b'<html><body><script>r(c, {"C":"1","M":[{"H":"c","M":"show","A":["<script>"]}]});</script>',
    ],
)
def test_answers_on_every_transport(body: bytes) -> None:
    """Polling, JSONP, server-sent events, the forever frame."""
    packets = decoder.reader(http("GET", CONNECT)).reply(http("GET", f"/signalr/poll?{QUERY}"), 200, body)
    assert b"<script>" in leaves.of(packets)


def test_the_negotiation_gives_the_session() -> None:
    """Its token, JSONP or not."""
    request = http("GET", "/signalr/negotiate?clientProtocol=2.1&connectionData=%5B%5D")
    exchange = decoder.exchange(request, lambda _: False)
    assert exchange
    assert exchange.begins
    assert not exchange.sends
    for body in (b'{"ConnectionToken":"tok/=","Url":"/signalr"}', b'cb({"ConnectionToken":"tok/="})'):
        reader = decoder.reader(request)
        reader.reply(request, 200, body)
        assert reader.session == "tok/="
    assert decoder.session(upgrade(CONNECT)) == "tok/="


def test_claims() -> None:
    """By two names of its own; one is a guess; a path is nothing."""
    assert decoder.claim(upgrade(CONNECT), Upgrade(), None) >= 0.8
    assert 0 < decoder.claim(upgrade("/connect?connectionToken=a"), Upgrade(), None) < 0.8
    assert decoder.claim(upgrade("/signalr/connect"), Upgrade(), None) == 0
    assert decoder.claim(upgrade(f"/chat?{QUERY}"), Upgrade(), None) == 0


def test_exchanges() -> None:
    """Names and paths in any case, as the server compares them."""
    sent = decoder.exchange(http("POST", "/SignalR/SEND?Transport=longPolling&ConnectionToken=a"), bool)
    assert sent
    assert (sent.transport, sent.session, sent.sends) == ("longpolling", "a", True)
    assert decoder.exchange(http("POST", "/send?x=1"), bool) is None
    assert decoder.exchange(http("PUT", f"/signalr/send?{QUERY}"), bool) is None


def test_the_steps_of_a_websocket_are_its_own() -> None:
    """So that a route may allow that transport alone; a message in a body is not."""

    def transport(method: str, target: str) -> str | None:
        found = decoder.exchange(http(method, target), bool)
        return found.transport if found else None

    for step in ("negotiate", "start", "abort", "ping"):
        assert transport("GET", f"/signalr/{step}?{QUERY}") == "websocket"
    assert transport("POST", f"/signalr/send?{QUERY}") == "longpolling"
    assert transport("GET", f"/signalr/connect?{QUERY.replace('webSockets', 'serverSentEvents')}") == (
        "serversentevents"
    )


def test_socketio_s_sessions_are_its_own() -> None:
    """Whatever else their query says."""
    assert decoder.exchange(http("POST", f"/socket.io/send?EIO=4&sid=a&{QUERY}"), bool) is None
    assert decoder.session(upgrade(f"/socket.io/?EIO=4&{QUERY}")) is None


def test_a_session_is_ended_by_its_own_request() -> None:
    """The client's abort."""
    command = decoder.hang_up(http("POST", f"/app/signalr/send?{QUERY}", ("Cookie", "a=b")), "tok/=")
    assert command.target == f"/app/signalr/abort?{QUERY}"
    assert ("Cookie", "a=b") in command.headers


def test_what_a_jsonp_message_says_is_not_repeated_at_its_sessions_end() -> None:
    command = decoder.hang_up(
        http("GET", f"/app/signalr/send?callback=a&{QUERY}&d%61ta=%7B%7D&data=1"), "tok/="
    )
    assert command.target == f"/app/signalr/abort?{QUERY}"


@given(st.sampled_from(Direction), st.binary(max_size=80) | st.text(max_size=40).map(str.encode))
def test_nothing_raises_but_what_is_declared(side: Direction, data: bytes) -> None:
    """And every byte is in some part."""
    reader = decoder.reader(upgrade(CONNECT))
    reader.decode(text(CALL))
    try:
        packets = reader.decode(text(data, side))
    except PeerError as error:
        packets = error.packets
    assert data in [part.data for packet in packets for part in packet.parts] or data == b"{}"
    reader.body(http("POST", CONNECT), data)
    reader.reply(http("GET", CONNECT), 200, data)
