"""Hub messages out of a SignalR connection's two streams."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import takewhile
from urllib.parse import parse_qs

from framewall._core import FormatError, View
from framewall.decode._api import ECHOED, Reader, Split
from framewall.decode._signalr import fields
from framewall.decode._signalr.calls import Calls
from framewall.decode._signalr.stream import SEPARATOR, Record, Stream, framed
from framewall.decode._sse import event_data
from framewall.decode._write import Value, as_json, as_msgpack
from framewall.errors import DecodeError, LimitReached, PeerError
from framewall.limits import PAYLOAD_PACKETS
from framewall.model import Answer, Direction, Message, Notice, Opcode, Packet, Part, Request

NAME = "signalr"

_PROTOCOLS = {"json": False, "messagepack": True, "blazorpack": True}
_PINGS = frozenset((Record(b'{"type":6}', False), Record(b"\x91\x06", True)))
_ANSWERED = b"{}"
_JSON_SPACE = b" \t\r\n"
_END = bytes((SEPARATOR,))
_COMPLETION = 3


class SignalRReader(Reader):
    """One SignalR connection, over whichever transports it uses; ``hub`` is its path.

    A record is judged once it is whole, since only then can a hub act on it. What a message holds of a
    record that is not is judged raw besides: the server may be no hub.
    """

    framework = NAME
    pings = "both"

    def __init__(self, hub: str) -> None:
        self._hub = hub
        self._version = ""
        self._asked: bool | None = None
        self._streams = {side: Stream() for side in Direction}
        self._whole: dict[Direction, bool] = {}
        self._calls = Calls()

    def decode(self, message: Message) -> Sequence[Packet]:
        """The bytes of one message, whatever its opcode."""
        return self._feed(message.direction, message.data)

    def split(self, side: Direction) -> Split | None:
        """Between records, once the hub protocol is known; without calls whose answers are heard too."""
        stream = self._streams[side]
        if stream.binary is None or stream.held:
            return None
        name = "signalr/messagepack" if stream.binary else "signalr/json"
        return Split(name, both=f"{name}, both sides")

    def body(self, request: Request, data: bytes) -> Sequence[Packet]:
        """A POST's body continues the client's stream."""
        if request.path.endswith("/negotiate") or not data:
            return (self._raw(data, "negotiate"),) if data else ()
        return self._feed(Direction.CLIENT, data)

    def reply(self, request: Request, status: int, data: bytes) -> Sequence[Packet]:
        """A negotiation's answer, or more of the server's stream: bare, or in server-sent events."""
        if request.path.endswith("/negotiate"):
            return self._negotiated(data)
        if status != 200 or request.method != "GET" or not data:
            return (self._raw(data, "reply"),) if data else ()
        events = event_data(data)
        return self._feed(Direction.SERVER, data if events is None else events)

    def _negotiated(self, data: bytes) -> Sequence[Packet]:
        """Learns the session's id: the token since version 1, the connection's id before."""
        found = _map(data)
        for name in ("connectionToken", "connectionId") if found else ():
            token = found.get(name) if found else None
            if token is not None and token.kind == "text" and token.text:
                self.session = token.text
                break
        return (self.packet("negotiate", (Part(data, "json", False, "negotiate"),)),)

    # the streams

    def _feed(self, side: Direction, data: bytes) -> Sequence[Packet]:
        """All records that are now whole, then what is left over. Raises PeerError with all of them."""
        stream = self._streams[side]
        packets: list[Packet] = []
        refused: PeerError | None = None
        try:
            stream.add(data)
            for record in stream.records():
                if len(packets) >= PAYLOAD_PACKETS.default:
                    raise LimitReached(PAYLOAD_PACKETS, "more SignalR records than a message may hold")
                try:
                    packets.append(self._record(side, record))
                except PeerError as error:
                    packets += error.packets
                    refused = refused or error
        except PeerError as error:
            stream.forget()
            refused = refused or error
            packets.append(self._raw(data, "unknown"))
        if refused is None and stream.binary is None:
            refused = self._document(side, data)
            if refused:
                stream.forget()
                packets.append(self._raw(data, "unknown"))
        left = min(len(stream.held), len(data))
        if left:
            packets.append(self._raw(data[-left:], "partial"))
        if refused:
            refused.packets = packets
            raise refused
        return packets

    def _document(self, side: Direction, data: bytes) -> DecodeError | None:
        """The refusal of a JSON text that is no record, on a connection that has shown no sign of SignalR.

        A handshake or hub message may have its end in the next message, and nothing else may follow it.
        """
        if self._whole.pop(side, False) and data.lstrip(_JSON_SPACE)[:1] != b"\x1e":
            return DecodeError("signalr.record", "a record without its end")
        whole = _map(data) if len(self._streams[side].held) == len(data) else None
        if whole is None:
            return None
        if whole.get("protocol") is None and _kind(whole.get("type")) not in fields.KINDS:
            return DecodeError("signalr.record", "a JSON text that is no record")
        self._whole[side] = True
        return None

    def _record(self, side: Direction, record: Record) -> Packet:
        if record in _PINGS:
            return self.packet("ping")
        if record.binary:
            self._streams[side].binary = True
            return self._packed(side, record.data)
        return self._text(side, record.data)

    def _text(self, side: Direction, data: bytes) -> Packet:
        """A JSON record; the first of a side may be its half of the handshake."""
        found = _map(data)
        if found is None:
            raise DecodeError("signalr.record", "not a JSON object", (self._json(data, "unknown"),))
        kind = _kind(found.get("type"))
        if self._streams[side].binary is None and (kind is None or found.get("protocol") is not None):
            return self._handshake(side, found, data)
        if kind is None:
            raise DecodeError("signalr.type", "a record without a type", (self._json(data, "unknown"),))
        if self._streams[side].binary is None:
            self._streams[side].binary = False
        streams = found.get("streamIds")
        name = self._named(side, kind, found.get("target"), found.get("invocationId"), streams)
        return self._known(kind, self._json(data, fields.KINDS.get(kind, "unknown"), name))

    def _handshake(self, side: Direction, found: View, data: bytes) -> Packet:
        """The client names the protocol that follows; the server agrees, or says why not."""
        packet = self.packet("handshake", (Part(data, "json", False, "handshake"),))
        if side is Direction.SERVER:
            self._streams[side].binary = self._asked
            self.proven = self._asked is not None and found.get("error") is None
            return packet if data != _ANSWERED else self.packet("handshake")
        asked, version = found.get_all("protocol"), found.get("version")
        protocol = _PROTOCOLS.get(asked[0].text.lower()) if len(asked) == 1 else None
        if protocol is None or version is None or found.get("error") is not None:
            raise DecodeError("signalr.handshake", "a handshake for no known protocol", (packet,))
        self._asked = self._streams[side].binary = protocol
        self._version = str(version.int or "")
        if found.get("type") is not None:
            raise DecodeError("signalr.handshake", "a handshake that is a hub message too", (packet,))
        return packet._replace(version=self._version)

    def _packed(self, side: Direction, data: bytes) -> Packet:
        """A MessagePack record. Raises DecodeError, of what can be read all the same."""
        try:
            found = View.parse(data, "msgpack")
        except FormatError:
            found = None
        kind = _kind(found[0]) if found is not None and found.kind == "list" and len(found) else None
        if found is None or kind is None:
            raise DecodeError("signalr.record", "not a hub message", (self._raw(data, "unknown"),))
        result = found[3].int if kind == 3 and len(found) > 3 else None
        named = found[3] if kind in fields.NAMED and len(found) > 3 else None
        call = found[2] if len(found) > 2 else None
        name = self._named(side, kind, named, call, found[5] if len(found) > 5 else None)
        label = partial(fields.packed, kind, result)
        parts: tuple[Part, ...] = (Part(data[: found.consumed], "msgpack", False, label),)
        rest = data[found.consumed :]
        packet = self.packet(fields.KINDS.get(kind, "unknown"), parts, name)
        if rest:
            packet = packet._replace(parts=(*parts, Part(rest)))
            raise DecodeError("signalr.record", "something follows a hub message in its record", (packet,))
        return self._known(kind, packet)

    def _named(
        self, side: Direction, kind: int, target: View | None, call: View | None, streams: View | None
    ) -> str | None:
        """The target that a record names, or that its call named."""
        if kind in fields.NAMED:
            if target is None:
                return None
            self._calls.begin(side, target.text, call, streams if streams and streams.kind == "list" else ())
            return target.text
        if kind in fields.ANSWERS:
            return self._calls.target(side, call, ends=kind == fields.COMPLETION)
        return None

    def _known(self, kind: int, packet: Packet) -> Packet:
        if kind not in fields.KINDS:
            raise DecodeError("signalr.type", f"a record of unknown type {kind}", (packet,))
        return packet

    # refusals

    def refuse(self, packet: Packet | None, text: str) -> Sequence[Notice]:
        """An error for the invocation that is refused, and a Close that forbids to come back.

        Before the handshake is done, its answer with the error.
        """
        binary = self._streams[Direction.CLIENT].binary
        if binary is None or (packet is not None and packet.kind == "handshake"):
            return (Notice(as_json({"error": text}) + _END),)
        id = self._invocation(packet) if packet else None
        if binary:
            records: list[Value] = [[_COMPLETION, {}, id, fields.ERROR_RESULT, text]] if id else []
            records.append([fields.CLOSE, text, False])
            return (Notice(b"".join(framed(as_msgpack(each)) for each in records), Opcode.BINARY),)
        records = [{"type": _COMPLETION, "invocationId": id, "error": text}] if id else []
        records.append({"type": fields.CLOSE, "error": text, "allowReconnect": False})
        return (Notice(b"".join(as_json(each) + _END for each in records)),)

    def answer(self, request: Request, packet: Packet | None, text: str) -> Answer | None:
        """To a poll or an event stream the records, which a message leaves the word to; a negotiation gets the text."""
        if request.method != "GET":
            return Answer(b"", status=200) if "id" in parse_qs(request.query) else Answer(text.encode())
        (notice,) = self.refuse(packet, text)
        if "text/event-stream" in (request.header("accept") or "").lower():
            return Answer(b"data: " + notice.data + b"\r\n\r\n", "text/event-stream", 200)
        binary = notice.opcode is Opcode.BINARY
        return Answer(notice.data, "application/octet-stream" if binary else "text/plain", 200)

    @staticmethod
    def _invocation(packet: Packet) -> str | None:
        """The id that an invocation's answer has to bear."""
        if packet.kind not in ("invocation", "stream invocation") or not packet.parts:
            return None
        part = packet.parts[0]
        try:
            found = View.parse(part.data, part.hint)
        except FormatError:
            return None
        if found.kind == "list":
            id = found[2] if len(found) > 2 else None
        else:
            id = found.get("invocationId") if found.kind == "map" else None
        return id.text if id is not None and id.kind == "text" and 0 < len(id.text) <= ECHOED else None

    # nouns

    def packet(self, kind: str, parts: tuple[Part, ...] = (), name: str | None = None) -> Packet:
        """A packet of this hub."""
        return Packet(NAME, self._version, kind, parts, name, self._hub)

    def _json(self, data: bytes, kind: str, name: str | None = None) -> Packet:
        return self.packet(kind, (Part(data, "json", False, fields.text),), name)

    def _raw(self, data: bytes, kind: str) -> Packet:
        return self.packet(kind, (Part(data),))


def _map(data: bytes) -> View | None:
    try:
        found = View.parse(data, "json")
    except FormatError:
        return None
    return found if found.kind == "map" else None


def _kind(found: View | None) -> int | None:
    """A type as parsers take it: ``1.0`` and ``"1"`` too."""
    if found is None or found.kind not in ("number", "text"):
        return None
    if found.int is not None:
        return found.int
    digits = "".join(takewhile(str.isdecimal, found.text))
    return int(digits) if digits and len(digits) < 10 else -1
