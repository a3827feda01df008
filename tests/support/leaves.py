"""What the engine would see of a packet: every key and value of every plausible reading of its parts."""

from __future__ import annotations

from collections.abc import Iterable

from framewall import _core
from framewall.model import Packet, Part


def of_part(part: Part) -> list[bytes]:
    """The part itself and all its leaves."""
    found = [part.data]
    for format in _core.readings(part.data, part.hint):
        found += [leaf for _, role, _, leaf, _ in _core.walk(part.data, format) if role in ("key", "value")]
    return found


def of(packets: Iterable[Packet]) -> list[bytes]:
    """The leaves of several packets."""
    return [leaf for packet in packets for part in packet.parts for leaf in of_part(part)]
