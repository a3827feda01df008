"""The caps of Python and of the core are one list."""

from __future__ import annotations

import re
from pathlib import Path

from framewall import limits
from framewall._core import relay_limits

CORE = Path(__file__).parents[2] / "crates" / "framewall-core" / "src" / "limits.rs"
LISTED = re.compile(r'[A-Z_]+ = "([a-z_]+)", ([0-9_<> ]+), "([^"]+)";')


def value(text: str) -> int:
    """Rust's ``4 << 20`` and ``65_536``."""
    left, _, right = text.replace("_", "").partition("<<")
    return int(left) << int(right or 0)


def test_the_core_s_list_is_ours() -> None:
    """Same names, defaults and outcomes, in the same order."""
    listed = [(name, value(number), outcome) for name, number, outcome in LISTED.findall(CORE.read_text())]
    assert len(listed) >= 7
    assert listed == [(limit.name, limit.default, limit.outcome) for limit in limits.CORE]


def test_the_relay_s_list_is_ours() -> None:
    """As the relay itself tells it."""
    assert relay_limits() == [(limit.name, limit.default, limit.outcome) for limit in limits.RELAY]


def test_names_are_given_once() -> None:
    """And every limit says what happens at it."""
    assert len(limits.BY_NAME) == len(limits.ALL)
    assert all(limit.outcome and limit.default > 0 for limit in limits.ALL)


def test_a_route_may_set_its_own() -> None:
    """What it does not set has its default."""
    mine = limits.Limits((("message_bytes", 10),))
    assert mine[limits.MESSAGE_BYTES] == 10
    assert mine[limits.FORMAT_DEPTH] == limits.FORMAT_DEPTH.default
