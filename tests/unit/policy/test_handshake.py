"""Who may connect."""

from __future__ import annotations

from dataclasses import replace

import pytest

from framewall.model import Request
from framewall.policy import RoutePolicy, handshake
from support.requests import http, upgrade


def said(route: RoutePolicy, request: Request) -> list[tuple[str, str]]:
    """The attack and rule of each objection."""
    return [(each.attack, each.rule) for each in handshake.objections(route, request)]


def origins(*allowed: str) -> RoutePolicy:
    """A route for pages of these origins."""
    return replace(RoutePolicy(), origins=allowed)


CSWSH = [("cswsh", "cswsh.origin")]
CASES: list[tuple[tuple[str, ...], str, bool]] = [
    (("same-origin",), "https://chat.example", True),
    (("same-origin",), "http://CHAT.example", True),
    (("same-origin",), "https://chat.example:443", True),
    (("same-origin",), "https://chat.example:8443", False),
    (("same-origin",), "https://evil.example", False),
    (("same-origin",), "https://chat.example.evil.example", False),
    (("same-origin",), "https://evilchat.example", False),
    (("same-origin",), "null", False),
    (("same-origin",), "https://chat.example@evil.example", False),
    (("same-origin",), "chat.example", False),
    (("same-origin",), "", False),
    (("https://app.example",), "https://app.example", True),
    (("https://app.example",), "https://app.example:443", True),
    (("https://app.example",), "http://app.example", False),
    (("https://app.example:8443",), "https://app.example:8443", True),
    (("https://app.example:8443",), "https://app.example", False),
    (("app.example",), "http://app.example", True),
    (("https://*.app.example",), "https://a.b.app.example", True),
    (("https://*.app.example",), "https://app.example", False),
    (("https://*.app.example",), "https://evilapp.example", False),
    (("https://*.app.example",), "https://*.app.example", False),
    (("null",), "null", True),
    (("https://a.example", "same-origin"), "https://chat.example", True),
    (("moz-extension://0a-1b",), "moz-extension://0a-1b", True),
    (("https://[::1]:8443",), "https://[::1]:8443", True),
    ((), "https://chat.example", False),
]


@pytest.mark.parametrize(("allowed", "origin", "fits"), CASES)
def test_pages_connect_from_origins_that_are_allowed(
    allowed: tuple[str, ...], origin: str, fits: bool
) -> None:
    """At a handshake and at a fallback's request alike."""
    expected = [] if fits else CSWSH
    assert said(origins(*allowed), upgrade("/", ("Origin", origin))) == expected
    assert said(origins(*allowed), http("POST", "/", ("Origin", origin))) == expected


def test_without_a_setting_every_page_connects() -> None:
    """Which the documentation advises against."""
    assert said(RoutePolicy(), upgrade("/", ("Origin", "https://evil.example"))) == []


def test_what_is_no_browser_has_no_origin() -> None:
    """And no visitor to betray."""
    assert said(origins("same-origin"), upgrade("/")) == []


def test_two_origins_or_hosts_fit_nothing() -> None:
    """Whichever the server takes."""
    twice = upgrade("/", ("Origin", "https://chat.example"), ("origin", "https://evil.example"))
    assert said(origins("same-origin"), twice) == CSWSH
    hosts = upgrade("/", ("Host", "evil.example"), ("Origin", "https://evil.example"))
    assert said(origins("same-origin"), hosts) == CSWSH


STOMP = replace(RoutePolicy(), subprotocols=("v12.stomp", "v11.stomp"))
REFUSED = [("protocol", "websocket.subprotocol")]


@pytest.mark.parametrize(
    ("offered", "expected"),
    [
        ("v12.stomp", []),
        ("v11.stomp, v12.stomp", []),
        ("v12.stomp, wamp", REFUSED),
        ("wamp, mqtt", REFUSED),
        ("V12.STOMP", REFUSED),
        (None, REFUSED),
    ],
)
def test_subprotocols_are_those_that_are_allowed(
    offered: str | None, expected: list[tuple[str, str]]
) -> None:
    """All that are offered, since the server may select any."""
    headers = (("Sec-WebSocket-Protocol", offered),) if offered else ()
    assert said(STOMP, upgrade("/", *headers)) == expected


def test_a_connection_without_a_subprotocol_is_named_none() -> None:
    """Offered or selected."""
    plain = replace(STOMP, subprotocols=("none", "chat"))
    assert said(plain, upgrade("/")) == []
    assert handshake.selected(plain, None) is None
    assert handshake.selected(plain, "chat") is None
    assert handshake.selected(STOMP, None) is not None
    assert handshake.selected(RoutePolicy(), None) is None


def test_a_fallback_has_no_subprotocol() -> None:
    """It is for WebSockets alone."""
    assert said(STOMP, http("GET", "/")) == []
