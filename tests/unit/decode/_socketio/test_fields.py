"""What the fields of Socket.IO packets are called."""

from __future__ import annotations

import pytest

from framewall.decode._socketio import fields
from framewall.fields.names import name
from framewall.model import Path


@pytest.mark.parametrize(
    ("event", "path", "wanted"),
    [
        ("new message", (1, "text"), 'event["new message"].args[0].text'),
        ("m", (0,), "event.name"),
        ("m", (2,), 'event["m"].args[1]'),
        ("m", (), 'event["m"]'),
        ("m", ("key",), 'event["m"].key'),
        ('a"b', (1,), 'event["a\\"b"].args[0]'),
        ("é", (1,), 'event["é"].args[0]'),
        (None, (1,), "event.args[0]"),
    ],
)
def test_events(event: str | None, path: Path, wanted: str) -> None:
    """The name first, arguments counted from 0."""
    assert name(lambda walked: fields.event(event, walked), path) == wanted


@pytest.mark.parametrize(
    ("ack", "stands", "wanted"),
    [
        (False, (1, "image"), 'event["m"].args[0].image'),
        (False, None, 'event["m"].attachments[3]'),
        (True, (0,), "ack.args[0]"),
        (True, None, "ack.attachments[3]"),
    ],
)
def test_attachments(ack: bool, stands: Path | None, wanted: str) -> None:
    """Where the placeholder stands; by number if there is none."""
    assert name(lambda path: fields.attachment(ack, "m", stands, 3, path), ()) == wanted
