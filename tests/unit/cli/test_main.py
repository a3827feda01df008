"""The command as a whole: its help, its subcommands, its manners."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import framewall
from framewall.cli import framewall as group
from support.command import framewall as run

COMMANDS = group.list_commands(None)  # type: ignore[arg-type]


def test_the_subcommands_are_the_modules_of_the_folder() -> None:
    folder = Path(framewall.__file__).parent / "cli"
    assert sorted(COMMANDS) == sorted(
        file.stem for file in folder.glob("*.py") if not file.name.startswith("_")
    )
    assert {"check", "demo", "events", "inspect", "run"} <= set(COMMANDS)


def test_the_version_is_the_packages(tmp_path: Path) -> None:
    assert run("--version", cwd=tmp_path).stdout == f"framewall {framewall.__version__}\n"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_subcommand_has_help_and_stands_in_the_list(command: str, tmp_path: Path) -> None:
    assert f"  {command} " in run("--help", cwd=tmp_path).stdout
    assert f"Usage: framewall {command}" in run(command, "--help", cwd=tmp_path).stdout


def test_an_unknown_subcommand_is_told(tmp_path: Path) -> None:
    said = run("protect", cwd=tmp_path, status=2)
    assert "No such command 'protect'" in said.stderr
    assert said.stdout == ""


def test_a_mistake_in_a_rule_file_is_told(tmp_path: Path) -> None:
    said = run("rules", "test", "none.toml", cwd=tmp_path, status=1)
    assert said.stderr.startswith("framewall: none.toml: ")


def test_a_reader_that_leaves_early_is_no_error(tmp_path: Path) -> None:
    lines = b'{"data": "hello"}\n' * 20_000
    command = [sys.executable, "-m", "framewall", "inspect"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path
    ) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        try:
            process.stdin.write(lines)
            process.stdin.close()
        except BrokenPipeError:
            pass
        assert process.stderr.read() == b""
        assert process.wait(30) == 1
