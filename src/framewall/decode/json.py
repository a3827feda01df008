"""Plain JSON: one value a message, in a text frame or a binary one."""

from __future__ import annotations

from collections.abc import Sequence

from framewall.decode._api import UNCLAIMED, Decoder, Reader
from framewall.model import Message, Packet, Part, Request, Upgrade

_SPACE = b" \t\r\n"
_BOM = b"\xef\xbb\xbf"
_ENDS = {b"{": b"}", b"[": b"]"}


class JsonReader(Reader):
    """Needs no memory."""

    framework = "json"

    def decode(self, message: Message) -> Sequence[Packet]:
        """The whole message is one document."""
        return (Packet("json", "", "message", (Part(message.data, "json"),)),)


class Json(Decoder):
    """Claims what begins and ends like an object or an array."""

    name = "json"
    generic = True

    def claim(self, request: Request, upgrade: Upgrade | None, message: Message | None) -> float:
        """By the outermost brackets; broken JSON is judged as JSON too, and raw besides."""
        del request, upgrade
        if message is None:
            return UNCLAIMED
        data = message.data.removeprefix(_BOM).strip(_SPACE)
        return 0.2 if _ENDS.get(data[:1]) == data[-1:] and data else UNCLAIMED

    def reader(self, request: Request) -> JsonReader:
        """The same for all."""
        del request
        return JsonReader()


decoder = Json()
