"""What an operator has taken out of a rule set: rules removed, fields excepted."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from framewall.detect.seclang.parse import Directive

_REMOVALS = {"SecRuleRemoveById", "SecRuleRemoveByTag", "SecRuleRemoveByMsg"}
_UPDATES = {"SecRuleUpdateTargetById", "SecRuleUpdateTargetByTag"}
_CTL = {
    "ruleRemoveById": "id",
    "ruleRemoveByTag": "tag",
    "ruleRemoveTargetById": "id",
    "ruleRemoveTargetByTag": "tag",
}


@dataclass(slots=True)
class Exclusions:
    """Removals and excepted fields, by id, tag or message."""

    ids: list[range] = field(default_factory=list)
    tags: list[re.Pattern[str]] = field(default_factory=list)
    messages: list[re.Pattern[str]] = field(default_factory=list)
    fields_by_id: list[tuple[range, str]] = field(default_factory=list)
    fields_by_tag: list[tuple[re.Pattern[str], str]] = field(default_factory=list)
    skipped: list[tuple[str, Path, int, str]] = field(default_factory=list)

    @classmethod
    def read(cls, directives: Iterable[Directive]) -> Exclusions:
        """Those of the directives that hold for every message; the conditional ones are listed as skipped."""
        exclusions = cls()
        for directive in directives:
            if directive.name in _REMOVALS:
                exclusions._remove(directive.name, directive.arguments)
            elif directive.name in _UPDATES and len(directive.arguments) > 1:
                exclusions._update(directive)
            else:
                exclusions._control(directive)
        return exclusions

    def removes(self, number: str, tags: Iterable[str], message: str) -> str:
        """Why the rule is not wanted, '' if it is."""
        if number.isdigit() and any(int(number) in ids for ids in self.ids):
            return "it is removed by its id"
        if any(pattern.search(tag) for pattern in self.tags for tag in tags):
            return "it is removed by its tag"
        if any(pattern.search(message) for pattern in self.messages):
            return "it is removed by its message"
        return ""

    def fields(self, number: str, tags: Iterable[str]) -> list[str]:
        """Names of fields, in lower case, that the rule does not look at."""
        known = list(tags)
        by_id = [name for ids, name in self.fields_by_id if number.isdigit() and int(number) in ids]
        return by_id + [name for tag, name in self.fields_by_tag if any(tag.search(each) for each in known)]

    def _remove(self, name: str, arguments: Iterable[str]) -> None:
        for argument in arguments:
            if name == "SecRuleRemoveById":
                self.ids.extend(_ranges(argument))
            elif name == "SecRuleRemoveByTag":
                self.tags.append(re.compile(argument))
            else:
                self.messages.append(re.compile(argument))

    def _update(self, directive: Directive) -> None:
        which, targets = directive.arguments[:2]
        for target in re.split(r"[|,]", targets):
            excepted = re.fullmatch(
                r"!ARGS(?:_GET|_POST)?(?:_NAMES)?:([^/].*)", target.strip(), re.IGNORECASE
            )
            if not excepted:
                self.skipped.append(
                    ("", directive.file, directive.line, f"{target!r} is no field of a message")
                )
            elif directive.name.endswith("ById"):
                self.fields_by_id.extend((ids, excepted[1].lower()) for ids in _ranges(which))
            else:
                self.fields_by_tag.append((re.compile(which), excepted[1].lower()))

    def _control(self, directive: Directive) -> None:
        """``ctl:ruleRemove…`` of an action or a rule."""
        for control in directive.every("ctl"):
            name, _, value = control.partition("=")
            if name not in _CTL:
                continue
            always = directive.name == "SecAction" or (
                directive.operator is not None and directive.operator.name == "unconditionalMatch"
            )
            if not always:
                number = directive.action("id") or ""
                why = f"ctl:{name} holds for some requests only: give their route {_exception(value)}"
                self.skipped.append((number, directive.file, directive.line, why))
                continue
            which, _, target = value.partition(";")
            if not target:
                self._remove("SecRuleRemoveById" if _CTL[name] == "id" else "SecRuleRemoveByTag", [which])
            elif target.upper().startswith("ARGS:"):
                if _CTL[name] == "id":
                    self.fields_by_id.extend((ids, target[5:].lower()) for ids in _ranges(which))
                else:
                    self.fields_by_tag.append((re.compile(which), target[5:].lower()))


def _exception(value: str) -> str:
    """The exception that stands for a ``ctl:ruleRemove…``; tags and ranges are no single rule's."""
    which, _, target = value.partition(";")
    rule = f'rule = "crs.{which}"' if which.isdigit() else f'rule = "crs.…" for each rule of {which}'
    named = target.upper().startswith("ARGS:") and not target[5:].startswith("/")
    field = f', field = "*.{target[5:]}"' if named else f" for {target}" if target else ""
    return f"an exception with {rule}{field}"


def _ranges(text: str) -> list[range]:
    """``942100 942110-942120,942200``"""
    ranges = []
    for part in re.split(r"[\s,]+", text.strip()):
        first, _, last = part.partition("-")
        if first.isdigit() and (last.isdigit() or not last):
            ranges.append(range(int(first), int(last or first) + 1))
    return ranges
