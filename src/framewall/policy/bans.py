"""Who is banned: a client goes by its address, by a cookie of its session, or by both."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b

from framewall.model import Request
from framewall.policy.clients import Clients
from framewall.policy.route import RoutePolicy

_COOKIE = "cookie:"


def names(route: RoutePolicy, request: Request) -> Iterator[str]:
    """What the client of this request may be banned as; a cookie's value is kept as its hash."""
    for by in route.ban_by:
        if by == "ip":
            yield request.client_ip
            continue
        name = by.removeprefix(_COOKIE)
        for value in dict.fromkeys(_cookies(request, name)):
            digest = blake2b(value.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
            yield f"{_COOKIE}{name}={digest}"


def ban(banned: Clients, route: RoutePolicy, request: Request, now: float) -> None:
    """Bans the client for the route's time, by everything that it goes by there."""
    for name in names(route, request):
        banned.add(name, now + route.ban_seconds)


def until(banned: Clients, route: RoutePolicy, request: Request, now: float) -> float | None:
    """When the client may come back (Unix seconds); None if it is not banned."""
    found = [end for name in names(route, request) if (end := banned.until(name, now)) is not None]
    return max(found, default=None)


def _cookies(request: Request, name: str) -> Iterator[str]:
    """All values of one cookie: servers differ in which of two they take."""
    for key, value in request.headers:
        if key.lower() == "cookie":
            for pair in value.split(";"):
                found, equals, cookie = pair.strip().partition("=")
                if equals and found.strip() == name and cookie:
                    yield cookie.strip().strip('"')
