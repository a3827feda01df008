"""Batched transports: several serialized messages in one of the WebSocket's (WAMP, section "Batched Transport")."""

from __future__ import annotations

import re
from typing import NamedTuple

from framewall.limits import PAYLOAD_PACKETS

_SEPARATORS = re.compile(rb"[\x18\x1e]")
"""The text says ``\\30``: 30 to most, but octal to Autobahn for Python."""


class Batch(NamedTuple):
    """Its messages, and what follows them that is none."""

    messages: list[bytes]
    rest: bytes = b""


def json(data: bytes) -> Batch:
    """Each followed by a separator."""
    found = [each for each in _SEPARATORS.split(data, PAYLOAD_PACKETS.default) if each.strip()]
    if len(found) > PAYLOAD_PACKETS.default:
        return Batch(found[:-1], found[-1])
    return Batch(found)


def join(messages: list[bytes], *, text: bool) -> bytes:
    """A batch of these, separated as the protocol's text and most routers do."""
    if text:
        return b"".join(each + b"\x1e" for each in messages)
    return b"".join(len(each).to_bytes(4) + each for each in messages)


def binary(data: bytes) -> Batch:
    """Each preceded by its length, four bytes, highest first."""
    found: list[bytes] = []
    at = 0
    while at + 4 <= len(data) and len(found) < PAYLOAD_PACKETS.default:
        end = at + 4 + int.from_bytes(data[at : at + 4])
        if end > len(data):
            break
        found.append(data[at + 4 : end])
        at = end
    return Batch(found, data[at:])
