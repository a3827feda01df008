"""An attack as a request that a person can read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from framewall.events.normalised import (
    BEGINNING,
    BODY_CHARS,
    Focus,
    exchange,
    focused,
    head,
    message,
    packet_line,
)
from framewall.limits import EVENT_BYTES
from framewall.model import Direction, Message, Opcode, Packet, Part, Request, Transport
from support.engine import EngineFinding
from support.msgpack import pack

HEADERS = (("host", "chat.example"), ("Origin", "https://chat.example"))
REQUEST = Request(
    1, "GET", "/socket.io/?EIO=4&transport=websocket", "HTTP/1.1", HEADERS, "203.0.113.9", upgrade=True
)
SENT = b'42["new message","<img src=x onerror=alert(1)>"]'
MESSAGE = Message(Direction.CLIENT, Opcode.TEXT, SENT, frames=1, compressed=True)
PACKET = Packet("socket.io", "5", "event", (Part(SENT[2:], "json"),), "new message", "/")


def test_a_message_reads_as_in_the_contract() -> None:
    assert message(REQUEST, MESSAGE, PACKET) == (
        "POST /socket.io/?EIO=4&transport=websocket WEBSOCKET/13\n"
        "Host: chat.example\n"
        "X-Forwarded-For: 203.0.113.9\n"
        "Framewall-Message: client text, 1 frame, deflate, 48 bytes\n"
        'Framewall-Packet: socket.io/5 event namespace=/ name="new message"\n'
        "Content-Type: application/json\n"
        "\n"
        '["new message","<img src=x onerror=alert(1)>"]'
    )


def test_a_servers_message_is_a_response_and_frames_are_counted() -> None:
    shown = message(REQUEST, replace(MESSAGE, direction=Direction.SERVER, frames=3, compressed=False), PACKET)
    assert shown.startswith("RESPONSE /socket.io/")
    assert "Framewall-Message: server text, 3 frames, 48 bytes\n" in shown


def test_a_body_of_polling_keeps_its_method_and_a_response_has_its_status() -> None:
    post = replace(REQUEST, method="POST", upgrade=False)
    body = replace(MESSAGE, transport=Transport.POLLING)
    assert exchange(post, body, PACKET).startswith("POST /socket.io/?EIO=4&transport=websocket HTTP/1.1\n")
    assert "Framewall-Response: status 200\n" in exchange(post, body, PACKET, 200)
    assert "Framewall-Response" not in exchange(post, body, PACKET)


def test_a_head_is_shown_as_it_came_with_the_client_added() -> None:
    assert head(REQUEST) == (
        "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\n"
        "host: chat.example\n"
        "Origin: https://chat.example\n"
        "X-Forwarded-For: 203.0.113.9\n\n"
    )
    told = replace(REQUEST, headers=(*HEADERS, ("x-forwarded-for", "198.51.100.1")))
    assert head(told).lower().count("x-forwarded-for") == 1


@pytest.mark.parametrize(
    ("packet", "line"),
    [
        (Packet("json", "", "message", ()), "json message"),
        (Packet("socket.io", "5", "ack", (), None, "/admin"), "socket.io/5 ack namespace=/admin"),
        (Packet("x", "", "y", (), 'a"b\nc\\d', None), r'x y name="a\"b\nc\\d"'),
    ],
)
def test_a_packet_takes_one_line_whatever_its_name(packet: Packet, line: str) -> None:
    assert packet_line(packet) == line


@pytest.mark.parametrize(
    ("part", "content_type", "shown"),
    [
        (Part(b"hello", "text"), "text/plain", "hello"),
        (Part(b"hello"), "text/plain", "hello"),
        (Part(b' {"a": 1}'), "application/json", ' {"a": 1}'),
        (Part(b"a=1", "form"), "application/x-www-form-urlencoded", "a=1"),
        (Part(pack({"a": "<b>"}), "msgpack"), "application/msgpack", '{"a":"<b>"}'),
        (Part(pack(["<b>", b"\xff"])), "application/msgpack", '["<b>","\\\\xff"]'),
        (Part(b"\xff\x00\x1b[2J\x7f"), "application/octet-stream", "\\xff\\x00\\x1b[2J\\x7f"),
    ],
)
def test_the_body_is_text_whatever_it_was(part: Part, content_type: str, shown: str) -> None:
    said = message(REQUEST, MESSAGE, Packet("raw", "", "message", (part,)))
    assert f"Content-Type: {content_type}\n\n" in said
    assert said.endswith(f"\n\n{shown}")


def test_a_name_can_neither_forge_a_header_nor_grow_without_end() -> None:
    said = message(REQUEST, MESSAGE, PACKET._replace(name='a"\nX-Forged: 1\r\n', namespace="/" + "n" * 5_000))
    head = said.partition("\n\n")[0]
    assert "\nX-Forged" not in head
    assert len(head) < 1_000


def shown(part: Part, focus: Focus = BEGINNING) -> str:
    return message(REQUEST, MESSAGE, Packet("text", "", "message", (part,)), focus).partition("\n\n")[2]


def test_a_long_body_is_cut_and_says_so() -> None:
    said = shown(Part(b"x" * (BODY_CHARS + 7)))
    assert said == "x" * BODY_CHARS + "\n[cut: 7 more bytes]"


ATTACK = b"<img src=x onerror=alert(1)>"


@pytest.mark.parametrize("hint", ["auto", "text", "json"])
@pytest.mark.parametrize("before", [0, 10, 100_000, 1_000_000])
@pytest.mark.parametrize("after", [0, 1_000_000])
@pytest.mark.parametrize("filling", [b"x", "\u2603".encode(), b"\xff", b"\x00"])
def test_the_payload_is_in_the_picture_wherever_it_stands(
    hint: str, before: int, after: int, filling: bytes
) -> None:
    data = filling * (before // len(filling)) + ATTACK + filling * (after // len(filling))
    at = data.index(ATTACK)
    for focus in (Focus(0, (at, at + len(ATTACK)), b""), Focus(0, None, ATTACK)):
        said = shown(Part(data, hint), focus)
        assert ATTACK.decode() in said
        whole = message(REQUEST, MESSAGE, Packet("text", "", "message", (Part(data, hint),)), focus)
        assert len(whole) <= EVENT_BYTES.default
        if len(data) > BODY_CHARS:
            assert "[cut: " in said


def test_a_cut_does_not_tear_characters() -> None:
    data = "\u2603".encode() * 100_000
    for at in range(150_000, 150_006):
        assert "\\x" not in shown(Part(data), Focus(0, (at // 3 * 3, at), b""))[:BODY_CHARS]


def test_a_payload_deep_in_a_binary_document_is_in_the_picture() -> None:
    data = pack({"before": "x" * 200_000, "it": 'a "quoted" <script>', "after": "y" * 200_000})
    said = shown(Part(data, "msgpack"), Focus(0, None, b'a "quoted" <script>'))
    assert r"a \"quoted\" <script>" in said
    assert "characters before]" in said
    assert said.endswith("more characters]")


def test_the_part_that_the_finding_is_in_is_shown() -> None:
    packet = Packet("stomp", "1.2", "SEND", (Part(b"one"), Part(b"two <b>")))
    said = message(REQUEST, MESSAGE, packet, Focus(1, (4, 7), b""))
    assert said.endswith("\n\ntwo <b>")
    assert "Framewall-Part: 2 of 2\n" in said
    assert "Framewall-Part" not in message(REQUEST, MESSAGE, packet)


def test_the_longest_head_leaves_room_for_the_body() -> None:
    request = replace(REQUEST, target="/" + "t" * 32_000, headers=(("Host", "h" * 30_000),))
    said = message(
        request,
        MESSAGE,
        Packet("text", "", "message", (Part(b"x" * 90_000 + ATTACK),)),
        Focus(0, None, ATTACK),
    )
    assert len(said) <= EVENT_BYTES.default
    assert ATTACK.decode() in said


def finding(part: int) -> EngineFinding:
    return EngineFinding("xss", "r", 5, part, (), "value", (), b"m", (1, 2))


def test_the_packet_and_the_part_that_a_finding_is_in_are_told() -> None:
    none, one, two = (
        Packet("a", "", "x"),
        Packet("b", "", "x", (Part(b""),)),
        Packet("c", "", "x", (Part(b""),) * 2),
    )
    packets = [none, one, two]
    told = [focused(packets, finding(part)) for part in (0, 1, 2)]
    assert [(packet, focus.part) for packet, focus in told] == [(one, 0), (two, 0), (two, 1)]
    assert told[0][1] == Focus(0, (1, 2), b"m")
    assert focused(packets, None) == (one, BEGINNING)
    assert focused([none], finding(5)) == (none, Focus(0, (1, 2), b"m"))
