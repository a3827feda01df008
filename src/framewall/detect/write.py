"""A rule written as its data file would say it, whatever it was read from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from framewall.detect.load import Rule
from framewall.fields.unseen import unseen

#: The order in which rule files say things; what is not here follows.
_ORDER = (
    "id", "attack", "score", "sensitivity", "code", "targets", "paths", "views", "literals", "pattern", "unless",
    "confirm", "strength", "markup", "anomaly", "references",
)  # fmt: skip
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SHORT = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}


def written(rule: Rule) -> str:
    """The rule as TOML, under ``[[rule]]``; read again, it is the same rule. Members without a value are left out."""
    rule = {name: value for name, value in rule.items() if value is not None}
    names = [name for name in _ORDER if name in rule]
    names += [name for name in rule if name not in _ORDER and name != "examples"]
    lines = ["[[rule]]", *(f"{_name(name)} = {_value(rule[name])}" for name in names)]
    examples = rule.get("examples")
    if isinstance(examples, Mapping) and examples:
        lines += ["[rule.examples]", *(f"{_name(name)} = {_list(each)}" for name, each in examples.items())]
    elif examples is not None:
        lines.append(f"examples = {_value(examples)}")
    return "\n".join(lines) + "\n"


def hidden(text: str) -> str | None:
    """The first character that nobody sees, if there is one; breaks and tabs are seen."""
    return next((char for char in text if char not in "\n\t" and unseen(char)), None)


def _list(value: Any) -> str:
    """A list of texts, each on a line of its own."""
    if not isinstance(value, list) or not value:
        return _value(value)
    return "[\n" + "".join(f"  {_value(each)},\n" for each in value) + "]"


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        members = (f"{_name(name)} = {_value(each)}" for name, each in value.items() if each is not None)
        return "{ " + ", ".join(members) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_value(each) for each in value) + "]"
    return repr(value)


def _name(name: str) -> str:
    return name if _BARE.fullmatch(name) else _text(name)


def _text(text: str) -> str:
    """As people would write it: in apostrophes where that needs no escapes, in quotes otherwise."""
    if hidden(text) is None and "\n" not in text and "\t" not in text:
        if "'" not in text:
            return f"'{text}'" if "\\" in text or '"' in text else f'"{text}"'
        if '"' not in text and "\\" not in text:
            return f'"{text}"'
        if "'''" not in text and text[-1:] != "'":
            return f"'''{text}'''"
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(char: str) -> str:
    if char in _SHORT:
        return _SHORT[char]
    if char in '"\\':
        return f"\\{char}"
    if unseen(char):
        return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"
    return char
