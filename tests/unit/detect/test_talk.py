"""Talk full of quotes, operators and the words of languages passes."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable
from typing import Protocol

import pytest
from benches.detection.grammar import talk, written

from framewall.detect import builtin_engine


class Grammar(Protocol):
    """Makes lines."""

    def lines(self, count: int, seed: int = 5) -> list[str]: ...


def found(lines: Iterable[str]) -> list[str]:
    """Those of the lines in which anything is found."""
    engine = builtin_engine()
    bodies = ((line, json.dumps({"type": "msg", "text": line}).encode()) for line in lines)
    return [line for line, body in bodies if engine.inspect([(body, "json", False)]).score]


@pytest.mark.parametrize("grammar", [talk, written])
@pytest.mark.parametrize("seed", [5, 6])
def test_of_a_thousand_harmless_lines_at_most_two_are_found(seed: int, grammar: Grammar) -> None:
    wrong = found(grammar.lines(2500, seed))
    assert len(wrong) <= 5, wrong


@pytest.mark.parametrize("kind", written.KINDS)
def test_of_no_kind_of_line_more_than_a_few_are_found(kind: Callable[[random.Random], str]) -> None:
    draw = random.Random(kind.__name__)
    wrong = found(kind(draw) for _ in range(150))
    assert len(wrong) <= 3, wrong
