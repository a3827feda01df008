"""Ten thousand harmless messages a framework and serialization, with not one finding."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import bjdata
import cbor2
import msgpack
import pytest
import ubjson

from framewall.detect import builtin_engine
from framewall.replay import Lines
from support import smalltalk
from support.msgpack import pack
from support.places import TOKEN, frame, framed, line

COUNT = 10_000
ENGINE = builtin_engine()
HUB = {"session": "s", "path": f"/chat?id={TOKEN}"}
CLASSIC = "/signalr/{}?transport={}&connectionToken=a&connectionData=b&clientProtocol=2.1"
STOMP = {"session": "s", "path": "/ws", "subprotocol": "v12.stomp"}
RATCHET = {"session": "s", "path": "/ws", "subprotocol": "wamp"}
SOCKET = {"session": "s", "path": "/echo/000/abc/websocket"}
ENGINE_IO = {"session": "s", "path": "/socket.io/?EIO=4&transport=websocket"}
POLLED = "/socket.io/?EIO=4&transport=polling&sid=abc"

Say = Callable[[random.Random, Any], dict[str, Any]]


def signalr(r: random.Random, value: Any) -> dict[str, Any]:
    kind = r.choice((1, 1, 2, 3))
    record: dict[str, Any] = {"type": kind, "invocationId": str(r.randrange(1000))}
    record |= {1: {"target": "Send", "arguments": ["ann", value]}, 2: {"item": value}, 3: {"result": value}}[
        kind
    ]
    return line(json.dumps(record, ensure_ascii=r.random() < 0.5) + "\x1e", **HUB)


def signalr_packed(r: random.Random, value: Any) -> dict[str, Any]:
    return line(framed(pack([1, {}, str(r.randrange(1000)), "Send", ["ann", value], []])), "binary", **HUB)


def signalr2(r: random.Random, value: Any) -> dict[str, Any]:
    called = json.dumps({"H": "chat", "M": "Send", "A": [value], "I": r.randrange(1000)})
    if r.random() < 0.5:
        return line(called, session="s", path=CLASSIC.format("connect", "webSockets"))
    kind = "application/x-www-form-urlencoded; charset=UTF-8"
    path = CLASSIC.format("send", "longPolling")
    return line(urlencode({"data": called}), path=path, transport="longpolling", content_type=kind)


def sockjs(r: random.Random, value: Any) -> dict[str, Any]:
    said = [
        json.dumps(value, ensure_ascii=False) if r.random() < 0.5 else smalltalk.text(r) for _ in range(2)
    ]
    return line(json.dumps(said), **SOCKET)


def ddp(r: random.Random, value: Any) -> dict[str, Any]:
    method = {"msg": "method", "method": "messages.send", "params": [value], "id": str(r.randrange(1000))}
    return line(json.dumps([json.dumps(method)]), **SOCKET)


def stomp(r: random.Random, value: Any) -> dict[str, Any]:
    body = json.dumps(value, ensure_ascii=False) if r.random() < 0.7 else smalltalk.text(r)
    headers = [
        ("destination", "/app/chat"),
        ("x-name", smalltalk.text(r)),
        ("receipt", str(r.randrange(1000))),
    ]
    data = frame("SEND", *headers, body=body.encode(), length=r.random() < 0.5)
    return line(data, **STOMP)


def wamp(serialize: Callable[[Any], bytes], name: str) -> Say:
    def say(r: random.Random, value: Any) -> dict[str, Any]:
        number = r.randrange(1, 1 << 53)
        message = r.choice(
            (
                [48, number, {}, "com.example.say", [value]],
                [16, number, {"acknowledge": True}, "com.example.chat", [value], {"text": smalltalk.text(r)}],
                [70, number, {}, [value]],
            )
        )
        opcode = "text" if name.startswith("json") else "binary"
        return line(serialize(message), opcode, session="s", path="/ws", subprotocol=f"wamp.2.{name}")

    return say


def batch(serialize: Callable[[Any], bytes], format: str) -> Callable[[Any], bytes]:
    """A batch of one."""

    def write(value: Any) -> bytes:
        data = bytes(serialize(value))
        return data + b"\x18" if format == "json" else len(data).to_bytes(4) + data

    return write


def socketio(r: random.Random, value: Any) -> dict[str, Any]:
    acknowledged = str(r.randrange(1000)) if r.random() < 0.3 else ""
    return line(
        f"42{acknowledged}{json.dumps(['message', value], ensure_ascii=r.random() < 0.5)}", **ENGINE_IO
    )


def socketio_polled(r: random.Random, value: Any) -> dict[str, Any]:
    packets = [f"42{json.dumps(['message', each])}" for each in (value, smalltalk.text(r))]
    return line("\x1e".join(packets), path=POLLED, transport="polling", method="POST")


def socketio_packed(r: random.Random, value: Any) -> dict[str, Any]:
    kind = r.choice((2, 2, 3))
    packet = {"type": kind, "data": ["message", value][kind - 2 :], "nsp": "/", "id": r.randrange(1000)}
    return line(msgpack.packb(packet), "binary", **ENGINE_IO)


def plain(serialize: Callable[[Any], bytes]) -> Say:
    def say(r: random.Random, value: Any) -> dict[str, Any]:
        message = {"room": "lobby", "seq": r.randrange(1 << 40), "at": r.random(), "said": value}
        opcode = "text" if serialize is _json else "binary"
        return line(serialize(message), opcode, session="s", path="/chat")

    return say


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()


def wamp1(r: random.Random, value: Any) -> dict[str, Any]:
    call = str(r.randrange(1000))
    message = r.choice(
        ([2, call, "http://example.com/chat#say", value], [7, "http://example.com/chat#room", value])
    )
    return line(json.dumps(message), **RATCHET)


def opened(hello: str | bytes, **at: str) -> list[dict[str, Any]]:
    """How a client begins; the server is not heard, as by default."""
    return [line(hello, "text" if isinstance(hello, str) else "binary", **at)]


def greeted(serialize: Callable[[Any], Any], name: str) -> list[dict[str, Any]]:
    """WAMP's HELLO."""
    hello = serialize([1, "realm1", {"roles": {"caller": {}, "publisher": {}}}])
    return opened(hello, session="s", path="/ws", subprotocol=f"wamp.2.{name}")


TALKS: dict[str, tuple[tuple[Say, ...], list[dict[str, Any]]]] = {
    "signalr": ((signalr,), opened('{"protocol":"json","version":1}\x1e', **HUB)),
    "signalr, packed": (
        (signalr_packed,),
        opened('{"protocol":"messagepack","version":1}\x1e', **HUB),
    ),
    "signalr2": ((signalr2,), []),
    "sockjs": ((sockjs, ddp), []),
    "stomp": (
        (stomp,),
        opened("CONNECT\naccept-version:1.2\n\n\0", **STOMP),
    ),
    "wamp": ((wamp(_json, "json"),), greeted(json.dumps, "json")),
    **{
        f"wamp, {name}": ((wamp(write, format),), greeted(write, format))
        for name, format, write in (
            ("msgpack", "msgpack", msgpack.packb),
            ("msgpack in long forms", "msgpack", pack),
            ("cbor", "cbor", cbor2.dumps),
            ("ubjson", "ubjson", ubjson.dumpb),
            ("bjdata", "ubjson", bjdata.dumpb),
        )
    },
    **{
        f"wamp, {name}, batched": (
            (wamp(batch(write, format), f"{format}.batched"),),
            greeted(batch(write, format), f"{format}.batched"),
        )
        for name, format, write in (("json", "json", _json), ("msgpack", "msgpack", msgpack.packb))
    },
    "wamp 1": ((wamp1,), []),
    "socket.io": ((socketio, socketio_polled), [line("40", **ENGINE_IO)]),
    "socket.io, msgpack": ((socketio_packed,), []),
    **{
        f"no framework, {name}": ((plain(write),), [])
        for name, write in (("json", _json), ("msgpack", msgpack.packb), ("cbor", cbor2.dumps))
    },
}


@pytest.mark.parametrize("framework", TALKS)
def test_harmless_talk_gives_no_finding(framework: str) -> None:
    ways, first = TALKS[framework]
    judge = Lines(ENGINE)
    for opening in first:
        assert judge.judge(opening)["findings"] == []
    names = set()
    for number, (r, value) in enumerate(smalltalk.values(len(framework), COUNT)):
        said = ways[number % len(ways)](r, value)
        answer = judge.judge(said)
        assert answer["findings"] == [], (said, value)
        names.add(answer["framework"])
    assert len(names) <= 2
