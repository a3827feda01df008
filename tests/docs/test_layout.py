"""The janitor: the layout is the architecture, and stays so."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from support.running import REPOSITORY

SOURCE = REPOSITORY / "src" / "framewall"
UNIT = REPOSITORY / "tests" / "unit"
FILES = sorted(SOURCE.rglob("*.py"))

#: The rooms in the order in which data flows. A room imports from rooms before it; rooms of one line do not
#: know each other.
ROOMS: tuple[tuple[str, ...], ...] = (
    ("errors", "limits", "model"),
    ("decode",),
    ("fields",),
    ("detect",),
    ("policy",),
    ("events",),
    ("sessions",),
    ("presence",),
    ("refusals",),
    ("screening",),
    ("verdicts",),
    ("pipeline",),
    ("watch",),
    ("proxy", "replay", "nginx", "asgi"),
    ("config",),
    ("control",),
    ("console",),
    ("plugins",),
    ("cli",),
)
RANK = {room: rank for rank, line in enumerate(ROOMS) for room in line}
#: Rooms of one line that may know each other: the nouns name one another's types.
TOGETHER = {"errors", "limits", "model"}

MAX_LINES = 400
#: Longer files, each with its reason; none of them may grow beyond twice the cap.
LONG: dict[str, str] = {"pipeline.py": "the one place that knows the order of the rooms"}

#: Files without a test of their own, each with the place where they are tested.
TESTED_ELSEWHERE: dict[str, str] = {
    "decode/json.py": "tests/unit/decode/test_readings.py",
    "decode/raw.py": "tests/unit/decode/test_readings.py",
    "decode/text.py": "tests/unit/decode/test_readings.py",
    "detect/load.py": "tests/unit/cli/test_inspect.py",
    "detect/seclang/exclude.py": "tests/unit/detect/seclang/test_convert.py",
    "proxy/inspects.py": "tests/integration/test_relay_block.py",
    "proxy/relay.py": "tests/integration/test_relay_http.py",
    "proxy/settings.py": "tests/unit/config/test_relay.py",
    "proxy/workers.py": "tests/integration/test_relay_block.py",
    "cli/status.py": "tests/integration/test_control.py",
    "control/changes.py": "tests/integration/test_control.py",
    "control/node.py": "tests/integration/test_control.py",
    "control/scrape.py": "tests/integration/test_control.py",
    "control/server.py": "tests/integration/test_control.py",
    "watch/live.py": "tests/unit/watch/test_watched.py",
    "config/schema.py": "tests/unit/config/test_explain.py",
    "config/values.py": "tests/unit/config/test_explain.py",
}


def room_of(file: Path) -> str:
    return file.relative_to(SOURCE).parts[0].removesuffix(".py")


def imported_rooms(file: Path) -> set[str]:
    """The rooms that a file imports from, type-checking imports included."""
    rooms: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            if node.module == "framewall":
                rooms |= {alias.name for alias in node.names}
            elif node.module.startswith("framewall."):
                rooms.add(node.module.split(".")[1])
        elif isinstance(node, ast.Import):
            rooms |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("framewall.")}
    return rooms - {"_core", "__version__"}


def test_there_is_something_to_look_at() -> None:
    assert len(FILES) > 30


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(SOURCE)))
def test_imports_go_left_only(file: Path) -> None:
    room = room_of(file)
    if room in ("__init__", "__main__"):
        return
    assert room in RANK, f"{room} is no room: give it its place in the flow"
    for other in imported_rooms(file) - {room}:
        assert other in RANK, f"{file} imports {other}, which is no room"
        together = {room, other} <= TOGETHER
        assert together or RANK[other] < RANK[room], f"{room} may not import {other}"


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(SOURCE)))
def test_files_stay_small(file: Path) -> None:
    lines = len(file.read_text().splitlines())
    name = str(file.relative_to(SOURCE))
    cap = 2 * MAX_LINES if LONG.get(name) else MAX_LINES
    assert lines <= cap, f"{name} has {lines} lines: one idea a file"


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(SOURCE)))
def test_every_file_has_its_test(file: Path) -> None:
    name = file.relative_to(SOURCE)
    if file.name in ("__init__.py", "__main__.py"):
        return
    inner = [place for place, part in enumerate(name.parts) if part.startswith("_")]
    if inner:
        # An inner part of its room: tested by itself, or through the files that use it.
        room = UNIT.joinpath(*name.parts[: inner[0]])
        assert list(room.rglob("test_*.py")), f"{room.relative_to(REPOSITORY)} has no test"
        return
    own = UNIT / name.parent / f"test_{file.stem}.py"
    elsewhere = TESTED_ELSEWHERE.get(str(name))
    tested = own.is_file() or (elsewhere is not None and (REPOSITORY / elsewhere).is_file())
    assert tested, f"write {own.relative_to(REPOSITORY)}"


def test_the_lists_of_exceptions_hold_no_ghosts() -> None:
    for name in (*LONG, *TESTED_ELSEWHERE):
        assert (SOURCE / name).is_file(), name


def test_nothing_is_called_utils() -> None:
    assert [file for file in FILES if "util" in file.stem or "helper" in file.stem] == []
