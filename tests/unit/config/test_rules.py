"""The operator's rules beside those that come with Framewall."""

from __future__ import annotations

from pathlib import Path

import pytest

from framewall.config import BadConfiguration, from_text, load
from framewall.config.rules import engine, known_rules, stamp
from framewall.detect import RuleError, builtin_engine

MINIMAL = 'upstream = "http://127.0.0.1:3000"\n'
RULE = """
attack = "rce"
[[rule]]
id = "{id}"
score = 5
literals = ["opensesame"]
pattern = "opensesame"
examples = {{ match = ["say opensesame now"], pass = ["{passes}"] }}
"""


def rule(id: str = "rce.mine", passes: str = "open, sesame") -> str:
    return RULE.format(id=id, passes=passes)


def found(configuration_of: Path, text: str) -> set[str]:
    report = engine(load(configuration_of)).inspect([(text.encode(), "text", False)])
    return {finding.rule for finding in report.findings}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "mine.toml").write_text(rule())
    path = tmp_path / "framewall.toml"
    path.write_text(MINIMAL + 'rules = "rules"')
    return path


def test_without_rules_of_ones_own_the_built_in_ones_are_used() -> None:
    assert engine(from_text(MINIMAL)) is builtin_engine()


def test_rules_of_ones_own_join_the_built_in_ones(file: Path) -> None:
    assert found(file, "please opensesame") == {"rce.mine"}
    assert "xss.markup" in found(file, "<img src=x onerror=alert(1)>")


def test_the_built_in_rules_can_be_left_out(file: Path) -> None:
    file.write_text(MINIMAL + 'rules = "rules"\nbuiltin_rules = false')
    assert found(file, "please opensesame") == {"rce.mine"}
    assert found(file, "<img src=x onerror=alert(1)>") == set()


def test_a_rule_with_a_built_in_rules_id_takes_its_place(file: Path) -> None:
    (file.parent / "rules" / "mine.toml").write_text(rule("xss.markup"))
    assert "xss.markup" in found(file, "please opensesame")
    assert "xss.markup" not in found(file, "<img src=x onerror=alert(1)>")
    assert len(engine(load(file))) == len(builtin_engine())


def test_a_rule_whose_example_fails_is_refused(file: Path) -> None:
    (file.parent / "rules" / "mine.toml").write_text(rule(passes="opensesame"))
    with pytest.raises(RuleError, match=r"rce\.mine: the example 'opensesame' must pass"):
        engine(load(file))


def test_rules_that_are_not_there_are_told_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "framewall.toml"
    path.write_text(MINIMAL + 'rules = ["none.toml"]')
    with pytest.raises(
        BadConfiguration, match=r"framewall\.toml:2: rules: .*none\.toml: there is no such file"
    ):
        load(path)


def test_an_exception_may_name_a_rule_of_ones_own(file: Path) -> None:
    file.write_text(MINIMAL + 'rules = "rules"\nexceptions = [{ rule = "rce.mine" }]')
    assert "rce.mine" in known_rules(load(file))
    file.write_text(MINIMAL + 'rules = "rules"\nexceptions = [{ rule = "rce.mime" }]')
    with pytest.raises(BadConfiguration, match=r'there is no rule "rce\.mime"; did you mean "rce\.mine"'):
        load(file)


def test_a_changed_or_added_rule_file_changes_the_stamp(file: Path) -> None:
    before = stamp(load(file))
    assert before == stamp(load(file))
    (file.parent / "rules" / "more.toml").write_text(rule("rce.more"))
    assert stamp(load(file)) != before
