"""The rules in force: built in, of files, written live; which takes whose place, and what cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from framewall.config import Configuration, load
from framewall.control.ruling import Ruleset, rule_of, ruleset
from framewall.control.state import Live
from framewall.detect import RuleError, builtin_engine, builtin_rules

SHIPPED = len(builtin_rules())


def text(id: str, word: str, attack: str = "rce") -> str:
    return f"[[rule]]\nid = '{id}'\nattack = '{attack}'\nscore = 5\npattern = '{word}'\n"


def live(id: str, word: str) -> Live:
    return Live("own", id, text(id, word), "ann", 10.0, "why")


@pytest.fixture
def configuration(tmp_path: Path) -> Configuration:
    (tmp_path / "rules.toml").write_text(text("own.file", "fileword") + text("xss.markup", "markupword"))
    (tmp_path / "framewall.toml").write_text('upstream = "http://127.0.0.1:1"\nrules = "rules.toml"\n')
    return load(tmp_path / "framewall.toml")


def bare(tmp_path: Path, more: str = "") -> Configuration:
    (tmp_path / "bare.toml").write_text(f'upstream = "http://127.0.0.1:1"\n{more}')
    return load(tmp_path / "bare.toml")


def found(rules: Ruleset, said: str) -> set[str]:
    return {each.rule for each in rules.engine.inspect([(said.encode(), "text", False)]).findings}


def origins(rules: Ruleset) -> dict[str, str]:
    return {each.id: each.origin for each in rules.states if each.origin != "builtin"}


def test_with_none_of_ones_own_the_built_in_engine_is_it(tmp_path: Path) -> None:
    rules = ruleset(bare(tmp_path), ())
    assert rules.engine is builtin_engine()
    assert (len(rules.states), rules.own) == (SHIPPED, ())


def test_files_and_live_rules_stand_beside_the_built_in_ones(configuration: Configuration) -> None:
    rules = ruleset(configuration, [live("own.live", "liveword")])
    assert origins(rules) == {"own.file": "configuration", "xss.markup": "configuration", "own.live": "live"}
    assert len(rules.states) == SHIPPED + 2
    assert found(rules, "fileword and liveword") == {"own.file", "own.live"}
    by_id = {each.id: each for each in rules.own}
    assert by_id["xss.markup"].hides == "builtin"
    assert by_id["own.file"].file.endswith("rules.toml")
    assert (by_id["own.live"].by, by_id["own.live"].since, by_id["own.live"].reason) == ("ann", 10.0, "why")
    assert rule_of(by_id["own.file"].text)["pattern"] == "fileword"


def test_a_live_rule_takes_the_place_of_a_files_and_of_a_built_in_one(configuration: Configuration) -> None:
    rules = ruleset(configuration, [live("own.file", "liveword"), live("xss.script", "unionword")])
    assert found(rules, "fileword") == set()
    assert found(rules, "liveword unionword") == {"own.file", "xss.script"}
    assert {each.id: each.hides for each in rules.own if each.origin == "live"} == {
        "own.file": "configuration",
        "xss.script": "builtin",
    }
    assert len(rules.states) == SHIPPED + 1


def test_a_files_rule_that_was_removed_stays_away_and_is_remembered(configuration: Configuration) -> None:
    rules = ruleset(configuration, [Live("unruled", "xss.markup", True, "ben", 11.0, "noisy")])
    assert found(rules, "markupword") == set()
    assert "xss.markup" in found(rules, "<script>alert(1)</script>")
    (gone,) = [each for each in rules.own if not each.active]
    assert (gone.id, gone.by, gone.since, gone.reason, gone.problem) == (
        "xss.markup",
        "ben",
        11.0,
        "noisy",
        "",
    )


def test_a_live_rule_that_cannot_be_used_any_more_takes_no_part_and_says_why(
    configuration: Configuration,
) -> None:
    rules = ruleset(configuration, [live("own.live", "liveword"), live("own.bad", "(")])
    assert found(rules, "liveword fileword") == {"own.live", "own.file"}
    (bad,) = [each for each in rules.own if each.problem]
    assert (bad.id, bad.active) == ("own.bad", False)
    assert "does not parse" in bad.problem
    assert "own.bad" not in origins(rules)


def test_what_is_wrong_with_the_configurations_own_rules_is_its_fault(configuration: Configuration) -> None:
    Path(configuration.rules[0]).write_text(text("own.file", "("))
    with pytest.raises(RuleError, match=r"own\.file: its pattern"):
        ruleset(configuration, [live("own.live", "liveword")])


def test_the_built_in_rules_may_be_left_out(tmp_path: Path) -> None:
    rules = ruleset(bare(tmp_path, "builtin_rules = false\n"), [live("xss.markup", "liveword")])
    assert origins(rules) == {"xss.markup": "live"}
    assert len(rules.states) == 1
    assert rules.own[0].hides == ""


def test_switches_are_told_with_who_threw_them(configuration: Configuration) -> None:
    rules = ruleset(configuration, ())
    off = Live("rule", "own.file", "off", "ann", 12.0, "noisy")
    told = {each.id: each for each in rules.switched([off])}
    assert (told["own.file"].on, told["own.file"].by, told["own.file"].reason) == (False, "ann", "noisy")
    assert told["xss.markup"].on


def test_whoever_knows_the_rules_is_not_told_them_again(configuration: Configuration) -> None:
    first, second = ruleset(configuration, ()), ruleset(configuration, [live("own.live", "liveword")])
    assert first.fingerprint == ruleset(configuration, ()).fingerprint != second.fingerprint
    assert first.told(first.fingerprint).own is None
    assert first.told(second.fingerprint).own == first.own


def test_one_text_is_one_rule() -> None:
    for wrong in ("", "nonsense", text("a.b", "x") + text("a.c", "x"), "x = " + "[" * 50_000):
        with pytest.raises(RuleError, match="not one rule"):
            rule_of(wrong)
