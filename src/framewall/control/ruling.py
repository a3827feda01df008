"""The rules in force: the configuration's with those laid over them that people wrote or removed live."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace

from framewall import __version__
from framewall._core import Engine
from framewall.config import Configuration
from framewall.config.rules import assembled, own_files
from framewall.control._api import OwnRule, Rules, RuleState
from framewall.control.state import Live
from framewall.detect import RuleError, builtin_rules, rules_in, written
from framewall.detect.load import Rule


@dataclass(frozen=True, slots=True)
class Ruleset:
    """Compiled rules and where they come from.

    ``own`` also has those that take no part; ``states`` are all that do, the built-in ones first. ``fingerprint``
    names them: it is another one when anything of them is.
    """

    engine: Engine
    builtin: bool
    own: tuple[OwnRule, ...]
    states: tuple[RuleState, ...]
    fingerprint: str

    def told(self, known: str = "") -> Rules:
        """These rules, for somebody who knows those of this fingerprint."""
        return Rules(self.fingerprint, self.builtin, None if known == self.fingerprint else self.own)

    def switched(self, changes: Iterable[Live]) -> tuple[RuleState, ...]:
        """The rules in force, with the switches that people have thrown."""
        off = {each.name: each for each in changes if each.kind == "rule"}
        return tuple(
            replace(state, on=False, by=change.who, since=change.time, reason=change.reason)
            if (change := off.get(state.id))
            else state
            for state in self.states
        )


def ruleset(configuration: Configuration, changes: Iterable[Live]) -> Ruleset:
    """The rules of a configuration with the live changes. Raises RuleError where the configuration's own can't be used.

    A live rule that cannot be used (any more) takes no part, and says why.
    """
    changes = tuple(changes)
    files = _of_files(configuration, {each.name: each for each in changes if each.kind == "unruled"})
    live = [_of_live(each) for each in sorted(changes, key=lambda each: each.name) if each.kind == "own"]
    builtin = configuration.builtin_rules
    try:
        return _laid(files, live, builtin)
    except RuleError as error:
        if not live:
            raise
        told = str(error)
    _laid(files, [], builtin)  # whose fault it is: the configuration's goes first
    faults = [(each, _fault(each)) for each in live]
    checked = [replace(each, active=not why, problem=why) for each, why in faults]
    try:
        return _laid(files, checked, builtin)
    except RuleError:
        return _laid(files, [replace(each, active=False, problem=told) for each in live], builtin)


def rule_of(text: str) -> Rule:
    """The rule that a text says. Raises RuleError."""
    try:
        (rule,) = rules_in(tomllib.loads(text))
    except (ValueError, RecursionError) as error:
        raise RuleError(f"this is not one rule: {error}") from error
    return rule


def _laid(files: list[tuple[OwnRule, Rule]], live: list[OwnRule], builtin: bool) -> Ruleset:
    active = {each.id: rule_of(each.text) for each in live if each.active}
    shipped = {str(rule["id"]): rule for rule in builtin_rules()} if builtin else {}
    of_files = {each.id: rule for each, rule in files if each.active}
    rules = [rule for each, rule in files if each.active and each.id not in active]
    engine = assembled([*rules, *active.values()], builtin)
    own = (
        *(_hiding(each, (), shipped) for each, _ in files if each.id not in active),
        *(_hiding(each, of_files, shipped) for each in live),
    )
    mine = [(active.get(each.id) or of_files[each.id], each.origin) for each in own if each.active]
    replaced = {each.id for each in own if each.active}
    others = [(rule, "builtin") for id, rule in shipped.items() if id not in replaced]
    states = tuple(
        RuleState(str(rule["id"]), str(rule["attack"]), int(rule.get("score", 0)), on=True, origin=origin)
        for rule, origin in (*others, *mine)
    )
    return Ruleset(engine, builtin, own, states, _fingerprint(own, builtin))


def _fingerprint(own: tuple[OwnRule, ...], builtin: bool) -> str:
    said = [__version__, builtin, [dataclasses.astuple(each) for each in own]]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:32]


def _hiding(own: OwnRule, files: Iterable[str], shipped: Iterable[str]) -> OwnRule:
    return replace(own, hides="configuration" if own.id in files else "builtin" if own.id in shipped else "")


def _of_files(configuration: Configuration, removed: dict[str, Live]) -> list[tuple[OwnRule, Rule]]:
    found = []
    for file, rules in own_files(configuration):
        for rule in rules:
            id = str(rule.get("id"))
            gone = removed.get(id)
            own = OwnRule(id, written(rule), "configuration", str(file), active=gone is None)
            if gone:
                own = replace(own, by=gone.who, since=gone.time, reason=gone.reason)
            found.append((own, rule))
    return found


def _of_live(change: Live) -> OwnRule:
    return OwnRule(
        change.name, str(change.value), "live", by=change.who, since=change.time, reason=change.reason
    )


def _fault(own: OwnRule) -> str:
    """Why a live rule cannot be used by itself; empty if it can."""
    try:
        assembled([rule_of(own.text)], builtin=False)
    except RuleError as error:
        return str(error)
    return ""
