"""What frameworks put into a handshake is not taken for an attack; whatever else stands there is."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from framewall.detect import builtin_engine
from framewall.model import Action, Finding
from framewall.pipeline import Inspector
from framewall.policy import Policy, RoutePolicy, traps
from framewall.policy.exceptions import apply
from support.requests import http

SIGNALR = "/signalr/negotiate?clientProtocol=2.1&connectionToken=dG9rZW4%3D&connectionData="
SQL = '[{"name":"1\' UNION SELECT name, password FROM users-- "}]'


def found(attack: str, field: str, *chain: str) -> Finding:
    """One finding."""
    return Finding(attack, f"{attack}.rule", field, chain, "x", 5)


def left(framework: str, finding: Finding) -> bool:
    """Whether it still counts."""
    return apply(traps.of(framework), [finding], "handshake") == [finding]


@pytest.mark.parametrize(
    ("framework", "finding", "counts"),
    [
        ("signalr2", found("sqli", 'handshake.query["connectionData"][0].name', "json"), False),
        ("signalr2", found("sqli", 'handshake.query["connectionData"]'), False),
        ("signalr2", found("xss", 'handshake.query["connectionData"][0].name', "json"), True),
        ("signalr2", found("sqli", 'handshake.query["user"]'), True),
        ("signalr", found("sqli", 'handshake.query["connectionData"]'), True),
        ("websocket", found("sqli", 'handshake.query["connectionData"]'), True),
        ("signalr2", found("rce", 'handshake.query["connectionToken"]', "signalr2", "base64"), False),
        ("signalr2", found("rce", 'handshake.query["connectionToken"]', "signalr2"), True),
        ("socket.io", found("sqli", 'handshake.query["sid"]', "socket.io", "base64"), False),
        ("socket.io", found("sqli", 'handshake.query["sid"]', "socket.io", "percent"), True),
        ("socket.io", found("sqli", 'handshake.query["name"]', "socket.io", "base64"), True),
        ("signalr", found("ssti", 'handshake.query["id"]', "signalr", "hex"), False),
    ],
)
def test_a_trap_is_one_field_of_one_framework(framework: str, finding: Finding, counts: bool) -> None:
    """And one class, or one decoding."""
    assert left(framework, finding) is counts


@pytest.mark.parametrize(
    ("target", "passes"),
    [
        (SIGNALR + quote('[{"name":"chathub"},{"name":"select"}]'), True),
        (SIGNALR + quote(SQL), True),
        (SIGNALR + quote('[{"name":"<script>alert(1)</script>"}]'), False),
        (SIGNALR + quote('[{"name":"chathub"}]') + "&user=" + quote(SQL), False),
        ("/other?connectionData=" + quote(SQL), True),
    ],
)
def test_a_negotiation_through_the_built_in_rules(target: str, passes: bool) -> None:
    """What is no framework's request is none of ours, and passes unjudged."""
    inspector = Inspector(
        Policy(default=RoutePolicy()), builtin_engine(), lambda _: None, lambda: 0.0, node="n"
    )
    verdict = inspector.request(http("GET", target)).verdict
    assert (verdict.action is Action.PASS) is passes, verdict.findings
