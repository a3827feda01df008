"""WAMP: both versions, every serialization, batches."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framewall.decode import Reader, Readings
from framewall.decode.wamp import decoder
from framewall.detect import builtin_engine
from framewall.errors import DecodeError, LimitReached, PeerError
from framewall.fields.names import name
from framewall.limits import CURIE_PREFIXES, PAYLOAD_PACKETS
from framewall.model import Direction, Message, Opcode, Packet, Upgrade
from support import leaves
from support.decoding import fields, read
from support.msgpack import pack
from support.requests import binary, text, upgrade

VECTORS = Path(__file__).parents[3] / "vectors" / "decode" / "wamp"
MESSAGES: dict[str, dict[str, Any]] = {
    each["name"]: each for each in json.loads((VECTORS / "messages.json").read_text())
}
CASES: list[dict[str, Any]] = [
    case
    for by in ("node", "python")
    for case in json.loads((VECTORS / f"cases-{by}.json").read_text())["cases"]
]
FORMATS = ("json", "msgpack", "cbor", "ubjson")


def reader(subprotocol: str | None = "wamp.2.json") -> Reader:
    """Of a connection whose server selected it."""
    return decoder.begin(upgrade("/ws"), Upgrade(subprotocol))


def said(*messages: Any, by: Reader | None = None) -> tuple[list[Packet], list[PeerError]]:
    """What is made of a client's messages in JSON."""
    return read(by or reader("wamp"), [text(json.dumps(message)) for message in messages])


# real encoders


def test_there_are_cases() -> None:
    """In every serialization, batched and not."""
    wanted = {f"wamp.2.{format}{batched}" for format in FORMATS for batched in ("", ".batched")}
    assert {case["subprotocol"] for case in CASES} == wanted


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_what_real_clients_write_is_read(case: dict[str, Any]) -> None:
    """Kind, subject and fields, whatever the opcode; batches hold the message twice."""
    message = MESSAGES[case["message"]]
    for opcode in Opcode:
        each = Message(Direction.CLIENT, opcode, b64decode(case["wire"]))
        packets, errors = read(reader(case["subprotocol"]), [each])
        assert not errors
        assert [packet.kind for packet in packets] == [case["message"]] * len(packets)
        assert len(packets) == (2 if "batched" in case["subprotocol"] else 1)
        assert {packet.name for packet in packets} == {message["subject"]}
        assert {packet.version for packet in packets} == {"2"}
        found = fields(packets)
        for field, value in message["fields"].items():
            assert found[field] == value.encode(), field


@given(
    st.sampled_from([case["subprotocol"] for case in CASES] + ["wamp", "wamp.2.flatbuffers", ""]),
    st.sampled_from(Direction),
    st.binary(max_size=60) | st.sampled_from([b64decode(case["wire"]) for case in CASES]),
    st.binary(max_size=4),
)
def test_nothing_raises_but_what_is_declared(
    subprotocol: str, side: Direction, data: bytes, more: bytes
) -> None:
    """And every byte is in some part but for what stands between messages."""
    packets, _ = read(reader(subprotocol), [Message(side, Opcode.TEXT, data + more)])
    kept = sum(len(part.data) for packet in packets for part in packet.parts)
    assert kept >= len(data + more) - 4 * (len(packets) + 1) - len(more)


# traps


@pytest.mark.parametrize("separator", ["\x18", "\x1e"])
def test_either_separator_of_batches(separator: str) -> None:
    """The text's, and the one that Autobahn takes it for; with the last one or without."""
    one = json.dumps([48, 1, {}, "proc", ["hello"]])
    for data in (separator.join([one, one]), separator.join([one, one, ""])):
        packets, errors = read(reader("wamp.2.json.batched"), [text(data)])
        assert not errors
        assert [packet.name for packet in packets] == ["proc", "proc"]


def test_binary_strings_of_json() -> None:
    """A NUL and base64: what is inside is judged."""
    hidden = "\0" + b64encode(b"<script>alert(1)</script>").decode()
    [packet], _ = said([48, 1, {}, "proc", [hidden]], by=reader())
    [part] = packet.parts
    found = builtin_engine().inspect([part[:3]]).findings
    assert {name(part.label, tuple(each.path)) for each in found} == {"args[0]"}


@pytest.mark.parametrize("tail", [b"x", b"\0", b"\0\0\0\x09<script>", b"\xff\xff\xff\xff<script>"])
def test_a_batch_that_ends_within_a_message(tail: bytes) -> None:
    """Is refused, and its end judged raw."""
    record = pack([48, 1, {}, "proc", ["hello"]])
    data = len(record).to_bytes(4) + record + tail
    packets, errors = read(reader("wamp.2.msgpack.batched"), [binary(data)])
    assert errors[0].rule == "wamp.batch"
    assert packets[0].name == "proc"
    assert packets[-1].parts[0].data == tail


def test_more_in_a_batch_than_the_limit() -> None:
    """The rest is judged raw."""
    for subprotocol, data in (
        ("wamp.2.json.batched", b"[6]\x1e" * PAYLOAD_PACKETS.default + b"<script>"),
        ("wamp.2.cbor.batched", b"\0\0\0\x02\x81\x06" * PAYLOAD_PACKETS.default + b"<script>"),
    ):
        packets, errors = read(reader(subprotocol), [binary(data)])
        assert isinstance(errors[0], LimitReached)
        assert packets[-1].parts[0].data == b"<script>"


@pytest.mark.parametrize(
    ("subprotocol", "data"),
    [
        ("wamp.2.json", b'{"a":"<script>"}'),
        ("wamp.2.json", b'["<script>"]'),
        ("wamp.2.json", b'[999,"<script>"]'),
        ("wamp.2.json", b"<script>"),
        ("wamp.2.json", pack([48, 1, {}, "proc", ["<script>"]])),
        ("wamp.2.msgpack", b'[48,1,{},"proc",["<script>"]]'),
        ("wamp.2.msgpack", pack([48, 1, {}, "proc"]) + b"<script>"),
        ("wamp.2.flatbuffers", b"<script>"),
        ("wamp", b'[48,1,{},"proc",["<script>"]]'),
    ],
)
def test_what_is_no_message_is_refused(subprotocol: str, data: bytes) -> None:
    """And judged as it is."""
    packets, errors = read(reader(subprotocol), [binary(data)])
    assert isinstance(errors[0], DecodeError)
    assert any(b"<script>" in leaf for leaf in leaves.of(packets))


# version 1


@pytest.mark.parametrize(
    ("message", "kind", "subject", "field"),
    [
        ([2, "1", "http://a/proc", "one", {"a": "x"}], "call", "http://a/proc", "args[1].a"),
        ([2, "1", "http://a/proc", ["x"]], "call", "http://a/proc", "args[0][0]"),
        ([3, "1", {"a": "x"}], "callresult", None, "result.a"),
        ([4, "1", "http://a/e", "x", []], "callerror", "http://a/e", "description"),
        ([5, "http://a/topic"], "subscribe", "http://a/topic", None),
        ([7, "http://a/topic", {"a": "x"}, True], "publish", "http://a/topic", "event.a"),
        ([8, "http://a/topic", ["x"]], "event", "http://a/topic", "event[0]"),
        ([0, "x", 1, "Ratchet"], "welcome", None, "session"),
        ([7, "t", 1, False, [], "x"], "publish", "t", "message[5]"),
    ],
)
def test_version_1(message: list[Any], kind: str, subject: str | None, field: str | None) -> None:
    """Its nine messages, arguments one after another."""
    [packet], errors = said(message)
    assert not errors
    assert (packet.framework, packet.version, packet.kind, packet.name) == ("wamp", "1", kind, subject)
    assert field is None or fields([packet])[field] == b"x"


def test_prefixes_are_put_in_again() -> None:
    """As Ratchet joins them and as Autobahn does; an attack in two halves is whole."""
    packets, errors = said(
        [1, "chat", "http://a/<scr"], [7, "chat:ipt>", "hello"], [7, "other:topic", "hello"]
    )
    assert not errors
    assert packets[1].name == "http://a/<scr#ipt>"
    assert {"http://a/<script>", "http://a/<scr#ipt>"} <= {
        part.data.decode() for part in packets[1].parts if part.label == "topic"
    }
    assert packets[2].name == "other:topic"


def test_prefixes_may_change() -> None:
    """The last one holds; each connection has its own."""
    mine = reader("wamp")
    said([1, "a", "http://one/"], [1, "a", "http://two/"], by=mine)
    assert said([5, "a:x"], by=mine)[0][0].name == "http://two/#x"
    assert said([5, "a:x"])[0][0].name == "a:x"


def test_more_prefixes_than_the_limit() -> None:
    """Are not remembered."""
    mine = reader("wamp")
    said(*([1, f"p{place}", "http://a/"] for place in range(CURIE_PREFIXES.default)), by=mine)
    _, errors = said([1, "last", "http://a/"], by=mine)
    assert isinstance(errors[0], LimitReached)
    assert not said([1, "p0", "http://b/"], by=mine)[1]


# claims


def test_claims() -> None:
    """By what the server selected; offers and shapes are guesses at most."""
    offered = upgrade("/ws", ("Sec-WebSocket-Protocol", "wamp.2.msgpack"))
    assert decoder.claim(offered, Upgrade(), None) == 0
    for selected in ("wamp", "wamp.2.json", "wamp.2.cbor.batched", "wamp.2.flatbuffers"):
        assert decoder.claim(offered, Upgrade(selected), None) >= 0.8
    assert decoder.claim(offered, Upgrade("wamp.3.json"), None) == 0
    assert 0 < decoder.claim(offered, None, text('[1,"realm1",{"roles":{}}]')) < 0.8
    assert decoder.claim(offered, None, text('[1,"x"]')) == 0
    assert 0 < decoder.claim(offered, None, text('[0,"id",1,"Ratchet"]', Direction.SERVER)) < 0.8


def test_without_a_subprotocol_the_first_message_tells() -> None:
    """Version 1 begins with the server's greeting, version 2 with the client's."""
    first = decoder.reader(upgrade("/"))
    read(first, [text('[0,"id",1,"Ratchet"]', Direction.SERVER)])
    assert first.proven
    assert first.decode(text('[7,"topic","hello"]'))[0].version == "1"
    second = decoder.reader(upgrade("/"))
    read(second, [text('[1,"realm1",{}]'), text("[2,1,{}]", Direction.SERVER)])
    assert second.proven
    assert second.decode(text('[16,1,{},"topic",["hello"]]'))[0].version == "2"


def test_a_selected_serialization_does_not_hide_another() -> None:
    """The house judges what it does not fit as what it looks like."""
    offered = upgrade("/ws", ("Sec-WebSocket-Protocol", "wamp.2.msgpack"))
    for settled in (Upgrade("wamp.2.msgpack"), Upgrade()):
        readings = Readings(offered, settled)
        readings.message(text('[1,"realm1",{"roles":{}}]'))
        reading = readings.message(text('{"text":"<script>"}'))
        assert b"<script>" in leaves.of(reading.packets)
