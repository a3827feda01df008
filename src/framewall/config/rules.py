"""The rules that a configuration asks for: those that come with Framewall, and the operator's own files."""

from __future__ import annotations

from pathlib import Path

from framewall._core import Engine
from framewall.config.schema import Configuration
from framewall.detect import builtin_engine, compile_rules, read_rules
from framewall.detect.load import RULES, Rule, RuleError

Stamp = tuple[tuple[Path, int, int], ...]
"""Files with when they were last written (nanoseconds) and their sizes."""


def engine(configuration: Configuration) -> Engine:
    """The engine with these rules. Raises RuleError for a rule that cannot be used or whose examples do not hold.

    One of the operator's takes the place of the built-in rule with its id.
    """
    if configuration.builtin_rules and not configuration.rules:
        return builtin_engine()
    own = own_rules(configuration)
    compile_rules(own)
    replaced = {rule.get("id") for rule in own}
    builtin = read_rules() if configuration.builtin_rules else []
    return compile_rules([*(rule for rule in builtin if rule["id"] not in replaced), *own], verify=False)


def own_rules(configuration: Configuration) -> list[Rule]:
    """The operator's. Raises RuleError for a file that is not there or holds no rules."""
    for path in map(Path, configuration.rules):
        if not path.exists():
            raise RuleError(f"{path}: there is no such file or folder of rules")
    return read_rules(map(Path, configuration.rules))


def known_rules(configuration: Configuration) -> frozenset[str]:
    """The ids of all rules."""
    rules = own_rules(configuration) + (read_rules([RULES]) if configuration.builtin_rules else [])
    return frozenset(str(rule.get("id")) for rule in rules)


def stamp(configuration: Configuration) -> Stamp:
    """What tells whether a rule file has changed since."""
    found = []
    for path in map(Path, configuration.rules):
        files = [path, *path.glob("*.toml"), *path.glob("*.json")] if path.is_dir() else [path]
        for file in files:
            try:
                status = file.stat()
            except OSError:
                continue  # it is being replaced, or gone: reading it will tell
            found.append((file, status.st_mtime_ns, status.st_size))
    return tuple(sorted(found))
