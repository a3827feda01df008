"""From scores to actions."""

from __future__ import annotations

from dataclasses import replace

import pytest

from framewall.model import Action, Finding, Mode
from framewall.policy import RoutePolicy
from framewall.policy.judge import CLASS_CAP, Judge, score
from support.requests import upgrade

ATTACKER = upgrade("/")


def finding(attack: str, points: int) -> Finding:
    """One of this class and score."""
    return Finding(attack, "rule", "field", (), "match", points)


def test_scores_add_up_and_are_capped_by_class() -> None:
    """Many weak signs of one kind are not many attacks."""
    assert score([]) == 0
    assert score([finding("xss", 2), finding("sqli", 3)]) == 5
    assert score([finding("xss", 5)] * 10 + [finding("sqli", 1)]) == CLASS_CAP + 1


@pytest.mark.parametrize(
    ("mode", "points", "action"),
    [
        (Mode.BLOCK, 4, Action.PASS),
        (Mode.BLOCK, 5, Action.CLOSE),
        (Mode.MONITOR, 50, Action.PASS),
        (Mode.OFF, 50, Action.PASS),
        (Mode.SAFE_BLOCK, 50, Action.PASS),
    ],
)
def test_modes(mode: Mode, points: int, action: Action) -> None:
    """For a client that nobody knows."""
    assert Judge().decide(RoutePolicy(mode=mode), points, ATTACKER, 0.0) is action


def test_monitoring_remembers_for_safe_block() -> None:
    """A route in monitor mode teaches who attacks."""
    judge = Judge()
    judge.decide(RoutePolicy(mode=Mode.MONITOR), 5, ATTACKER, 0.0)
    assert judge.decide(RoutePolicy(mode=Mode.SAFE_BLOCK), 5, ATTACKER, 1.0) is Action.CLOSE


def test_whom_a_server_attacks_is_no_attacker() -> None:
    """What comes from the server is blocked, and nobody banned or put on the graylist for it."""
    judge = Judge()
    route = replace(RoutePolicy(), ban_seconds=60)
    assert judge.decide(route, 5, None, 0.0) is Action.CLOSE
    assert judge.decide(replace(route, mode=Mode.SAFE_BLOCK), 5, None, 0.0) is Action.PASS
    assert (len(judge.banned), len(judge.graylist)) == (0, 0)


def test_no_graylist_is_kept_if_its_time_is_nothing() -> None:
    """Then only the networks count."""
    judge = Judge()
    route = replace(RoutePolicy(mode=Mode.SAFE_BLOCK), graylist_seconds=0)
    assert [judge.decide(route, 5, ATTACKER, 0.0) for _ in range(2)] == [Action.PASS] * 2
