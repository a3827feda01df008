"""Messages of WAMP, version 2 and version 1: one or several a WebSocket message, never over two."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from framewall._core import FormatError, View
from framewall.decode._api import ECHOED, Reader, Split
from framewall.decode._wamp import batch, fields
from framewall.decode._write import WRITERS, Value
from framewall.errors import DecodeError, LimitReached, PeerError
from framewall.limits import CURIE_PREFIXES, PAYLOAD_PACKETS
from framewall.model import Direction, Message, Notice, Opcode, Packet, Part

NAME = "wamp"

_HELLO, _WELCOME = 1, 2
_PREFIX = 1
_ABORT, _GOODBYE, _ERROR, _PUBLISH, _CALL_ERROR = 3, 6, 8, 16, 4
_LARGEST_ID = 2**53
_REQUESTS = frozenset(("publish", "subscribe", "unsubscribe", "call", "register", "unregister"))
_REFUSED, _KILLED = "wamp.error.not_authorized", "wamp.close.killed"
_REFUSED_1 = "http://api.wamp.ws/error#not_authorized"
_JSON_SPACE = b" \t\r\n"


class Serialization(NamedTuple):
    """How messages are written, in formats of the engine's: none where nothing here reads it, two where
    clients differ."""

    formats: tuple[str, ...]
    batched: bool = False


JSON = Serialization(("json",))
_BATCHED_JSON = JSON._replace(batched=True)


class WampReader(Reader):
    """One connection, whose messages are all in one serialization, whatever their opcode."""

    framework = NAME

    def __init__(self, serialization: Serialization) -> None:
        self._written = serialization
        self._asked = False

    def decode(self, message: Message) -> Sequence[Packet]:
        """All messages, in order. Raises PeerError with all of them."""
        packets: list[Packet] = []
        refused: PeerError | None = None
        cut = self._cut(message.data)
        for data in cut.messages:
            try:
                packets.append(self._one(message.direction, data))
            except PeerError as error:
                packets += error.packets
                refused = refused or error
        if cut.rest:
            packets.append(self._raw(cut.rest))
            many = len(cut.messages) >= PAYLOAD_PACKETS.default
            refused = refused or (
                LimitReached(PAYLOAD_PACKETS, "more WAMP messages in a batch than it may hold")
                if many
                else DecodeError("wamp.batch", "a batch that ends within a message")
            )
        if refused:
            refused.packets = packets
            raise refused
        return packets

    def split(self, side: Direction) -> Split | None:
        """Whatever the serialization; of FlatBuffers nothing is read here."""
        del side
        if not self._written.formats:
            return None
        name = f"{NAME}/{self._written.formats[0]}"
        return Split(f"{name}, batched" if self._written.batched else name)

    def _cut(self, data: bytes) -> batch.Batch:
        if not self._written.batched:
            return batch.Batch([data])
        return batch.json(data) if self._written == _BATCHED_JSON else batch.binary(data)

    def _one(self, side: Direction, data: bytes) -> Packet:
        """One message. Raises DecodeError if it is none, with its bytes."""
        read = [(format, found) for format in self._written.formats if (found := self._list(data, format))]
        if not read:
            raise DecodeError("wamp.message", "not a WAMP message", (self._raw(data),))
        # Of two formats, one in which something would follow is not meant where the other leaves nothing.
        whole = [each for each in read if each[1].consumed == len(data)]
        (format, found), *others = whole or read
        kind = found[0].int or 0
        packet = self.message(side, kind, found, Part(data, format, settled=format != "json"))
        for other, _ in others:
            packet = packet._replace(parts=(*packet.parts, packet.parts[0]._replace(hint=other)))
        rest = data[found.consumed :]
        if rest.strip(_JSON_SPACE if format == "json" else b""):
            packet = packet._replace(parts=(*packet.parts, Part(rest)))
            raise DecodeError("wamp.message", "something follows a WAMP message", (packet,))
        return packet

    def _list(self, data: bytes, format: str) -> View | None:
        """An array that begins with a known type."""
        try:
            found = View.parse(data, format)
        except FormatError:
            return None
        kind = found[0].int if found.kind == "list" and len(found) else None
        return found if kind is not None and self.known(kind) else None

    def known(self, kind: int) -> bool:
        """Whether a message's first element is a type of this version."""
        return kind in fields.V2

    def message(self, side: Direction, kind: int, found: View, part: Part) -> Packet:
        """A HELLO and its WELCOME leave no doubt."""
        if side is Direction.CLIENT and kind == _HELLO:
            self._asked = True
        elif side is Direction.SERVER and kind == _WELCOME:
            self.proven = self._asked
        name, members = fields.V2[kind]
        label = partial(fields.version2, kind)
        return self.packet("2", name, (part._replace(label=label),), _name(members, found))

    def refuse(self, packet: Packet | None, text: str) -> Sequence[Notice]:
        """The request's error, and the end of the session: ABORT while it opens, else GOODBYE."""
        messages: list[Value] = []
        if packet and packet.kind in _REQUESTS:
            kind, request = self._head(packet)
            if request is not None:
                messages.append([_ERROR, kind, request, {}, _REFUSED, [text]])
        opening = packet is not None and packet.kind in ("hello", "authenticate")
        messages.append(
            [_ABORT if opening else _GOODBYE, {"message": text}, _REFUSED if opening else _KILLED]
        )
        return self._written_as(messages)

    def _written_as(self, messages: list[Value]) -> Sequence[Notice]:
        format = next(iter(self._written.formats), "")
        if format not in WRITERS:
            return ()
        opcode = Opcode.TEXT if format == "json" else Opcode.BINARY
        each = [WRITERS[format](message) for message in messages]
        if self._written.batched:
            each = [batch.join(each, text=format == "json")]
        return [Notice(data, opcode) for data in each]

    @staticmethod
    def _head(packet: Packet) -> tuple[int, int | None]:
        """A request's type and id; none if nobody waits for its answer, as for most publications."""
        try:
            found = View.parse(packet.parts[0].data, packet.parts[0].hint)
        except (FormatError, IndexError):
            return 0, None
        kind, request = found[0].int or 0, found[1].int if len(found) > 1 else None
        if kind == _PUBLISH and not _acknowledged(found):
            return kind, None
        return kind, request if request is not None and 0 <= request <= _LARGEST_ID else None

    def packet(self, version: str, kind: str, parts: tuple[Part, ...], name: str | None = None) -> Packet:
        """A packet named by its procedure or topic."""
        return Packet(NAME, version, kind, parts, name)

    def _raw(self, data: bytes) -> Packet:
        return Packet(NAME, "", "unknown", (Part(data),))


class Wamp1Reader(WampReader):
    """Version 1, which lets a client shorten URIs: prefixes are remembered and put in again."""

    def __init__(self) -> None:
        super().__init__(JSON)
        self._prefixes: dict[str, str] = {}

    def split(self, side: Direction) -> Split | None:
        """As long as no prefix is remembered, which would have to be put in again."""
        del side
        return None if self._prefixes else Split(f"{NAME}/1")

    def known(self, kind: int) -> bool:
        """Nine types."""
        return kind in fields.V1

    def message(self, side: Direction, kind: int, found: View, part: Part) -> Packet:
        """The server's WELCOME leaves no doubt; a URI in its short form is judged in its long ones too."""
        self.proven = self.proven or (side is Direction.SERVER and kind == 0)
        name, members = fields.V1[kind]
        parts: tuple[Part, ...] = (part._replace(label=partial(fields.version1, kind)),)
        short = _name(members, found)
        long = self._expanded(short) if short and side is Direction.CLIENT else []
        label = next((member for member in fields.SUBJECTS if member in members), "topic")
        parts += tuple(Part(uri.encode("utf-8", "surrogatepass"), "text", False, label) for uri in long)
        packet = self.packet("1", name, parts, long[0] if long else short)
        if side is Direction.CLIENT and kind == _PREFIX and len(found) > 2:
            self._remember(found[1].text, found[2].text, packet)
        return packet

    def refuse(self, packet: Packet | None, text: str) -> Sequence[Notice]:
        """A call's error; this version has nothing to say for the rest."""
        if packet is None or packet.kind != "call":
            return ()
        try:
            found = View.parse(packet.parts[0].data, "json")
        except (FormatError, IndexError):
            return ()
        id = found[1].text if len(found) > 1 else ""
        return self._written_as([[_CALL_ERROR, id, _REFUSED_1, text]]) if len(id) <= ECHOED else ()

    def _remember(self, prefix: str, uri: str, packet: Packet) -> None:
        """Raises LimitReached where there are too many."""
        if prefix not in self._prefixes and len(self._prefixes) >= CURIE_PREFIXES.default:
            raise LimitReached(CURIE_PREFIXES, "more prefixes than a connection may have", (packet,))
        self._prefixes[prefix] = uri

    def _expanded(self, short: str) -> list[str]:
        """Ratchet joins with a hash, Autobahn with nothing."""
        prefix, colon, rest = short.partition(":")
        uri = self._prefixes.get(prefix) if colon else None
        return [] if uri is None else [f"{uri}#{rest}", f"{uri}{rest}"]


def _acknowledged(publish: View) -> bool:
    options = publish[2] if len(publish) > 2 else None
    wanted = options.get("acknowledge") if options is not None and options.kind == "map" else None
    return wanted is not None and wanted.kind == "bool" and wanted.text == "true"


def _name(members: tuple[str, ...], found: View) -> str | None:
    for subject in fields.SUBJECTS:
        if subject in members and members.index(subject) < len(found):
            named = found[members.index(subject)]
            if named.kind == "text":
                return named.text
    return None
