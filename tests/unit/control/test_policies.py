"""A route's decisions travel whole."""

from __future__ import annotations

import json

import pytest

from framewall.control.policies import heard_policy, told_policy
from framewall.limits import Limits
from framewall.model import Mode
from framewall.policy import Allowance, RoutePolicy, Schema

FULL = RoutePolicy(
    name="chat", mode=Mode.MONITOR, threshold=7, sensitivity=3, inspect="both", shares_code=True,
    writes_markup=True,
    protected_fields=("*.role",), leaks=True, transports=frozenset({"websocket"}), window=True,
    origins=("same-origin",), subprotocols=("none",), exceptions=(Allowance(field="a", chain="json"),),
    schemas=(Schema("protobuf", ((None, b"\x00\xff\xfe"), (7, b"")), "a.B", "e*"),),
    limits=Limits((("format_depth", 3),)), graylist=("10.0.0.0/8",), graylist_seconds=1, ban_seconds=2,
    ban_by=("cookie:sid",), ban_status=429, refusal="framework", refusal_text="no", close_reason="go",
    close_code=4000, refusal_status=404, fail="open",
)  # fmt: skip


@pytest.mark.parametrize("policy", [RoutePolicy(), FULL])
def test_what_is_heard_is_what_was_told(policy: RoutePolicy) -> None:
    def plain(value: object) -> object:
        assert isinstance(value, frozenset)
        return sorted(value)

    heard = heard_policy(json.loads(json.dumps(told_policy(policy), default=plain)))
    assert heard == policy
    assert hash(heard) == hash(policy)


def test_none_of_the_decisions_of_this_test_is_as_shipped() -> None:
    shipped = RoutePolicy()
    assert [name for name in RoutePolicy.__slots__ if getattr(FULL, name) == getattr(shipped, name)] == []


def test_what_is_no_policy_is_refused() -> None:
    for wrong in ({"mode": "sideways"}, {"schemas": [{"files": [[1, "!"]]}]}, {"threshold": "x"}):
        with pytest.raises((ValueError, TypeError)):
            heard_policy(wrong)
