"""Two Inspectors beside each other: one is asked about every message, the other only about what its screen leaves."""

from __future__ import annotations

import base64
import json
import random
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from typing import Any

import bjdata
import cbor2
import msgpack
import ubjson

from framewall._core import Permit
from framewall.config.settings import engine_settings
from framewall.decode import Decoder
from framewall.decode._api import SURE
from framewall.decode._readings import Candidate
from framewall.decode._signalr.calls import Calls
from framewall.detect import builtin_engine
from framewall.model import Direction, Event, Message, Mode, Request, Upgrade, Verdict
from framewall.pipeline import Inspector, Session
from framewall.policy import THRESHOLD, Policy, RoutePolicy
from support.requests import SOCKETIO, binary, text, upgrade
from support.running import REPOSITORY

engine = cache(builtin_engine)


def inspector(record: list[Event], inspect: str = "client") -> Inspector:
    """One that records and lets everything go on, so that a conversation can hold many attacks."""
    route = RoutePolicy(mode=Mode.MONITOR, inspect=inspect)
    return Inspector(Policy(default=route), engine(), record.append, lambda: 0.0, settings=engine_settings)


@dataclass
class Kind:
    """One framework's connection: its handshake and what settles it."""

    name: str
    target: str
    upgrade: Upgrade = field(default_factory=Upgrade)
    opening: tuple[Message, ...] = ()
    inspect: str = "client"

    def request(self) -> Request:
        """A handshake."""
        return upgrade(self.target)


_SERVER = Direction.SERVER
_JSON_HUB = text('{"protocol":"json","version":1}\x1e')
_PACK_HUB = text('{"protocol":"messagepack","version":1}\x1e')
_STOMP = (text("CONNECT\naccept-version:1.2\nhost:h\n\n\0"), text("CONNECTED\nversion:1.2\n\n\0", _SERVER))
_CONNECTED = (
    text('0{"sid":"abc","upgrades":[],"pingInterval":25000}', _SERVER),
    text("40"),
    text('40{"sid":"x"}', _SERVER),
)
_HUB = "/hub?id=3xK9lmQ2rT5vW8yZ1bN4cE"

KINDS = (
    Kind("plain", "/chat"),
    Kind("plain, both sides", "/chat", inspect="both"),
    Kind("socket.io 5", SOCKETIO, opening=_CONNECTED[1:2]),
    Kind("socket.io 5, both sides", SOCKETIO, opening=_CONNECTED, inspect="both"),
    Kind("socket.io 4", "/socket.io/?EIO=3&transport=websocket"),
    Kind("socket.io, rejoined", "/socket.io/?transport=websocket&sid=abc"),
    Kind("socket.io, elsewhere", "/live?EIO=4&transport=websocket"),
    Kind("signalr, json", _HUB, opening=(_JSON_HUB,)),
    Kind("signalr, a guess", "/_blazor", opening=(_JSON_HUB,)),
    Kind(
        "signalr, messagepack, both sides",
        _HUB,
        opening=(_PACK_HUB, text("{}\x1e", _SERVER)),
        inspect="both",
    ),
    Kind("stomp", "/ws", Upgrade("v12.stomp"), _STOMP[:1]),
    Kind("stomp, both sides", "/ws", Upgrade("v12.stomp"), _STOMP, inspect="both"),
    Kind("stomp, a guess", "/ws", opening=_STOMP[:1]),
    Kind("wamp, json", "/ws", Upgrade("wamp.2.json"), (text('[1,"realm",{}]'),)),
    Kind("wamp, msgpack", "/ws", Upgrade("wamp.2.msgpack")),
    Kind("wamp, json, batched", "/ws", Upgrade("wamp.2.json.batched"), (text('[1,"realm",{}]\x18'),)),
    Kind("wamp, cbor, batched, both sides", "/ws", Upgrade("wamp.2.cbor.batched"), inspect="both"),
    Kind("wamp, ubjson", "/ws", Upgrade("wamp.2.ubjson")),
    Kind("wamp 1", "/ws", Upgrade("wamp")),
    Kind("signalr, json, both sides", _HUB, opening=(_JSON_HUB, text("{}\x1e", _SERVER)), inspect="both"),
    Kind(
        "signalr 2, a hub",
        "/signalr/connect?connectionToken=abc&connectionData=%5B%5D&clientProtocol=2.1",
        opening=(text('{"H":"chat","M":"Send","A":["hi"],"I":0}'),),
        inspect="both",
    ),
    Kind("wamp, a guess", "/ws", opening=(text('[1,"realm",{}]'),)),
    Kind("sockjs", "/echo/123/abcdefgh/websocket"),
    Kind("sockjs, both sides", "/echo/123/abcdefgh/websocket", opening=(text("o", _SERVER),), inspect="both"),
    Kind(
        "sockjs and stomp",
        "/echo/123/abcdefgh/websocket",
        opening=(text("o", _SERVER), text(json.dumps([_STOMP[0].data.decode()]))),
        inspect="both",
    ),
    Kind("signalr 2", "/signalr/connect?connectionToken=abc&connectionData=%5B%5D&clientProtocol=2.1"),
)


class Beside:
    """One conversation, had twice. :meth:`say` holds the law to each message."""

    def __init__(self, kind: Kind) -> None:
        self._events: tuple[list[Event], list[Event]] = ([], [])
        self._whole, self._rest = (inspector(events, kind.inspect) for events in self._events)
        request = kind.request()
        self._reference = self._whole.open(1, request, kind.upgrade)
        self._screened = self._rest.open(1, request, kind.upgrade)
        self._permit: Permit | None = self._rest.screen(self._screened)
        self._both = kind.inspect == "both"
        self.passed = 0
        self.asked = 0
        for message in kind.opening:
            self.say(message)

    def say(self, message: Message) -> bool:
        """Whether it passed the screen. What passes must be found clean by the other Inspector; what does not
        must be judged alike by both, and leave both with the same memory."""
        permit = self._permit
        of_client = message.direction is Direction.CLIENT
        passes = permit is not None and permit.passes(of_client, message.opcode == "text", message.data)
        verdict = self._whole.message(self._reference, message)
        if passes:
            beats = [self._beats(each) for each in (self._screened, self._reference)]
            assert beats[0] == beats[1], f"{message!r} is a heartbeat to one of them alone"
            self.passed += 1
            assert not verdict.findings, f"{verdict.findings} in {message!r}"
            return True
        self.asked += 1
        assert _judged(self._rest.message(self._screened, message)) == _judged(verdict), message
        memories = self._memory(self._screened), self._memory(self._reference)
        assert memories[0] == memories[1], f"{message!r} is remembered otherwise: {memories[0]} {memories[1]}"
        assert len(self._events[0]) == len(self._events[1])
        self._permit = self._rest.screen(self._screened)
        return False

    def _beats(self, session: Session) -> object:
        client, server = session.conversation.heartbeats()
        return client.number, server.number if self._both else 0

    def _memory(self, session: Session) -> object:
        # Whoever hears no answers never asks what was called.
        but = () if self._both else (Calls,)
        return _snapshot(session.conversation.readings, but)


def _judged(verdict: Verdict) -> object:
    """What both must say. In which further places an attack is found is told as far as work reaches, and what a
    thread has judged before costs less of that."""
    if verdict.score < THRESHOLD:
        return verdict.findings
    return {finding.attack for finding in verdict.findings}


def _snapshot(value: Any, but: tuple[type, ...] = ()) -> Any:
    """What an object is made of, so that two can be compared; of these kinds nothing."""
    if isinstance(value, but):
        return None
    if isinstance(value, Decoder):
        return value.name
    if value is None or isinstance(value, (str, bytes, int, float, bool, Enum)):
        return value
    if isinstance(value, bytearray):
        return bytes(value)
    if isinstance(value, dict):
        return {key: _snapshot(each, but) for key, each in value.items()}
    if isinstance(value, (tuple, list, frozenset, set)):
        return [_snapshot(each, but) for each in value]
    if isinstance(value, (Request, Upgrade)) or callable(value):
        return None
    slots = [name for kind in type(value).__mro__ for name in getattr(kind, "__slots__", ())]
    own = {name: getattr(value, name) for name in slots} | getattr(value, "__dict__", {})
    if isinstance(value, Candidate):
        own["score"] = min(value.score, SURE)  # how much more than sure makes no difference
    return type(value).__name__, {name: _snapshot(each, but) for name, each in own.items()}


# what is said


def wires() -> list[bytes]:
    """Every message that the frameworks' own libraries wrote for the vectors."""
    found: list[bytes] = []
    for file in sorted((REPOSITORY / "vectors/decode").rglob("*.json")):
        found += _strings_of(json.loads(file.read_text()))
    return list(dict.fromkeys(found))


def _strings_of(value: Any) -> Iterator[bytes]:
    if isinstance(value, dict):
        for key, each in value.items():
            if key in ("wire", "handshake") and isinstance(each, str):
                yield base64.b64decode(each)
            elif key in ("texts", "text", "data", "body") and isinstance(each, (str, list)):
                yield from (one.encode() for one in ([each] if isinstance(each, str) else each))
            else:
                yield from _strings_of(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings_of(each)


def examples(which: str) -> list[str]:
    """The rules' own examples: ``match`` or ``pass``."""
    files = sorted((REPOSITORY / "src/framewall/detect/rules").glob("*.toml"))
    found: list[str] = []
    for file in files:
        for rule in tomllib.loads(file.read_text()).get("rule", []):
            found += rule.get("examples", {}).get(which, [])
    return found


def envelopes(value: str) -> list[Message]:
    """A text as an application of each framework would send it."""
    plain = json.dumps({"room": "lobby", "text": value}, ensure_ascii=False)
    raw = json.dumps(value)
    size = len(value.encode("utf-8", "surrogatepass"))
    texts = (
        value,
        plain,
        f'42["message",{plain}]',
        f"42/admin?{value.replace(',', '')},7[{raw}]",
        f"4312[{raw}]",
        f'{{"arguments":["ann",{raw}],"target":"Send","type":1}}\x1e',
        f'{{"type":6}}\x1e{{"type":2,"item":{raw}}}\x1e',
        f"SEND\ndestination:/app/chat\n\n{plain}\0",
        f"SEND\ndestination:/app/chat\nx-note:{value}\ncontent-length:{size}\n\n{value}\0\n",
        f'{{"type":1,"invocationId":"7","target":"Send","arguments":[{raw}]}}\x1e',
        f'{{"type":3,"invocationId":"7","result":{raw}}}\x1e',
        f'{{"H":"chat","M":"Send","A":[{raw}],"I":1}}',
        "{}",
        f'{{"C":"d-1","M":[{{"H":"chat","M":"heard","A":[{raw}]}}]}}',
        f'[48,1,{{}},"com.example.say",[{raw}]]',
        f'[48,1,{{}},"com.example.say",[{raw}]]\x18[16,2,{{}},"com.example.chat",[{plain}]]\x1e',
        f'[2,"1","http://example.com/say",{plain}]',
        '[1,"ex","http://example.com/"]',
        json.dumps([value]),
        json.dumps([plain]),
        json.dumps([f"SEND\ndestination:/a\n\n{value}\0"]),
    )
    said = {"room": "lobby", "user": "ann", "text": value, "seq": 1}
    packed: tuple[Any, ...] = (
        said,
        {**said, "type": "message"},
        {"type": 2, "nsp": "/", "data": ["message", said]},
        {"nsp": "/", "id": 7, "type": 3, "data": [value]},
    )
    # The other encoders take no lone surrogates.
    call = [48, 1, {}, "com.example.say", [value.encode("utf-8", "replace").decode()]]
    written = [write(call) for write in (packed_as, cbor2.dumps, ubjson.dumpb, bjdata.dumpb)]
    return [
        *(text(each) for each in texts),
        *(binary(packed_as(each)) for each in packed),
        *(binary(each) for each in written),
        *(binary((len(each).to_bytes(4) + each) * 2) for each in written),
    ]


def packed_as(value: Any) -> bytes:
    """MessagePack by its mainstream encoder, lone surrogates and all."""
    return bytes(msgpack.packb(value, unicode_errors="surrogatepass"))


def mutated(data: bytes, chance: random.Random) -> bytes:
    """A message that somebody has tampered with."""
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 5))):
        at = chance.randrange(len(changed) + 1)
        match chance.randrange(5):
            case 0:
                changed[at:at] = chance.choice(_SCRAPS)
            case 1:
                del changed[at : at + chance.choice((1, 1, 3))]
            case 2 if at < len(changed):
                changed[at] = chance.randrange(256)
            case 3:
                changed[at:at] = changed[chance.randrange(len(changed) + 1) :][:16]
            case _:
                del changed[at:]
    return bytes(changed)


_SCRAPS = [
    *(bytes([byte]) for byte in b'\0\x1e\n\r:,/[]{}"\\0123456 \x04\xff'),
    b"\n\n", b"\r\n", b"42", b"51-", b'"type":9', b'"type":0', b"content-length:3\n", b"<script>", b"\\u0000",
    b"' or 1=1--", b"\x83\xa4type", b"\xa3nsp", b"\xa1/", b"CONNECT\n", b"2probe", b"\xef\xbb\xbf",
]  # fmt: skip


def either_way(data: bytes, chance: random.Random, inspect: str) -> Message:
    """Text if it is, sometimes binary all the same; from either side."""
    side = Direction.SERVER if inspect == "both" and chance.random() < 0.3 else Direction.CLIENT
    return binary(data, side) if chance.random() < 0.1 else said_by(side, data)


def said_by(side: Direction, data: bytes) -> Message:
    """Text if it is."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return binary(data, side)
    return text(data, side)
