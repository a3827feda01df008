"""The rules that a configuration asks for: those that come with Framewall, and the operator's own files."""

from __future__ import annotations

from pathlib import Path

from framewall._core import Engine
from framewall.config.schema import Configuration
from framewall.detect import RuleError, builtin_engine, builtin_rules, compile_rules, read_files
from framewall.detect.load import Rule

Stamp = tuple[tuple[Path, int, int], ...]
"""Files with when they were last written (nanoseconds) and their sizes."""


def engine(configuration: Configuration) -> Engine:
    """The engine with these rules. Raises RuleError for a rule that cannot be used or whose examples do not hold."""
    return assembled(own_rules(configuration), configuration.builtin_rules)


def assembled(own: list[Rule], builtin: bool) -> Engine:
    """The engine with the operator's rules, each in the place of the built-in rule with its id. Raises RuleError."""
    if builtin and not own:
        return builtin_engine()
    compile_rules(own)
    replaced = {rule.get("id") for rule in own}
    shipped = builtin_rules() if builtin else ()
    return compile_rules([*(rule for rule in shipped if rule["id"] not in replaced), *own], verify=False)


def own_rules(configuration: Configuration) -> list[Rule]:
    """The operator's. Raises RuleError for a file that is not there or holds no rules."""
    return [rule for _, rules in own_files(configuration) for rule in rules]


def own_files(configuration: Configuration) -> list[tuple[Path, list[Rule]]]:
    """The same, file by file."""
    for path in map(Path, configuration.rules):
        if not path.exists():
            raise RuleError(f"{path}: there is no such file or folder of rules")
    return read_files(map(Path, configuration.rules))


def known_rules(configuration: Configuration) -> frozenset[str]:
    """The ids of all rules."""
    rules = (*own_rules(configuration), *(builtin_rules() if configuration.builtin_rules else ()))
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
