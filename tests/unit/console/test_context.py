"""Where a console finds its events, its node and its accounts."""

from __future__ import annotations

from pathlib import Path

import pytest

from framewall.console.context import Context, accounts_path
from framewall.control import NodeGoneError
from framewall.errors import StoreError
from framewall.limits import CONSOLE_TAILS
from framewall.policy import RoutePolicy


def test_all_is_beside_the_events(tmp_path: Path) -> None:
    context = Context.open(f"sqlite:{tmp_path}/framewall-events.db", None, None)
    assert (tmp_path / "framewall-console.db").exists()
    assert context.node().path == tmp_path / "framewall-control" / "node.sock"
    context.close()
    assert accounts_path("sqlite:x.db") == Path("framewall-console.db")


def test_without_a_control_socket_it_says_how_to_have_one(tmp_path: Path) -> None:
    context = Context.open(f"sqlite:{tmp_path}/e.db", "off", None)
    with pytest.raises(NodeGoneError, match="--control"):
        context.node()
    assert context.route_policy("chat") == RoutePolicy()
    context.close()


def test_a_store_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        Context.open("nonsense", None, tmp_path / "a.db")


def test_live_tails_are_bounded(tmp_path: Path) -> None:
    context = Context.open(f"sqlite:{tmp_path}/e.db", "off", None)
    taken = [context.tails.acquire(blocking=False) for _ in range(CONSOLE_TAILS.default + 1)]
    assert taken.count(True) == CONSOLE_TAILS.default
    context.close()
