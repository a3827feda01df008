"""Routes by name."""

from __future__ import annotations

from framewall.policy import Policy, RoutePolicy


def test_a_route_that_is_not_there_is_the_default() -> None:
    """So that nothing goes unjudged for want of a name."""
    chat = RoutePolicy("chat", threshold=9)
    policy = Policy((chat,))
    assert policy.route("chat") is chat
    assert policy.route("other") is policy.default
