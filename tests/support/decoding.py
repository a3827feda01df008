"""What a reader makes of a conversation: its packets, and the names and values of their fields."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from framewall import _core
from framewall.decode import Reader
from framewall.errors import PeerError
from framewall.fields.names import name
from framewall.model import Direction, Message, Opcode, Packet, Part

SCRAPS = frozenset(("partial", "heartbeat"))
"""Kinds that depend on where messages were cut."""


def read(reader: Reader, messages: Iterable[Message]) -> tuple[list[Packet], list[PeerError]]:
    """All packets, those of refused messages included, and the refusals."""
    packets: list[Packet] = []
    errors: list[PeerError] = []
    for message in messages:
        try:
            packets += reader.decode(message)
        except PeerError as error:
            packets += error.packets
            errors.append(error)
    return packets, errors


def whole(packets: Iterable[Packet]) -> list[Packet]:
    """The packets without the scraps of cut ones."""
    return [packet for packet in packets if packet.kind not in SCRAPS]


def fields(packets: Iterable[Packet]) -> dict[str, bytes]:
    """Field names and values, names of members aside."""
    found: dict[str, bytes] = {}
    for packet in packets:
        for part in packet.parts:
            found.update(_fields(part))
    return found


def _fields(part: Part) -> dict[str, bytes]:
    if part.hint in ("text", "auto"):
        return {name(part.label, ()): part.data}
    return {
        name(part.label, tuple(s.decode() if isinstance(s, bytes) else s for s in path)): leaf
        for path, role, _, leaf, _ in _core.walk(part.data, part.hint)
        if role == "value"
    }


def cut(data: bytes, places: Sequence[int], direction: Direction = Direction.CLIENT) -> list[Message]:
    """The bytes in messages cut at these places, opcodes by turns."""
    edges = [0, *sorted({place % (len(data) + 1) for place in places} - {0, len(data)}), len(data)]
    kinds = (Opcode.TEXT, Opcode.BINARY)
    return [
        Message(direction, kinds[turn % 2], data[start:end])
        for turn, (start, end) in enumerate(pairwise(edges))
    ]
