"""STOMP: frames over any messages, every header a field, and what servers read in different ways."""

from __future__ import annotations

import json
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framewall.decode import Readings
from framewall.decode.stomp import StompReader, decoder
from framewall.errors import DecodeError, LimitReached, PeerError
from framewall.limits import FRAME_HEADERS, PAYLOAD_PACKETS, RECORD_BYTES
from framewall.model import Direction, Message, Opcode, Packet, Upgrade
from support import leaves
from support.decoding import cut, fields, read, whole
from support.requests import binary, text, upgrade

VECTORS = Path(__file__).parents[3] / "vectors" / "decode" / "stomp"
CASES: list[dict[str, Any]] = [
    case
    for by in ("node", "python")
    for case in json.loads((VECTORS / f"cases-{by}.json").read_text())["cases"]
]
CONNECT = b"CONNECT\naccept-version:1.2\n\n\0"
SEND = b'SEND\ndestination:/app/chat\nx-name:value\n\n{"text":"hello"}\0'


def reading(*data: bytes) -> tuple[list[Packet], list[PeerError]]:
    """What a fresh reader makes of these messages."""
    return read(StompReader(), map(binary, data))


# real encoders


def test_there_are_cases() -> None:
    """From both."""
    assert len(CASES) > 20


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_what_a_parser_delivers_is_seen(case: dict[str, Any]) -> None:
    """Every header's value and every body is a leaf."""
    packets, _ = reading(b64decode(case["wire"]))
    assert case["command"].lower() in {packet.kind for packet in packets}
    seen = leaves.of(packets)
    for value in map(b64decode, case["delivered"]):
        assert any(value in leaf for leaf in seen), value


DISAGREE = {"a length too short", "a frame in a body"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_what_servers_agree_on_is_not_refused(case: dict[str, Any]) -> None:
    """And the rest is."""
    assert bool(reading(b64decode(case["wire"]))[1]) == (case["name"] in DISAGREE)


@given(
    st.lists(st.sampled_from([case for case in CASES if case["name"] not in DISAGREE]), max_size=3),
    st.lists(st.integers(0, 1 << 16), max_size=8),
)
def test_where_messages_are_cut_changes_nothing(cases: list[dict[str, Any]], places: list[int]) -> None:
    """Any split, any merge, any opcodes."""
    data = CONNECT + b"".join(b64decode(case["wire"]) for case in cases)
    in_pieces, errors = read(StompReader(), cut(data, places))
    assert whole(in_pieces) == whole(reading(data)[0])
    assert not errors


PIECES = (b"SEND", b"\n", b"\r", b"\0", b":", b"\n\n", b"content-length", b"5", b"\\n", b"x", CONNECT, SEND)


@given(
    st.lists(
        st.tuples(st.sampled_from(Direction), st.lists(st.sampled_from(PIECES), max_size=12)), max_size=4
    )
)
def test_nothing_raises_but_what_is_declared(messages: list[tuple[Direction, list[bytes]]]) -> None:
    """And every word is in some part."""
    reader = StompReader()
    for side, pieces in messages:
        data = b"".join(pieces) + b"hello"
        packets, _ = read(reader, [Message(side, Opcode.TEXT, data)])
        assert any(b"hello" in leaf for leaf in leaves.of(packets))


# fields


def test_every_header_is_a_field() -> None:
    """Names, and values as servers of each version unescape them."""
    packets, _ = reading(b"SUBSCRIBE\ndestination:/t\nselector:a = 'b'\nx\\cy:<b>\\n\n\n\0")
    found = fields(packets)
    assert found['headers["selector"]'] == b"a = 'b'"
    parts = [part[:3] for part in packets[0].parts if part.label == 'headers["x:y"]']
    assert [part[0] for part in parts] == [b"<b>\n", b"<b>\\n"]
    assert [part.data for part in packets[0].parts if part.key] == [b"x\\cy", b"x:y"]


def test_a_frame_is_named_by_command_and_destination() -> None:
    """The first of several, as the text has it."""
    [packet], _ = reading(b"SEND\ndestination:/app/chat\ndestination:/other\n\nhello\0")
    assert (packet.kind, packet.name) == ("send", "SEND /app/chat")
    assert {part.data for part in packet.parts} >= {b"/app/chat", b"/other"}


def test_bodies_are_looked_into() -> None:
    """Whatever their content type says."""
    [packet], _ = reading(SEND)
    assert packet.parts[-1][:2] == (b'{"text":"hello"}', "auto")
    assert packet.parts[-1].label == "body"


@pytest.mark.parametrize("data", [b"\n", b"\r\n", b"\n\n\n"])
def test_heartbeats_say_nothing(data: bytes) -> None:
    """Alone or after a frame."""
    [packet], errors = reading(data)
    assert (packet.kind, packet.parts, errors) == ("heartbeat", (), [])
    assert [packet.kind for packet in reading(SEND + data + SEND)[0]] == ["send", "send"]


def test_the_version_is_the_servers() -> None:
    """And its answer proves the framework."""
    reader = StompReader()
    read(reader, [text(CONNECT), text(b"CONNECTED\nversion:1.2\n\n\0", Direction.SERVER)])
    assert reader.proven
    assert reader.decode(text(SEND))[0].version == "1.2"


# traps


def test_an_attack_cut_in_two_is_whole_again() -> None:
    """And the halves are judged raw besides: not every server puts messages together."""
    packets, _ = reading(SEND.replace(b"hello", b"<script>")[:-7], b"ipt>" + b'"}\0')
    assert [packet.kind for packet in packets] == ["partial", "send"]
    packets, _ = reading(b"SEND\n\n<scr", b"ipt>\0")
    assert packets[-1].parts[-1].data == b"<script>"
    assert packets[0].parts[0].data == b"SEND\n\n<scr"


@pytest.mark.parametrize(
    "data",
    [
        b"SEND\ncontent-length:60\n\nhi\0SEND\ndestination:/b\n\n<script>\0",
        b"SEND\ncontent-length:12\n\nhi\0<script>.\0",
        b"SEND\ncontent-length:3\n\nhi<script>\0",
        b"SEND\ncontent-length:3\ncontent-length:99\n\n<script>\0",
        b"SEND\nContent-Length:99\n\n<script>\0",
        b"SEND\ncontent-length: 99\n\n<script>\0",
        b"SEND\ncontent-length:x\n\n<script>\0",
    ],
)
def test_content_length(data: bytes) -> None:
    """Whoever follows it and whoever does not: what either acts on is in a part."""
    packets, _ = reading(data)
    assert any(b"<script>" in leaf for leaf in leaves.of(packets))


def test_a_frame_hidden_behind_a_long_length() -> None:
    """Is seen although the frame around it never ends, cut anywhere, and refused."""
    data = b"SEND\ncontent-length:9000\n\nfirst\0\nSEND\ndestination:/b\n\n<script>\0"
    for place in range(len(data)):
        packets, errors = reading(data[:place], data[place:])
        assert errors, place
        assert any(packet.kind == "send" for packet in packets)


def test_a_body_of_bytes_is_not_refused() -> None:
    """NULs and all; what stands before the first is read as a body of its own too."""
    packets, errors = reading(b"SEND\ncontent-length:5\n\na\0b\0c\0")
    assert not errors
    assert {b"a", b"a\0b\0c"} <= {part.data for packet in packets for part in packet.parts}


@pytest.mark.parametrize(
    "data",
    [
        b"send\n\n<script>\0",
        b"SEND \n\n<script>\0",
        b"OTHER\n\n<script>\0",
        b"SEND\n<script>\n\n\0",
        b"SEND\ndestination:<script>\0",
        b"<script>\0",
    ],
)
def test_odd_forms_are_refused(data: bytes) -> None:
    """Commands, lines without a colon, frames without an empty line; read all the same."""
    packets, errors = reading(data)
    assert isinstance(errors[0], DecodeError)
    assert any(b"<script>" in leaf for leaf in leaves.of(packets))


def test_line_ends_are_read_leniently() -> None:
    """With carriage returns or without, mixed."""
    packets, errors = reading(b"SEND\r\ndestination:/a\nx:y\r\n\r\nhello\0\r\n")
    assert not errors
    assert fields(packets)['headers["x"]'] == b"y"


def test_more_headers_than_the_limit() -> None:
    """Those that do not fit are judged as one text."""
    lines = b"".join(b"h%d:v\n" % place for place in range(FRAME_HEADERS.default)) + b"last:<script>\n"
    packets, errors = reading(b"SEND\n" + lines + b"\nhello\0")
    assert isinstance(errors[0], LimitReached)
    assert any(b"<script>" in part.data for part in packets[0].parts)


def test_a_frame_that_does_not_end() -> None:
    """Is forgotten at the cap; what comes then is read anew."""
    reader = StompReader()
    reader.decode(binary(b"SEND\n\n" + b"x" * (RECORD_BYTES.default - 100)))
    with pytest.raises(LimitReached) as refused:
        reader.decode(binary(b"y" * 200))
    assert refused.value.packets[0].parts[0].data == b"y" * 200
    assert reader.decode(binary(SEND))[0].name == "SEND /app/chat"


@pytest.mark.parametrize("byte", [b"\0", b"\n", b"\r", b"\n\r", b"\0\n", b":", b"\\", b"\0S"])
def test_a_megabyte_of_anything_is_read_in_linear_time(byte: bytes) -> None:
    """Between frames, in heads and in bodies."""
    many = byte * (200_000 // len(byte))
    reading(many)
    reading(b"SEND\nx" + many)
    reading(b"SEND\ncontent-length:900000\n\n" + many)


def test_one_byte_a_message_is_read_in_linear_time() -> None:
    """Nothing is looked at twice."""
    data = b"SEND\ncontent-length:30000\n\n" + b"x\0\n" * 10_000 + b"\0"
    packets, errors = read(StompReader(), cut(data, range(len(data))))
    assert not errors
    assert whole(packets)[-1].kind == "send"


def test_more_in_a_message_than_the_limit() -> None:
    """Is not cut apart; the message is judged raw."""
    packets, errors = reading(SEND * 100 + b"SEND\n\nx\0" * PAYLOAD_PACKETS.default + b"<script>")
    assert isinstance(errors[0], LimitReached)
    assert b"<script>" in packets[-1].parts[0].data


# claims


def test_claims() -> None:
    """By what the server selected or said; a client's word is a guess."""
    offered = upgrade("/ws", ("Sec-WebSocket-Protocol", "v12.stomp"))
    assert decoder.claim(offered, Upgrade(), None) == 0
    assert decoder.claim(offered, Upgrade("v12.stomp"), None) >= 0.8
    assert 0 < decoder.claim(upgrade("/"), Upgrade(), text(CONNECT)) < 0.8
    assert decoder.claim(upgrade("/"), Upgrade(), text(b"CONNECTED\n\n\0", Direction.SERVER)) >= 0.8
    assert decoder.claim(upgrade("/"), Upgrade(), text("Send")) == 0
    assert decoder.claim(upgrade("/"), Upgrade(), text("\n")) == 0


def test_a_connect_of_one_byte_a_message_is_recognised() -> None:
    """By its first letters."""
    readings = Readings(upgrade("/"), Upgrade())
    for place in range(len(CONNECT)):
        readings.message(text(CONNECT[place : place + 1]))
    assert readings.framework == "stomp"
    assert readings.message(text(SEND)).packets[0].name == "SEND /app/chat"


def test_one_letter_is_no_stomp() -> None:
    """A chat in which somebody says ``S`` goes on as before: nothing is collected, nothing refused."""
    readings = Readings(upgrade("/"), Upgrade())
    readings.message(text("S"))
    for _ in range(20):
        reading = readings.message(text("hello"))
        assert not reading.errors
        assert reading.framework == "text"


def test_a_line_that_begins_no_frame_is_refused_at_once() -> None:
    """Not when a NUL comes."""
    for data in (b"hello", b"OTHER\nx:y\n", b"S" * 40):
        packets, errors = reading(data)
        assert isinstance(errors[0], DecodeError)
        assert packets[-1].parts[0].data == data
    packets, errors = reading(b"SEN", b"D\n\nhello\0")
    assert not errors


def test_after_a_forged_connect_plain_messages_are_still_judged() -> None:
    """Whole, though they are no frames."""
    readings = Readings(upgrade("/"), Upgrade())
    readings.message(text(CONNECT))
    for data in ('{"text":"<script>"}', "<script>"):
        reading = readings.message(text(data))
        assert any(b"<script>" in leaf for leaf in leaves.of(reading.packets))
