"""A configuration as the relay takes it. Pure."""

from __future__ import annotations

from typing import Literal

from framewall.config.policies import policy, routes
from framewall.config.schema import Configuration
from framewall.config.values import as_url
from framewall.model import Mode
from framewall.policy import Policy, RoutePolicy
from framewall.proxy import Route, Server, Settings, Upstream


def relay_settings(configuration: Configuration, decided: Policy | None = None) -> Settings:
    """Where it listens, which servers there are, and which route goes to which of them.

    ``decided`` is the policy in force, where it is not the configuration's own.
    """
    decided = decided or policy(configuration)
    return Settings(
        upstreams=_upstreams(configuration),
        routes=tuple(
            Route(
                name=route.name,
                hosts=route.host,
                paths=route.path,
                upstream=_name(configuration, route.upstream or ""),
                inspect=_inspect(decided.route(route.name)),
                fail="open" if decided.route(route.name).fail == "open" else "closed",
                limits=tuple(route.limits.items()),
            )
            for route in routes(configuration)
        ),
        listen=configuration.listen,
        trusted_proxies=configuration.trusted_proxies,
        limits=tuple(configuration.limits.items()),
    )


def _upstreams(configuration: Configuration) -> tuple[Upstream, ...]:
    """The groups that are in use, and a group of one for each URL that stands for itself."""
    used = dict.fromkeys(_name(configuration, route.upstream or "") for route in routes(configuration))
    return tuple(_group(configuration, name) for name in used)


def _group(configuration: Configuration, name: str) -> Upstream:
    group = configuration.upstreams.get(name)
    if group is None:
        return Upstream((Server(name),), name)
    servers = tuple(Server(server.url, server.weight) for server in group.servers)
    return Upstream(servers, name, group.balance)


def _name(configuration: Configuration, upstream: str) -> str:
    """A group's name; a lone server's is its URL in its one form."""
    return upstream if upstream in configuration.upstreams else as_url(upstream)


def _inspect(decided: RoutePolicy) -> Literal["nothing", "client", "both"]:
    if decided.mode is Mode.OFF:
        return "nothing"
    return "both" if decided.inspect == "both" else "client"
