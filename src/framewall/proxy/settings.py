"""What the native relay is told. Plain data: the operator's file is read elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Caps = tuple[tuple[str, int], ...]
"""Limits by name that differ from their defaults."""


@dataclass(frozen=True, slots=True)
class Server:
    """One server: ``http://HOST:PORT`` or ``unix:/PATH``, and its share."""

    url: str
    weight: int = 1


@dataclass(frozen=True, slots=True)
class Upstream:
    """Servers that do the same work. ``ip_hash`` keeps a client's connections on one of them."""

    servers: tuple[Server, ...]
    name: str = "default"
    balance: Literal["round_robin", "ip_hash"] = "round_robin"


@dataclass(frozen=True, slots=True)
class Route:
    """Requests of some hosts (``*.example.com`` is anything below, ``*`` any) and paths, with all below each.

    ``inspect``: ``nothing`` switches the route off; its bytes pass untouched.
    ``fail``: what becomes of what could not be judged.
    """

    name: str = "default"
    hosts: tuple[str, ...] = ("*",)
    paths: tuple[str, ...] = ("/",)
    upstream: str = "default"
    inspect: Literal["nothing", "client", "both"] = "client"
    fail: Literal["closed", "open"] = "closed"
    limits: Caps = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """All of it. ``listen``: ``HOST:PORT`` (port 0 takes a free one) or ``unix:/PATH``.

    ``routes``: the first one that fits takes a request; one that none fits is answered 404.
    ``trusted_proxies``: networks whose ``X-Forwarded-*`` are believed.
    ``threads``: event loops; 0 is one a core. ``limits``: also every route's, unless it sets its own.
    """

    upstreams: tuple[Upstream, ...]
    routes: tuple[Route, ...] = (Route(),)
    listen: tuple[str, ...] = ("127.0.0.1:0",)
    trusted_proxies: tuple[str, ...] = ()
    scheme: str = "http"
    threads: int = 0
    limits: Caps = ()

    @classmethod
    def protecting(cls, url: str, listen: str = "127.0.0.1:0") -> Settings:
        """The shortest complete ones: everything goes to one server."""
        return cls(upstreams=(Upstream((Server(url),)),), listen=(listen,))
