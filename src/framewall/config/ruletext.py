"""Rules that somebody writes into a form: read like a rule file, and every mistake told with its line."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass

from framewall._core import Engine
from framewall.config.lines import Path as Keys
from framewall.config.lines import key_lines, line_of
from framewall.config.values import quoted, suggest
from framewall.detect import RuleError, compile_rules, hidden, rules_in, written
from framewall.detect.load import Rule
from framewall.model import ATTACKS

_ID = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+")
_ID_CHARS = 100
_JSON_PLACE = re.compile(r"^rules: | at line \d+ column \d+$")
_HEADER = re.compile(r"^\[\[rule]]", re.MULTILINE)
#: Words of the engine's complaints, and the key that they are about.
_ABOUT = (
    ("literal", "literals"), ("tokeniser", "confirm"), ("view", "views"), ("sensitivity", "sensitivity"),
    ("pattern", "pattern"),
)  # fmt: skip

#: What a rule may say, and as what.
_TEXTS = frozenset({"id", "attack", "pattern", "unless", "confirm", "anomaly"})
_LISTS = frozenset({"targets", "paths", "views", "literals", "references"})
_NUMBERS = {"score": (0, 1_000), "sensitivity": (1, 3), "strength": (1, 100), "markup": (1, 100)}
_KEYS = (*sorted(_TEXTS), *sorted(_LISTS), *_NUMBERS, "code", "examples", "seclang")
_NEEDED = ("id", "attack", "score")


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake. ``line`` counts from 1, 0 where it is of no line; ``rule`` is the rule's id, where it has one."""

    line: int
    rule: str
    why: str

    def __str__(self) -> str:
        where = f"line {self.line}: " if self.line else ""
        return f"{where}{self.rule}: {self.why}" if self.rule else f"{where}{self.why}"


class RuleTextError(RuleError):
    """A text that holds no rules that can be used: all that is wrong with it, in the order of its lines."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Written:
    """One rule, and the text that says it: its author's own, comments and all, where it stands alone there."""

    id: str
    rule: Rule
    text: str


@dataclass(frozen=True, slots=True)
class Example:
    """One of a rule's examples, and whether it holds: ``wanted`` is whether the rule must find it."""

    rule: str
    text: str
    wanted: bool
    holds: bool


def read(text: str) -> tuple[Written, ...]:
    """The rules of a text, each able to be used by itself; their examples are not run. Raises RuleTextError."""
    text = text.replace("\r\n", "\n").strip("\n") + "\n"
    rules = _rules(text)
    lines = key_lines(text)
    problems = [problem for place, rule in enumerate(rules) for problem in _problems(place, rule, lines)]
    ids = [rule.get("id") for rule in rules]
    problems += [
        Problem(line_of(("rule", place, "id"), lines), str(id), "another rule here has this id")
        for place, id in enumerate(ids)
        if id in ids[:place]
    ]
    if problems:
        raise RuleTextError(sorted(problems, key=lambda problem: problem.line))
    alone = len(rules) == 1 and len(_HEADER.findall(text)) == 1
    return tuple(Written(rule["id"], rule, text if alone else written(rule)) for rule in rules)


def examples(rules: tuple[Written, ...]) -> tuple[Example, ...]:
    """Every example of these rules, run."""
    broken = set(compile_rules([each.rule for each in rules], verify=False).verify())
    return tuple(
        Example(each.id, text, wanted, (each.id, text, wanted) not in broken)
        for each in rules
        for name, wanted in (("match", True), ("pass", False))
        for text in each.rule.get("examples", {}).get(name, ())
    )


def checked(text: str) -> tuple[Written, ...]:
    """As :func:`read`, and every example holds. Raises RuleTextError."""
    rules = read(text)
    lines = key_lines(text.replace("\r\n", "\n").strip("\n") + "\n")
    places = {each.id: place for place, each in enumerate(rules)}
    problems = []
    for each in examples(rules):
        if not each.holds:
            kind = "match" if each.wanted else "pass"
            among = rules[places[each.rule]].rule["examples"][kind].index(each.text)
            line = line_of(("rule", places[each.rule], "examples", kind, among), lines)
            wish = "must be found" if each.wanted else "must pass"
            problems.append(Problem(line, each.rule, f"the example {each.text!r} {wish}, and does not"))
    if problems:
        raise RuleTextError(problems)
    return rules


def compiled(rules: tuple[Written, ...]) -> Engine:
    """An engine of these rules alone."""
    return compile_rules([each.rule for each in rules], verify=False)


def _rules(text: str) -> list[Rule]:
    found = hidden(text)
    if found is not None:
        line = text[: text.index(found)].count("\n") + 1
        code = f"\\u{ord(found):04x}" if ord(found) < 0x10000 else f"\\U{ord(found):08x}"
        why = f'there is a character that nobody sees; write it as {code}, in "quotes"'
        raise RuleTextError([Problem(line, "", why)])
    try:
        rules = rules_in(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at (?:line (\d+), column \d+|end of document)\)", str(error))
        line = int(place[1]) if place and place[1] else text.count("\n")
        why = re.sub(r" \(at .*\)$", "", str(error))
        raise RuleTextError([Problem(line, "", f"not TOML: {why}")]) from None
    except RecursionError:
        raise RuleTextError([Problem(0, "", "values are nested too deep")]) from None
    except RuleError as error:
        raise RuleTextError([Problem(1, "", str(error))]) from None
    if not rules:
        raise RuleTextError([Problem(1, "", "there is no rule: begin with [[rule]]")])
    return rules


def _problems(place: int, rule: Rule, lines: dict[Keys, int]) -> list[Problem]:
    """What is wrong with one rule: with its keys, or else the first thing that the engine says."""
    here: Keys = ("rule", place)
    id = rule.get("id")
    if not isinstance(id, str) or not _ID.fullmatch(id) or len(id) > _ID_CHARS:
        why = 'it needs an id of letters, digits, "-" and "_" with a dot inside: id = "xss.our-editor"'
        return [Problem(line_of((*here, "id"), lines), "", why)]
    wrong = [
        Problem(line_of((*here, key), lines), id, why)
        for key, value in rule.items()
        if (why := _misshapen(key, value))
    ]
    wrong += [
        Problem(line_of(here, lines), id, f"it does not say its {key}") for key in _NEEDED if key not in rule
    ]
    if wrong:
        return wrong
    try:
        compile_rules([rule], verify=False)
    except RuleError as error:
        why = _JSON_PLACE.sub("", str(error).removeprefix(f"{id}: "))
        key: Keys = ("seclang",) if "seclang" in rule else ()
        key = next(((key,) for word, key in _ABOUT if word in why and key in rule), key)
        return [Problem(line_of((*here, *key), lines), id, why)]
    return []


def _misshapen(key: str, value: object) -> str:
    """Why a key cannot have this value; empty if it can."""
    if key not in _KEYS:
        return f'a rule has no "{key}"; {suggest(key, list(_KEYS))}'
    if key in _TEXTS and not isinstance(value, str):
        return f'{key} is a text: write {key} = "…"'
    if key == "attack" and value not in ATTACKS:
        return f"there is no attack class {quoted(value)}; {suggest(str(value), list(ATTACKS))}"
    if key in _LISTS and not _is_texts(value):
        return f'{key} is a list of texts: write {key} = ["…"]'
    if key == "targets" and not set(value) <= {"key", "value"}:  # type: ignore[call-overload]
        return 'targets are "key" and "value"'
    if key in _NUMBERS:
        least, most = _NUMBERS[key]
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            return f"{key} is a whole number from {least} to {most}"
    if key == "code" and not isinstance(value, bool):
        return "code is true or false"
    if key == "examples":
        shaped = (
            isinstance(value, dict)
            and value.keys() <= {"match", "pass"}
            and all(map(_is_texts, value.values()))
        )
        return "" if shaped else "examples are two lists of texts: match and pass"
    return ""


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)
