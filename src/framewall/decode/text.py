"""Plain text: whatever a text frame holds that nothing else claims."""

from __future__ import annotations

from collections.abc import Sequence

from framewall.decode._api import UNCLAIMED, Decoder, Reader
from framewall.model import Message, Opcode, Packet, Part, Request, Upgrade


class TextReader(Reader):
    """Needs no memory."""

    framework = "text"

    def decode(self, message: Message) -> Sequence[Packet]:
        """The whole message is one value; the engine looks whether a format is in it."""
        return (Packet("text", "", "message", (Part(message.data),)),)


class Text(Decoder):
    """Claims every text frame, weakly."""

    name = "text"
    generic = True

    def claim(self, request: Request, upgrade: Upgrade | None, message: Message | None) -> float:
        """By the opcode alone."""
        del request, upgrade
        return 0.1 if message is not None and message.opcode is Opcode.TEXT else UNCLAIMED

    def reader(self, request: Request) -> TextReader:
        """The same for all."""
        del request
        return TextReader()


decoder = Text()
