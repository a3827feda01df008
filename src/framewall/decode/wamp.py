"""WAMP version 2 in every serialization, batched or not, and version 1 as Ratchet speaks it.

Protocol texts: wamp-proto, "The Web Application Messaging Protocol"; for version 1 Ratchet's ServerProtocol.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from framewall.decode._api import UNCLAIMED, Decoder, Reader, Split
from framewall.decode._wamp.reader import JSON, NAME, Serialization, Wamp1Reader, WampReader
from framewall.model import Direction, Message, Notice, Packet, Request, Upgrade

_FORMATS: dict[str, tuple[str, ...]] = {
    "json": ("json",),
    "msgpack": ("msgpack",),
    "cbor": ("cbor",),
    "ubjson": ("ubjson", "bjdata"),
    "flatbuffers": (),
}
"""Autobahn's UBJSON has become BJData. FlatBuffers need their schema."""
_BATCHED = ".batched"
_VERSION_1 = "wamp"
_HELLO = re.compile(rb'\s*\[\s*1\s*,\s*"[^"]*"\s*,\s*\{')
_WELCOME = re.compile(rb"\s*\[\s*2\s*,\s*[0-9]+\s*,\s*\{")
_WELCOME_1 = re.compile(rb'\s*\[\s*0\s*,\s*"[^"]*"\s*,\s*1\s*,\s*"')


class UnsettledReader(Reader):
    """A connection without a subprotocol: JSON, of the version that the server's first message shows."""

    framework = NAME

    def __init__(self) -> None:
        self._settled: WampReader | None = None

    def decode(self, message: Message) -> Sequence[Packet]:
        """As the version's own reader does."""
        if self._settled is None:
            first = message.direction is Direction.SERVER and _WELCOME_1.match(message.data)
            self._settled = Wamp1Reader() if first else WampReader(JSON)
        try:
            return self._settled.decode(message)
        finally:
            self.proven = self._settled.proven

    def refuse(self, packet: Packet | None, text: str) -> Sequence[Notice]:
        """As the version's own reader does."""
        return self._settled.refuse(packet, text) if self._settled else ()

    def split(self, side: Direction) -> Split | None:
        """As the version's own reader allows."""
        return self._settled.split(side) if self._settled else None


class Wamp(Decoder):
    """Claims by the subprotocol that the server selected, or weakly by the first messages."""

    name = NAME
    signs = (r'\s*\[\s*[01]\s*,\s*"', r"\s*\[\s*2\s*,\s*[0-9]")
    versions = "2 (JSON, MessagePack, CBOR, UBJSON, each batched or not) and 1"
    transports = ("WebSocket",)

    def claim(self, request: Request, upgrade: Upgrade | None, message: Message | None) -> float:
        """Arrays of numbers and names are common; only the greetings are told by their shape."""
        del request
        subprotocol = upgrade.subprotocol if upgrade else None
        if subprotocol == _VERSION_1 or serialization(subprotocol):
            return 0.95
        if message is None:
            return UNCLAIMED
        shapes = (_WELCOME, _WELCOME_1) if message.direction is Direction.SERVER else (_HELLO,)
        return 0.5 if any(shape.match(message.data) for shape in shapes) else UNCLAIMED

    def reader(self, request: Request) -> UnsettledReader:
        """Where nothing was selected."""
        del request
        return UnsettledReader()

    def begin(self, request: Request, upgrade: Upgrade | None) -> Reader:
        """Of the version and in the serialization selected."""
        subprotocol = upgrade.subprotocol if upgrade else None
        if subprotocol == _VERSION_1:
            return Wamp1Reader()
        written = serialization(subprotocol)
        return WampReader(written) if written else self.reader(request)


def serialization(subprotocol: str | None) -> Serialization | None:
    """What a subprotocol of version 2 says."""
    name = (subprotocol or "").removesuffix(_BATCHED)
    format = name.removeprefix("wamp.2.")
    if name == format or format not in _FORMATS:
        return None
    return Serialization(_FORMATS[format], (subprotocol or "").endswith(_BATCHED))


decoder = Wamp()
