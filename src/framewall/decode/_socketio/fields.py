"""What the fields of Socket.IO packets are called."""

from __future__ import annotations

import json

from framewall.decode._socketio.packet import ACK, CONNECT, EVENT
from framewall.model import Path

Named = tuple[str, Path]


def event(name: str | None, path: Path) -> Named:
    """``["name", a, b]``: the name, then ``args[0]``, ``args[1]``."""
    if path and path[0] == 0:
        return "event.name", path[1:]
    start = "event" if name is None else f"event[{json.dumps(name, ensure_ascii=False)}]"
    if path and isinstance(path[0], int):
        return f"{start}.args[{path[0] - 1}]", path[1:]
    return start, path


def ack(path: Path) -> Named:
    """``[a, b]``: ``args[0]``, ``args[1]``."""
    return "ack.args", path


def attachment(is_ack: bool, name: str | None, stands: Path | None, place: int, path: Path) -> Named:
    """Attachment ``place``, by where its placeholder ``stands`` in the packet's JSON."""
    if stands is not None:
        return ack((*stands, *path)) if is_ack else event(name, (*stands, *path))
    return f"{'ack' if is_ack else event(name, ())[0]}.attachments[{place}]", path


def packed(kind: int, name: str | None, path: Path) -> Named:
    """A packet that is a map, by the names that its text form would give."""
    if path[:1] == ("nsp",):
        return "namespace", path[1:]
    if path[:1] != ("data",):
        return "packet", path
    if kind == EVENT:
        return event(name, path[1:])
    if kind == ACK:
        return ack(path[1:])
    return "auth" if kind == CONNECT else "error", path[1:]
