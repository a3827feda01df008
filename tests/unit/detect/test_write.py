"""A rule that is written out and read again is the same rule."""

from __future__ import annotations

import tomllib
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from framewall.detect import hidden, read_rules, rules_in, written

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
VALUES = st.recursive(
    st.one_of(TEXTS, st.integers(-(1 << 62), 1 << 62), st.booleans()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=8,
)


def again(rule: dict[str, Any]) -> dict[str, Any]:
    (found,) = rules_in(tomllib.loads(written(rule)))
    return found


def test_every_built_in_rule_stays_itself() -> None:
    for rule in read_rules():
        assert again(rule) == rule


@given(st.dictionaries(TEXTS, VALUES, max_size=5), VALUES)
def test_anything_that_a_rule_could_say_stays_itself(rule: dict[str, Any], examples: Any) -> None:
    rule = {**rule, "examples": examples}
    assert again(rule) == rule


@given(TEXTS)
def test_nothing_in_what_is_written_is_hidden(text: str) -> None:
    assert hidden(written({"id": text, "examples": {"match": [text]}})) is None


def test_it_reads_like_a_rule_file() -> None:
    rule = {
        "score": 5, "id": "a.b", "attack": "xss", "pattern": r"\bit's \"it\"", "code": False, "anomaly": None,
        "examples": {"match": ["a\n\u202e"], "pass": ["it's"]},
    }  # fmt: skip
    assert written(rule) == (
        '[[rule]]\nid = "a.b"\nattack = "xss"\nscore = 5\ncode = false\n'
        "pattern = '''\\bit's \\\"it\\\"'''\n"
        '[rule.examples]\nmatch = [\n  "a\\n\\u202e",\n]\npass = [\n  "it\'s",\n]\n'
    )
