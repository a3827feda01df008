"""Request heads for tests."""

from __future__ import annotations

from itertools import count

from framewall.model import Direction, Message, Opcode, Request

_ids = count(1)

HANDSHAKE = (
    ("Host", "chat.example"),
    ("Connection", "Upgrade"),
    ("Upgrade", "websocket"),
    ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ("Sec-WebSocket-Version", "13"),
)
SOCKETIO = "/socket.io/?EIO=4&transport=websocket"
POLLING = "/socket.io/?EIO=4&transport=polling"


def upgrade(target: str = "/", *headers: tuple[str, str], client: str = "203.0.113.9") -> Request:
    """A WebSocket handshake."""
    return Request(next(_ids), "GET", target, "HTTP/1.1", (*HANDSHAKE, *headers), client, upgrade=True)


def http(method: str, target: str, *headers: tuple[str, str], client: str = "203.0.113.9") -> Request:
    """An ordinary request."""
    return Request(next(_ids), method, target, "HTTP/1.1", (("Host", "chat.example"), *headers), client)


def text(data: str | bytes, direction: Direction = Direction.CLIENT) -> Message:
    """A text message."""
    return Message(
        direction, Opcode.TEXT, data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    )


def binary(data: bytes, direction: Direction = Direction.CLIENT) -> Message:
    """A binary message."""
    return Message(direction, Opcode.BINARY, data)
