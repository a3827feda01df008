"""The binary form of a packet: socket.io-msgpack-parser's map of ``type``, ``data``, ``nsp``, ``id``."""

from __future__ import annotations

from typing import NamedTuple

from framewall._core import FormatError, View
from framewall.decode._socketio.packet import ACK, ERROR, EVENT

HINT = "msgpack"


class MsgpackPacket(NamedTuple):
    """What such a packet says of itself; its leaves are the engine's to walk.

    ``whole``: it fits the packet's grammar, and nothing follows it.
    """

    kind: int
    name: str | None
    namespace: str
    whole: bool


def read(data: bytes) -> MsgpackPacket | None:
    """The packet in a binary message; None if it is none."""
    try:
        view = View.parse(data, HINT)
    except FormatError:
        return None
    if view.kind != "map":
        return None
    kind, namespace, content = view.get("type"), view.get("nsp"), view.get("data")
    number = kind.int if kind is not None else None
    if number is None or not 0 <= number <= ERROR or namespace is None or namespace.kind != "text":
        return None
    name = None
    listed = content is not None and content.kind == "list"
    if number == EVENT and listed and content is not None and len(content):
        name = content[0].text
    whole = view.consumed == len(data) and (listed or number not in (EVENT, ACK))
    return MsgpackPacket(number, name, namespace.text, whole)
