"""``make new-decoder`` writes a decoder that works, with a test that passes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.running import REPOSITORY

SCRIPT = REPOSITORY / "scripts" / "new-decoder"


def run(folder: Path, name: str) -> subprocess.CompletedProcess[str]:
    """The script, writing into a folder of its own."""
    (folder / "docs").mkdir(exist_ok=True)
    (folder / "docs" / "frameworks.md").touch()
    command = [sys.executable, str(SCRIPT), "--root", str(folder), name]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_mould_is_clean_and_its_test_passes(tmp_path: Path) -> None:
    """By the project's own lints; the test runs against the decoder that was written with it."""
    done = run(tmp_path, "dnode")
    assert done.returncode == 0, done.stderr
    written = done.stdout.split()
    assert "src/framewall/decode/dnode.py" in written
    assert "### dnode" in (tmp_path / "docs" / "frameworks.md").read_text()
    sources = [str(tmp_path / name) for name in written if name.endswith(".py")]
    configuration = str(REPOSITORY / "pyproject.toml")
    for check in (["check"], ["format", "--check"]):
        ruff = [sys.executable, "-m", "ruff", *check, "--config", configuration, *sources]
        linted = subprocess.run(ruff, cwd=REPOSITORY, capture_output=True, text=True, check=False)
        assert linted.returncode == 0, linted.stdout
    (tmp_path / "conftest.py").write_text(
        "import framewall.decode\n"
        f"framewall.decode.__path__.append({str(tmp_path / 'src/framewall/decode')!r})\n"
    )
    tests = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path)]
    paths = os.pathsep.join([str(REPOSITORY / "tests"), *filter(None, [os.environ.get("PYTHONPATH")])])
    passed = subprocess.run(
        [*tests, "tests"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=False,
    )
    assert passed.returncode == 0, passed.stdout
    assert "5 passed" in passed.stdout


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    """The second time is refused."""
    assert run(tmp_path, "dnode").returncode == 0
    again = run(tmp_path, "dnode")
    assert again.returncode == 1
    assert "there already" in again.stderr


@pytest.mark.parametrize("name", ["", "Dnode", "d-node", "../x", "_x", "9p"])
def test_a_name_that_is_no_module_s(tmp_path: Path, name: str) -> None:
    """Is refused."""
    assert run(tmp_path, name).returncode == 2
