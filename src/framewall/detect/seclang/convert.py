"""Directives to Framewall's rules: where each looks, its checks, its level; what cannot be had, and why."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from framewall._core import Engine
from framewall.detect.seclang.exclude import Exclusions
from framewall.detect.seclang.parse import Directive, Operator, Variable, parse
from framewall.detect.seclang.pattern import UnsupportedPatternError, translate

Rule = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Skipped:
    """A rule that was left out: its id ('' if it has none), where it stands, and why."""

    rule: str
    file: Path
    line: int
    why: str


@dataclass(slots=True)
class Imported:
    """The rules of a folder. ``waiting`` are the ids of those that look only where messages have nothing."""

    rules: list[Rule] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)


class _CannotImportError(ValueError):
    """Why one rule is left out."""


# Where a target of SecLang is found in a message or its handshake.
_PLACES = {
    "ARGS": "fields",
    "ARGS_GET": "fields",
    "ARGS_POST": "fields",
    "REQUEST_BODY": "fields",
    "XML": "fields",
    "JSON": "fields",
    "QUERY_STRING": "fields",
    "ARGS_NAMES": "names",
    "ARGS_GET_NAMES": "names",
    "ARGS_POST_NAMES": "names",
    "REQUEST_HEADERS": "headers",
    "REQUEST_HEADERS_NAMES": "headers",
    "REQUEST_LINE": "path",
    "REQUEST_URI": "path",
    "REQUEST_URI_RAW": "path",
    "REQUEST_FILENAME": "path",
    "REQUEST_BASENAME": "path",
    "REQUEST_COOKIES": "cookies",
    "REQUEST_COOKIES_NAMES": "cookies",
    "FILES": "files",
    "FILES_NAMES": "files",
}

_SCORES = {"CRITICAL": 5, "ERROR": 4, "WARNING": 3, "NOTICE": 2, "2": 5, "3": 4, "4": 3, "5": 2}

# The rule set's own tags, most exact first; then its families by number.
_TAGS = {
    "attack-xss": "xss",
    "attack-sqli": "sqli",
    "attack-nosqli": "nosqli",
    "attack-lfi": "path_traversal",
    "attack-rfi": "rfi",
    "attack-ssrf": "ssrf",
    "attack-ssti": "ssti",
    "attack-ldap": "ldapi",
    "attack-rce": "rce",
    "attack-injection-php": "rce",
    "attack-injection-java": "rce",
    "attack-injection-generic": "rce",
    "attack-protocol": "protocol",
    "attack-disclosure": "leak",
}
_FAMILIES = {
    "920": "protocol",
    "921": "crlf",
    "930": "path_traversal",
    "931": "rfi",
    "932": "rce",
    "933": "rce",
    "934": "rce",
    "941": "xss",
    "942": "sqli",
    "943": "protocol",
    "944": "rce",
    "950": "leak",
    "951": "leak",
    "952": "leak",
    "953": "leak",
    "954": "leak",
}


def import_rules(folder: Path) -> Imported:
    """All rules of a folder's ``*.conf`` files, in the order of their names.

    Raises SecLangError for a file that is not SecLang.
    """
    files = sorted(folder.glob("*.conf")) if folder.is_dir() else [folder]
    directives = [directive for file in files for directive in parse(file)]
    imported = Imported()
    exclusions = Exclusions.read(directives)
    imported.skipped.extend(Skipped(*each) for each in exclusions.skipped)
    for chain in _chains(directives):
        head = chain[0]
        number = head.action("id") or ""
        if _controls(head):
            continue
        reason = exclusions.removes(number, head.every("tag"), head.action("msg") or "")
        try:
            if reason:
                raise _CannotImportError(reason)
            rule = _rule(number, chain, exclusions)
            _try(rule)
        except (_CannotImportError, UnsupportedPatternError) as error:
            imported.skipped.append(Skipped(number, head.file, head.line, str(error)))
            continue
        imported.rules.append(rule)
        if not {"fields", "names"} & set(rule["seclang"]["places"]):
            imported.waiting.append(number)
    return imported


def _chains(directives: Iterable[Directive]) -> Iterator[list[Directive]]:
    """Rules with those chained to them."""
    chain: list[Directive] = []
    for directive in directives:
        if directive.name != "SecRule":
            continue
        chain.append(directive)
        if directive.action("chain") is None:
            yield chain
            chain = []


def _controls(rule: Directive) -> bool:
    """Rules that steer the rule set rather than find anything: levels, skips, set-up."""
    steers = {variable.name for variable in rule.variables} <= {
        "TX",
        "IP",
        "GLOBAL",
        "DURATION",
        "REQBODY_PROCESSOR",
    }
    silent = rule.action("pass") is not None and rule.action("nolog") is not None
    return steers or silent or rule.action("skipAfter") is not None or rule.action("skip") is not None


def _rule(number: str, chain: list[Directive], exclusions: Exclusions) -> Rule:
    head = chain[0]
    tags = head.every("tag")
    places, excepted = _places(head.variables)
    checks = [_check(head, {"subject": "field"})]
    checks += [_check(rule, _subject(rule, head)) for rule in chain[1:]]
    level = max((int(tag.rpartition("/")[2]) for tag in tags if tag.startswith("paranoia-level/")), default=1)
    return {
        "id": f"crs.{number}",
        "attack": _attack(number, tags),
        "score": _SCORES.get((head.action("severity") or "CRITICAL").upper(), 5),
        "sensitivity": min(level, 3),
        "targets": ["key", "value"],
        "references": [tag for tag in tags if tag.startswith(("capec/", "OWASP_CRS/"))],
        "seclang": {
            "checks": checks,
            "places": places,
            "except": sorted({*excepted, *exclusions.fields(number, tags)}),
            "multi_match": head.action("multiMatch") is not None,
        },
    }


def _places(variables: Iterable[Variable]) -> tuple[list[str], list[str]]:
    places: set[str] = set()
    excepted: list[str] = []
    unknown: list[str] = []
    for variable in variables:
        if variable.excluded:
            if variable.name.startswith("ARGS") and variable.key and not variable.key.startswith("/"):
                excepted.append(variable.key.lower())
        elif variable.name in _PLACES and not variable.counted:
            places.add(_PLACES[variable.name])
        else:
            unknown.append(variable.name)
    if not places:
        raise _CannotImportError(
            f"it looks at {', '.join(sorted(set(unknown)))}, which a message does not have"
        )
    return sorted(places), excepted


def _subject(rule: Directive, head: Directive) -> Rule:
    """What a chained rule reads."""
    if all(variable.name in {"REQUEST_HEADERS", "GEO", "REMOTE_ADDR"} for variable in rule.variables):
        return {"subject": "count_of_absent" if rule.variables[0].counted else "absent"}
    names = {variable.name for variable in rule.variables if not variable.excluded}
    if names & {"MATCHED_VAR", "MATCHED_VARS"}:
        return {"subject": "matched"}
    if names & {"ARGS", "ARGS_NAMES", "REQUEST_BODY"}:
        return {"subject": "field"}
    for variable in rule.variables:
        if variable.name == "TX" and variable.key.isdigit():
            return {"subject": "capture", "capture": int(variable.key)}
        if variable.name == "TX":
            return {"subject": "capture", "capture": _stored(variable.key, head)}
    raise _CannotImportError(f"its chain reads {', '.join(sorted(names))}, which a message does not have")


def _stored(key: str, head: Directive) -> int:
    """The group that the head stored under a name the chain looks for: ``setvar:tx.name_%{…}=%{tx.1}``."""
    prefix = re.match(r"/?([\w-]+)", key)
    for setting in head.every("setvar"):
        name, _, value = setting.strip("'").partition("=")
        group = re.fullmatch(r"\.?%\{tx\.(\d)\}", value.lower())
        if prefix and group and name.lower().startswith(f"tx.{prefix[1].lower()}"):
            return int(group[1])
    raise _CannotImportError(f"its chain reads the variable TX:{key}, which only a running rule set has")


def _check(rule: Directive, subject: Rule) -> Rule:
    operator = rule.operator
    assert operator is not None
    transformations: list[str] = []
    for name in rule.every("t"):
        transformations = [] if name == "none" else [*transformations, name]
    argument, words = _argument(operator, rule)
    return {
        **subject,
        "transformations": transformations,
        "operator": operator.name,
        "argument": argument,
        "words": words,
        "negated": operator.negated,
    }


def _argument(operator: Operator, rule: Directive) -> tuple[str, list[str]]:
    if operator.name in {"rx", "rxGlobal"}:
        if "%{" in operator.argument:
            raise _CannotImportError("its pattern is put together while the rule set runs")
        return translate(operator.argument), []
    if operator.name == "pm":
        return "", _phrases(operator.argument)
    if operator.name in {"pmFromFile", "pmf"}:
        words = [word for name in operator.argument.split() for word in _words(rule.file.parent / name)]
        return "", words
    return operator.argument, []


def _phrases(text: str) -> list[str]:
    """``pm``'s words; ``|41 42|`` spells bytes."""
    spelled = re.sub(
        r"\|((?:[0-9A-Fa-f]{2}\s*)+)\|", lambda found: bytes.fromhex(found[1]).decode("latin-1"), text
    )
    return spelled.split()


def _words(file: Path) -> list[str]:
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as error:
        raise _CannotImportError(f"its word file cannot be read: {error}") from error
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def _attack(number: str, tags: Iterable[str]) -> str:
    tags = list(tags)
    return next(
        (attack for tag, attack in _TAGS.items() if tag in tags), _FAMILIES.get(number[:3], "protocol")
    )


def _try(rule: Rule) -> None:
    """Compiles the rule alone: what the engine cannot run is left out, with the engine's reason."""
    try:
        Engine(json.dumps([rule]))
    except ValueError as error:
        raise _CannotImportError(str(error).partition(": ")[2] or str(error)) from error
