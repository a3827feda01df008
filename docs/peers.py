"""The table of real peers: what peers.toml says of the end-to-end tests, with versions out of the lock files."""

from __future__ import annotations

import json
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
E2E = ROOT / "tests" / "e2e"
NPM = {"": E2E / "frameworks", "v2/": E2E / "v2", "main": E2E}
"""Trees of packages, by what stands before a name; what the first lacks is in ``tests/e2e`` itself."""


def declared() -> list[dict[str, Any]]:
    """One entry for each pair of client and server."""
    found: list[dict[str, Any]] = tomllib.loads((ROOT / "docs" / "peers.toml").read_text())["peers"]
    return found


def table() -> str:
    """A row for each pair."""
    rows = [
        f"| {each['framework']} | {each['transports']} | {_all(each['clients'])} | {_all(each['servers'])} "
        f"| `{each['test']}` |\n"
        for each in declared()
    ]
    return "".join(
        ["| framework | transports and encodings | client | server | test |\n|---|---|---|---|---|\n", *rows]
    )


def _all(peers: list[str]) -> str:
    return ", ".join(versioned(peer) for peer in peers)


def versioned(peer: str) -> str:
    """A peer's name with its version. Raises KeyError for a package that no lock file has."""
    kind, colon, name = peer.partition(":")
    if colon and kind in ("python", "go", "debian"):
        package, rest = re.match(r"(\S+?)(,? .*)?$", name).groups("")  # type: ignore[union-attr]
        if kind == "debian":
            return f"{package}{rest}, Debian's"
        return f"{package} {(_python() if kind == 'python' else _go())[package]}{rest}"
    if peer == "Chromium":
        return "in Debian's Chromium"
    if " of the tests' own" in peer:
        return peer
    if peer.startswith("v2/"):
        return f"{peer.removeprefix('v2/')} {_npm('v2/')[peer.removeprefix('v2/')]}"
    return f"{peer} {_npm('')[peer] if peer in _npm('') else _npm('main')[peer]}"


@cache
def _npm(tree: str) -> dict[str, str]:
    packages = json.loads((NPM[tree] / "package-lock.json").read_text())["packages"]
    wanted = packages[""]["dependencies"]
    return {name: packages[f"node_modules/{name}"]["version"] for name in wanted}


@cache
def _python() -> dict[str, str]:
    return dict(
        found
        for lock in ("aiosignalr", "dev")
        for found in re.findall(
            r"^([a-z0-9.-]+)==(\S+)", (ROOT / f"requirements/{lock}.txt").read_text(), re.MULTILINE
        )
    )


@cache
def _go() -> dict[str, str]:
    text = (E2E / "frameworks" / "hub" / "go.mod").read_text()
    return dict(re.findall(r"(\S+/\S+) (v\S+)", text))
