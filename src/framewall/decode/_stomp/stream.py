"""One direction of a STOMP connection: a stream of bytes, cut into frames.

Some servers put messages together (Spring), some want a frame a message; so where messages end means nothing
here. A frame ends at its first NUL, or where its content-length says. Some servers ignore that length, and take
for frames what stands in a body after a NUL: such a body is told apart as ``smuggled``.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from typing import NamedTuple

from framewall.decode._stomp.frame import COMMANDS, Head, head
from framewall.errors import LimitReached
from framewall.limits import RECORD_BYTES

_HEAD_END = re.compile(rb"\n\r*\n|\x00")
_BETWEEN = re.compile(rb"[\r\n\x00]*")
_COMMAND = b"|".join(sorted(COMMANDS, reverse=True))
_WITHIN = re.compile(rb"(?:\A|\x00)[\r\n]*(?:" + _COMMAND + rb")[ \t]*\r*\n", re.IGNORECASE)
_LONGEST_COMMAND = 32
_OVERLAP = 8
"""Bytes that are looked at again when more come: an empty line may have come in pieces."""


class Frame(NamedTuple):
    """One frame. ``early``: a body up to its first NUL, though its length says that more comes."""

    head: Head
    body: bytes
    odd: str = ""
    early: bool = False


class Stream:
    """The bytes of a frame begun."""

    def __init__(self) -> None:
        self.held = bytearray()
        self._looked = 0
        self._head: tuple[Head, int] | None = None
        self._nul: int | None = None
        self._tail = b""

    def add(self, data: bytes) -> None:
        """More bytes. Raises LimitReached; the frame begun is then forgotten."""
        if len(self.held) + len(data) > RECORD_BYTES.default:
            self.forget()
            raise LimitReached(RECORD_BYTES, "a STOMP frame that does not end")
        self.held += data

    def forget(self) -> None:
        """Starts anew at the next byte."""
        self.held.clear()
        self._begin(0)

    def plausible(self) -> bool:
        """Whether what is held can become a frame: its first line is a command, or the beginning of one."""
        if self._head is not None:
            return True
        start = bytes(self.held[:_LONGEST_COMMAND])
        line, end, _ = start.upper().partition(b"\n")
        bare = line.strip()
        if end or len(line) == _LONGEST_COMMAND:
            return bare in COMMANDS
        return any(command.startswith(bare) for command in COMMANDS)

    def frames(self) -> Iterator[Frame]:
        """Every frame that is complete, and what a server that ignores lengths would already see."""
        at = 0
        while at < len(self.held):
            if self._head is None:
                at = _BETWEEN.match(self.held, at).end()  # type: ignore[union-attr]
                end = _HEAD_END.search(self.held, max(at, self._looked - _OVERLAP))
                if end is None:
                    self._looked = len(self.held)
                    break
                found = head(bytes(self.held[at : end.start()]))
                if end[0] == b"\0":
                    at = self._begin(end.end())
                    yield Frame(found, b"", found.odd or "a frame without an empty line")
                    continue
                self._head = found, end.end()
                self._looked = end.end()
            done = yield from self._body()
            if done is None:
                break
            at = self._begin(done)
        self._drop(at)

    def _begin(self, at: int) -> int:
        self._head = self._nul = None
        self._tail = b""
        self._looked = at
        return at

    def _drop(self, at: int) -> None:
        del self.held[:at]
        self._looked = max(0, self._looked - at)
        if self._head is not None:
            self._head = self._head[0], self._head[1] - at
        if self._nul is not None:
            self._nul -= at

    def _body(self) -> Generator[Frame, None, int | None]:
        """Yields the frame if it is whole, and returns where it ends."""
        assert self._head is not None
        found, start = self._head
        if found.length is None:
            end = self.held.find(0, max(start, self._looked))
            if end < 0:
                self._looked = len(self.held)
                return None
            yield Frame(found, bytes(self.held[start:end]), found.odd)
            return end + 1
        end = start + found.length
        yield from self._inside(found, start, end)
        if end >= len(self.held):
            return None
        if self.held[end] == 0:
            yield Frame(found, bytes(self.held[start:end]), found.odd)
            return end + 1
        longer = self.held.find(0, max(end, self._looked))
        if longer < 0:
            self._looked = len(self.held)
            return None
        yield Frame(found, bytes(self.held[start:end]), "", True)
        yield Frame(found, bytes(self.held[start:longer]), "a body longer than its content-length")
        return longer + 1

    def _inside(self, found: Head, start: int, end: int) -> Iterator[Frame]:
        """What stands in a body of a stated length, for a server that ends it at the first NUL."""
        seen = min(end, len(self.held))
        if self._nul is None:
            nul = self.held.find(0, max(start, self._looked), seen)
            if nul < 0:
                self._looked = max(self._looked, seen)
                return
            self._nul = nul
            self._looked = nul + 1
            yield Frame(found, bytes(self.held[start:nul]), "", True)
        if self._looked >= seen:
            return
        fresh = self._tail + bytes(self.held[self._looked : seen])
        self._looked = seen
        for within in _WITHIN.finditer(fresh):
            stop = fresh.find(0, within.end())
            inner = fresh[within.start() : stop if stop >= 0 else len(fresh)].lstrip(b"\0\r\n")
            lines, _, body = inner.replace(b"\r\n", b"\n").partition(b"\n\n")
            yield Frame(head(lines), body, "a frame in the body of another")
        rest = fresh[fresh.rfind(0) + 1 :].lstrip(b"\r\n")
        self._tail = rest if len(rest) < _LONGEST_COMMAND else b"\x01"
