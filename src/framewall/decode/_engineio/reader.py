"""Engine.IO packets, from WebSocket messages and from polling payloads, in whichever version it may be."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from urllib.parse import parse_qs

from framewall.decode import _base64
from framewall.decode._api import Reader
from framewall.decode._engineio import payload
from framewall.decode._engineio.payload import Item, Payload
from framewall.errors import DecodeError, PeerError
from framewall.model import Answer, Direction, Message, Notice, Opcode, Packet, Part, Request

NAME = "engine.io"

_QUIET = frozenset((b"1", b"2", b"3", b"5", b"6", b"2probe", b"3probe"))
"""Packets that say nothing: closing, heartbeats, the upgrade's probe."""


_CLOSE = b"1"
_FORBIDDEN = 4
"""Of the errors that a server answers a request with."""


class EngineIOReader(Reader):
    """One Engine.IO session. What messages mean is for whoever derives from it.

    ``engine`` is the version, None while nothing proves it: then both are read, and ``likely`` is written.
    """

    framework = NAME

    def __init__(self, engine: int | None, likely: int = 4) -> None:
        self.engine = engine
        self.written = engine or likely

    @property
    def pings(self) -> str:  # type: ignore[override]
        """Version 4 has turned it round."""
        return {3: "client", 4: "server"}.get(self.engine or 0, "")

    def text_message(self, side: Direction, data: bytes) -> Sequence[Packet]:
        """A text message; ``data`` still has its ``4``. Raises PeerError."""
        raise NotImplementedError

    def binary_message(self, side: Direction, readings: list[bytes]) -> Sequence[Packet]:
        """A binary message, in every form that it may have been meant in. Raises PeerError."""
        raise NotImplementedError

    # transports

    def decode(self, message: Message) -> Sequence[Packet]:
        """One WebSocket message is one packet."""
        if message.opcode is Opcode.TEXT:
            return self._text(message.direction, message.data)
        return self.binary_message(message.direction, self._frame_readings(message.data))

    def body(self, request: Request, data: bytes) -> Sequence[Packet]:
        """A POST body is a payload: as the version says, or inside a JSONP form's ``d``."""
        octets = "octet-stream" in (request.header("content-type") or "").lower()
        forms = payload.jsonp_bodies(data)
        return self._payloads(Direction.CLIENT, forms or [data], octets=octets)

    def reply(self, request: Request, status: int, data: bytes) -> Sequence[Packet]:
        """A GET's response is a payload too; the first one opens the session."""
        if status != 200 or request.method != "GET" or not data:
            return ()
        bodies = payload.jsonp_replies(data) or [data]
        return self._payloads(Direction.SERVER, bodies, octets=bodies[0][:1] in (b"\x00", b"\x01"))

    def _payloads(self, side: Direction, bodies: list[bytes], *, octets: bool) -> Sequence[Packet]:
        """All packets of all readings. Refused only if every reading is broken somewhere."""
        packets: list[Packet] = []
        errors: list[PeerError | None] = []
        for split in (split for body in bodies for split in self._splits(body, octets)):
            error = split.error
            for item in split.items:
                try:
                    packets += self._item(side, item)
                except PeerError as refused:
                    packets += refused.packets
                    error = refused
            errors.append(error)
        first = errors[0]
        if first and all(errors):
            first.packets = packets
            raise first
        return packets

    def _splits(self, body: bytes, octets: bool) -> list[Payload]:
        """The payload split as version 3 and as version 4 would, as far as the version is open."""
        if self.engine == 4:
            return [payload.split_4(body)]
        ways = (payload.split_3_binary, payload.split_3) if octets else (payload.split_3,)
        threes = [way(body) for way in ways]
        splits = [split for split in threes if split.items] or threes[-1:]
        if self.engine is None:
            if not splits[0].items:
                return [payload.split_4(body)]
            if payload.SEPARATOR in body:
                splits.append(payload.split_4(body))
        return splits

    def _item(self, side: Direction, item: Item) -> Sequence[Packet]:
        if item.binary:
            return self.binary_message(side, self._frame_readings(item.data))
        return self._text(side, item.data)

    # refusals

    def refuse(self, packet: Packet | None, text: str) -> Sequence[Notice]:
        """A close packet."""
        del packet, text
        return (Notice(_CLOSE),)

    def answer(self, request: Request, packet: Packet | None, text: str) -> Answer:
        """A poll brings the packets of the refusal, and a POST, at whose error its client would come back, is told
        that it arrived; a request of no session gets Engine.IO's error, 4.

        No close packet follows a Socket.IO disconnect: its client acts on that first, and would come back.
        """
        query = parse_qs(request.query)
        if "sid" in query and request.method == "POST":
            return Answer(b"ok", "text/html", 200)
        if "sid" not in query:
            return Answer(json.dumps({"code": _FORBIDDEN, "message": text}).encode(), "application/json")
        items = [Item(each.data, each.opcode is Opcode.BINARY) for each in self.refuse(packet, text)]
        body = payload.join_4(items) if self.written == 4 else payload.join_3(items)
        place = query.get("j", [""])[-1]
        if place.isdecimal() and place.isascii():
            call = f"___eio[{int(place[:9])}]({json.dumps(body.decode('utf-8', 'replace'))});"
            return Answer(call.encode(), "text/javascript; charset=UTF-8", 200)
        return Answer(body, "text/plain; charset=UTF-8", 200)

    # packets

    def _text(self, side: Direction, data: bytes) -> Sequence[Packet]:
        kind = data[:1]
        if kind == payload.MESSAGE:
            return self.text_message(side, data)
        if data in _QUIET:
            return _quiet(self.framework, self.version, payload.KINDS[kind])
        if kind == b"b":
            return self.binary_message(side, self._base64_readings(data))
        if kind == payload.OPEN and side is Direction.SERVER:
            return self._open(data)
        if kind in payload.KINDS:
            name = payload.KINDS[kind]
            return (self.packet(name, (Part(data[1:], "auto", False, f"engine.{name}"),)),)
        if not kind.isascii():
            self._foreign_digit(side, data)
        raise DecodeError("engineio.packet", "not an Engine.IO packet")

    def _foreign_digit(self, side: Direction, data: bytes) -> None:
        """Python reads any Unicode digit as a packet's type. Raises DecodeError with what it would see."""
        text = data.decode("utf-8", "replace")
        if text[0].isdecimal() and int(text[0]) == 4:
            packets: Sequence[Packet]
            try:
                packets = self.text_message(side, payload.MESSAGE + text[1:].encode())
            except PeerError as error:
                packets = error.packets
            raise DecodeError("engineio.packet", "a packet type that only Python reads", packets)

    def _open(self, data: bytes) -> Sequence[Packet]:
        try:
            self.session = str(json.loads(data[1:])["sid"])
        except (ValueError, TypeError, KeyError, RecursionError):
            raise DecodeError("engineio.open", "an open packet without a session id") from None
        self.proven = True
        return (self.packet("open", (Part(data[1:], "json", False, "engine.open"),)),)

    def _frame_readings(self, data: bytes) -> list[bytes]:
        """A binary frame: all of it is the message in version 4; in 3 a type byte comes first."""
        if self.engine == 4:
            return [data]
        if self.engine == 3:
            return [data[1:]]
        return [data, data[1:]] if data[:1] == b"\x04" else [data]

    def _base64_readings(self, data: bytes) -> list[bytes]:
        """``b`` + base64 in version 4, ``b4`` + base64 in 3; by Node's rules and by Python's."""
        found: list[bytes] = []
        if self.engine != 3:
            found += _base64.readings(data[1:])
        if self.engine != 4 and data[1:2].isdigit():
            found += [each for each in _base64.readings(data[2:]) if each not in found]
        return found or _base64.readings(data[1:])

    # nouns

    @property
    def version(self) -> str:
        """The version to show."""
        return str(self.engine or 4)

    def packet(
        self, kind: str, parts: tuple[Part, ...] = (), name: str | None = None, namespace: str | None = None
    ) -> Packet:
        """A packet of this session."""
        return Packet(self.framework, self.version, kind, parts, name, namespace)


@cache
def _quiet(framework: str, version: str, kind: str) -> Sequence[Packet]:
    return (Packet(framework, version, kind),)
