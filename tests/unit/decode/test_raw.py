"""Raw binary."""

from __future__ import annotations

from framewall.decode.raw import decoder
from framewall.model import Part
from support.requests import binary, text, upgrade


def test_binary_frames_are_claimed() -> None:
    """Weakly, and nothing else."""
    assert 0 < decoder.claim(upgrade("/"), None, binary(b"\x00")) < 0.2
    assert decoder.claim(upgrade("/"), None, text("hi")) == 0
    assert decoder.claim(upgrade("/"), None, None) == 0


def test_the_engine_looks_for_formats_in_it() -> None:
    """The text formats too: an opcode is no type."""
    [packet] = decoder.reader(upgrade("/")).decode(binary(b"\x00"))
    assert packet.parts == (Part(b"\x00", "auto"),)
