"""STOMP 1.0, 1.1 and 1.2 over WebSocket (stomp.github.io, stomp-specification-1.2)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from framewall.decode._api import ECHOED, UNCLAIMED, Decoder, Reader, Split
from framewall.decode._stomp.frame import Head, escaped, parts
from framewall.decode._stomp.stream import Frame, Stream
from framewall.errors import DecodeError, LimitReached, PeerError
from framewall.limits import FRAME_HEADERS, PAYLOAD_PACKETS
from framewall.model import Direction, Message, Notice, Packet, Part, Request, Upgrade

NAME = "stomp"

_RECEIPT = 'headers["receipt"]'
_SUBPROTOCOLS = {"v10.stomp": "1.0", "v11.stomp": "1.1", "v12.stomp": "1.2"}
_FIRST = re.compile(rb"[\r\n]*(?:CONNECT|STOMP)[ \t]*\r*\n", re.IGNORECASE)
_ANSWER = re.compile(rb"[\r\n]*CONNECTED\r*\n")
_BEGUN = re.compile(rb"[\r\n]*(?:C(?:O(?:N(?:N(?:E(?:C(?:T)?)?)?)?)?)?|S(?:T(?:O(?:M(?:P)?)?)?)?)\r*\Z")


class StompReader(Reader):
    """One STOMP connection. What a message holds of a frame that is not whole is judged raw besides."""

    framework = NAME
    pings = "both"

    def __init__(self, version: str = "") -> None:
        self._version = version
        self._streams = {side: Stream() for side in Direction}
        self._connected = False

    def decode(self, message: Message) -> Sequence[Packet]:
        """The frames that are now whole, in a text message or a binary one. Raises PeerError with all."""
        stream = self._streams[message.direction]
        packets: list[Packet] = []
        refused: PeerError | None = None
        try:
            stream.add(message.data)
        except PeerError as error:
            packets.append(Packet(NAME, self._version, "unknown", (Part(message.data),)))
            refused = error
        for frame in stream.frames():
            if len(packets) >= PAYLOAD_PACKETS.default:
                refused = LimitReached(PAYLOAD_PACKETS, "more STOMP frames than a message may hold")
                packets.append(Packet(NAME, self._version, "unknown", (Part(message.data),)))
                stream.forget()
                break
            try:
                packets.append(self._frame(message.direction, frame))
            except PeerError as error:
                packets += error.packets
                refused = refused or error
        if not stream.plausible():
            stream.forget()
            refused = refused or DecodeError("stomp.frame", "not the beginning of a STOMP frame")
            packets.append(Packet(NAME, self._version, "unknown", (Part(message.data),)))
        left = min(len(stream.held), len(message.data))
        if left:
            packets.append(Packet(NAME, self._version, "partial", (Part(message.data[-left:]),)))
        if refused:
            refused.packets = packets
            raise refused
        return packets or (Packet(NAME, self._version, "heartbeat"),)

    def refuse(self, packet: Packet | None, text: str) -> Sequence[Notice]:
        """An ERROR frame, with the receipt that the refused frame asked for."""
        lines = [b"ERROR", b"message:" + escaped(text.encode())]
        wanted = [part.data for part in packet.parts if part.label == _RECEIPT] if packet else []
        if wanted and len(wanted[0]) <= ECHOED:
            lines.append(b"receipt-id:" + escaped(wanted[0]))
        return (Notice(b"\n".join((*lines, b"content-length:0", b"", b"\0"))),)

    def split(self, side: Direction) -> Split | None:
        """Between frames."""
        return None if self._streams[side].held else Split(NAME)

    def _frame(self, side: Direction, frame: Frame) -> Packet:
        """Its packet. Raises PeerError if servers read it in different ways."""
        head = frame.head
        command = head.command.decode("utf-8", "replace")
        self._learn(side, head)
        if frame.early:
            early = (Part(frame.body, "auto", False, "body"),) if frame.body else ()
            return Packet(NAME, self._version, "partial", early)
        destination = head.first(b"destination")
        name = f"{command} {destination.decode('utf-8', 'replace')}" if destination else command
        packet = Packet(NAME, self._version, command.lower(), parts(head, frame.body), name)
        if frame.odd:
            raise DecodeError("stomp.frame", frame.odd, (packet,))
        if len(head.headers) > FRAME_HEADERS.default:
            raise LimitReached(FRAME_HEADERS, f"{len(head.headers)} headers in a STOMP frame", (packet,))
        return packet

    def _learn(self, side: Direction, head: Head) -> None:
        """A server's CONNECTED names the version, and after a client's CONNECT leaves no doubt."""
        if side is Direction.CLIENT and head.command in (b"CONNECT", b"STOMP"):
            self._connected = True
        elif side is Direction.SERVER and head.command == b"CONNECTED":
            self.proven = self._connected
            version = head.first(b"version") or b"1.0"
            self._version = version.decode("utf-8", "replace")[:8]


class Stomp(Decoder):
    """Claims by the subprotocol that the server selected, and by the first frame of either side."""

    name = NAME
    signs = (
        r"(?i)[\r\n]*(?:CONNECT|STOMP)[ \t]*\r*\n",
        r"[\r\n]*CONNECTED\r*\n",
        r"[\r\n]*(?:C(?:O(?:N(?:N(?:E(?:C(?:T)?)?)?)?)?)?|S(?:T(?:O(?:M(?:P)?)?)?)?)\r*\z",
    )
    versions = "1.0, 1.1, 1.2"
    transports = ("WebSocket", "SockJS")

    def claim(self, request: Request, upgrade: Upgrade | None, message: Message | None) -> float:
        """A CONNECT alone may be forged; the server's CONNECTED is not."""
        del request
        if upgrade and upgrade.subprotocol in _SUBPROTOCOLS:
            return 0.95
        if message is None:
            return UNCLAIMED
        if message.direction is Direction.SERVER:
            return 0.8 if _ANSWER.match(message.data) else UNCLAIMED
        if _FIRST.match(message.data):
            return 0.6
        return 0.1 if message.data and _BEGUN.match(message.data) and message.data.strip() else UNCLAIMED

    def reader(self, request: Request) -> StompReader:
        """Whichever version it will be."""
        del request
        return StompReader()


decoder = Stomp()
