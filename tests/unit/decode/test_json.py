"""Plain JSON."""

from __future__ import annotations

import pytest

from framewall.decode.json import decoder
from framewall.model import Message, Part
from support.requests import binary, text, upgrade


@pytest.mark.parametrize("message", [text('{"a":1}'), text(" [1]\r\n"), text('\ufeff{"a":1}'), binary(b"[]")])
def test_objects_and_arrays_are_claimed(message: Message) -> None:
    """In either kind of frame, whatever surrounds them."""
    assert decoder.claim(upgrade("/"), None, message) > 0


@pytest.mark.parametrize(
    "message", [None, text(""), text("{"), text("[1}"), text("1"), text('"a"'), binary(b"\x80")]
)
def test_nothing_else_is(message: Message | None) -> None:
    """Scalars are text to whoever reads them."""
    assert decoder.claim(upgrade("/"), None, message) == 0


def test_the_whole_message_is_one_part() -> None:
    """Which the engine walks as JSON."""
    [packet] = decoder.reader(upgrade("/")).decode(text('{"a":1}'))
    assert packet.parts == (Part(b'{"a":1}', "json"),)
