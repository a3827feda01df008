"""Rules are data, and their examples are run."""

from __future__ import annotations

from pathlib import Path

import pytest

from framewall.detect import RuleError, builtin_engine, compile_rules, read_rules
from framewall.detect.load import Rule


def rule(**fields: object) -> Rule:
    return {"id": "x.y", "attack": "xss", "score": 5, "pattern": "<script", **fields}


def test_all_examples_of_the_built_in_rules_hold() -> None:
    assert builtin_engine().verify() == []


def test_every_built_in_rule_has_examples_both_ways_or_reads_a_structure() -> None:
    for one in read_rules():
        assert one["examples"]["match"], one["id"]
        assert one["examples"]["pass"], one["id"]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"pattern": "(a)\\1"}, "parse"),
        ({"pattern": "(?=a)b"}, "parse"),
        ({"pattern": "[a-z]*"}, "literal"),
        ({"pattern": "union|select", "literals": ["union"]}, "literals"),
        ({"confirm": "nobody"}, "tokeniser"),
        ({"views": ["nowhere"]}, "view"),
        ({"attack": "bogus"}, "bogus"),
        ({"wish": 1}, "wish"),
        ({"examples": {"match": ["nothing"]}}, "must be found"),
        ({"examples": {"pass": ["<script>"]}}, "must pass"),
    ],
)
def test_a_wrong_rule_is_refused_and_told_why(fields: dict[str, object], why: str) -> None:
    with pytest.raises(RuleError, match=why):
        compile_rules([rule(**fields)])


def test_what_stands_at_the_top_of_a_file_holds_for_its_rules(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text('attack = "xss"\n[[rule]]\nid = "own.a"\nscore = 1\npattern = "abc"\n')
    assert read_rules([file])[0]["attack"] == "xss"


def test_an_unknown_word_at_the_top_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text('atack = "xss"\n')
    with pytest.raises(RuleError, match="atack"):
        read_rules([file])
