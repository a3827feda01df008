"""The configuration's policy with the live changes laid over it. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from framewall.config import Configuration
from framewall.config.policies import policy
from framewall.control._api import Allowed
from framewall.control.state import Live
from framewall.model import Mode
from framewall.policy import Allowance, Policy, RoutePolicy
from framewall.policy.denials import Denial, Denials

CONDITIONS = ("rule", "attack", "field", "event", "chain")


def exception_id(route: str, allowance: Allowance) -> str:
    """What names an exception: the same conditions on the same route have the same id."""
    conditions = [route, *(getattr(allowance, name) for name in CONDITIONS)]
    return hashlib.sha256(json.dumps(conditions).encode()).hexdigest()[:12]


def allowance_of(value: dict[str, Any]) -> Allowance:
    """The exception of a live change."""
    return Allowance(**{name: value.get(name, "") for name in CONDITIONS})


def effective(configuration: Configuration, changes: Iterable[Live]) -> Policy:
    """The policy that is in force."""
    changes = tuple(changes)
    base = policy(configuration)
    modes = {each.name: Mode(each.value) for each in changes if each.kind == "mode"}
    rules = tuple(Allowance(rule=each.name) for each in changes if each.kind == "rule")
    allowed = [each for each in exceptions(configuration, changes) if each.active]

    def laid(route: RoutePolicy) -> RoutePolicy:
        mine = tuple(_allowance(each) for each in allowed if each.route in ("", route.name))
        return replace(route, mode=modes.get(route.name, route.mode), exceptions=(*mine, *rules))

    return Policy(tuple(map(laid, base.routes)), laid(base.default))


def denials(changes: Iterable[Live]) -> Denials:
    """Whom the live changes ban."""
    return Denials(Denial(each.name, each.value["until"]) for each in changes if each.kind == "ban")


def exceptions(configuration: Configuration, changes: Iterable[Live]) -> tuple[Allowed, ...]:
    """All exceptions, the configuration's first, with those that were removed live."""
    changes = tuple(changes)
    removed = {each.name: each for each in changes if each.kind == "removed"}
    found: dict[str, Allowed] = {}
    for route, allow in _configured(configuration):
        allowance = Allowance(
            field=allow["field"], event=allow["event"], attack=allow["attack"], rule=allow["rule"]
        )
        id = exception_id(route, allowance)
        gone = removed.get(id)
        who = {"by": gone.who, "since": gone.time, "reason": gone.reason} if gone else {}
        found[id] = _allowed(id, route, allowance, "configuration", gone is None, **who)
    for each in changes:
        if each.kind == "exception" and each.name not in found:
            found[each.name] = _allowed(
                each.name,
                each.value.get("route", ""),
                allowance_of(each.value),
                "live",
                True,
                by=each.who,
                since=each.time,
                reason=each.reason,
            )
    return tuple(found.values())


def told(changes: Iterable[Live]) -> list[str]:
    """The live changes in words, a line each."""
    words = {
        "mode": lambda each: f"route {each.name} is in mode {each.value}",
        "exception": lambda each: f"an exception for {_conditions(each.value)}",
        "removed": lambda each: f"the exception {each.name} is removed",
        "rule": lambda each: f"rule {each.name} is off",
        "own": lambda each: f"rule {each.name} was written live",
        "unruled": lambda each: f"rule {each.name} is removed",
        "ban": lambda each: f"{each.name} is banned",
    }
    return [
        f"{words[each.kind](each)}, by {each.who}{f': {each.reason}' if each.reason else ''}"
        for each in changes
        if each.kind in words
    ]


def _conditions(value: dict[str, Any]) -> str:
    where = f" on route {value['route']}" if value.get("route") else ""
    return " ".join(f'{name} "{value[name]}"' for name in CONDITIONS if value.get(name)) + where


def _configured(configuration: Configuration) -> list[tuple[str, dict[str, str]]]:
    top = [("", allow) for allow in configuration.exceptions]
    own = [(route.name, allow) for route in configuration.routes for allow in route.exceptions]
    return [(route, allow.model_dump()) for route, allow in (*top, *own)]


def _allowance(allowed: Allowed) -> Allowance:
    return Allowance(**{name: getattr(allowed, name) for name in CONDITIONS})


def _allowed(id: str, route: str, allowance: Allowance, origin: str, active: bool, **who: Any) -> Allowed:
    conditions = {name: getattr(allowance, name) for name in CONDITIONS}
    return Allowed(id=id, route=route, origin=origin, active=active, **conditions, **who)
