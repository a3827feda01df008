"""The configuration's policy with the live changes laid over it."""

from __future__ import annotations

from typing import Any

from framewall.config import from_text
from framewall.control.overlay import denials, effective, exception_id, exceptions, told
from framewall.control.state import Live
from framewall.model import Mode
from framewall.policy import Allowance

CONFIGURATION = from_text(
    """
upstream = "http://127.0.0.1:3000"
mode = "monitor"
exceptions = [{ rule = "xss.markup" }]
[[routes]]
name = "admin"
host = "admin.example"
mode = "block"
exceptions = [{ attack = "sqli", field = "a" }]
"""
)


def change(kind: str, name: str, value: Any = None) -> Live:
    return Live(kind, name, value, "ann", 10.0, "why")


def allowed(*changes: Live) -> dict[str, set[Allowance]]:
    return {route.name: set(route.exceptions) for route in effective(CONFIGURATION, changes).routes}


TOP = Allowance(rule="xss.markup")
OWN = Allowance(attack="sqli", field="a")


def test_without_changes_it_is_the_configurations() -> None:
    assert {route.name: route.mode for route in effective(CONFIGURATION, ()).routes} == {
        "admin": Mode.BLOCK,
        "default": Mode.MONITOR,
    }
    assert allowed() == {"admin": {TOP, OWN}, "default": {TOP}}


def test_a_mode_is_one_routes() -> None:
    policy = effective(CONFIGURATION, [change("mode", "default", "block")])
    assert policy.route("default").mode is Mode.BLOCK
    assert policy.route("admin").mode is Mode.BLOCK
    assert (
        effective(CONFIGURATION, [change("mode", "gone", "off")]).routes
        == effective(CONFIGURATION, ()).routes
    )


def test_exceptions_are_for_one_route_or_for_all() -> None:
    one = change("exception", "1", {"route": "admin", "rule": "r"})
    everywhere = change("exception", "2", {"route": "", "event": "e"})
    assert allowed(one, everywhere) == {
        "admin": {TOP, OWN, Allowance(rule="r"), Allowance(event="e")},
        "default": {TOP, Allowance(event="e")},
    }


def test_the_configurations_exceptions_can_be_removed() -> None:
    removed = change("removed", exception_id("", TOP))
    assert allowed(removed) == {"admin": {OWN}, "default": set()}
    shown = {
        each.rule or each.attack: (each.active, each.by) for each in exceptions(CONFIGURATION, [removed])
    }
    assert shown == {"xss.markup": (False, "ann"), "sqli": (True, "")}


def test_the_same_conditions_on_another_route_are_another_exception() -> None:
    assert exception_id("", TOP) != exception_id("admin", TOP) != exception_id("admin", OWN)


def test_a_rule_is_off_everywhere() -> None:
    off = allowed(change("rule", "xss.script", "off"))
    assert all(Allowance(rule="xss.script") in each for each in off.values())


def test_bans_become_denials() -> None:
    found = denials([change("ban", "192.0.2.0/24", {"until": None}), change("mode", "default", "off")])
    assert found.covering("192.0.2.7", 0.0)
    assert len(found) == 1


def test_changes_are_told_in_words() -> None:
    assert told([change("exception", "1", {"route": "admin", "rule": "r"}), change("removed", "x")]) == [
        'an exception for rule "r" on route admin, by ann: why',
        "the exception x is removed, by ann: why",
    ]
