"""An engine for tests of the rooms around it: finds two words, in every leaf of every reading."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from framewall import _core

RULES = {
    b"<script": ("xss", "test.script", 5),
    b"union select": ("sqli", "test.union", 5),
    b"hmm": ("xss", "test.weak", 2),
}


@dataclass(frozen=True)
class EngineFinding:
    """As the native engine's."""

    attack: str
    rule: str
    score: int
    part: int
    path: tuple[str | int, ...]
    role: str
    chain: tuple[str, ...]
    match: bytes
    span: tuple[int, int] | None = None


@dataclass(frozen=True)
class Report:
    """As the native engine's."""

    score: int
    findings: list[EngineFinding]


class WordEngine:
    """Judges by plain words; ``calls`` counts, and ``seen`` keeps what it was given last."""

    def __init__(self) -> None:
        self.calls = 0
        self.seen: list[tuple[bytes, str, bool]] = []

    def inspect(self, parts: list[tuple[bytes, str, bool]], settings: Any = None) -> Report:
        """Every leaf of every part, and every part raw."""
        self.calls += 1
        self.seen = parts
        findings = [found for place, part in enumerate(parts) for found in _judge(place, *part)]
        findings.sort(key=lambda finding: -finding.score)
        return Report(sum(finding.score for finding in findings), findings)


def _judge(place: int, data: bytes, hint: str, key: bool) -> list[EngineFinding]:
    leaves: list[tuple[tuple[str | int, ...], str, str, bytes]] = [
        ((), "key" if key else "value", "text", data)
    ]
    for format in _core.readings(data, hint):
        leaves += [
            (
                tuple(s.decode("utf-8", "replace") if isinstance(s, bytes) else s for s in path),
                role,
                format,
                leaf,
            )
            for path, role, _, leaf, _ in _core.walk(data, format)
            if role in ("key", "value")
        ]
    found: dict[tuple[str, bytes], EngineFinding] = {}
    for path, role, format, leaf in leaves:
        for word, (attack, rule, score) in RULES.items():
            if word in leaf.lower():
                found[rule, leaf] = EngineFinding(attack, rule, score, place, path, role, (format,), word)
    return [each for each in found.values() if each.path] or list(found.values())
