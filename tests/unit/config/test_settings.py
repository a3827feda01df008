"""From a route to the engine's settings."""

from __future__ import annotations

from framewall.config.settings import ENGINE_LIMITS, engine_settings
from framewall.limits import BY_NAME, Limits
from framewall.policy import RoutePolicy


def test_threshold_and_limits_reach_the_engine() -> None:
    every = tuple((name, 7) for name in BY_NAME)
    assert engine_settings(RoutePolicy(threshold=9, sensitivity=3, limits=Limits(every))).threshold == 9


def test_settings_are_made_once_for_equal_routes() -> None:
    assert engine_settings(RoutePolicy(name="a")) is engine_settings(RoutePolicy(name="a"))


def test_the_engines_limits_are_limits() -> None:
    assert set(ENGINE_LIMITS) <= set(BY_NAME)
