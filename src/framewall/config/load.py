"""A file and the command line's options to a :class:`Configuration`, or every mistake with its place.

Pure but for reading the file, so that a changed file can be loaded at any time beside the one in force.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from framewall.config.explain import Problem, explain
from framewall.config.lines import Path as Keys
from framewall.config.lines import key_lines, line_of
from framewall.config.rules import known_rules
from framewall.config.schema import Allow, Configuration
from framewall.config.values import as_url, quoted, suggest
from framewall.detect import RuleError
from framewall.errors import ConfigError

#: The file that is read when none is named and no upstream is given.
DEFAULT_FILE = Path("framewall.toml")


class BadConfiguration(ConfigError):  # noqa: N818 (a list of what is wrong)
    """All that is wrong with a configuration; its text has a line for each of ``problems``."""

    def __init__(self, problems: list[ConfigError]) -> None:
        first = problems[0]
        super().__init__(first.why, file=first.file, key=first.key, line=first.line, instead=first.instead)
        self.problems = tuple(problems)
        self.args = ("\n".join(str(problem) for problem in problems),)


def load(file: Path | None = None, options: Mapping[str, Any] | None = None) -> Configuration:
    """The configuration of ``file``, changed by ``options``: settings of the command line, by name.

    Relative paths of event stores, rules, descriptors and certificates in the file are relative to the file. Raises
    :class:`BadConfiguration`.
    """
    return from_text(_read(file) if file else "", str(file) if file else "", options)


def from_text(text: str, file: str = "", options: Mapping[str, Any] | None = None) -> Configuration:
    """As :func:`load`, from the text of a file."""
    chosen = {name: value for name, value in (options or {}).items() if value is not None}
    document = _parse(text, file)
    try:
        configuration = Configuration.model_validate(
            _with_options(document, chosen), context={"folder": Path(file).parent if file else Path()}
        )
    except ValidationError as error:
        lines = key_lines(text)
        problems = [_placed(explain(each), file, lines, chosen) for each in error.errors()]
        raise BadConfiguration(sorted(problems, key=lambda problem: problem.line)) from None
    configuration = _beside_file(configuration, file, chosen)
    problems = [
        _placed(each, file, key_lines(text), chosen)
        for each in (*_dangling(configuration), *_unknown_rules(configuration))
    ]
    if problems:
        raise BadConfiguration(problems)
    return configuration


def _read(file: Path) -> str:
    try:
        return file.read_bytes().decode()
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        problem = ConfigError("not UTF-8", file=str(file), line=line, instead="save the file as UTF-8")
    except OSError as error:
        why = f"it cannot be read: {error.strerror}"
        problem = ConfigError(why, file=str(file), instead="name a configuration with --config FILE")
    raise BadConfiguration([problem])


def _parse(text: str, file: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        problem = _syntax(str(error), text, file)
    except RecursionError:
        problem = ConfigError("values are nested too deep", file=file, instead="no setting needs that")
    raise BadConfiguration([problem])


def _syntax(message: str, text: str, file: str) -> ConfigError:
    """A problem that the TOML parser told, with the usual cause as advice."""
    why = re.sub(r" \(at .*\)$", "", message)
    place = re.search(r"at line (\d+)", message)
    lines = text.split("\n")
    number = int(place[1]) if place else len(lines)
    line = lines[min(number, len(lines)) - 1].strip()
    instead = f"the line is: {line}" if line else "something is not closed before it"
    unquoted = re.fullmatch(r"([\w.-]+)\s*=\s*([A-Za-z/*][^\"'\[{#]*?)\s*(#.*)?", line)
    if unquoted:
        instead = f'text needs quotes: write {unquoted[1]} = "{unquoted[2]}"'
    return ConfigError(f"not TOML: {why}", file=file, line=number, instead=instead)


def _with_options(document: dict[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """The document with the command line's settings in it. A mode given there holds for every route."""
    changed = {**document, **options}
    routes = document.get("routes")
    if "mode" in options and isinstance(routes, list):
        changed["routes"] = [_without_mode(route) for route in routes]
    return changed


def _without_mode(route: Any) -> Any:
    return {key: value for key, value in route.items() if key != "mode"} if isinstance(route, dict) else route


def _dangling(configuration: Configuration) -> list[Problem]:
    """Upstreams that are neither a group nor a URL."""
    named: list[tuple[Keys, str | None]] = [(("upstream",), configuration.upstream)]
    named += [
        (("routes", place, "upstream"), route.upstream) for place, route in enumerate(configuration.routes)
    ]
    return [
        problem
        for path, upstream in named
        if upstream is not None and (problem := _upstream_problem(path, upstream, configuration))
    ]


def _upstream_problem(path: Keys, upstream: str, configuration: Configuration) -> Problem | None:
    if upstream in configuration.upstreams:
        return None
    if re.fullmatch(r"[\w-]+", upstream):
        why = f'there is no upstream group "{upstream}"'
        return Problem(path, why, _known_groups(upstream, configuration))
    try:
        as_url(upstream)
    except PydanticCustomError as error:
        context = error.context or {}
        return Problem(path, context["why"], context["instead"])
    return None


def _known_groups(upstream: str, configuration: Configuration) -> str:
    if not configuration.upstreams:
        return f'write a URL such as "http://127.0.0.1:3000", or add a group: [upstreams.{upstream}]'
    return suggest(upstream, sorted(configuration.upstreams))


def _placed(problem: Problem, file: str, lines: dict[Keys, int], options: Mapping[str, Any]) -> ConfigError:
    """The problem with file and line, or with the option of the command line that caused it."""
    first = problem.path[0] if problem.path else None
    if first in options:
        return ConfigError(problem.why, key=f"--{str(first).replace('_', '-')}", instead=problem.instead)
    known = problem.path
    while known and known not in lines and isinstance(known[-1], int):
        known = known[:-1]  # a lone value that stands for a list has no place of its own
    line = line_of(problem.path, lines)
    return ConfigError(problem.why, file=file, key=dotted(known), line=line, instead=problem.instead)


def dotted(path: Keys) -> str:
    """A path as people write it: ``routes[0].limits.message_bytes``."""
    text = ""
    for key in path:
        text += f"[{key}]" if isinstance(key, int) else f".{key}" if text else key
    return text


def _unknown_rules(configuration: Configuration) -> list[Problem]:
    """Exceptions for rules that are not there. Ids without a rule file (``limit.…``) are Framewall's own."""
    try:
        known = known_rules(configuration)
    except RuleError as error:
        return [Problem(("rules",), str(error), "mend it, or leave it out")]
    named: list[tuple[Keys, Allow]] = [
        (("exceptions", place), each) for place, each in enumerate(configuration.exceptions)
    ]
    for number, route in enumerate(configuration.routes):
        named += [
            (("routes", number, "exceptions", place), each) for place, each in enumerate(route.exceptions)
        ]
    return [
        Problem((*path, "rule"), f"there is no rule {quoted(each.rule)}", suggest(each.rule, alike))
        for path, each in named
        if each.rule not in known and (alike := _alike(each.rule, known))
    ]


def _alike(rule: str, known: frozenset[str]) -> list[str]:
    """The rules of the same class."""
    return sorted(each for each in known if each.partition(".")[0] == rule.partition(".")[0])


def _beside_file(configuration: Configuration, file: str, options: Mapping[str, Any]) -> Configuration:
    """The configuration with what the file says of other files read relative to it."""
    if not file:
        return configuration
    changed: dict[str, Any] = {"rules": tuple(str(Path(file).parent / each) for each in configuration.rules)}
    if configuration.control not in (None, "off") and "control" not in options:
        changed["control"] = str(Path(file).parent / str(configuration.control))
    for name in ("console_tls_cert", "console_tls_key"):
        if getattr(configuration, name) is not None and name not in options:
            changed[name] = str(Path(file).parent / getattr(configuration, name))
    if "events" not in options:
        changed["events"] = tuple(_beside(store, Path(file)) for store in configuration.events)
    return configuration.model_copy(update=changed)


def _beside(store: str, file: Path) -> str:
    """A store's URL with its relative path made relative to the configuration's folder."""
    scheme, _, place = store.partition(":")
    if scheme.lower() not in ("sqlite", "jsonl") or place == "-" or place.startswith("/"):
        return store
    return f"{scheme}:{file.parent / place}"
