"""The rules as people read them: what each looks for, in words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from framewall.detect import read_rules

_CONFIRMS = {
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
    """One rule. ``how`` says what it looks for; ``finds`` and ``passes`` are examples that tests run."""

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


@cache
def catalogue() -> tuple[Rule, ...]:
    """All rules that come with Framewall, by class as they stand in its files."""
    return tuple(_rule(rule) for rule in read_rules())


@cache
def rules_by_id() -> dict[str, Rule]:
    """The same by id."""
    return {rule.id: rule for rule in catalogue()}


def _rule(rule: dict[str, Any]) -> Rule:
    examples = rule.get("examples", {})
    references = tuple(map(str, rule.get("references", ())))
    pattern = str(rule.get("pattern", ""))
    return Rule(
        id=rule["id"],
        attack=rule["attack"],
        score=rule["score"],
        sensitivity=rule.get("sensitivity", 1),
        how=_how(rule),
        pattern=pattern,
        unless=str(rule.get("unless", "")),
        literals=tuple(map(_literal, rule.get("literals", ()))),
        references=references,
        finds=tuple(map(str, examples.get("match", ()))),
        passes=tuple(map(str, examples.get("pass", ()))),
        searchable=f"{rule['id']} {rule['attack']} {' '.join(references)} {pattern}".lower(),
    )


def _how(rule: dict[str, Any]) -> str:
    if "confirm" in rule:
        what = _CONFIRMS.get(rule["confirm"], f"what the {rule['confirm']} tokeniser confirms")
        return f"Looks for {what}."
    if "anomaly" in rule:
        return f"Looks for what no honest document holds: {rule['anomaly']}."
    targets = rule.get("targets", ["value", "key"])
    where = " and ".join({"key": "names of fields", "value": "values"}.get(each, each) for each in targets)
    return f"Looks for a pattern in {where}, in every view of them."


def _literal(literal: Any) -> str:
    return " ".join(map(str, literal)) if isinstance(literal, list) else str(literal)
