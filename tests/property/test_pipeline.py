"""For any input: no exception but the declared ones, and nothing that a peer could act on goes unseen."""

from __future__ import annotations

import json
from base64 import b64encode
from contextlib import suppress
from typing import Any
from urllib.parse import quote

from hypothesis import given
from hypothesis import strategies as st

from framewall.decode import Readings
from framewall.decode._engineio import payload
from framewall.decode.socketio import decoder
from framewall.errors import PeerError
from framewall.model import Action, Direction, Message, Mode, Opcode, Packet, Upgrade
from framewall.pipeline import Inspector
from framewall.policy import Policy, RoutePolicy
from support import leaves
from support.engine import WordEngine
from support.msgpack import pack
from support.requests import POLLING, SOCKETIO, binary, http, text, upgrade

WORDS = st.text(max_size=30)
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | WORDS | st.binary(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=10,
)
EVENTS = WORDS.filter(lambda name: name not in ("connect", "disconnect"))
NAMESPACES = st.just("/") | st.text(
    st.characters(exclude_characters=',["{?', codec="utf-8"), min_size=1, max_size=12
).map(lambda name: "/" + name)
FRAMES = st.one_of(
    st.builds(
        text, st.text(max_size=60) | st.binary(max_size=40).map(lambda b: b.decode("utf-8", "replace"))
    ),
    st.builds(text, st.text('0123456/,-[]{}"\\b \u00a0mx:', max_size=40)),
    st.builds(binary, st.binary(max_size=60)),
)


def encode(kind: int, namespace: str, ack: int | None, data: Any) -> list[str | bytes]:
    """A Socket.IO packet as the protocol's text says: placeholders for bytes, which follow."""
    attachments: list[bytes] = []

    def extract(value: Any) -> Any:
        if isinstance(value, bytes):
            attachments.append(value)
            return {"_placeholder": True, "num": len(attachments) - 1}
        if isinstance(value, list):
            return [extract(each) for each in value]
        if isinstance(value, dict):
            return {key: extract(each) for key, each in value.items()}
        return value

    body = json.dumps(extract(data))
    head = f"{kind + 3}{len(attachments)}-" if attachments else str(kind)
    head += "" if namespace == "/" else namespace + ","
    return [f"4{head}{'' if ack is None else ack}{body}", *attachments]


def strings(value: Any) -> list[bytes]:
    """Every string, key and attachment of a value."""
    if isinstance(value, str):
        return [value.encode("utf-8", "surrogatepass")]
    if isinstance(value, bytes):
        return [value]
    if isinstance(value, list):
        return [found for each in value for found in strings(each)]
    if isinstance(value, dict):
        return [found for pair in value.items() for each in pair for found in strings(each)]
    return []


@given(EVENTS, st.lists(VALUES, max_size=4), NAMESPACES, st.none() | st.integers(0, 10**9))
def test_events_round_trip(name: str, args: list[Any], namespace: str, ack: int | None) -> None:
    """Any event: one packet with its name and namespace, every value seen, attachments at their places."""
    reader = decoder.reader(upgrade(SOCKETIO))
    wire = encode(2, namespace, ack, [name, *args])
    packets: list[Packet] = []
    for data in wire:
        packets += reader.decode(text(data) if isinstance(data, str) else binary(data))
    assert [packet.kind for packet in packets] == ["event"] + ["attachment"] * (len(wire) - 1)
    assert {(packet.name, packet.namespace) for packet in packets} == {(name, namespace)}
    seen = leaves.of(packets)
    assert all(any(value in leaf for leaf in seen) for value in strings([name, *args]))
    for packet in packets[1:]:
        for part in packet.parts:
            assert not isinstance(part.label, str)
            assert ".args[" in part.label(())[0]


@given(EVENTS, st.lists(VALUES, max_size=4), NAMESPACES)
def test_msgpack_events_round_trip(name: str, args: list[Any], namespace: str) -> None:
    """The same in socket.io-msgpack-parser's form."""
    reader = decoder.reader(upgrade(SOCKETIO))
    data = pack({"type": 2, "data": [name, *args], "nsp": namespace})
    [packet] = reader.decode(binary(data))
    assert (packet.name, packet.namespace, packet.kind) == (name, namespace, "event")
    seen = leaves.of([packet])
    assert all(value in seen for value in strings([name, *args]))


@given(
    st.lists(st.tuples(EVENTS, st.lists(JSON, max_size=2)), min_size=1, max_size=4), st.sampled_from([3, 4])
)
def test_payloads_round_trip(events: list[tuple[str, list[Any]]], version: int) -> None:
    """Any events in one polling body, in both versions, JSONP too."""
    packets = [str(encode(2, "/", None, [name, *args])[0]) for name, args in events]
    if version == 4:
        body = "\x1e".join(packets)
    else:
        body = "".join(f"{len(packet.encode('utf-16-le')) // 2}:{packet}" for packet in packets)
    form = "d=" + quote(body.replace("\\n", "\\\\n"))
    request = http("POST", POLLING.replace("EIO=4", f"EIO={version}") + "&sid=a")
    wanted = [name for name, _ in events]
    assert [packet.name for packet in decoder.reader(request).body(request, body.encode())] == wanted
    # A form has a second reading where a newline could be escaped once more.
    found = [packet.name for packet in decoder.reader(request).body(request, form.encode())]
    assert found[: len(wanted)] == wanted


@given(
    st.lists(FRAMES, max_size=8),
    st.sampled_from([SOCKETIO, SOCKETIO + "&sid=a", "/x?EIO=3&transport=websocket"]),
)
def test_readers_raise_only_what_is_declared(messages: list[Message], target: str) -> None:
    """Any messages in any order."""
    reader = decoder.reader(upgrade(target))
    for message in messages:
        with suppress(PeerError):
            reader.decode(message)


@given(
    st.binary(max_size=80),
    st.sampled_from(["text/plain", "application/octet-stream"]),
    st.sampled_from([3, 4, None]),
)
def test_bodies_raise_only_what_is_declared(data: bytes, kind: str, version: int | None) -> None:
    """Any body, any version."""
    target = POLLING.replace("EIO=4", f"EIO={version}") if version else POLLING + "&sid=a"
    request = http("POST", target, ("Content-Type", kind))
    reader = decoder.reader(request)
    with suppress(PeerError):
        reader.body(request, data)
    with suppress(PeerError):
        reader.reply(http("GET", target), 200, data)


@given(st.binary(max_size=60))
def test_splitting_loses_nothing_before_the_break(data: bytes) -> None:
    """Version 3 payloads come apart or say where they break; never an exception."""
    for split in (payload.split_3, payload.split_3_binary, payload.split_4):
        found = split(data)
        assert found.items or found.error


@given(
    st.lists(FRAMES, max_size=6),
    st.sampled_from(["/", "/ws", SOCKETIO, "/engine.io/?EIO=4&transport=websocket"]),
)
def test_no_message_goes_by_unread(messages: list[Message], target: str) -> None:
    """Every reading covers what was sent: an attack put in front of, or behind, any bytes is seen."""
    readings = Readings(upgrade(target), Upgrade())
    for message in messages:
        for data in (message.data + b"<script>", b"4" + message.data + b"<script>"):
            marked = Message(message.direction, message.opcode, data)
            seen = leaves.of(readings.message(marked).packets)
            if message.opcode is Opcode.TEXT and data[:1] == b"b":
                continue  # base64: the marker is junk in it
            assert any(b"<script>" in leaf for leaf in seen)


@given(st.lists(FRAMES, max_size=6), st.sampled_from(["/", SOCKETIO]), st.sampled_from(list(Mode)))
def test_the_inspector_never_raises(messages: list[Message], target: str, mode: Mode) -> None:
    """And what it calls an attack, it never lets pass in block mode."""
    inspector = Inspector(
        Policy(default=RoutePolicy(mode=mode)), WordEngine(), lambda event: None, lambda: 0.0
    )
    session = inspector.open(1, upgrade(target), Upgrade())
    for message in messages:
        verdict = inspector.message(session, message)
        assert verdict.action is Action.PASS or mode in (Mode.BLOCK, Mode.SAFE_BLOCK)
        assert mode is not Mode.BLOCK or verdict.score < 5 or verdict.action is Action.CLOSE
    inspector.close(session, "end")


@given(st.text(max_size=40), st.text(max_size=20))
def test_heads_never_raise(path: str, value: str) -> None:
    """Any path, query, header, cookie."""
    inspector = Inspector(Policy(), WordEngine(), lambda event: None, lambda: 0.0)
    request = upgrade(
        f"/{path}", ("Cookie", value), ("X-Any", value), ("User-Agent", value), ("Referer", value)
    )
    assert inspector.request(request).verdict.status


@given(st.binary(max_size=30))
def test_attachments_are_seen_in_every_coding(data: bytes) -> None:
    """As a binary frame of either version, and as base64 text of either version."""
    for wire in (
        binary(data),
        binary(b"\x04" + data),
        text(b"b" + b64encode(data)),
        text(b"b4" + b64encode(data)),
    ):
        reader = decoder.reader(upgrade(SOCKETIO + "&sid=a"))
        reader.decode(text('451-["m",{"_placeholder":true,"num":0}]'))
        [packet] = reader.decode(wire)
        assert data in [part.data for part in packet.parts]
        assert wire.direction is Direction.CLIENT
