"""A configuration's decisions as the policies that the Inspector goes by. Pure: a reload calls it again."""

from __future__ import annotations

from typing import Any

from framewall.config.schema import PROCESS_LIMITS, Allow, Configuration, Decisions, Descriptor, Route
from framewall.limits import Limits
from framewall.policy import Allowance, Policy, RoutePolicy, Schema

#: The route of a configuration that names none.
DEFAULT_ROUTE = "default"

# What a route sets instead of the top of the file, under the same name in both.
_REPLACED = (
    "mode",
    "threshold",
    "sensitivity",
    "inspect",
    "shares_code",
    "writes_markup",
    "protected_fields",
    "leaks",
    "graylist",
    "graylist_seconds",
    "ban_seconds",
    "window",
    "origins",
    "subprotocols",
    "ban_by",
    "ban_status",
    "refusal",
    "refusal_text",
    "refusal_status",
    "close_code",
    "close_reason",
    "fail",
)


def policy(configuration: Configuration) -> Policy:
    """What is decided for each route."""
    return Policy(
        routes=tuple(_route_policy(route.name, configuration, route) for route in routes(configuration)),
        default=_route_policy(DEFAULT_ROUTE, configuration, Decisions()),
    )


def routes(configuration: Configuration) -> tuple[Route, ...]:
    """The routes in order, each with its upstream. The upstream at the top takes what they leave."""
    named = configuration.routes
    if configuration.upstream is not None and not (named and named[-1].takes_everything):
        named += (Route(name=DEFAULT_ROUTE),)
    return tuple(
        route.model_copy(update={"upstream": route.upstream or configuration.upstream}) for route in named
    )


def process_limits(configuration: Configuration) -> Limits:
    """The caps of the process, which are no route's."""
    return Limits(tuple(item for item in configuration.limits.items() if item[0] in PROCESS_LIMITS))


def decided(configuration: Configuration, route: Decisions, name: str) -> Any:
    """What is decided under this name: in the route, or else at the top of the file, or None."""
    value = getattr(route, name)
    return getattr(configuration, name) if value is None else value


def _route_policy(name: str, configuration: Configuration, route: Decisions) -> RoutePolicy:
    chosen = {each: value for each in _REPLACED if (value := decided(configuration, route, each)) is not None}
    transports = decided(configuration, route, "transports")
    return RoutePolicy(
        name=name,
        transports=None if transports is None else frozenset(each.value for each in transports),
        exceptions=tuple(_allowance(each) for each in (*configuration.exceptions, *route.exceptions)),
        schemas=tuple(_schema(each) for each in (*route.schemas, *configuration.schemas)),
        limits=Limits(tuple({**configuration.limits, **route.limits}.items())),
        **chosen,
    )


def _allowance(allow: Allow) -> Allowance:
    return Allowance(field=allow.field, event=allow.event, attack=allow.attack, rule=allow.rule)


def _schema(descriptor: Descriptor) -> Schema:
    return Schema(descriptor.format, descriptor.files, descriptor.message, descriptor.event)
