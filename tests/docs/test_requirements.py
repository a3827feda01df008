"""The lock files: what the package says it needs, exact, with hashes, from no particular place."""

from __future__ import annotations

import re
import tomllib

import pytest

from support.running import REPOSITORY

FOLDER = REPOSITORY / "requirements"
LOCKS = ("run.txt", "dev.txt", "aiosignalr.txt")


def wanted(name: str) -> list[str]:
    lines = (line.strip() for line in (FOLDER / name).read_text().splitlines())
    return [line for line in lines if line and not line.startswith(("#", "-"))]


def locked(name: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+) \\$", (FOLDER / name).read_text(), re.MULTILINE))


def test_what_the_package_needs_is_locked() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
    needed = {*project["project"]["dependencies"], *project["build-system"]["requires"]}
    assert needed == set(wanted("run.in"))


@pytest.mark.parametrize("lock", LOCKS)
def test_everything_that_is_wanted_has_an_exact_version_and_hashes(lock: str) -> None:
    text = (FOLDER / lock).read_text()
    versions = locked(lock)
    for line in wanted(lock.replace(".txt", ".in")):
        name = re.sub(r"[-_.]+", "-", re.split(r"[\[<>=]", line)[0]).lower()
        assert name in versions, "run requirements/lock"
    assert versions
    assert text.count("==") == len(versions)
    assert text.count("--hash=sha256:") >= len(versions)


@pytest.mark.parametrize("lock", LOCKS)
def test_no_lock_file_names_a_place_to_download_from(lock: str) -> None:
    text = (FOLDER / lock).read_text()
    assert not re.search(r"https?://|--index|--extra-index|--find-links|--trusted-host", text)


def test_the_two_lock_files_agree() -> None:
    run, dev = map(locked, LOCKS[:2])
    assert {name: dev[name] for name in run if name in dev} == {
        name: run[name] for name in run if name in dev
    }
