"""Which descriptor a part is read by."""

from __future__ import annotations

from framewall.model import Part
from framewall.policy.schemas import Schema, hint

CHAT = Schema("protobuf", ((None, b""),), "chat.Say", "chat.*")
REST = Schema("avro", ((7, b""),))


def test_the_first_descriptor_that_fits_the_event_is_taken() -> None:
    assert hint((CHAT, REST), Part(b""), "chat.say") == "schema:0"
    assert hint((CHAT, REST), Part(b""), "move") == "schema:1"
    assert hint((CHAT, REST), Part(b""), None) == "schema:1"


def test_what_no_descriptor_fits_keeps_its_hint() -> None:
    assert hint((), Part(b"", "msgpack"), None) == "msgpack"
    assert hint((CHAT,), Part(b""), "move") == "auto"
    assert hint((REST,), Part(b"", "text"), None) == "text"
    assert hint((REST,), Part(b"", "auto", key=True), None) == "auto"
