"""Read rule files (TOML, one attack class a file; JSON where imported) and compile them for the engine."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from framewall._core import Engine
from framewall.errors import FramewallError

RULES = Path(__file__).parent / "rules"

Rule = dict[str, Any]

_SHARED = ("attack", "references")


class RuleError(FramewallError, ValueError):
    """A rule file that cannot be used: which file, which rule, and why. The operator's fault."""


def read_rules(paths: Iterable[Path] = (RULES,)) -> list[Rule]:
    """All rules of these files and folders, in the order of their names.

    What a file says at its top (``attack``, ``references``) holds for every rule in it that does not say otherwise.
    """
    return [rule for _, rules in read_files(paths) for rule in rules]


def read_files(paths: Iterable[Path]) -> list[tuple[Path, list[Rule]]]:
    """The same, file by file."""
    files: list[Path] = []
    for path in paths:
        files += sorted([*path.glob("*.toml"), *path.glob("*.json")]) if path.is_dir() else [path]
    return [(file, _read_file(file)) for file in files]


def _read_file(file: Path) -> list[Rule]:
    if file.suffix == ".json":
        return _read_imported(file)
    try:
        return rules_in(tomllib.loads(file.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, RecursionError, tomllib.TOMLDecodeError, RuleError) as error:
        raise RuleError(f"{file}: {error}") from error


def rules_in(document: dict[str, Any]) -> list[Rule]:
    """The rules of a TOML document. Raises RuleError for what is no rule file."""
    unknown = set(document) - {*_SHARED, "rule"}
    if unknown:
        raise RuleError(f"{sorted(unknown)[0]!r} means nothing here; rules stand under [[rule]]")
    shared = {name: document[name] for name in _SHARED if name in document}
    rules = document.get("rule", [])
    if not isinstance(rules, list) or not all(isinstance(rule, dict) for rule in rules):
        raise RuleError("rules are tables, each under [[rule]]")
    return [shared | rule for rule in rules]


def _read_imported(file: Path) -> list[Rule]:
    """A list of rules, as ``framewall rules import`` writes it."""
    try:
        rules = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RuleError(f"{file}: {error}") from error
    if not isinstance(rules, list) or not all(isinstance(rule, dict) for rule in rules):
        raise RuleError(f"{file}: a list of rules is expected")
    return rules


def compile_rules(rules: list[Rule], *, verify: bool = True) -> Engine:
    """The engine for these rules; with ``verify`` every example of theirs is run first.

    Raises RuleError for a rule that is malformed, whose literals its pattern does not imply, that is not linear, or
    whose examples do not hold.
    """
    try:
        engine = Engine(json.dumps(rules))
    except ValueError as error:
        raise RuleError(str(error)) from error
    if verify:
        for rule, example, expected in engine.verify():
            wish = "must be found" if expected else "must pass"
            raise RuleError(f"{rule}: the example {example!r} {wish}, and does not")
    return engine


@cache
def builtin_rules() -> tuple[Rule, ...]:
    """The rules that come with Framewall."""
    return tuple(read_rules())


@cache
def builtin_engine() -> Engine:
    """The engine with the rules that come with Framewall. Their examples are run by the tests, not at every start."""
    return compile_rules(list(builtin_rules()), verify=False)
