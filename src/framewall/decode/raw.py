"""Raw binary: whatever a binary frame holds that nothing else claims."""

from __future__ import annotations

from collections.abc import Sequence

from framewall.decode._api import UNCLAIMED, Decoder, Reader
from framewall.model import Message, Opcode, Packet, Part, Request, Upgrade


class RawReader(Reader):
    """Needs no memory."""

    framework = "binary"

    def decode(self, message: Message) -> Sequence[Packet]:
        """The whole message is one value; the engine sniffs the binary formats."""
        return (Packet("binary", "", "message", (Part(message.data),)),)


class Raw(Decoder):
    """Claims every binary frame, weakly."""

    name = "binary"
    generic = True

    def claim(self, request: Request, upgrade: Upgrade | None, message: Message | None) -> float:
        """By the opcode alone."""
        del request, upgrade
        return 0.1 if message is not None and message.opcode is Opcode.BINARY else UNCLAIMED

    def reader(self, request: Request) -> RawReader:
        """The same for all."""
        del request
        return RawReader()


decoder = Raw()
