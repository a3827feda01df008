"""One direction of a SignalR connection: a stream of bytes, cut into records.

Servers put every message into one pipe and ignore where messages end and which opcode they had
(TransportProtocols.md). JSON records end with 0x1e; MessagePack records begin with their length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from framewall.errors import DecodeError, LimitReached
from framewall.limits import RECORD_BYTES

SEPARATOR = 0x1E
_LENGTH_BYTES = 5
"""Of a MessagePack record's length: seven bits a byte, lowest first, shortest form or not."""
_JSON_STARTS = re.compile(rb"[ \t\r\n]*\{")
_ARRAY_HEADS = frozenset((*range(0x90, 0xA0), 0xDC, 0xDD))


class Record(NamedTuple):
    """One record, without what delimits it."""

    data: bytes
    binary: bool


def framed(record: bytes) -> bytes:
    """A MessagePack record behind its length."""
    left, head = len(record), bytearray()
    while left > 0x7F:
        head.append(left & 0x7F | 0x80)
        left >>= 7
    return bytes((*head, left)) + record


class Stream:
    """The bytes of a record begun, and whether records are ``binary``: None until that is known."""

    def __init__(self) -> None:
        self.binary: bool | None = None
        self.held = bytearray()
        self._looked = 0

    def add(self, data: bytes) -> None:
        """More bytes. Raises LimitReached; the record begun is then forgotten."""
        if len(self.held) + len(data) > RECORD_BYTES.default:
            self.forget()
            raise LimitReached(RECORD_BYTES, "a SignalR record that does not end")
        self.held += data

    def forget(self) -> None:
        """Starts anew at the next byte."""
        self.held.clear()
        self._looked = 0

    def records(self) -> Iterator[Record]:
        """Every record that is complete; the reader may settle ``binary`` between two. Raises PeerError."""
        at = 0
        try:
            while at < len(self.held):
                binary = self.binary if self.binary is not None else self._guess(at)
                found = self._binary(at) if binary else self._json(at)
                if found is None:
                    return
                record, at = found
                self._looked = at
                yield Record(record, bool(binary))
        finally:
            del self.held[:at]
            self._looked = max(0, self._looked - at)

    def _guess(self, at: int) -> bool:
        """A stream that is joined in its middle: JSON begins with a brace, and so does no short record."""
        head = bytes(self.held[at : at + 64])
        if not head.strip(b" \t\r\n") or not _JSON_STARTS.match(head):
            return bool(head.strip(b" \t\r\n"))
        after = head[1:2]
        return bool(head[0] == 0x7B and after and after[0] in _ARRAY_HEADS)

    def _json(self, at: int) -> tuple[bytes, int] | None:
        end = self.held.find(SEPARATOR, max(at, self._looked))
        if end < 0:
            self._looked = len(self.held)
            return None
        return bytes(self.held[at:end]), end + 1

    def _binary(self, at: int) -> tuple[bytes, int] | None:
        length = 0
        for place in range(_LENGTH_BYTES):
            if at + place >= len(self.held):
                return None
            byte = self.held[at + place]
            length |= (byte & 0x7F) << (7 * place)
            if byte < 0x80:
                break
        else:
            raise DecodeError("signalr.length", "a record's length of more than five bytes")
        start = at + place + 1
        if length > RECORD_BYTES.default:
            raise LimitReached(RECORD_BYTES, f"a SignalR record of {length} bytes announced")
        if start < len(self.held) and length and self.held[start] not in _ARRAY_HEADS:
            raise DecodeError("signalr.record", "a record that is no MessagePack array")
        if start + length > len(self.held):
            return None
        return bytes(self.held[start : start + length]), start + length
