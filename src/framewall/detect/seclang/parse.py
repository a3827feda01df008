"""Text to directives: lines joined, quotes undone, actions told apart. Knows no rule's meaning.

Source: ModSecurity Reference Manual v3, "Configuration Directives" and "Actions".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path


class SecLangError(ValueError):
    """A file that is not SecLang: which file and line, and why. The operator's fault."""


@dataclass(frozen=True, slots=True)
class Variable:
    """One target: ``!ARGS:/x/`` is name ARGS, key /x/, excluded; ``&ARGS`` counts."""

    name: str
    key: str = ""
    excluded: bool = False
    counted: bool = False


@dataclass(frozen=True, slots=True)
class Operator:
    """``!@rx pattern``: name rx, argument pattern, negated."""

    name: str
    argument: str
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Directive:
    """One directive. Only a SecRule has ``variables`` and an ``operator``."""

    name: str
    file: Path
    line: int
    arguments: tuple[str, ...] = ()
    variables: tuple[Variable, ...] = ()
    operator: Operator | None = None
    actions: tuple[tuple[str, str], ...] = field(default=())

    def action(self, name: str) -> str | None:
        """The first value of an action, '' if it has none, None if it is not there."""
        return next((value for known, value in self.actions if known == name), None)

    def every(self, name: str) -> list[str]:
        """All values of an action, in order."""
        return [value for known, value in self.actions if known == name]


def parse(file: Path) -> list[Directive]:
    """The directives of a file, in order. Raises SecLangError."""
    text = file.read_text(encoding="utf-8", errors="surrogateescape")
    return [_directive(words, file, line) for line, words in _split(text, file)]


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines with their continuations joined, comments and blanks left out."""
    joined, start = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        if not joined:
            if not line.strip() or line.lstrip().startswith("#"):
                continue
            start = number
        if line.endswith("\\"):
            joined += line[:-1].lstrip() if joined else line[:-1]
            continue
        yield start, joined + (line.lstrip() if joined else line)
        joined = ""
    if joined:
        yield start, joined


def _split(text: str, file: Path) -> Iterator[tuple[int, list[str]]]:
    for number, line in _lines(text):
        try:
            words = list(_words(line))
        except ValueError as error:
            raise SecLangError(f"{file}:{number}: {error}") from error
        if words and not words[0].startswith("<"):
            yield number, words


def _words(line: str) -> Iterator[str]:
    """Words apart by blanks; in quotes only a backslashed quote is undone, so patterns stay whole."""
    at, length = 0, len(line)
    while at < length:
        if line[at].isspace():
            at += 1
            continue
        quote = line[at] if line[at] in "\"'" else ""
        at += len(quote)
        word: list[str] = []
        while at < length and (line[at] != quote if quote else not line[at].isspace()):
            if quote and line[at] == "\\" and line[at + 1 : at + 2] == quote:
                at += 1
            word.append(line[at])
            at += 1
        if quote:
            if at >= length:
                raise ValueError("a quote is not closed")
            at += 1
        yield "".join(word)


def _directive(words: list[str], file: Path, line: int) -> Directive:
    name, rest = words[0], words[1:]
    if name == "SecRule":
        if len(rest) < 2:
            raise SecLangError(f"{file}:{line}: SecRule takes targets, an operator and actions")
        return Directive(
            name,
            file,
            line,
            tuple(rest),
            _variables(rest[0]),
            _operator(rest[1]),
            _actions(rest[2] if rest[2:] else ""),
        )
    if name == "SecAction":
        return Directive(name, file, line, tuple(rest), actions=_actions(rest[0] if rest else ""))
    return Directive(name, file, line, tuple(rest))


def _variables(text: str) -> tuple[Variable, ...]:
    return tuple(_variable(part) for part in _apart(text, "|") if part)


def _variable(text: str) -> Variable:
    excluded, counted = text.startswith("!"), text.startswith("&")
    name, _, key = text.lstrip("!&").partition(":")
    return Variable(name.upper(), key.strip("'"), excluded, counted)


def _operator(text: str) -> Operator:
    negated = text.startswith("!")
    text = text[1:] if negated else text
    if not text.startswith("@"):
        return Operator("rx", text, negated)
    name, _, argument = text[1:].partition(" ")
    return Operator(name, argument.strip() if name != "rx" else argument, negated)


def _apart(text: str, mark: str) -> Iterator[str]:
    """Parts between marks that stand outside single quotes and, for targets, outside ``/…/``."""
    part: list[str] = []
    quoted = pattern = False
    for at, char in enumerate(text):
        if char == "'" and (at == 0 or text[at - 1] != "\\"):
            quoted = not quoted
        elif mark == "|" and char == "/" and not quoted and text[at - 1] != "\\":
            pattern = not pattern if pattern or text[at - 1] == ":" else pattern
        if char == mark and not quoted and not pattern:
            yield "".join(part)
            part = []
        else:
            part.append(char)
    yield "".join(part)


def _actions(text: str) -> tuple[tuple[str, str], ...]:
    actions = []
    for part in _apart(text, ","):
        name, _, value = part.strip().partition(":")
        if name:
            value = value.strip()
            if len(value) > 1 and value[0] == value[-1] == "'":
                value = value[1:-1]
            actions.append((name.strip(), value))
    return tuple(actions)
