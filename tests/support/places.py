"""Every place of every framework's messages that a user fills, and conversations that carry a text there."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import bjdata
import cbor2
import ubjson

from support.msgpack import pack

Line = dict[str, Any]
"""One line of ``framewall inspect``."""

TOKEN = "uFtJ0zV8rXqP2mY7kLw3Ag"
HARMLESS = "hello there, how are you?"


class Place(NamedTuple):
    """Where a text goes, the field it is then found in, and the messages that bring it there."""

    framework: str
    name: str
    field: str
    lines: Callable[[str], list[Line]]

    @property
    def one_line(self) -> bool:
        """Whether no line end can be written there."""
        return self.name == "login"

    @property
    def fields(self) -> tuple[str, ...]:
        """How names of the field begin; what comes in pieces is judged in its pieces too."""
        return (self.field, "message") if "split" in self.name else (self.field,)


def line(data: bytes | str, opcode: str | None = None, **more: Any) -> Line:
    """A message in the opcode that its kind of data has, or in another."""
    if isinstance(data, str):
        data = data.encode("utf-8", "surrogatepass")
    return {"data_b64": b64encode(data).decode(), "opcode": opcode or "text", **more}


def framed(record: bytes) -> bytes:
    """A SignalR record with its length before it."""
    length, head = len(record), bytearray()
    while length > 0x7F:
        head.append(length & 0x7F | 0x80)
        length >>= 7
    return bytes((*head, length)) + record


# SignalR Core


def signalr(*records: Any, opcode: str | None = None, cut: int | None = None) -> list[Line]:
    """A handshake and records, of which lists are MessagePack; in one message, or cut where the text is."""
    packed = isinstance(records[0], list)
    first = json.dumps({"protocol": "messagepack" if packed else "json", "version": 1}) + "\x1e"
    written = [framed(pack(each)) if packed else json.dumps(each).encode() + b"\x1e" for each in records]
    data = b"".join(written)
    pieces = [data] if cut is None else [data[: len(data) // cut], data[len(data) // cut :]]
    kinds = [opcode or ("binary" if packed else "text")] * len(pieces)
    at = {"session": "s", "path": f"/chat?id={TOKEN}"}
    return [line(first, **at), *(line(each, kind, **at) for each, kind in zip(pieces, kinds, strict=True))]


def call(*arguments: Any, target: str = "Send", **more: Any) -> Line:
    """An invocation in JSON."""
    return {"type": 1, "target": target, "arguments": list(arguments), **more}


def signalr_body(text: str) -> list[Line]:
    """A POST of long polling, or of server-sent events."""
    path = f"/chat?id={TOKEN}"
    shake = '{"protocol":"json","version":1}\x1e'
    data = json.dumps(call({"text": text})) + "\x1e"
    return [line(each, None, path=path, transport="longpolling") for each in (shake, data)]


def _signalr() -> Iterator[tuple[str, str, Callable[[str], list[Line]]]]:
    yield "argument", "args[1].text", lambda a: signalr(call(1, {"text": a}))
    yield "key", "args[0]", lambda a: signalr(call({a: 1}))
    yield "target", "target", lambda a: signalr(call(target=a))
    yield "header", 'headers["x"]', lambda a: signalr(call(headers={"x": a}))
    yield "id", "invocationId", lambda a: signalr(call(invocationId=a))
    yield "item", "item", lambda a: signalr({"type": 2, "invocationId": "1", "item": a})
    yield "completion", "result", lambda a: signalr({"type": 3, "invocationId": "1", "result": a})
    yield "error", "error", lambda a: signalr({"type": 3, "invocationId": "1", "error": a})
    yield "stream's argument", "args[0]", lambda a: signalr({**call(a), "type": 4, "invocationId": "1"})
    yield "wrong opcode", "args[0]", lambda a: signalr(call(a), opcode="binary")
    yield "split", "args[0]", lambda a: signalr(call(a), cut=2)
    yield "batched", "args[0]", lambda a: signalr(call(HARMLESS), call(a), {"type": 6}, call(HARMLESS))
    yield "JSON in a string", "args[0].text", lambda a: signalr(call(json.dumps({"text": a})))
    yield "base64", "args[0]", lambda a: signalr(call(b64encode(a.encode()).decode()))
    yield "body", "args[0].text", signalr_body
    yield "packed argument", "args[1].text", lambda a: signalr([1, {}, None, "Send", [1, {"text": a}], []])
    yield "packed bytes", "args[0]", lambda a: signalr([1, {}, None, "Send", [a.encode()], []])
    yield "packed key", "args[0]", lambda a: signalr([1, {}, None, "Send", [{a: 1}], []])
    yield "packed target", "target", lambda a: signalr([1, {}, None, a, [], []])
    yield "packed header", 'headers["x"]', lambda a: signalr([1, {"x": a}, None, "Send", [], []])
    yield "packed item", "item", lambda a: signalr([2, {}, "1", {"a": a}])
    yield "packed, wrong opcode", "args[0]", lambda a: signalr([1, {}, None, "Send", [a]], opcode="text")
    yield "packed, split", "args[0]", lambda a: signalr([1, {}, None, "Send", [a], []], cut=2)
    yield (
        "packed, batched",
        "args[0]",
        lambda a: signalr([6], [1, {}, None, "Send", [HARMLESS], []], [1, {}, None, "Send", [a], []]),
    )
    yield (
        "JSON in a packed argument",
        "args[0].fieldValue",
        lambda a: signalr([1, {}, None, "DispatchBrowserEvent", [json.dumps({"fieldValue": a})]]),
    )


# SignalR 2


def signalr2(message: Any, opcode: str | None = None) -> list[Line]:
    """One message on a WebSocket."""
    path = "/signalr/connect?transport=webSockets&connectionToken=a&connectionData=b&clientProtocol=2.1"
    return [line(json.dumps(message), opcode, path=path, session="s")]


def signalr2_body(text: str) -> list[Line]:
    """The form that every fallback sends."""
    from urllib.parse import urlencode

    path = "/signalr/send?transport=longPolling&connectionToken=a&connectionData=b&clientProtocol=2.1"
    data = urlencode({"data": json.dumps({"H": "chat", "M": "Send", "A": [text], "I": 0})})
    kind = "application/x-www-form-urlencoded; charset=UTF-8"
    return [line(data, path=path, transport="longpolling", method="POST", content_type=kind)]


def _signalr2() -> Iterator[tuple[str, str, Callable[[str], list[Line]]]]:
    def said(**more: Any) -> list[Line]:
        return signalr2({"H": "chat", "M": "Send", "A": [], "I": 0, **more})

    yield "argument", "args[0].text", lambda a: said(A=[{"text": a}])
    yield "key", "args[0]", lambda a: said(A=[{a: 1}])
    yield "method", "method", lambda a: said(M=a)
    yield "hub", "hub", lambda a: said(H=a)
    yield "id", "id", lambda a: said(I=a)
    yield "state", "state.room", lambda a: said(S={"room": a})
    yield "wrong opcode", "args[0]", lambda a: signalr2({"H": "c", "M": "S", "A": [a], "I": 0}, "binary")
    yield "body", "args[0]", signalr2_body


# SockJS, and what it carries


def sockjs(*messages: str, opcode: str | None = None, base: str = "/echo") -> list[Line]:
    """A frame of messages on a framed WebSocket."""
    at = {"session": "s", "path": f"{base}/000/abc/websocket"}
    return [line("o", direction="server", **at), line(json.dumps(messages), opcode, **at)]


def sockjs_body(text: str, step: str = "xhr_send", form: bool = False) -> list[Line]:
    """A POST of a message, bare or in a form."""
    from urllib.parse import urlencode

    data = json.dumps([json.dumps({"text": text})])
    kind = "application/x-www-form-urlencoded" if form else "text/plain"
    path = f"/echo/000/abc/{step}"
    written = urlencode({"d": data}) if form else data
    return [line(written, path=path, transport=step, method="POST", content_type=kind)]


def ddp(**message: Any) -> list[Line]:
    """Meteor's protocol, after its connect."""
    hello = json.dumps({"msg": "connect", "version": "1", "support": ["1"]})
    return sockjs(hello, json.dumps({"msg": "method", "id": "1", **message}), base="/sockjs")


def stomp_in_sockjs(headers: str, body: str, split: bool = False) -> list[Line]:
    """Frames of STOMP, one a message, or cut over two."""
    frame = f"SEND\ndestination:/app/a\n{headers}\n{body}\0"
    half = len(frame) // 2
    pieces = [frame[:half], frame[half:]] if split else [frame]
    return sockjs("CONNECT\naccept-version:1.2\n\n\0", *pieces, base="/ws")


def _sockjs() -> Iterator[tuple[str, str, Callable[[str], list[Line]]]]:
    yield "JSON", "message.text", lambda a: sockjs(json.dumps({"text": a}))
    yield "text", "message", lambda a: sockjs(a)
    yield "key", "message", lambda a: sockjs(json.dumps({a: 1}))
    yield "wrong opcode", "message.text", lambda a: sockjs(json.dumps({"text": a}), opcode="binary")
    yield "batched", "message", lambda a: sockjs(HARMLESS, a, HARMLESS)
    yield "a bare object", "message.text", _bare
    yield "xhr_send", "message.text", lambda a: sockjs_body(a)
    yield "jsonp_send, a form", "message.text", lambda a: sockjs_body(a, "jsonp_send", True)
    yield "jsonp_send, JSON", "message.text", lambda a: sockjs_body(a, "jsonp_send")
    yield "DDP, a parameter", "message.params[0].text", lambda a: ddp(method="m", params=[{"text": a}])
    yield "DDP, a method", "message.method", lambda a: ddp(method=a, params=[])
    yield "STOMP, a body", "body.text", lambda a: stomp_in_sockjs("", json.dumps({"text": a}))
    yield "STOMP, a header", 'headers["x"]', lambda a: stomp_in_sockjs(f"x:{escaped(a)}\n", "")
    yield "STOMP, split", "body.text", lambda a: stomp_in_sockjs("", json.dumps({"text": a}), True)


def _bare(text: str) -> list[Line]:
    opened, _ = sockjs("")
    return [opened, line(json.dumps({"text": text}), session="s", path=opened["path"])]


# STOMP


def escaped(text: str) -> str:
    """A header's value as version 1.2 writes it."""
    for plain, written in (("\\", "\\\\"), ("\r", "\\r"), ("\n", "\\n"), (":", "\\c")):
        text = text.replace(plain, written)
    return text


def frame(command: str, *headers: tuple[str, str], body: bytes = b"", length: bool = False) -> bytes:
    """One STOMP frame."""
    lines = [command, *(f"{escaped(name)}:{escaped(value)}" for name, value in headers)]
    if length:
        lines.append(f"content-length:{len(body)}")
    return ("\n".join(lines) + "\n\n").encode() + body + b"\0"


def stomp(*frames: bytes, opcode: str | None = None, pieces: int = 1) -> list[Line]:
    """Frames after a CONNECT, in one message or cut."""
    at = {"session": "s", "path": "/ws", "subprotocol": "v12.stomp"}
    data = b"".join(frames)
    size = -(-len(data) // pieces)
    cut = [data[place : place + size] for place in range(0, len(data), size)]
    return [
        line(frame("CONNECT", ("accept-version", "1.2")), **at),
        *(line(each, opcode, **at) for each in cut),
    ]


def send(body: str = "", *headers: tuple[str, str], to: str = "/app/chat", **more: Any) -> bytes:
    """A SEND."""
    return frame("SEND", ("destination", to), *headers, body=body.encode(), **more)


def _stomp() -> Iterator[tuple[str, str, Callable[[str], list[Line]]]]:
    yield "body", "body.text", lambda a: stomp(send(json.dumps({"text": a})))
    yield "text body", "body", lambda a: stomp(send(a))
    yield "body with a length", "body", lambda a: stomp(send(f"\0{a}", length=True))
    yield "key", "body", lambda a: stomp(send(json.dumps({a: 1})))
    yield "header", 'headers["x"]', lambda a: stomp(send("", ("x", a)))
    yield "header's name", "headers", lambda a: stomp(send("", (a, "x")))
    yield "destination", 'headers["destination"]', lambda a: stomp(send("", to=a))
    yield (
        "selector",
        'headers["selector"]',
        lambda a: stomp(frame("SUBSCRIBE", ("destination", "/t"), ("id", "1"), ("selector", a))),
    )
    yield "ack's id", 'headers["id"]', lambda a: stomp(frame("ACK", ("id", a)))
    yield "wrong opcode", "body", lambda a: stomp(send(a), opcode="binary")
    yield "split", "body", lambda a: stomp(send(a), pieces=5)
    yield "batched", "body", lambda a: stomp(send(HARMLESS), b"\n", send(a), send(HARMLESS))
    yield "login", 'headers["login"]', lambda a: _connect("login", a)


def _connect(header: str, text: str) -> list[Line]:
    return [line(f"CONNECT\naccept-version:1.2\n{header}:{text}\n\n\0", path="/ws", subprotocol="v12.stomp")]


# WAMP

WRITERS: dict[str, Callable[[Any], bytes]] = {
    "json": lambda message: json.dumps(message).encode(),
    "msgpack": pack,
    "cbor": cbor2.dumps,
    "ubjson": ubjson.dumpb,
    "bjdata": bjdata.dumpb,
}


def wamp(*messages: Any, kind: str = "json", batched: bool = False, opcode: str | None = None) -> list[Line]:
    """A HELLO and messages in a serialization, each alone or all in one batch."""
    greeting = [1, "realm1", {"roles": {"caller": {}, "publisher": {}}}]
    name = "ubjson" if kind == "bjdata" else kind
    subprotocol = f"wamp.2.{name}" + (".batched" if batched else "")
    written = [WRITERS[kind](each) for each in (greeting, *messages)]
    if batched and kind == "json":
        written = [b"".join(each + b"\x18" for each in written)]
    elif batched:
        written = [b"".join(len(each).to_bytes(4, "big") + each for each in written)]
    at = {"session": "s", "path": "/ws", "subprotocol": subprotocol}
    return [line(each, opcode or ("text" if kind == "json" else "binary"), **at) for each in written]


def wamp1(*messages: Any) -> list[Line]:
    """Messages of version 1."""
    return [line(json.dumps(each), session="s", path="/ws", subprotocol="wamp") for each in messages]


def _wamp() -> Iterator[tuple[str, str, Callable[[str], list[Line]]]]:
    yield "argument", "args[0].text", lambda a: wamp([48, 1, {}, "a.b", [{"text": a}]])
    yield "keyword", "kwargs.text", lambda a: wamp([16, 1, {}, "a.b", [], {"text": a}])
    yield "key", "kwargs", lambda a: wamp([16, 1, {}, "a.b", [], {a: 1}])
    yield "procedure", "procedure", lambda a: wamp([48, 1, {}, a])
    yield "topic", "topic", lambda a: wamp([16, 1, {}, a, []])
    yield "subscription", "topic", lambda a: wamp([32, 1, {"match": "prefix"}, a])
    yield "registration", "procedure", lambda a: wamp([64, 1, {}, a])
    yield "option", "options.x", lambda a: wamp([48, 1, {"x": a}, "a.b"])
    yield "result", "args[0]", lambda a: wamp([70, 1, {}, [a]])
    yield "error", "error", lambda a: wamp([8, 68, 1, {}, a])
    yield "error's argument", "args[0]", lambda a: wamp([8, 68, 1, {}, "a.b", [a]])
    yield (
        "binary string",
        "args[0]",
        lambda a: wamp([48, 1, {}, "a.b", ["\0" + b64encode(a.encode()).decode()]]),
    )
    yield "wrong opcode", "args[0]", lambda a: wamp([48, 1, {}, "a.b", [a]], opcode="binary")
    yield "batched", "args[0]", lambda a: wamp([16, 1, {}, "a", []], [16, 1, {}, "a", [a]], batched=True)
    for kind in ("msgpack", "cbor", "ubjson", "bjdata"):
        yield f"{kind}, argument", "args[0].text", _in(kind, lambda a: [48, 1, {}, "a.b", [{"text": a}]])
        yield f"{kind}, keyword", "kwargs.text", _in(kind, lambda a: [16, 1, {}, "a.b", [], {"text": a}])
        yield f"{kind}, procedure", "procedure", _in(kind, lambda a: [48, 1, {}, a])
        yield f"{kind}, key", "kwargs", _in(kind, lambda a: [16, 1, {}, "a.b", [], {a: 1}])
        yield f"{kind}, bytes", "args[0]", _in(kind, lambda a: [48, 1, {}, "a.b", [a.encode()]])
        yield f"{kind}, batched", "args[0]", _in(kind, lambda a: [48, 1, {}, "a.b", [a]], batched=True)
        yield f"{kind}, wrong opcode", "args[0]", _in(kind, lambda a: [48, 1, {}, "a.b", [a]], opcode="text")


def _in(kind: str, message: Callable[[str], Any], **more: Any) -> Callable[[str], list[Line]]:
    return lambda text: wamp(message(text), kind=kind, **more)


def _wamp1() -> Iterator[tuple[str, str, Callable[[str], list[Line]]]]:
    prefix = [1, "a", "http://a.example/x#"]
    yield "argument", "args[0].text", lambda a: wamp1([2, "1", "http://a/p", {"text": a}])
    yield "second argument", "args[1]", lambda a: wamp1([2, "1", "http://a/p", 1, a])
    yield "event", "event.text", lambda a: wamp1([7, "http://a/t", {"text": a}])
    yield "key", "event", lambda a: wamp1([7, "http://a/t", {a: 1}])
    yield "topic", "topic", lambda a: wamp1([5, a])
    yield "procedure", "procedure", lambda a: wamp1([2, "1", a])
    yield "call's id", "call", lambda a: wamp1([2, a, "http://a/p"])
    yield "prefix's URI", "uri", lambda a: wamp1([1, "a", a])
    yield "behind a prefix", "args[0]", lambda a: wamp1(prefix, [2, "1", "a:p", a])


PLACES: Sequence[Place] = [
    Place(framework, *place)
    for framework, places in (
        ("signalr", _signalr()),
        ("signalr2", _signalr2()),
        ("sockjs", _sockjs()),
        ("stomp", _stomp()),
        ("wamp", _wamp()),
        ("wamp 1", _wamp1()),
    )
    for place in places
]
