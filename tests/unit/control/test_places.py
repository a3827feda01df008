"""Where a node's socket and its live changes are."""

from __future__ import annotations

from pathlib import Path

import pytest

from framewall.control.places import socket_path, state_path


@pytest.mark.parametrize(
    ("stores", "setting", "socket", "state"),
    [
        (["sqlite:framewall-events.db"], None, "framewall-control/node.sock", "framewall-state.db"),
        (
            ["sqlite:/var/lib/fw/events.db"],
            None,
            "/var/lib/fw/events-control/node.sock",
            "/var/lib/fw/events-state.db",
        ),
        (["jsonl:/a/x.jsonl", "sqlite:/b/y.db"], None, "/b/y-control/node.sock", "/b/y-state.db"),
        (["jsonl:/a/x.jsonl"], None, "/a/x-control/node.sock", "/a/x-state.db"),
        (["jsonl:-"], None, None, None),
        (["jsonl:-"], "/run/fw/a.sock", "/run/fw/a.sock", "/run/fw/a-state.db"),
        (["sqlite:/b/y.db"], "off", None, "/b/y-state.db"),
    ],
)
def test_they_stand_beside_the_events(
    stores: list[str], setting: str | None, socket: str | None, state: str | None
) -> None:
    found = socket_path(stores, setting)
    assert found == (Path(socket) if socket else None)
    assert state_path(stores, found) == (Path(state) if state else None)
