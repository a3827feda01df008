"""The pages are true: what they list is what there is, and their examples work."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from google.protobuf import descriptor_pb2

from framewall.config import from_text
from framewall.config.schema import Allow, Configuration, Decisions, Route, Server, Upstream
from framewall.events import backends
from framewall.events.record import from_json
from framewall.limits import ALL
from framewall.model import Event, Mode
from support.command import framewall
from support.running import REPOSITORY

DOCS = REPOSITORY / "docs"
CONFIGURATION = (DOCS / "configuration.md").read_text()
EVENTS = (DOCS / "events.md").read_text()


def blocks(page: str, language: str) -> list[str]:
    found = re.findall(rf"```{language}\n(.*?)```", page, re.DOTALL)
    assert found, language
    return found


def test_the_generated_tables_are_the_codes() -> None:
    """If this fails: ``python docs/reference.py`` writes them anew."""
    command = [sys.executable, str(DOCS / "reference.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr + "\nwrite them anew: python docs/reference.py"


@pytest.mark.parametrize("table", [Configuration, Decisions, Route, Upstream, Server, Allow])
def test_every_setting_is_documented(table: type[Configuration]) -> None:
    for name, field in table.model_fields.items():
        assert f"| `{name}` |" in CONFIGURATION
        assert field.description


def test_every_limit_and_every_mode_is_documented() -> None:
    for limit in ALL:
        assert f"| `{limit.name}` |" in CONFIGURATION
    for mode in Mode:
        assert f"| `{mode.value}` |" in CONFIGURATION


def test_every_example_of_a_configuration_can_be_used(tmp_path: Path) -> None:
    game = descriptor_pb2.FileDescriptorProto(name="game.proto", package="game")
    game.message_type.add(name="Envelope")
    (tmp_path / "game.binpb").write_bytes(descriptor_pb2.FileDescriptorSet(file=[game]).SerializeToString())
    for document in blocks(CONFIGURATION, "toml"):
        for name in re.findall(r'"([\w-]+\.avsc)"', document):
            (tmp_path / name).write_text('"string"')
        from_text(document, str(tmp_path / "framewall.toml") if "schemas" in document else "")


def test_the_examples_use_every_setting_of_a_route() -> None:
    examples = "".join(blocks(CONFIGURATION, "toml"))
    for name in {*Route.model_fields, *Upstream.model_fields, *Server.model_fields} - {
        "graylist",
        "graylist_seconds",
    }:
        assert re.search(rf"\b{name}\b", examples), name


def test_the_mistakes_that_the_page_shows_are_told_so(tmp_path: Path) -> None:
    told = blocks(CONFIGURATION, "console")[0].splitlines()[1:]
    (tmp_path / "framewall.toml").write_text(
        'upstream = "http://127.0.0.1:3000"\nmode = "blok"\n\n[limits]\nmessage_bites = 5\n'
    )
    said = framewall("check", "framewall.toml", cwd=tmp_path, status=1)
    assert said.stderr.splitlines() == told


def test_every_field_of_an_event_is_documented_and_shown() -> None:
    example = json.loads(blocks(EVENTS, "json")[0])
    assert list(example) == list(Event.__dataclass_fields__)
    from_json(example)
    for name in Event.__dataclass_fields__:
        assert f"| `{name}` |" in EVENTS


def test_every_store_is_documented() -> None:
    for scheme in backends():
        assert f"`{scheme}:" in EVENTS
