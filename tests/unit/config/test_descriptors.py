"""Descriptors in the configuration: files that real compilers wrote, read by the engine, named in findings."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import fastavro
import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

from framewall.config import BadConfiguration, load
from framewall.config.policies import policy
from framewall.config.settings import engine_settings
from framewall.detect.load import builtin_engine
from framewall.model import Direction, Message, Opcode, Request, Upgrade
from framewall.pipeline import Inspector

ATTACK = "<script>alert(document.cookie)</script>"
SAY = {
    "type": "record",
    "name": "chat.Say",
    "fields": [
        {"name": "room", "type": "string"},
        {"name": "lines", "type": {"type": "array", "items": "string"}},
    ],
}
MOVE = {"type": "record", "name": "chat.Move", "fields": [{"name": "to", "type": ["null", "string"]}]}


def descriptor_set() -> descriptor_pb2.FileDescriptorSet:
    """``message Envelope { uint64 id = 1; Say say = 2; message Say { repeated string lines = 3; } }``."""
    kinds = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(name="chat.proto", package="chat", syntax="proto3")
    envelope = file.message_type.add(name="Envelope")
    envelope.field.add(name="id", number=1, type=kinds.TYPE_UINT64, label=kinds.LABEL_OPTIONAL)
    envelope.field.add(
        name="say",
        number=2,
        type=kinds.TYPE_MESSAGE,
        type_name=".chat.Envelope.Say",
        label=kinds.LABEL_OPTIONAL,
    )
    say = envelope.nested_type.add(name="Say")
    say.field.add(name="lines", number=3, type=kinds.TYPE_STRING, label=kinds.LABEL_REPEATED)
    return descriptor_pb2.FileDescriptorSet(file=[file])


def envelope(*lines: str) -> bytes:
    """An ``Envelope`` by the mainstream encoder."""
    pool = descriptor_pool.DescriptorPool()
    pool.Add(descriptor_set().file[0])
    factory: Any = message_factory.GetMessageClass(pool.FindMessageTypeByName("chat.Envelope"))
    return bytes(factory(id=7, say={"lines": lines}).SerializeToString())


def datum(schema: dict[str, Any], value: object) -> bytes:
    """A bare Avro datum by the mainstream encoder."""
    out = io.BytesIO()
    fastavro.schemaless_writer(out, fastavro.parse_schema(schema), value)
    return out.getvalue()


def configured(folder: Path, *settings: str) -> Inspector:
    """An Inspector with descriptors beside its configuration."""
    (folder / "chat.binpb").write_bytes(descriptor_set().SerializeToString())
    (folder / "say.avsc").write_text(json.dumps(SAY))
    (folder / "move.avsc").write_text(json.dumps(MOVE))
    file = folder / "framewall.toml"
    file.write_text("\n".join(['upstream = "http://127.0.0.1:1"', *settings]))
    return Inspector(
        policy(load(file)), builtin_engine(), lambda event: None, lambda: 1.0, settings=engine_settings
    )


def fields(inspector: Inspector, data: bytes, path: str = "/ws", route: str = "default") -> list[str]:
    """Where the attacks in a binary message are."""
    request = Request(1, "GET", path, "1.1", (("Host", "chat.example"),), "203.0.113.9", route, upgrade=True)
    session = inspector.open(1, request, Upgrade())
    verdict = inspector.message(session, Message(Direction.CLIENT, Opcode.BINARY, data))
    return [finding.field for finding in verdict.findings]


def test_protobuf_fields_have_their_names(tmp_path: Path) -> None:
    inspector = configured(tmp_path, 'schemas = [{ protobuf = "chat.binpb", message = "chat.Envelope" }]')
    assert fields(inspector, envelope("hi", ATTACK))[0] == "message.say.lines"
    assert fields(inspector, envelope("hi", "there")) == []


def test_without_a_descriptor_fields_have_numbers(tmp_path: Path) -> None:
    assert fields(configured(tmp_path), envelope("hi", ATTACK))[0] == 'message["2"]["3"]'


def test_avro_of_a_registry_is_read_by_its_number(tmp_path: Path) -> None:
    inspector = configured(tmp_path, 'schemas = { registry = { 7 = "say.avsc", 8 = "move.avsc" } }')
    say = datum(SAY, {"room": "general", "lines": ["hi", ATTACK]})
    move = datum(MOVE, {"to": ATTACK})
    assert fields(inspector, b"\0\0\0\0\x07" + say)[0] == "message.lines[1]"
    assert fields(inspector, b"\0\0\0\0\x08" + move)[0] == "message.to"
    # A number that nobody gave: found all the same.
    assert fields(inspector, b"\0\0\0\0\x09" + move) != []


def test_avro_without_a_number_has_the_one_schema(tmp_path: Path) -> None:
    inspector = configured(tmp_path, 'schemas = [{ avro = "say.avsc" }]')
    assert fields(inspector, datum(SAY, {"room": ATTACK, "lines": []}))[0] == "message.room"


def test_a_route_has_its_own_before_those_at_the_top(tmp_path: Path) -> None:
    inspector = configured(
        tmp_path,
        'schemas = [{ avro = "say.avsc" }]',
        "[[routes]]",
        'name = "moves"',
        'path = "/moves"',
        'schemas = [{ avro = "move.avsc" }]',
    )
    move = datum(MOVE, {"to": ATTACK})
    assert fields(inspector, move, "/moves", "moves")[0] == "message.to"
    assert fields(inspector, datum(SAY, {"room": ATTACK, "lines": []}))[0] == "message.room"


def test_data_that_does_not_fit_is_judged_as_without(tmp_path: Path) -> None:
    inspector = configured(tmp_path, 'schemas = [{ protobuf = "chat.binpb", message = "chat.Envelope" }]')
    assert fields(inspector, json.dumps({"text": ATTACK}).encode())[0] == "message.text"
    assert fields(inspector, envelope("hi", ATTACK) + b"\x0b") != []


@pytest.mark.parametrize(
    ("setting", "why"),
    [
        ('{ protobuf = "chat.binpb", message = "chat.Nothing" }', 'no message type is called "chat.Nothing"'),
        ('{ protobuf = "say.avsc", message = "chat.Envelope" }', "not a FileDescriptorSet"),
        ('{ protobuf = "chat.binpb" }', "which message type is sent is not said"),
        ('{ protobuf = "gone.binpb", message = "chat.Envelope" }', '"gone.binpb" cannot be read'),
        ('{ avro = "chat.binpb" }', "not an Avro schema"),
        ('{ avro = "say.avsc", message = "chat.Say" }', "Avro has no message types"),
        ('{ avro = "say.avsc", protobuf = "chat.binpb" }', "a descriptor is of one format"),
        ('{ registry = { seven = "say.avsc" } }', '"seven" is no number of a schema'),
        ("{ avro = 7 }", "7 is no file"),
        ('{ event = "say" }', "a descriptor is of one format"),
    ],
)
def test_what_cannot_be_used_is_said_with_its_line(tmp_path: Path, setting: str, why: str) -> None:
    with pytest.raises(BadConfiguration) as raised:
        configured(tmp_path, f"schemas = [{setting}]")
    assert why in str(raised.value)
    assert raised.value.line == 2
    assert raised.value.instead
