"""Forms that some servers of these frameworks read and a strict decoder would not: read like them, and no offence."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable

import cbor2
import pytest

from framewall.detect import builtin_engine
from framewall.replay import Lines
from support.msgpack import pack
from support.places import TOKEN, Line, call, ddp, frame, framed, line, stomp, wamp, wamp1

ATTACK = "<script>alert(1)</script>"
ENGINE = builtin_engine()
HUB = {"session": "s", "path": f"/chat?id={TOKEN}"}


def hub(data: bytes | str, protocol: str = "json") -> list[Line]:
    """A handshake, then this."""
    hello = json.dumps({"protocol": protocol, "version": 1}) + "\x1e"
    return [line(hello, **HUB), line(data, "binary" if isinstance(data, bytes) else "text", **HUB)]


def longest_length(record: bytes) -> bytes:
    """With a length of five bytes, where one or two would do."""
    size = len(record)
    digits = [size >> shift & 0x7F | 0x80 for shift in (0, 7, 14, 21)]
    return bytes((*digits, 0)) + record


TRAPS: dict[str, tuple[str, Callable[[str], list[Line]]]] = {
    "signalr, a length longer than it need be": (
        "args[0]",
        lambda a: hub(longest_length(pack([1, {}, None, "Send", [a], []])), "messagepack"),
    ),
    "signalr, Newtonsoft's single quotes": (
        "args[0]",
        lambda a: hub(f"{{'type':1,'target':'Send','arguments':['{a}']}}\x1e"),
    ),
    "signalr, Newtonsoft's comments, NaN, hexadecimal and last comma": (
        "args[2]",
        lambda a: hub(f'{{/*c*/"type":1,"target":"Send","arguments":[NaN,0x1F,"{a}"],}}\x1e'),
    ),
    "signalr, Newtonsoft's bare names": (
        "args[0]",
        lambda a: hub(f'{{type:1,target:"Send",arguments:["{a}"]}}\x1e'),
    ),
    "signalr, handshake and call in one message": (
        "args[0]",
        lambda a: [line('{"protocol":"json","version":1}\x1e' + json.dumps(call(a)) + "\x1e", **HUB)],
    ),
    "signalr, the first of two members of a name": (
        "args[0]",
        lambda a: hub(f'{{"type":1,"target":"Send","arguments":["{a}"],"arguments":["x"]}}\x1e'),
    ),
    "signalr, Blazor's JSON in MessagePack": (
        "args[4][0]",
        lambda a: hub(
            framed(pack([1, {}, None, "Begin", ["1", None, "M", 0, json.dumps([a])]])), "blazorpack"
        ),
    ),
    "signalr, a session joined in its middle": (
        "args[0]",
        lambda a: [line('{"type":9,"sequenceId":3}\x1e' + json.dumps(call(a)) + "\x1e", **HUB)],
    ),
    "DDP, EJSON's bytes": (
        "message.params[0].$binary",
        lambda a: ddp(method="m", params=[{"$binary": b64encode(a.encode()).decode()}]),
    ),
    "DDP, EJSON's escape": (
        "message.params[0].$escape.$date",
        lambda a: ddp(method="m", params=[{"$escape": {"$date": a}}]),
    ),
    "wamp, a payload passed through": (
        "args[0].args[0]",
        lambda a: wamp(
            [48, 1, {"ppt_scheme": "wamp", "ppt_serializer": "cbor"}, "a.b", [cbor2.dumps({"args": [a]})]],
            kind="msgpack",
        ),
    ),
    "wamp 1, arguments in one array": ("args[0][0]", lambda a: wamp1([2, "1", "http://a/p", [a, 1]])),
    "wamp 1, a number for a topic": ("event", lambda a: wamp1([7, 1, a])),
    "stomp, STOMP for CONNECT": (
        'headers["login"]',
        lambda a: [line(f"STOMP\naccept-version:1.2\nlogin:{a}\n\n\0", path="/ws", subprotocol="v12.stomp")],
    ),
    "stomp, the second header of a name": (
        'headers["x"]',
        lambda a: stomp(frame("SEND", ("destination", "/a"), ("x", "first"), ("x", a))),
    ),
}


@pytest.mark.parametrize("trap", TRAPS)
def test_what_lenient_servers_read_is_read(trap: str) -> None:
    field, lines = TRAPS[trap]
    judge = Lines(ENGINE)
    answers = [judge.judge(each) for each in lines(ATTACK)]
    assert answers[-1]["verdict"] == "block"
    assert field in {finding["field"] for finding in answers[-1]["findings"] if finding["attack"] == "xss"}
    judge = Lines(ENGINE)
    for each in lines("hello"):
        assert judge.judge(each)["findings"] == []
