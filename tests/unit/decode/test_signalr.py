"""SignalR Core: what claims a connection, the two streams, the fallback's session."""

from __future__ import annotations

import json
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framewall.decode import Readings
from framewall.decode.signalr import decoder
from framewall.errors import DecodeError, LimitReached, PeerError
from framewall.limits import OPEN_CALLS, PAYLOAD_PACKETS, RECORD_BYTES
from framewall.model import Direction, Message, Opcode, Upgrade
from support import leaves
from support.decoding import cut, fields, read, whole
from support.msgpack import pack
from support.places import TOKEN, framed
from support.requests import binary, http, text, upgrade

FILE = Path(__file__).parents[3] / "vectors" / "decode" / "signalr" / "cases.json"
CASES: list[dict[str, Any]] = json.loads(FILE.read_text())["cases"]
HUB = f"/chat?id={TOKEN}"
JSON = b'{"protocol":"json","version":1}\x1e'
PACKED = b'{"protocol":"messagepack","version":1}\x1e'
CALL = b'{"type":1,"target":"SendMessage","arguments":["ann",{"text":"hello"}]}\x1e'

# the official client's records


def test_there_are_cases() -> None:
    """Of both protocols."""
    assert {case["protocol"] for case in CASES} == {"json", "messagepack"}
    assert len(CASES) > 20


def conversation(case: dict[str, Any]) -> bytes:
    return b64decode(case["handshake"]) + b64decode(case["wire"])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_what_the_client_writes_is_read(case: dict[str, Any]) -> None:
    """Handshake and record in one message; every value is a leaf, and nothing is refused."""
    packets, errors = read(decoder.reader(upgrade(HUB)), [text(conversation(case))])
    assert not errors
    assert [packet.kind for packet in packets[:1]] == ["handshake"]
    assert case["kind"] in {packet.kind for packet in packets[1:]}
    seen = leaves.of(packets)
    assert all(b64decode(value) in seen for value in case["delivered"])


@given(st.sampled_from(CASES), st.lists(st.integers(0, 1 << 16), max_size=8))
def test_where_messages_are_cut_changes_nothing(case: dict[str, Any], places: list[int]) -> None:
    """Any split, any opcodes: the same packets, the same fields."""
    data = conversation(case)
    at_once, _ = read(decoder.reader(upgrade(HUB)), [text(data)])
    in_pieces, errors = read(decoder.reader(upgrade(HUB)), cut(data, places))
    assert not errors
    assert whole(in_pieces) == whole(at_once) or [fields([each]) for each in whole(in_pieces)] == [
        fields([each]) for each in whole(at_once)
    ]


@given(
    st.lists(
        st.tuples(st.sampled_from(Direction), st.sampled_from(Opcode), st.binary(max_size=60)), max_size=6
    ),
    st.sampled_from((b"", JSON, PACKED)),
)
def test_nothing_raises_but_what_is_declared(
    messages: list[tuple[Direction, Opcode, bytes]], first: bytes
) -> None:
    """And every byte is in some part, or in the stream's own delimiters."""
    reader = decoder.reader(upgrade(HUB))
    read(reader, [text(first), *(Message(*each) for each in messages)])
    assert not [error for error in read(reader, [])[1] if not isinstance(error, PeerError)]


# fields


def test_fields_are_named_alike_in_both_protocols() -> None:
    """By hub, target and place."""
    arguments = ["ann", {"text": "hello"}]
    packed = [1, {"x-trace": "1"}, None, "SendMessage", arguments, []]
    message = {"type": 1, "headers": {"x-trace": "1"}, "target": "SendMessage", "arguments": arguments}
    for data in (JSON + json.dumps(message).encode() + b"\x1e", PACKED + framed(pack(packed))):
        packets, _ = read(decoder.reader(upgrade(HUB)), [binary(data)])
        assert packets[1][:3] == ("signalr", "1", "invocation")
        assert (packets[1].name, packets[1].namespace) == ("SendMessage", "/chat")
        found = fields(packets[1:])
        assert found["args[1].text"] == b"hello"
        assert found['headers["x-trace"]'] == b"1"
        assert found["target"] == b"SendMessage"


@pytest.mark.parametrize(
    ("record", "field"),
    [
        ({"type": 2, "invocationId": "1", "item": {"a": "x"}}, "item.a"),
        ([2, {}, "1", {"a": "x"}], "item.a"),
        ({"type": 3, "invocationId": "1", "result": ["x"]}, "result[0]"),
        ([3, {}, "1", 3, ["x"]], "result[0]"),
        ({"type": 3, "invocationId": "1", "error": "x"}, "error"),
        ([3, {}, "1", 1, "x"], "error"),
        ({"type": 7, "error": "x"}, "error"),
        ([7, "x", True], "error"),
        ({"type": 5, "invocationId": "x"}, "invocationId"),
        ([5, {}, "x"], "invocationId"),
        ([1, {}, None, "M", [], ["x"]], "streamIds[0]"),
        ({"type": 6, "odd key": "x"}, 'message["odd key"]'),
        ([6, "x"], "message[1]"),
    ],
)
def test_every_place_has_a_name(record: Any, field: str) -> None:
    """Items, results, errors, ids, and what does not belong there."""
    packed = isinstance(record, list)
    data = PACKED + framed(pack(record)) if packed else JSON + json.dumps(record).encode() + b"\x1e"
    packets, errors = read(decoder.reader(upgrade(HUB)), [binary(data)])
    assert not errors
    assert fields(packets)[field] == b"x"


@pytest.mark.parametrize("packed", [False, True])
def test_items_and_completions_are_named_by_their_call(packed: bool) -> None:
    """The client's streams by their own ids, what comes back by the call's; until it is completed."""
    client: list[Any]
    server: list[Any]
    if packed:
        client = [[1, {}, "7", "Upload", [], ["8"]], [2, {}, "8", "x"], [3, {}, "8", 2], [2, {}, "8", "x"]]
        server = [[2, {}, "7", "y"], [3, {}, "7", 3, "y"], [2, {}, "7", "y"]]
    else:
        client = [
            {"type": 4, "invocationId": "7", "target": "Upload", "arguments": [], "streamIds": ["8"]},
            {"type": 2, "invocationId": "8", "item": "x"},
            {"type": 3, "invocationId": "8"},
            {"type": 2, "invocationId": "8", "item": "x"},
        ]
        server = [
            {"type": 2, "invocationId": "7", "item": "y"},
            {"type": 3, "invocationId": "7", "result": "y"},
            {"type": 2, "invocationId": "7", "item": "y"},
        ]

    def written(record: Any) -> bytes:
        return framed(pack(record)) if packed else json.dumps(record).encode() + b"\x1e"

    reader = decoder.reader(upgrade(HUB))
    said = [binary((PACKED if packed else JSON) + b"".join(map(written, client)))]
    answered = [
        binary(b"{}\x1e" + b"".join(map(written, server)), Direction.SERVER),
    ]
    packets, errors = read(reader, [*said, *answered])
    assert not errors
    named = [packet.name for packet in packets if packet.kind != "handshake"]
    assert named == ["Upload", "Upload", "Upload", None, "Upload", "Upload", None]


def test_calls_that_never_end_are_forgotten_oldest_first() -> None:
    """And nothing long is kept."""
    reader = decoder.reader(upgrade(HUB))
    reader.decode(text(JSON))
    for number in (*range(OPEN_CALLS.default + 1), "x" * 1000):
        call = {"type": 1, "invocationId": "c", "target": "M", "arguments": [], "streamIds": [f"s{number}"]}
        reader.decode(text(json.dumps(call) + "\x1e"))

    def name(stream: str) -> str | None:
        item = {"type": 2, "invocationId": stream, "item": 1}
        return reader.decode(text(json.dumps(item) + "\x1e"))[0].name

    assert (name("s0"), name(f"s{OPEN_CALLS.default}"), name("s" + "x" * 1000)) == (None, "M", None)


def test_heartbeats_say_nothing() -> None:
    """Of either side, in either protocol."""
    for first, ping in ((JSON, b'{"type":6}\x1e'), (PACKED, b"\x02\x91\x06")):
        packets, _ = read(decoder.reader(upgrade(HUB)), [binary(first), binary(ping)])
        assert packets[-1].kind == "ping"
        assert not packets[-1].parts


# traps


def test_an_attack_cut_in_two_is_whole_again() -> None:
    """Over a text message and a binary one."""
    data = CALL.replace(b"hello", b"<script>")
    at = data.index(b"ipt>")
    packets, _ = read(decoder.reader(upgrade(HUB)), [text(JSON), text(data[:at]), binary(data[at:])])
    assert fields(packets)["args[1].text"] == b"<script>"


def test_a_cut_record_is_judged_raw_besides() -> None:
    """A server that is no hub would act on the first half."""
    reader = decoder.reader(upgrade(HUB))
    packets, _ = read(reader, [text(JSON), text('{"type":1,"x":"<script>')])
    assert packets[-1].kind == "partial"
    assert packets[-1].parts[0].data == b'{"type":1,"x":"<script>'


def test_a_session_joined_in_its_middle() -> None:
    """A stateful reconnect has no handshake; the first record shows the protocol."""
    sequence = b'{"type":9,"sequenceId":1}\x1e'
    packets, errors = read(decoder.reader(upgrade(HUB)), [text(sequence + CALL)])
    assert not errors
    assert packets[-1].name == "SendMessage"
    record = framed(pack([9, 1])) + framed(pack([1, {}, None, "SendMessage", ["hello"]]))
    packets, errors = read(decoder.reader(upgrade(HUB)), [text(record)])
    assert not errors
    assert packets[-1].name == "SendMessage"


def test_a_record_of_123_bytes_is_no_brace() -> None:
    """Its length looks like one."""
    record = pack([9, 1]) + b""
    record = pack([1, {}, None, "M", ["x" * (123 - len(pack([1, {}, None, "M", [""]])))]])
    assert framed(record)[:1] == b"{"
    packets, errors = read(decoder.reader(upgrade(HUB)), [binary(framed(record))])
    assert not errors
    assert packets[0].name == "M"


@pytest.mark.parametrize(
    "data",
    [
        JSON + b"<script>\x1e",
        JSON + b'{"arguments":["<script>"]}\x1e',
        JSON + b'{"type":77,"x":"<script>"}\x1e',
        JSON + b'{"type":null,"x":"<script>"}\x1e',
        JSON + b"[1]\x1e",
        JSON + b"\x1e",
        PACKED + CALL,
        PACKED + framed(pack({"type": 1})),
        PACKED + framed(pack([77, "<script>"])),
        PACKED + framed(pack(["<script>"])),
        PACKED + framed(pack([6]) + b"<script>"),
        PACKED + b"\x00",
        PACKED + b"\xff\xff\xff\xff\xff\xff",
        b'{"protocol":"json","protocol":"messagepack","version":1}\x1e',
        b'{"protocol":"messagepack","version":1,"type":6}\x1e',
        b'{"protocol":"other","version":1}\x1e',
        b'{"protocol":"json"}\x1e',
    ],
)
def test_what_no_hub_reads_is_refused(data: bytes) -> None:
    """And its bytes are in some part all the same."""
    with pytest.raises(DecodeError) as refused:
        decoder.reader(upgrade(HUB)).decode(binary(data))
    if b"<script>" in data:
        assert any(b"<script>" in leaf for leaf in leaves.of(refused.value.packets))


def test_a_record_that_does_not_end() -> None:
    """Is forgotten at the cap; what comes then is read anew."""
    reader = decoder.reader(upgrade(HUB))
    reader.decode(text(JSON))
    reader.decode(text(b'{"type":1,"x":"' + b"x" * (RECORD_BYTES.default - 100)))
    with pytest.raises(LimitReached) as refused:
        reader.decode(text(b"y" * 200))
    assert refused.value.packets[0].parts[0].data == b"y" * 200
    assert reader.decode(text(CALL))[0].name == "SendMessage"
    reader = decoder.reader(upgrade(HUB))
    with pytest.raises(LimitReached):
        reader.decode(text(PACKED + b"\xff\xff\xff\x7f"))


def test_one_byte_a_message_is_read_in_linear_time() -> None:
    """Nothing is looked at twice."""
    data = JSON + b'{"type":1,"target":"M","arguments":["' + b"x" * 20_000 + b'"]}\x1e'
    packets, errors = read(decoder.reader(upgrade(HUB)), cut(data, range(len(data))))
    assert not errors
    assert whole(packets)[-1].name == "M"


def test_more_in_a_message_than_the_limit() -> None:
    """Is not cut apart; the message is judged raw."""
    data = JSON + b'{"type":6}\x1e' * PAYLOAD_PACKETS.default + b"<script>"
    packets, errors = read(decoder.reader(upgrade(HUB)), [text(data)])
    assert isinstance(errors[0], LimitReached)
    assert b"<script>" in packets[-1].parts[0].data


@pytest.mark.parametrize("end", [b"", b"}", b"{", b'"}'])
def test_a_first_record_that_does_not_end_is_read_in_linear_time(end: bytes) -> None:
    """Before any handshake, a few bytes a message."""
    read(decoder.reader(upgrade(HUB)), map(binary, [b'{"a":"', *[b"x" + end] * 30_000]))


# claims


def test_a_forged_first_message_is_a_guess() -> None:
    """The handshake alone is not sure; with the id of a negotiation, or the server's answer, it is."""
    assert decoder.claim(upgrade("/"), Upgrade(), text(JSON)) < 0.8
    assert decoder.claim(upgrade(HUB), Upgrade(), text(JSON)) >= 0.8
    assert decoder.claim(upgrade("/"), Upgrade(), text("{}\x1e", Direction.SERVER)) >= 0.8
    assert decoder.claim(upgrade("/"), Upgrade(), text("hello")) == 0
    assert decoder.claim(upgrade("/?id=5"), Upgrade(), text('{"a":1}')) == 0


def test_after_a_forged_handshake_plain_messages_are_still_judged() -> None:
    """Whatever it says that they are."""
    for forged in (JSON, PACKED):
        readings = Readings(upgrade("/"), Upgrade())
        readings.message(text(forged))
        for data in ('{"text":"<script>"}', "<script>"):
            reading = readings.message(text(data))
            assert any(b"<script>" in leaf for leaf in leaves.of(reading.packets))


def test_another_application_with_such_an_id_is_left_alone() -> None:
    """Its messages are whole documents without a record's end: never collected, never refused."""
    readings = Readings(upgrade(HUB), Upgrade())
    for side in Direction:
        for number in range(20):
            for said in ({"text": "hello", "n": number}, {"type": 1, "text": "hello"}):
                reading = readings.message(text(json.dumps(said), side))
                assert not reading.errors
    assert reading.framework == "json"


def test_a_record_s_end_in_a_message_of_its_own() -> None:
    """Does not hide the record: it is judged as the document that it is."""
    record = '{"type":1,"target":"M","arguments":["<script>"]}'
    readings = Readings(upgrade(HUB), Upgrade())
    assert b"<script>" in leaves.of(readings.message(text(record)).packets)
    readings = Readings(upgrade(HUB), Upgrade())
    readings.message(text(JSON))
    found = [packet for data in (record, "\x1e") for packet in readings.message(text(data)).packets]
    assert found[-1].name == "M"


def test_both_halves_of_the_handshake_prove_it() -> None:
    """And nothing less."""
    reader = decoder.reader(upgrade("/chat"))
    reader.decode(text(JSON))
    assert not reader.proven
    reader.decode(text("{}\x1e", Direction.SERVER))
    assert reader.proven


# the fallback


def test_the_negotiation_gives_the_session() -> None:
    """The token since version 1, the connection's id before."""
    request = http("POST", "/chat/negotiate?negotiateVersion=1")
    assert decoder.claim(request, None, None) >= 0.8
    exchange = decoder.exchange(request, lambda _: False)
    assert exchange
    assert exchange.begins
    reader = decoder.reader(request)
    reader.reply(request, 200, b'{"connectionId":"a","connectionToken":"b","availableTransports":[]}')
    assert reader.session == "b"
    reader = decoder.reader(request)
    reader.reply(request, 200, b'{"connectionId":"a","availableTransports":[]}')
    assert reader.session == "a"


def test_posts_continue_the_clients_stream() -> None:
    """Of long polling and of events, cut anywhere."""
    reader = decoder.reader(http("POST", "/chat/negotiate"))
    post = http("POST", HUB)
    assert reader.body(post, JSON)[0].kind == "handshake"
    assert reader.body(post, CALL[:20])[0].kind == "partial"
    assert fields(reader.body(post, CALL[20:]))["args[1].text"] == b"hello"


@pytest.mark.parametrize("body", [b"{}\x1e" + CALL, b"data: {}\x1e\r\n\r\ndata: " + CALL + b"\r\n\r\n"])
def test_the_servers_stream_over_http(body: bytes) -> None:
    """Polled, or in server-sent events."""
    reader = decoder.reader(http("POST", "/chat/negotiate"))
    reader.body(http("POST", HUB), JSON)
    packets = reader.reply(http("GET", HUB), 200, body)
    assert [packet.kind for packet in packets] == ["handshake", "invocation"]


def test_which_requests_are_exchanges() -> None:
    """By a known id, or one that only a server makes up."""

    def transport(method: str, target: str, *headers: tuple[str, str], known: bool = True) -> str | None:
        found = decoder.exchange(http(method, target, *headers), lambda _: known)
        return found.transport if found else None

    assert transport("GET", "/chat?id=a", ("Accept", "text/event-stream")) == "sse"
    assert transport("GET", "/chat?id=a") == transport("POST", "/chat?id=a") == "longpolling"
    assert transport("POST", HUB, known=False) == "longpolling"
    assert transport("POST", "/items?id=5", known=False) is None
    assert transport("POST", "/items?id=0b8cf8d5-95ba-4dbd-9b57-7ac9f4a9e43c", known=False) is None
    assert transport("GET", HUB, known=False) is None
    assert transport("PUT", "/chat?id=a") is None


def test_the_negotiation_belongs_to_every_transport() -> None:
    """A route that allows WebSockets alone must let it pass."""
    found = decoder.exchange(http("POST", "/chat/negotiate?negotiateVersion=1"), lambda _: False)
    assert found
    assert found.transport == "websocket"


def test_other_things_ids_are_no_sessions() -> None:
    """Or strangers would share one; Socket.IO's sessions are its own, whatever else their query says."""
    assert decoder.session(upgrade(f"/socket.io/?EIO=4&transport=websocket&id={TOKEN}")) is None
    assert decoder.exchange(http("POST", f"/socket.io/?EIO=4&sid=a&id={TOKEN}"), bool) is None
    assert decoder.session(upgrade(HUB)) == TOKEN
    assert decoder.session(upgrade("/room?id=5")) is None
    assert decoder.session(upgrade("/room?id=0b8cf8d5-95ba-4dbd-9b57-7ac9f4a9e43c")) is None


def test_a_session_is_ended_by_its_own_request() -> None:
    """With the cookies that choose its server."""
    command = decoder.hang_up(http("POST", HUB, ("Cookie", "a=b"), ("X-Other", "1")), TOKEN)
    assert command
    assert (command.method, command.target) == ("DELETE", HUB)
    assert command.headers == (("Host", "chat.example"), ("Cookie", "a=b"))
