"""SockJS: every transport, and the protocols inside."""

from __future__ import annotations

import json
from base64 import b64decode
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framewall.decode import Readings
from framewall.decode.sockjs import SockJSReader, decoder
from framewall.errors import DecodeError, LimitReached, PeerError
from framewall.limits import PAYLOAD_PACKETS
from framewall.model import Direction, Message, Opcode, Packet, Upgrade
from support import leaves
from support.decoding import fields, read
from support.requests import binary, http, text, upgrade

FILE = Path(__file__).parents[3] / "vectors" / "decode" / "sockjs" / "cases.json"
VECTORS: dict[str, Any] = json.loads(FILE.read_text())
CASES: list[dict[str, Any]] = VECTORS["cases"]
FRAMED = "/echo/000/abc123/websocket"


def opened(target: str = FRAMED) -> SockJSReader:
    """A reader whose server has said ``o``."""
    reader = decoder.reader(upgrade(target))
    reader.decode(text("o", Direction.SERVER))
    return reader


def posted(step: str, body: bytes, kind: str = "text/plain") -> list[Packet]:
    """What is made of a body."""
    request = http("POST", f"/echo/000/abc123/{step}", ("Content-Type", kind))
    try:
        return list(decoder.reader(request).body(request, body))
    except PeerError as error:
        return list(error.packets)


# the real server


def test_there_are_cases() -> None:
    """Of every way to send, and of every way to be answered."""
    assert {case["transport"] for case in CASES} == {"websocket", "xhr_send", "jsonp_send"}
    assert len([case for case in CASES if case["delivered"]]) > 20
    assert len(VECTORS["replies"]) == 7


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_what_the_server_delivers_is_seen(case: dict[str, Any]) -> None:
    """Every message that an application gets is a part."""
    wire = b64decode(case["wire"])
    if case["transport"] == "websocket":
        message = binary(wire) if case["name"].endswith("binary") else text(wire)
        packets, _ = read(opened(), [message])
    else:
        packets = posted(case["transport"], wire, case["type"])
    seen = leaves.of(packets)
    for value in map(b64decode, case["delivered"]):
        inside = [value] if value[:1] != b"[" else json.loads(value)
        texts = [each.encode() if isinstance(each, str) else each for each in inside]
        assert all(each in seen for each in texts if isinstance(each, bytes)), value


@pytest.mark.parametrize("reply", VECTORS["replies"], ids=lambda reply: reply["name"])
def test_what_the_server_writes_is_read(reply: dict[str, Any]) -> None:
    """The greeting, unescaped, on every transport."""
    request = http("GET", f"/echo/000/abc123/{reply['transport']}?c=cb")
    packets = decoder.reader(request).reply(request, reply["status"], b64decode(reply["body"]))
    said = [part.data for packet in packets for part in packet.parts]
    assert said in ([], [b64decode(VECTORS["greeting"])])
    assert said or reply["name"] in ("xhr 0", "jsonp 0")


# inside


def test_stomp_inside() -> None:
    """One frame a message, or cut over several."""
    reader = opened("/ws/000/abc123/websocket")
    frames = ["CONNECT\naccept-version:1.2\n\n\0", "SEND\ndestination:/app/a\n\nhel", "lo\0"]
    packets, errors = read(reader, [text(json.dumps(frames[:2])), text(json.dumps(frames[2:]))])
    assert not errors
    assert packets[-1].name == "SEND /app/a"
    assert fields(packets)["body"] == b"hello"
    assert reader.framework == "sockjs+stomp"


def test_meteors_protocol_inside() -> None:
    """JSON in a string of JSON."""
    method = json.dumps({"msg": "method", "method": "login", "params": [{"$gt": ""}], "id": "1"})
    packets, errors = read(opened("/sockjs/000/abc123/websocket"), [text(json.dumps([method]))])
    assert not errors
    assert packets[0].parts[0][:2] == (method.encode(), "json")
    assert fields(packets)["message.params[0].$gt"] == b""


def test_a_refusal_inside_is_a_refusal() -> None:
    """And the messages after it are read all the same."""
    reader = opened()
    reader.decode(text(json.dumps(["CONNECT\n\n\0"])))
    reader.decode(text("a" + json.dumps(["CONNECTED\n\n\0"]), Direction.SERVER))
    with pytest.raises(DecodeError) as refused:
        reader.decode(text(json.dumps(["OTHER\n\n<script>\0", "SEND\n\nhello\0"])))
    assert refused.value.rule == "stomp.frame"
    assert {b"<script>", b"hello"} <= set(leaves.of(refused.value.packets))


def test_sockjs_in_sockjs_does_not_go_on_forever() -> None:
    """Whatever a path repeats."""
    reader = opened("/a/000/b/websocket" * 500)
    assert reader.decode(text('["hello"]'))[0].parts[0].data == b"hello"


# traps


@pytest.mark.parametrize(
    "data",
    [
        '["<script>"]',
        ' ["<script>"]',
        '"<script>"',
        '{"a":"<script>"}',
        '[["<script>"]]',
        '["\\u003cscript>"]',
        '["hello",{"a":"<script>"}]',
    ],
)
def test_lenient_forms_are_read(data: str) -> None:
    """In text and in binary, on a socket and in a body."""
    for packets in (
        read(opened(), [text(data)])[0],
        read(opened(), [binary(data.encode())])[0],
        posted("xhr_send", data.encode()),
        posted("jsonp_send", data.encode(), "application/x-www-form-urlencoded"),
        posted("jsonp_send", f"x=1&d={data}".encode()),
    ):
        assert any(leaf in (b"<script>", b'["<script>"]') for leaf in leaves.of(packets))


@pytest.mark.parametrize("data", ['["<script>"', "<script>", '["a"] <script>'])
def test_broken_framing_is_refused(data: str) -> None:
    """And judged as it is."""
    with pytest.raises(DecodeError) as refused:
        opened().decode(text(data))
    assert refused.value.packets[0].parts[0].data == data.encode()
    with pytest.raises(DecodeError):
        opened().decode(text("x" + data, Direction.SERVER))


def test_more_messages_than_the_limit() -> None:
    """Are not read one by one."""
    with pytest.raises(LimitReached) as refused:
        opened().decode(text(json.dumps(["x"] * (PAYLOAD_PACKETS.default + 1))))
    assert refused.value.packets[0].parts[0].hint == "json"


def test_the_servers_frames() -> None:
    """Heartbeats and openings say nothing; a close has a reason; the old form has one message."""
    reader = opened()

    def said(data: str) -> Packet:
        return reader.decode(text(data, Direction.SERVER))[0]

    assert not said("h").parts
    assert fields([said('c[3000,"Go away!"]')])["close[1]"] == b"Go away!"
    assert said('m"hello"').parts[0].data == b"hello"
    assert said('a["hello"]').parts[0].data == b"hello"


def test_until_the_server_speaks_both_readings_are_judged() -> None:
    """A raw socket may have such a path."""
    reader = decoder.reader(upgrade("/app/live/chat/websocket"))
    packets, errors = read(reader, [text('["hello"]'), text("<script>")])
    assert not errors
    assert {b"hello", b'["hello"]', b"<script>"} <= set(leaves.of(packets))


def test_where_the_server_is_never_heard_a_clients_frames_are_frames() -> None:
    """What is inside a string is not read as the string's text too: a frame of STOMP has lines like HTTP's."""
    reader = decoder.reader(upgrade(FRAMED))
    frames = ["CONNECT\naccept-version:1.2\n\n\0", "SEND\ndestination:/a\ncontent-length:5\n\nhello\0"]
    packets, errors = read(reader, [text(json.dumps([frame])) for frame in frames])
    assert not errors
    assert [packet.kind for packet in packets] == ["connect", "send"]
    for odd in ('["hello",1]', '"hello"', '{"a":"hello"}', "hello", '[["hello"]]'):
        packets, _ = read(reader, [text(odd)])
        assert odd.encode() in {part.data for packet in packets for part in packet.parts}


def test_a_raw_socket_is_handed_on() -> None:
    """If the server does not begin with ``o``; other frameworks' paths end in ``websocket`` too."""
    readings = Readings(upgrade("/realtime/v1/websocket"), Upgrade())
    for _ in range(5):
        readings.message(text('["1","1","room","phx_join",{}]'))
    reading = readings.message(text('["1","1","room","phx_reply",{}]', Direction.SERVER))
    assert not reading.errors
    reading = readings.message(text("<script>"))
    assert not reading.errors
    assert reading.framework == "text"
    assert reading.packets[0].parts[0].data == b"<script>"


# claims


def test_claims() -> None:
    """By the path; the server's ``o`` makes it sure."""
    assert decoder.claim(upgrade("/ws"), Upgrade(), text('["a"]')) == 0
    assert decoder.claim(upgrade("/echo/websocket"), Upgrade(), None) == 0
    assert 0 < decoder.claim(upgrade("/a/b/c/websocket"), Upgrade(), None) < 0.5
    assert 0.5 < decoder.claim(upgrade(FRAMED), Upgrade(), None) < 0.8
    assert decoder.claim(upgrade(FRAMED), Upgrade(), text("o", Direction.SERVER)) >= 0.8
    assert decoder.claim(http("POST", "/echo/x/y/xhr_send"), None, None) >= 0.8
    assert opened().proven


def test_exchanges() -> None:
    """The session is in the path."""

    def found(method: str, target: str, *known: str) -> tuple[str, str | None, bool] | None:
        exchange = decoder.exchange(http(method, target), lambda session: session in known)
        return (exchange.transport, exchange.session, exchange.sends) if exchange else None

    assert found("POST", "/echo/000/abc/xhr_send?t=1") == ("xhr_send", "abc", True)
    assert found("POST", "/echo/any/abc/jsonp_send/") == ("jsonp_send", "abc", True)
    assert found("POST", "/echo/000/abc/xhr") == ("xhr", "abc", False)
    assert found("GET", "/echo/any/abc/eventsource", "abc") == ("eventsource", "abc", False)
    assert found("POST", "/echo/any%2Fabc/xhr_%73end") == ("xhr_send", "abc", True)
    assert found("GET", "/api/any/abc/jsonp") is None
    assert found("GET", "/echo/000/abc/websocket") is None
    assert found("OPTIONS", "/echo/000/abc/xhr_send") is None
    assert found("GET", "/echo/info") is None


def test_other_paths_are_no_sessions() -> None:
    """Or strangers would share one."""
    assert decoder.session(upgrade(FRAMED)) == "abc123"
    assert decoder.session(upgrade("/realtime/v1/websocket")) is None


@given(
    st.lists(
        st.tuples(
            st.sampled_from(Direction),
            st.sampled_from(Opcode),
            st.binary(max_size=40)
            | st.lists(st.text(max_size=9), max_size=3).map(lambda each: json.dumps(each).encode()),
        ),
        max_size=5,
    ),
    st.booleans(),
)
def test_nothing_raises_but_what_is_declared(
    messages: list[tuple[Direction, Opcode, bytes]], framed: bool
) -> None:
    """On sockets and in bodies."""
    reader = opened() if framed else decoder.reader(upgrade(FRAMED))
    read(reader, [Message(*each) for each in messages])
    request = http("POST", "/echo/000/abc/xhr_send")
    for _, _, data in messages:
        for call in (reader.body, lambda request, data: reader.reply(request, 200, data)):
            with suppress(PeerError):
                call(request, data)
