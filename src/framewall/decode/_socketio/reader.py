"""Socket.IO packets out of Engine.IO messages: a state machine a direction, for the attachments to come."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from framewall.decode._api import ECHOED, Split
from framewall.decode._engineio.reader import EngineIOReader
from framewall.decode._socketio import fields, msgpack, packet, placeholders
from framewall.decode._socketio.packet import (
    BINARY_ACK,
    BINARY_EVENT,
    CONNECT,
    DISCONNECT,
    ERROR,
    EVENT,
    KINDS,
    Head,
)
from framewall.decode._write import as_json, as_msgpack
from framewall.errors import DecodeError, LimitReached, PeerError
from framewall.limits import ATTACHMENTS, NAMESPACES
from framewall.model import Direction, Label, Notice, Opcode, Packet, Part, Path

NAME = "socket.io"


class Pending(NamedTuple):
    """A binary packet whose attachments are still to come; ``seen`` of them have."""

    head: Head
    name: str | None
    namespace: str
    places: dict[int, Path]
    seen: int = 0


class SocketIOReader(EngineIOReader):
    """One Socket.IO session, over whichever transports it uses.

    Until a packet of Socket.IO has been seen it may be ``bare`` Engine.IO, whose messages are anything.
    """

    def __init__(self, engine: int | None, likely: int = 4, *, bare: bool = False) -> None:
        """``bare``: nothing but Engine.IO is certain yet."""
        super().__init__(engine, likely)
        self._bare = bare
        self._pending: dict[Direction, Pending] = {}
        self._namespaces: dict[str, None] = {}
        self._msgpack = False
        if not bare:
            self.framework = NAME

    @property
    def version(self) -> str:
        """Socket.IO's protocol: 4 goes with Engine.IO 3, 5 with 4."""
        return super().version if self._bare else "4" if self.engine == 3 else "5"

    def split(self, side: Direction) -> Split | None:
        """Between packets, once it is Socket.IO for certain; packed ones once one has been read."""
        del side
        if self._bare or self._pending:
            return None
        name = f"{NAME}/{self.engine}" if self.engine in (3, 4) else NAME
        return Split(f"{name}, packed" if self._msgpack else name)

    # text

    def text_message(self, side: Direction, data: bytes) -> Sequence[Packet]:
        """One packet. A form that parsers disagree on is read in every way, and refused."""
        head = packet.strict(data)
        if head is None:
            return self._unusual(side, data)
        due = self._pending.pop(side, None) if self._pending else None
        if self._bare and head.kind in (CONNECT, EVENT, BINARY_EVENT):
            self._certain()
        found = self._packet(side, head, data)
        if due:
            raw = Part(data[1:], "text", False, "message")
            raise DecodeError(
                "socketio.attachments",
                "text where an attachment was due",
                (found, self.packet("text", (raw,))),
            )
        return (found,)

    def _packet(self, side: Direction, head: Head, data: bytes) -> Packet:
        """The packet of a head that stands, and the memory it leaves. Raises PeerError."""
        kind, at = head.kind, head.at
        name = None
        parts: tuple[Part, ...] = ()
        if kind in (EVENT, BINARY_EVENT):
            name = packet.event_name(data, at)
            parts = (Part(data[at:], "json", False, partial(fields.event, name)),)
        elif at < len(data):
            label: Label = "auth" if kind == CONNECT else "error" if kind == ERROR else fields.ack
            parts = (Part(data[at:], "json", False, label),)
        namespace = "/"
        if head.namespace != b"/":
            namespace = head.namespace.decode("utf-8", "replace")
            parts += _namespace_parts(head.namespace)
        if kind == CONNECT:
            self.proven = True
            self._enter(side, namespace)
        found = self.packet(KINDS[kind], parts, name, namespace)
        if head.attachments:
            self._expect(side, head, found, data[at:])
        return found

    def _unusual(self, side: Direction, data: bytes) -> Sequence[Packet]:
        """A message that only some parsers accept, or none: every reading of it, refused unless bare."""
        careless = Part(packet.first_bracket(data), "json", False, "packet")
        whole = Part(data[1:], "auto", False, "message")
        read = packet.as_node_reads(data[1:].decode("utf-8", "replace"))
        body = read[1].encode("utf-8", "replace") if read else b""
        if self._bare and body[:1] not in (b"[", b"{"):
            return (self.packet("message", (whole, careless) if careless.data else (whole,)),)
        self._pending.pop(side, None)
        packets = [self.packet("unknown", (whole, careless))]
        if read:
            found = self._node_packet(read[0], body)
            packets = [found] if body == careless.data else [found, *packets]
            if read[0].attachments:
                self._expect_all_the_same(side, read[0], found, body)
        raise DecodeError("socketio.packet", "not a packet by every Socket.IO parser", packets)

    def _node_packet(self, head: Head, body: bytes) -> Packet:
        event = head.kind in (EVENT, BINARY_EVENT)
        name = packet.event_name(body, 0) if event else None
        label: Label = partial(fields.event, name) if event else "packet"
        parts = (Part(body, "json", False, label), *_namespace_parts(head.namespace))
        return self.packet(KINDS[head.kind], parts, name, head.namespace.decode("utf-8", "replace"))

    # attachments

    def _expect(self, side: Direction, head: Head, found: Packet, body: bytes) -> None:
        """Waits for the attachments. Raises PeerError if they are too many, or a placeholder has none."""
        if head.attachments > ATTACHMENTS.default:
            raise LimitReached(ATTACHMENTS, f"{head.attachments} attachments announced", (found,))
        places, illegal = placeholders.find(body, head.attachments)
        self._pending[side] = Pending(head, found.name, found.namespace or "/", places)
        if illegal:
            raise DecodeError("socketio.attachments", "a placeholder for no attachment", (found,))

    def _expect_all_the_same(self, side: Direction, head: Head, found: Packet, body: bytes) -> None:
        """Of a packet that is refused anyway."""
        try:
            self._expect(side, head, found, body)
        except PeerError:
            return

    def binary_message(self, side: Direction, readings: list[bytes]) -> Sequence[Packet]:
        """The attachment that is due, a msgpack packet, or what Engine.IO alone carries."""
        pending = self._pending.get(side)
        if pending is None:
            return self._unannounced(readings)
        place = pending.seen
        if place + 1 < pending.head.attachments:
            self._pending[side] = pending._replace(seen=place + 1)
        else:
            del self._pending[side]
        ack = pending.head.kind == BINARY_ACK
        label = partial(fields.attachment, ack, pending.name, pending.places.get(place), place)
        parts = tuple(Part(reading, "auto", False, label) for reading in readings)
        return (self.packet("attachment", parts, pending.name, pending.namespace),)

    def _unannounced(self, readings: list[bytes]) -> Sequence[Packet]:
        for data in readings:
            packed = msgpack.read(data)
            if packed:
                return self._packed(packed, data)
        parts = tuple(Part(reading, "auto", False, "message") for reading in readings)
        found = self.packet("message", parts)
        if self._bare:
            return (found,)
        raise DecodeError("socketio.attachments", "an attachment that no packet announced", (found,))

    def _packed(self, packed: msgpack.MsgpackPacket, data: bytes) -> Sequence[Packet]:
        self._certain()
        self.proven = self.proven or packed.kind == CONNECT
        self._msgpack = True
        if packed.kind == CONNECT:
            self._enter(Direction.CLIENT, packed.namespace)
        label = partial(fields.packed, packed.kind, packed.name)
        part = Part(data, msgpack.HINT, False, label)
        found = self.packet(KINDS[packed.kind], (part,), packed.name, packed.namespace)
        if not packed.whole:
            raise DecodeError("socketio.packet", "not a packet by socket.io-msgpack-parser", (found,))
        return (found,)

    # refusals

    def _enter(self, side: Direction, namespace: str) -> None:
        name = namespace.partition("?")[0]
        if side is Direction.CLIENT and len(self._namespaces) < NAMESPACES.default and len(name) <= ECHOED:
            self._namespaces[name] = None

    def refuse(self, packet: Packet | None, text: str) -> Sequence[Notice]:
        """A DISCONNECT of every namespace, after which clients do not come back; a CONNECT gets its error."""
        if self._bare:
            return super().refuse(packet, text)
        own = ((packet.namespace if packet else None) or "/").partition("?")[0]
        own = own if len(own) <= ECHOED else "/"
        refused = own if packet and packet.kind == KINDS[CONNECT] else None
        left = dict.fromkeys(("/", *self._namespaces, own))
        notices = [self._notice(ERROR, refused, text)] if refused else []
        notices += [self._notice(DISCONNECT, each) for each in left if each != refused]
        return notices

    def _notice(self, kind: int, namespace: str, text: str = "") -> Notice:
        error = None if not text else {"message": text} if self.written == 4 else text
        if self._msgpack:
            body = {"type": kind, "nsp": namespace, **({"data": error} if error else {})}
            typed = b"\x04" if self.written == 3 else b""
            return Notice(typed + as_msgpack(body), Opcode.BINARY)
        place = "" if namespace == "/" else f"{namespace},"
        return Notice(f"4{kind}{place}".encode() + (as_json(error) if error else b""))

    def _certain(self) -> None:
        self._bare, self.framework = False, NAME


def _namespace_parts(namespace: bytes) -> tuple[Part, ...]:
    """Version 4 lets a namespace carry a query."""
    if namespace == b"/":
        return ()
    part = Part(namespace, "text", True, "namespace")
    query = namespace.partition(b"?")[2]
    return (part, Part(query, "form", False, "namespace.query")) if query else (part,)
