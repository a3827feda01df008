"""Who is banned, and until when."""

from __future__ import annotations

from dataclasses import replace

from framewall.limits import BANNED_CLIENTS
from framewall.model import Request
from framewall.policy import RoutePolicy, bans
from framewall.policy.clients import Clients
from support.requests import upgrade

ROUTE = replace(RoutePolicy(), ban_seconds=60)
BY_COOKIE = replace(ROUTE, ban_by=("cookie:sid",))
BOTH = replace(ROUTE, ban_by=("ip", "cookie:sid"))


def client(ip: str, cookie: str = "") -> Request:
    """A handshake from this address with this session."""
    return upgrade("/", *((("Cookie", f"theme=dark; sid={cookie}"),) if cookie else ()), client=ip)


def test_a_ban_is_by_address_and_ends() -> None:
    """Whatever else the client changes."""
    banned = Clients(BANNED_CLIENTS)
    bans.ban(banned, ROUTE, client("203.0.113.9", "a"), 100.0)
    assert bans.until(banned, ROUTE, client("203.0.113.9", "b"), 100.0) == 160.0
    assert bans.until(banned, ROUTE, client("203.0.113.10", "a"), 100.0) is None
    assert bans.until(banned, ROUTE, client("203.0.113.9"), 160.0) is None


def test_a_ban_by_session_spares_who_shares_the_address() -> None:
    """Behind one address there may be a whole company; and a client may change its address."""
    banned = Clients(BANNED_CLIENTS)
    bans.ban(banned, BY_COOKIE, client("203.0.113.9", "a"), 0.0)
    assert bans.until(banned, BY_COOKIE, client("203.0.113.9", "b"), 0.0) is None
    assert bans.until(banned, BY_COOKIE, client("203.0.113.9"), 0.0) is None
    assert bans.until(banned, BY_COOKIE, client("198.51.100.1", "a"), 0.0) == 60.0


def test_either_of_two_is_enough() -> None:
    """A ban by both holds against who changes one of them."""
    banned = Clients(BANNED_CLIENTS)
    bans.ban(banned, BOTH, client("203.0.113.9", "a"), 0.0)
    assert bans.until(banned, BOTH, client("203.0.113.9", "b"), 0.0) == 60.0
    assert bans.until(banned, BOTH, client("198.51.100.1", "a"), 0.0) == 60.0
    assert bans.until(banned, BOTH, client("198.51.100.1", "b"), 0.0) is None


def test_a_second_cookie_of_the_name_hides_nothing() -> None:
    """Servers differ in which of two they take, so each of them counts."""
    banned = Clients(BANNED_CLIENTS)
    bans.ban(banned, BY_COOKIE, client("203.0.113.9", 'a"; sid=b'), 0.0)
    assert bans.until(banned, BY_COOKIE, client("203.0.113.9", "b"), 0.0) == 60.0


def test_a_session_is_not_kept_in_clear() -> None:
    """A list of the banned is no list of stolen sessions."""
    names = list(bans.names(BOTH, client("203.0.113.9", "secret")))
    assert names[0] == "203.0.113.9"
    assert names[1].startswith("cookie:sid=")
    assert "secret" not in names[1]
