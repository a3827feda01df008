"""Plain text."""

from __future__ import annotations

from framewall.decode.text import decoder
from framewall.model import Part
from support.requests import binary, text, upgrade


def test_text_frames_are_claimed() -> None:
    """Weakly, and nothing else."""
    assert 0 < decoder.claim(upgrade("/"), None, text("hi")) < 0.2
    assert decoder.claim(upgrade("/"), None, binary(b"hi")) == 0
    assert decoder.claim(upgrade("/"), None, None) == 0


def test_the_engine_looks_for_formats_in_it() -> None:
    """No hint keeps it from doing so."""
    [packet] = decoder.reader(upgrade("/")).decode(text("hi"))
    assert packet.parts == (Part(b"hi", "auto"),)
