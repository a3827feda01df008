"""Talk full of quotes, operators and the words of languages passes."""

from __future__ import annotations

import json

import pytest
from benches.detection.grammar import talk

from framewall.detect import builtin_engine


@pytest.mark.parametrize("seed", [5, 6])
def test_of_a_thousand_harmless_lines_at_most_two_are_found(seed: int) -> None:
    engine, lines = builtin_engine(), talk.lines(2500, seed)
    bodies = [json.dumps({"type": "msg", "text": line}).encode() for line in lines]
    found = [
        line
        for line, body in zip(lines, bodies, strict=True)
        if engine.inspect([(body, "json", False)]).score
    ]
    assert len(found) <= 0.002 * len(lines), found[:10]
