"""Whatever a real Socket.IO parser hands to an application, the reader hands to the engine.

The cases are run through the parsers of npm and PyPI by the generators beside them, versions included.
"""

from __future__ import annotations

import json
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest

from framewall.decode import _base64
from framewall.decode._engineio import payload
from framewall.decode.socketio import decoder
from framewall.errors import PeerError
from framewall.model import Packet
from support import leaves
from support.requests import SOCKETIO, binary, text, upgrade

VECTORS = Path(__file__).parents[3] / "vectors" / "decode" / "socketio"
CASES = json.loads((VECTORS / "cases.json").read_text())
NODE = json.loads((VECTORS / "delivered-node.json").read_text())
PYTHON = json.loads((VECTORS / "delivered-python.json").read_text())

VERSION_4 = SOCKETIO
VERSION_3 = SOCKETIO.replace("EIO=4", "EIO=3")
VERSION_OPEN = SOCKETIO + "&sid=abc"


def test_there_are_cases() -> None:
    """A runner without cases would prove nothing, nor would cases that no parser was asked about."""
    for kind in ("messages", "base64", "payloads"):
        assert len(CASES[kind]) >= 9
        assert [case["name"] for case in CASES[kind]] == [case["name"] for case in NODE[kind]]
    assert sum(len(by["values"]) > 0 for case in NODE["messages"] for by in case["by"].values()) > 40


def read(target: str, case: dict[str, Any], wrap: bytes = b"") -> list[Packet]:
    """Everything the reader makes of a case's messages, refused ones included."""
    reader = decoder.reader(upgrade(target))
    packets: list[Packet] = []
    messages = [*map(text, case["texts"]), *(binary(wrap + b64decode(b)) for b in case.get("binary", ()))]
    for message in messages:
        try:
            packets += reader.decode(message)
        except PeerError as error:
            packets += error.packets
    return packets


@pytest.mark.parametrize("place", range(len(CASES["messages"])), ids=lambda i: CASES["messages"][i]["name"])
def test_what_a_parser_delivers_is_seen(place: int) -> None:
    """Every string and attachment that an application would get is a leaf of some part."""
    case = CASES["messages"][place]
    by = NODE["messages"][place]["by"] | PYTHON["messages"][place]["by"]
    for name, delivered in by.items():
        wrap = b"\x04" if name == NODE["by"]["sio"]["4"] else b""
        for target in (VERSION_3 if wrap else VERSION_4, VERSION_OPEN):
            seen = [*leaves.of(read(target, case, wrap)), b"/"]
            for value in map(b64decode, delivered["values"]):
                if value.startswith(b"parser error"):
                    continue
                assert any(comparable(value) in comparable(leaf) for leaf in seen), (name, target, value)


def comparable(value: bytes) -> bytes:
    """Parsers replace lone surrogates in ways of their own."""
    return value.replace(b"\xed\xa0\x80", b"").replace("\ufffd".encode(), b"")


@pytest.mark.parametrize("case", CASES["messages"], ids=lambda case: case["name"])
def test_what_parsers_disagree_on_is_refused(case: dict[str, Any]) -> None:
    """A form that one parser takes and another does not is never ordinary traffic."""
    place = CASES["messages"].index(case)
    by = NODE["messages"][place]["by"] | PYTHON["messages"][place]["by"]
    if all(delivered["accepted"] for delivered in by.values()):
        return
    if case["name"] in JSON_IS_THE_ENGINES:
        return
    reader = decoder.reader(upgrade(VERSION_4))
    messages = [*map(text, case["texts"]), *(binary(b64decode(b)) for b in case.get("binary", ()))]
    with pytest.raises(PeerError):
        _ = [reader.decode(message) for message in messages]


JSON_IS_THE_ENGINES = {"NaN, which Python reads", "trailing comma", "trailing text"}
"""Forms whose head is in order and whose JSON is not; the walkers judge that."""


@pytest.mark.parametrize("place", range(len(CASES["base64"])), ids=lambda i: CASES["base64"][i]["name"])
def test_base64_is_read_as_back_ends_read_it(place: int) -> None:
    """Node's and Python's readings are both among ours."""
    ours = _base64.readings(CASES["base64"][place]["text"].encode())
    assert b64decode(NODE["base64"][place]["bytes"]) == ours[0]
    python = PYTHON["base64"][place]["bytes"]
    assert python is None or b64decode(python) in ours


@pytest.mark.parametrize("place", range(len(CASES["payloads"])), ids=lambda i: CASES["payloads"][i]["name"])
def test_payloads_are_split_as_node_splits_them(place: int) -> None:
    """The same packets in the same order, up to where the payload breaks."""
    case = CASES["payloads"][place]
    split = payload.split_4 if case["eio"] == 4 else payload.split_3
    got_payload = split(case["body"].encode())
    wanted = [packet for packet in NODE["payloads"][place]["packets"] if packet["type"] == "message"]
    got = [item.data for item in got_payload.items if item.data[:1] in (b"4", b"b")]
    assert len(got) >= len(wanted) > 0 or case["name"] == "a message after a broken one"
    for item, packet in zip(got, wanted, strict=False):
        data = b64decode(packet["data"])
        assert data == (item[1:] if item[:1] == b"4" else _base64.node(item[2 if case["eio"] == 3 else 1 :]))
