"""The engine's findings under the names of their fields, and what could not be decoded beside them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from framewall.errors import PeerError
from framewall.fields.names import name
from framewall.model import Finding, Part

WHOLE = "message"
"""The field of a finding that is about the message itself."""


class EngineFinding(Protocol):
    """One finding as the engine gives it: by which rule, in which part, where in it."""

    @property
    def attack(self) -> str: ...
    @property
    def rule(self) -> str: ...
    @property
    def score(self) -> int: ...
    @property
    def part(self) -> int: ...
    @property
    def path(self) -> tuple[str | int, ...]: ...
    @property
    def chain(self) -> tuple[str, ...]: ...
    @property
    def match(self) -> bytes: ...
    @property
    def span(self) -> tuple[int, int] | None: ...


def named(
    framework: str,
    parts: Sequence[Part],
    found: Iterable[EngineFinding],
    errors: Iterable[PeerError],
    certain: int,
) -> list[Finding]:
    """One finding a rule and field, the strongest and outermost first.

    What cannot be decoded where the framework is certain is an attack in itself: it scores ``certain``.
    """
    kept: dict[tuple[str, str], Finding] = {}
    for each in found:
        field = name(parts[each.part].label, tuple(each.path))
        if (each.rule, field) not in kept:
            chain = each.chain if framework in each.chain else (framework, *each.chain)
            match = each.match.decode("utf-8", "backslashreplace")
            kept[each.rule, field] = Finding(each.attack, each.rule, field, tuple(chain), match, each.score)
    for error in errors:
        field = error.field or WHOLE
        refusal = Finding(error.attack, error.rule, field, (framework,), error.why, certain)
        kept.setdefault((error.rule, field), refusal)
    return sorted(kept.values(), key=lambda finding: (-finding.score, len(finding.field)))
