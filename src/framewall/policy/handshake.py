"""Who may open a connection, and in which subprotocol: what a route allows at the handshake.

Browsers send their cookies with a WebSocket's handshake to any site, so a page of another may open a connection in
its visitor's name (cross-site WebSocket hijacking): the ``Origin`` that browsers add is what tells (RFC 6455
sections 4.2.2 and 10.2). Software that is no browser sends none, and no visitor's cookies either.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from framewall.errors import DecodeError, ForeignOrigin, PeerError
from framewall.model import Request
from framewall.policy.route import RoutePolicy

SAME_ORIGIN = "same-origin"
"""The host that the handshake is for."""
OPAQUE = "null"
"""What browsers write for a sandbox, a file, a redirect."""
NO_SUBPROTOCOL = "none"
"""Stands for a connection without one."""

ORIGIN = re.compile(
    r"(?:(?P<scheme>[a-z][a-z0-9+.-]*)://)?(?P<host>(?:\*\.)?[a-z0-9_.-]+|\[[0-9a-f:.]+\])(?::(?P<port>[0-9]{1,5}))?"
)
_PORTS = {"http": "80", "ws": "80", "https": "443", "wss": "443"}


def objections(route: RoutePolicy, request: Request) -> Iterator[PeerError]:
    """What the route does not allow of a handshake, or of a fallback's request."""
    origins = [value.strip().lower() for value in _values(request, "origin")]
    if route.origins is not None and origins and not _fits(route.origins, origins, request):
        yield ForeignOrigin(origins[0] if len(origins) == 1 else "several origins")
    if route.subprotocols is not None and request.upgrade:
        offered = [
            each.strip() for value in _values(request, "sec-websocket-protocol") for each in value.split(",")
        ]
        yield from _subprotocols(route.subprotocols, offered or [NO_SUBPROTOCOL])


def selected(route: RoutePolicy, subprotocol: str | None) -> PeerError | None:
    """What the route does not allow of the subprotocol that the server selected."""
    if route.subprotocols is None:
        return None
    return next(_subprotocols(route.subprotocols, [subprotocol or NO_SUBPROTOCOL]), None)


def _subprotocols(allowed: tuple[str, ...], named: list[str]) -> Iterator[PeerError]:
    for each in named:
        if each not in allowed:
            error = DecodeError("websocket.subprotocol", f"the subprotocol {each!r:.80} is not allowed here")
            error.field = 'handshake.headers["sec-websocket-protocol"]'
            yield error
            return


def _fits(allowed: tuple[str, ...], origins: list[str], request: Request) -> bool:
    """Two Origins are one too many: servers differ in which of them they take."""
    if len(origins) != 1:
        return False
    if origins[0] == OPAQUE:
        return OPAQUE in allowed
    found = ORIGIN.fullmatch(origins[0])
    if found is None or found["scheme"] is None or found["host"].startswith("*"):
        return False
    port = found["port"] or _PORTS.get(found["scheme"], "")
    for each in allowed:
        if each == SAME_ORIGIN:
            hosts = _values(request, "host")
            if len(hosts) == 1 and _host(hosts[0].strip().lower(), found["scheme"]) == (found["host"], port):
                return True
        elif (pattern := ORIGIN.fullmatch(each)) and _matches(pattern, found["scheme"], found["host"], port):
            return True
    return False


def _matches(pattern: re.Match[str], scheme: str, host: str, port: str) -> bool:
    if pattern["scheme"] not in (None, scheme):
        return False
    if (pattern["port"] or _PORTS.get(scheme, "")) != port:
        return False
    wanted = pattern["host"]
    return host.endswith(wanted[1:]) and host != wanted[2:] if wanted.startswith("*.") else host == wanted


def _host(text: str, scheme: str) -> tuple[str, str]:
    found = ORIGIN.fullmatch(text)
    if found is None or found["scheme"] is not None:
        return "", ""
    return found["host"], found["port"] or _PORTS.get(scheme, "")


def _values(request: Request, name: str) -> list[str]:
    return [value for key, value in request.headers if key.lower() == name]
