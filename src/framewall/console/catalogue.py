"""The rules as people read them: what each looks for, in words, and where it comes from."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from framewall._core import Engine
from framewall.config.rules import assembled
from framewall.control import ControlError, OwnRule, Rules
from framewall.control.ruling import rule_of
from framewall.detect import RuleError, builtin_engine, builtin_rules, written

#: The tokenisers, and what each of them confirms.
CONFIRMS = {
    "html": "markup that a browser would act on, as its tokeniser reads it",
    "js": "JavaScript that would run, as its tokeniser reads it",
    "sql": "SQL that changes what a query means, as its tokeniser reads it",
    "shell": "a command that a shell would run",
    "url": "an address that leads where it should not",
    "template": "template syntax that an engine would evaluate",
    "path": "a path that climbs out of where it should stay, or names a file that nobody should read",
    "ldap": "a directory filter that has become another one",
    "xpath": "an XPath expression that has become another one",
    "jndi": "a lookup that a Java logger would resolve",
    "graphql": "a GraphQL document, by its depth and cost",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. ``how`` says what it looks for; ``finds`` and ``passes`` are examples that are run.

    ``own`` is where it comes from, None for those that come with Framewall.
    """

    id: str
    attack: str
    score: int
    sensitivity: int
    how: str
    pattern: str
    unless: str
    literals: tuple[str, ...]
    references: tuple[str, ...]
    finds: tuple[str, ...]
    passes: tuple[str, ...]
    searchable: str
    text: str
    own: OwnRule | None = None


@dataclass(frozen=True)
class Catalogue:
    """Rules that are in force together. ``aside`` are those of the operator's that take no part."""

    engine: Engine
    rules: tuple[Rule, ...]
    aside: tuple[OwnRule, ...] = ()
    fingerprint: str = ""

    @cached_property
    def by_id(self) -> dict[str, Rule]:
        """The rules by id."""
        return {rule.id: rule for rule in self.rules}


class Rulebook:
    """The rules of the node, asked for anew where they have changed. Thread-safe."""

    def __init__(self, ask: Callable[[str], Rules]) -> None:
        """``ask`` is given a fingerprint that is known."""
        self._ask = ask
        self._lock = threading.Lock()
        self._known = shipped()

    def of_node(self) -> Catalogue:
        """The rules that the node judges by now. Raises ControlError."""
        known = self._known
        told = self._ask(known.fingerprint)
        if told.own is None:
            return known
        with self._lock:  # nobody waits here for a node that does not answer
            if self._known.fingerprint != told.fingerprint:
                self._known = _of_node(told, told.own)
            return self._known

    def read(self) -> Catalogue:
        """The same; those that come with Framewall where no node answers."""
        try:
            return self.of_node()
        except ControlError:
            return shipped()


@cache
def shipped() -> Catalogue:
    """The rules that come with Framewall, by class as they stand in its files."""
    return Catalogue(builtin_engine(), tuple(_rule(rule) for rule in builtin_rules()))


def _of_node(told: Rules, own: tuple[OwnRule, ...]) -> Catalogue:
    active = [each for each in own if each.active]
    try:
        rules = [rule_of(each.text) for each in active]
        engine = assembled(rules, told.builtin)
    except RuleError as error:
        raise ControlError(f"the node's rules are not understood here: {error}") from error
    replaced = {each.id for each in active}
    others = [rule for rule in shipped().rules if rule.id not in replaced] if told.builtin else []
    mine = (_rule(rule, each) for rule, each in zip(rules, active, strict=True))
    aside = tuple(each for each in own if not each.active)
    return Catalogue(engine, (*mine, *others), aside, told.fingerprint)


def _rule(rule: dict[str, Any], own: OwnRule | None = None) -> Rule:
    examples = rule.get("examples") or {}
    references = tuple(map(str, rule.get("references", ())))
    pattern = str(rule.get("pattern") or "")
    return Rule(
        id=rule["id"],
        attack=rule["attack"],
        score=rule["score"],
        sensitivity=rule.get("sensitivity", 1),
        how=_how(rule),
        pattern=pattern,
        unless=str(rule.get("unless") or ""),
        literals=tuple(map(_literal, rule.get("literals", ()))),
        references=references,
        finds=tuple(map(str, examples.get("match", ()))),
        passes=tuple(map(str, examples.get("pass", ()))),
        searchable=f"{rule['id']} {rule['attack']} {' '.join(references)} {pattern}".lower(),
        text=own.text if own else written(rule),
        own=own,
    )


def _how(rule: dict[str, Any]) -> str:
    if rule.get("seclang"):
        return "Looks for what its imported checks say, in the order that they stand in."
    if rule.get("confirm"):
        what = CONFIRMS.get(rule["confirm"], f"what the {rule['confirm']} tokeniser confirms")
        return f"Looks for {what}."
    if rule.get("anomaly"):
        return f"Looks for what no honest document holds: {rule['anomaly']}."
    targets = rule.get("targets", ["value", "key"])
    where = " and ".join({"key": "names of fields", "value": "values"}.get(each, each) for each in targets)
    return f"Looks for {'a pattern' if rule.get('pattern') else 'words'} in {where}, in every view of them."


def _literal(literal: Any) -> str:
    return " ".join(map(str, literal)) if isinstance(literal, list) else str(literal)
