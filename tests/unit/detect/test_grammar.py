"""Thin classes, held by grammar: a small gate of what the benchmark measures."""

from __future__ import annotations

import json

import pytest
from benches.detection.grammar import GRAMMARS, texts

from framewall.detect import builtin_engine


@pytest.mark.parametrize("attack", GRAMMARS)
def test_nine_in_ten_are_found_as_text_and_in_a_message(attack: str) -> None:
    engine, made = builtin_engine(), texts(attack)
    for wrapped in (False, True):
        bodies = [json.dumps({"text": text}) if wrapped else text for text in made]
        found = [engine.inspect([(body.encode(), "auto", False)]).score >= 5 for body in bodies]
        assert sum(found) >= 0.9 * len(found), [
            body for body, hit in zip(bodies, found, strict=True) if not hit
        ][:5]


TALK = [
    "don't",
    "select one or two",
    "<3",
    "1 < 2 and 3 > 2",
    "drop table reservations at 7",
    "see ../README",
    "apt-get update; apt-get upgrade",
    "I like this | that",
    "it's 5 o'clock & I'm here",
    "C:\\temp is full",
    "price: $5 (or {best} offer)",
    "eyes on the (prize)",
    "a/b testing",
    "50% off & more",
    "O'Brien; O'Neil",
    "Is 1 < 52? And 0 > 3? don't know",
    "* call Dr. Strange",
    "we should call her.",
    "call server.sleep() twice, not sleep(server)",
    "- [x] sleep (^.^)",
    "he said 'no' and left (^.^)",
    "set it to $NAME (^.^)",
    "| which | she |",
    "# list\n- select\n- *list* and **select**\n1. `list`",
]


@pytest.mark.parametrize("text", TALK)
def test_everyday_talk_passes(text: str) -> None:
    body = json.dumps({"type": "msg", "text": text}).encode()
    assert builtin_engine().inspect([(body, "json", False)]).findings == []
