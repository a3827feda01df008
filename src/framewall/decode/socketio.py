"""Socket.IO protocols 4 and 5 over Engine.IO 3 and 4, on WebSocket and on HTTP long-polling (JSONP included).

A server takes ``EIO=4`` for version 4 and everything else for 3, so the version is known only from the
request that began the session; until then both are read. Engine.IO used bare is read here too: its messages
are then judged as they are.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import partial
from urllib.parse import parse_qsl, quote, unquote

from framewall.decode import _base64, _engineio, _placeholders, _socketio
from framewall.decode._api import UNCLAIMED, Decoder, Exchange, Reader
from framewall.decode._engineio import Item, Payload
from framewall.decode._socketio import Head
from framewall.errors import DecodeError, LimitReached, PeerError
from framewall.limits import ATTACHMENTS
from framewall.model import (
    Direction,
    Label,
    Message,
    Opcode,
    Packet,
    Part,
    Path,
    Request,
    SendUpstream,
    Upgrade,
)

NAME = "socket.io"
BARE = "engine.io"
_HEARTBEATS = frozenset((b"2", b"3", b"2probe", b"3probe", b"5", b"6", b"1"))


class Pending:
    """A binary packet whose attachments are still to come."""

    __slots__ = ("head", "name", "places", "seen")

    def __init__(self, head: Head, name: str | None, places: dict[int, Path]) -> None:
        self.head = head
        self.name = name
        self.places = places
        self.seen = 0

    def field(self, place: int, path: Path) -> tuple[str, Path]:
        """The name of attachment ``place``: where the packet's JSON has its placeholder."""
        ack = self.head.kind == _socketio.BINARY_ACK
        stands = self.places.get(place)
        if stands is None:
            return f"{'ack' if ack else _event_field(self.name, ())[0]}.attachments[{place}]", path
        return _ack_field((*stands, *path)) if ack else _event_field(self.name, (*stands, *path))


class SocketIOReader(Reader):
    """One Socket.IO session, over whichever transports it uses."""

    def __init__(self, version: int | None, *, bare: bool) -> None:
        """``version``: of Engine.IO, if known. ``bare``: nothing says yet that Socket.IO is on top."""
        self.framework = BARE if bare else NAME
        self._engine = version
        self._bare = bare
        self._jsonp = False
        self._pending: dict[Direction, Pending] = {}
        self._idle = {kind: self._control(kind) for kind in _HEARTBEATS}

    # messages and payloads

    def decode(self, message: Message) -> Sequence[Packet]:
        """One WebSocket message is one Engine.IO packet."""
        if message.opcode is Opcode.TEXT:
            return self._text(message.direction, message.data)
        return self._binary(message.direction, self._frame_readings(message.data))

    def body(self, request: Request, data: bytes) -> Sequence[Packet]:
        """A POST body is a payload: as the version says, or inside a JSONP form's ``d``."""
        self._jsonp = self._jsonp or "j" in _query(request)
        octets = "octet-stream" in (request.header("content-type") or "").lower()
        forms = _engineio.jsonp_bodies(data, expected=self._jsonp)
        packets: list[Packet] = []
        errors: list[PeerError] = []
        for payload in forms or [data]:
            self._payload(Direction.CLIENT, payload, octets, packets, errors)
        return _all_or_error(packets, errors)

    def reply(self, request: Request, status: int, data: bytes) -> Sequence[Packet]:
        """A GET's response is a payload too; the first one opens the session."""
        if status != 200 or request.method != "GET" or not data:
            return ()
        literal = _engineio.jsonp_reply(data)
        payload = json.loads(literal).encode("utf-8", "surrogatepass") if literal is not None else data
        packets: list[Packet] = []
        errors: list[PeerError] = []
        octets = payload[:1] in (b"\x00", b"\x01")
        self._payload(Direction.SERVER, payload, octets, packets, errors)
        return _all_or_error(packets, errors)

    def _payload(
        self, side: Direction, payload: bytes, octets: bool, packets: list[Packet], errors: list[PeerError]
    ) -> None:
        for items, error in self._payload_readings(payload, octets):
            for item in items:
                try:
                    packets += self._item(side, item)
                except PeerError as refused:
                    packets += refused.packets
                    errors.append(refused)
            if error:
                errors.append(error)

    def _payload_readings(self, payload: bytes, octets: bool) -> list[Payload]:
        """The payload split as version 3 and as version 4 would, as far as the version is open."""
        if self._engine == 4:
            return [_engineio.payload_4(payload)]
        splits = (_engineio.payload_3_binary, _engineio.payload_3) if octets else (_engineio.payload_3,)
        three = [split(payload) for split in splits]
        readings = [reading for reading in three if reading.items] or three[-1:]
        if self._engine is None:
            if not readings[0].items:
                return [_engineio.payload_4(payload)]
            if _engineio.SEPARATOR in payload:
                readings.append(_engineio.payload_4(payload))
        return readings

    def _item(self, side: Direction, item: Item) -> Sequence[Packet]:
        if item.binary:
            return self._binary(side, self._frame_readings(item.data))
        return self._text(side, item.data)

    # Engine.IO packets

    def _text(self, side: Direction, data: bytes) -> Sequence[Packet]:
        kind = data[:1]
        if kind == _engineio.MESSAGE:
            return self._message(side, data)
        idle = self._idle.get(data)
        if idle is not None:
            return idle
        if kind == b"b":
            return self._binary(side, self._base64_readings(data))
        if kind == _engineio.OPEN and side is Direction.SERVER:
            return self._open(data)
        if kind in _engineio.KINDS:
            name = _engineio.KINDS[kind]
            return (self._packet(name, (Part(data[1:], "auto", False, f"engine.{name}"),)),)
        if data and not kind.isascii():
            return self._foreign_digit(side, data)
        raise DecodeError("engineio.packet", "not an Engine.IO packet")

    def _foreign_digit(self, side: Direction, data: bytes) -> Sequence[Packet]:
        """Python reads any Unicode digit as a packet's type."""
        text = data.decode("utf-8", "replace")
        packets: Sequence[Packet] = ()
        if text[0].isdigit() and int(text[0]) == 4:
            try:
                packets = self._message(side, b"4" + text[1:].encode())
            except PeerError as error:
                packets = error.packets
        raise DecodeError("engineio.packet", "not an Engine.IO packet", packets)

    def _open(self, data: bytes) -> Sequence[Packet]:
        try:
            opened = json.loads(data[1:])
            self.session = str(opened["sid"])
        except (ValueError, TypeError, KeyError, RecursionError):
            raise DecodeError("engineio.open", "an open packet without a session id") from None
        self.proven = True
        return (self._packet("open", (Part(data[1:], "json", False, "engine.open"),)),)

    def _frame_readings(self, data: bytes) -> list[bytes]:
        """A binary frame: all of it is the message in version 4; in 3 a type byte comes first."""
        if self._engine == 4:
            return [data]
        return [data[1:]] if self._engine == 3 else [data, data[1:]] if data[:1] == b"\x04" else [data]

    def _base64_readings(self, data: bytes) -> list[bytes]:
        """``b`` + base64 in version 4, ``b4`` + base64 in 3; by Node's rules and by Python's."""
        found: list[bytes] = []
        if self._engine != 3:
            found += _base64.readings(data[1:])
        if self._engine != 4 and data[1:2].isdigit():
            found += [each for each in _base64.readings(data[2:]) if each not in found]
        return found or _base64.readings(data[1:])

    # Socket.IO packets

    def _message(self, side: Direction, data: bytes) -> Sequence[Packet]:
        head = _socketio.strict(data)
        if head is None:
            return self._unusual(side, data)
        broken = self._pending.pop(side, None) if self._pending else None
        packet = self._socketio(side, head, data)
        if broken:
            raise DecodeError(
                "socketio.attachments", "text where an attachment was due", (packet, _raw(data))
            )
        if self._bare and (head.kind in (_socketio.CONNECT, _socketio.EVENT)):
            self._bare, self.framework = False, NAME
        return (packet,)

    def _socketio(self, side: Direction, head: Head, data: bytes) -> Packet:
        """The packet of a head that stands, and the memory it leaves."""
        kind, at = head.kind, head.at
        name = None
        parts: tuple[Part, ...] = ()
        if kind in (_socketio.EVENT, _socketio.BINARY_EVENT):
            name = _socketio.event_name(data, at)
            parts = (Part(data[at:], "json", False, partial(_event_field, name)),)
        elif at < len(data):
            label = (
                "auth" if kind == _socketio.CONNECT else "error" if kind == _socketio.ERROR else _ack_field
            )
            parts = (Part(data[at:], "json", False, label),)
        namespace = "/"
        if head.namespace != b"/":
            namespace = head.namespace.decode("utf-8", "replace")
            parts += (Part(head.namespace, "text", True, "namespace"),)
            query = head.namespace.partition(b"?")[2]
            if query:
                parts += (Part(query, "form", False, "namespace.query"),)
        if kind == _socketio.CONNECT:
            self.proven = True
        packet = self._packet(_socketio.KINDS[kind], parts, name, namespace)
        if head.attachments:
            error = self._expect(side, head, name, data[at:])
            if error:
                error.packets = (packet,)
                raise error
        return packet

    def _expect(self, side: Direction, head: Head, name: str | None, body: bytes) -> PeerError | None:
        """Waits for the attachments; what is wrong with how many there are and where they are to go."""
        if head.attachments > ATTACHMENTS.default:
            return LimitReached(ATTACHMENTS, f"{head.attachments} attachments announced")
        places, illegal = _placeholders.find(body, head.attachments)
        self._pending[side] = Pending(head, name, places)
        return DecodeError("socketio.attachments", "a placeholder for no attachment") if illegal else None

    def _unusual(self, side: Direction, data: bytes) -> Sequence[Packet]:
        """A message that only some parsers accept, or none: every reading of it, and a finding."""
        packets: list[Packet] = []
        read = _socketio.as_node_reads(data[1:].decode("utf-8", "replace"))
        if read:
            head, rest = read
            body = rest.encode("utf-8", "replace")
            if self._bare and body[:1] not in (b"[", b"{"):
                return (self._packet("message", (Part(data[1:], "auto", False, "message"),)),)
            packets.append(self._node_packet(head, body))
        elif self._bare:
            return (self._packet("message", (Part(data[1:], "auto", False, "message"),)),)
        self._pending.pop(side, None)
        if read and head.attachments:
            self._expect(side, head, packets[0].name, body)
        careless = Part(_socketio.first_bracket(data), "json", False, "packet")
        if not read or careless.data != body:
            packets.append(self._packet("unknown", (careless, *_raw(data).parts)))
        raise DecodeError("socketio.packet", "not a packet by every Socket.IO parser", packets)

    def _node_packet(self, head: Head, body: bytes) -> Packet:
        event = head.kind in (_socketio.EVENT, _socketio.BINARY_EVENT)
        name = _socketio.event_name(body, 0) if event else None
        label: Label = partial(_event_field, name) if event else "packet"
        parts = (Part(body, "json", False, label), Part(head.namespace, "text", True, "namespace"))
        return self._packet(
            _socketio.KINDS[head.kind], parts, name, head.namespace.decode("utf-8", "replace")
        )

    def _binary(self, side: Direction, readings: list[bytes]) -> Sequence[Packet]:
        """A binary message: the attachment that is due, or a packet of socket.io-msgpack-parser."""
        pending = self._pending.get(side)
        if pending is None:
            return self._unannounced(readings)
        place = pending.seen
        pending.seen += 1
        if pending.seen >= pending.head.attachments:
            del self._pending[side]
        label = partial(pending.field, place)
        parts = tuple(Part(reading, "auto", False, label) for reading in readings)
        namespace = pending.head.namespace.decode("utf-8", "replace")
        return (self._packet("attachment", parts, pending.name, namespace),)

    def _unannounced(self, readings: list[bytes]) -> Sequence[Packet]:
        parts = tuple(Part(reading, "auto", False, "message") for reading in readings)
        packet = self._packet("message", parts)
        if self._bare:
            return (packet,)
        raise DecodeError("socketio.attachments", "an attachment that no packet announced", (packet,))

    # nouns

    def _packet(
        self, kind: str, parts: tuple[Part, ...] = (), name: str | None = None, namespace: str | None = None
    ) -> Packet:
        version = "4" if self._engine == 3 else "5"
        return Packet(self.framework, version, kind, parts, name, namespace)

    def _control(self, data: bytes) -> Sequence[Packet]:
        return (self._packet(_engineio.KINDS[data[:1]]),)


def _raw(data: bytes) -> Packet:
    return Packet(NAME, "5", "unknown", (Part(data, "text", False, "message"),))


def _all_or_error(packets: list[Packet], errors: list[PeerError]) -> Sequence[Packet]:
    if errors:
        error = errors[0]
        error.packets = packets
        raise error
    return packets


def _event_field(name: str | None, path: Path) -> tuple[str, Path]:
    """``["name", a, b]``: the name, then ``args[0]``, ``args[1]``."""
    if path and path[0] == 0:
        return "event.name", path[1:]
    event = "event" if name is None else f"event[{json.dumps(name, ensure_ascii=False)}]"
    if path and isinstance(path[0], int):
        return f"{event}.args[{path[0] - 1}]", path[1:]
    return event, path


def _ack_field(path: Path) -> tuple[str, Path]:
    return "ack.args", path


def _query(request: Request) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key, value in parse_qsl(request.query, keep_blank_values=True):
        found.setdefault(key, []).append(value)
    return found


class SocketIO(Decoder):
    """Claims by Engine.IO's query, the usual path, and the shape of the first messages."""

    name = NAME

    def claim(self, request: Request, upgrade: Upgrade | None, message: Message | None) -> float:
        """``EIO`` and ``transport`` are Engine.IO's alone; a path can be anything; a packet's shape adds."""
        del upgrade
        query = _query(request)
        score = UNCLAIMED
        if "EIO" in query and "transport" in query:
            score = 0.9
        elif _usual_path(request):
            score = 0.8 if "EIO" in query or "transport" in query else 0.5
        elif "transport" in query or "EIO" in query:
            score = 0.3
        if message is not None and message.opcode is Opcode.TEXT:
            score += _shape(message)
        return min(score, 1.0)

    def reader(self, request: Request) -> SocketIOReader:
        """Version 4 if the request that begins the session says so and nothing else."""
        query = _query(request)
        versions = query.get("EIO", [])
        begins = "sid" not in query
        engine = None
        if begins and len(versions) == 1:
            engine = 4 if versions == ["4"] else 3
        return SocketIOReader(engine, bare="/socket.io" not in unquote(request.path))

    def session(self, request: Request) -> str | None:
        """The last ``sid`` of the query, as Node reads it."""
        return _query(request).get("sid", [None])[-1]

    def exchange(self, request: Request, known: Callable[[str], bool]) -> Exchange | None:
        """Long-polling: ``transport=polling``, the usual path, or a session seen before."""
        query = _query(request)
        sid = query.get("sid", [None])[-1]
        if request.method not in ("GET", "POST", "PUT"):
            return None
        engine = "EIO" in query and "transport" in query
        if not (
            engine
            or "polling" in query.get("transport", ())
            or (sid and known(sid))
            or self._bare_path(request)
        ):
            return None
        sends = request.method != "GET"
        return Exchange("polling", sid, sends=sends, begins=sid is None and not sends)

    @staticmethod
    def _bare_path(request: Request) -> bool:
        """Python's server needs no ``EIO`` and no ``transport``; the path also serves the client's files."""
        return _usual_path(request) and not unquote(request.path).endswith((".js", ".map"))

    def hang_up(self, request: Request, session: str) -> SendUpstream:
        """A POST of Engine.IO's close packet, with the request's cookies: they may choose the server."""
        query = _query(request)
        version = query.get("EIO", ["4"])[-1]
        packet = b"1" if version == "4" else b"1:1"
        kind = "text/plain;charset=UTF-8"
        target = f"{request.path}?EIO={quote(version)}&transport=polling&sid={quote(session)}"
        if "j" in query:
            target += "&j=0"
            packet, kind = b"d=" + packet, "application/x-www-form-urlencoded"
        kept = ("host", "cookie", "authorization", "origin", "user-agent")
        headers = tuple(pair for pair in request.headers if pair[0].lower() in kept)
        return SendUpstream("POST", target, (*headers, ("Content-Type", kind)), packet)


def _usual_path(request: Request) -> bool:
    path = unquote(request.path)
    return "/socket.io" in path or "/engine.io" in path


def _shape(message: Message) -> float:
    """How much a text looks like one of ours."""
    data = message.data
    if data[:1] == b"4":
        head = _socketio.strict(data)
        if head is None:
            return 0.0
        return 0.6 if data[head.at : head.at + 1] in (b"[", b"{") else 0.0
    if data.startswith(b'0{"sid"'):
        return 0.7
    return 0.5 if data in (b"2probe", b"3probe") else 0.0


decoder = SocketIO()
