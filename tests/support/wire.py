"""A WebSocket client made of bytes, for what proper clients never send."""

from __future__ import annotations

import base64
import hashlib
import os
import socket
import struct
import time
from types import TracebackType
from typing import Self

from support.servers import read_head

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
TEXT, BINARY, CLOSE, PING, PONG, CONTINUATION = 1, 2, 8, 9, 10, 0


def handshake(path: str = "/", extra: str = "", key: str = KEY) -> bytes:
    """A correct handshake; ``extra`` is more header lines, each with its CRLF."""
    return (
        f"GET {path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n{extra}\r\n"
    ).encode()


def switching(head: bytes, extra: str = "") -> bytes:
    """The right 101 to a handshake."""
    key = head.lower().split(b"sec-websocket-key: ")[1].split(b"\r\n")[0]
    start = head.lower().index(key)
    key = head[start : start + len(key)]
    accept = base64.b64encode(hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()).decode()
    return (
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Accept: {accept}\r\n{extra}\r\n"
    ).encode()


def frame(
    opcode: int, payload: bytes = b"", *, fin: bool = True, masked: bool = True, rsv1: bool = False
) -> bytes:
    """One frame."""
    first = (0x80 if fin else 0) | (0x40 if rsv1 else 0) | opcode
    flag = 0x80 if masked else 0
    if len(payload) < 126:
        head = struct.pack("!BB", first, flag | len(payload))
    elif len(payload) < 65536:
        head = struct.pack("!BBH", first, flag | 126, len(payload))
    else:
        head = struct.pack("!BBQ", first, flag | 127, len(payload))
    if not masked:
        return head + payload
    mask = os.urandom(4)
    key = (mask * (len(payload) // 4 + 1))[: len(payload)]
    body = (int.from_bytes(payload, "big") ^ int.from_bytes(key, "big")).to_bytes(len(payload), "big")
    return head + mask + body


class Wire:
    """One raw connection to ``HOST:PORT``."""

    def __init__(self, address: str) -> None:
        host, port = address.rsplit(":", 1)
        self.socket = socket.create_connection((host, int(port)), timeout=10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._rest = b""

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def head(self) -> bytes:
        """The next HTTP head."""
        head, self._rest = read_head(self.socket)
        return head

    def upgrade(self, path: str = "/", extra: str = "", behind: bytes = b"") -> bytes:
        """A handshake that has to succeed; ``behind`` goes in the same segment. The answer's head."""
        self.send(handshake(path, extra) + behind)
        head = self.head()
        assert head.startswith(b"HTTP/1.1 101 "), head
        return head

    def exactly(self, count: int) -> bytes:
        while len(self._rest) < count:
            piece = self.socket.recv(65536)
            if not piece:
                raise EOFError(self._rest)
            self._rest += piece
        taken, self._rest = self._rest[:count], self._rest[count:]
        return taken

    def frame(self) -> tuple[int, bytes]:
        """The next frame: opcode and payload. EOFError at the end."""
        first, second = self.exactly(2)
        length = second & 0x7F
        if length == 126:
            length = int.from_bytes(self.exactly(2), "big")
        elif length == 127:
            length = int.from_bytes(self.exactly(8), "big")
        assert not second & 0x80, "a server's frames are not masked"
        return first & 0x0F, self.exactly(length)

    def close_code(self) -> int:
        """The code of the Close that has to be the next frame but for pongs and messages."""
        while True:
            opcode, payload = self.frame()
            if opcode == CLOSE:
                return int.from_bytes(payload[:2], "big")

    def until_end(self) -> tuple[bytes, float]:
        """All that still comes, and the seconds until the end or a reset."""
        began = time.monotonic()
        data, self._rest = self._rest, b""
        try:
            while piece := self.socket.recv(65536):
                data += piece
        except ConnectionResetError:
            pass
        return data, time.monotonic() - began

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.socket.close()
