from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from framewall.detect.seclang.parse import Operator, SecLangError, Variable, parse

Reader = Callable[[str], list[Any]]


@pytest.fixture
def read(tmp_path: Path) -> Reader:
    def read(text: str) -> list[Any]:
        file = tmp_path / "rules.conf"
        file.write_text(text, encoding="utf-8")
        return parse(file)

    return read


def test_a_rule_is_targets_operator_and_actions(read: Reader) -> None:
    (rule,) = read('SecRule ARGS|!ARGS:q "@rx a+" "id:1,phase:2,t:none,t:lowercase,msg:\'a, b\'"')
    assert rule.variables == (Variable("ARGS"), Variable("ARGS", "q", excluded=True))
    assert rule.operator == Operator("rx", "a+")
    assert rule.action("id") == "1"
    assert rule.every("t") == ["none", "lowercase"]
    assert rule.action("msg") == "a, b"


def test_lines_continue_and_comments_do_not(read: Reader) -> None:
    rules = read('# SecRule no "no"\n\nSecRule ARGS \\\n    "@pm a b" \\\n    "id:2,\\\n    pass"\n')
    assert [(rule.line, rule.action("pass")) for rule in rules] == [(3, "")]


def test_a_pattern_keeps_its_backslashes_but_not_those_of_quotes(read: Reader) -> None:
    (rule,) = read(r'SecRule ARGS "@rx \bsay \"x\"\s" "id:3"')
    assert rule.operator.argument == r"\bsay " + '"x"' + r"\s"


def test_an_operator_may_be_negated_or_left_out(read: Reader) -> None:
    first, second = read('SecRule ARGS "!@streq x" "id:4"\nSecRule ARGS "^x" "id:5"')
    assert first.operator == Operator("streq", "x", negated=True)
    assert second.operator == Operator("rx", "^x")


def test_targets_may_hold_patterns_with_bars_in_them(read: Reader) -> None:
    (rule,) = read('SecRule REQUEST_COOKIES|!REQUEST_COOKIES:/a|b/|&ARGS "@eq 0" "id:6"')
    assert [variable.key for variable in rule.variables] == ["", "/a|b/", ""]
    assert rule.variables[2].counted


def test_an_open_quote_is_an_error_with_its_line(read: Reader) -> None:
    with pytest.raises(SecLangError, match=r"rules\.conf:2: a quote is not closed"):
        read('SecAction "id:7"\nSecRule ARGS "x')


def test_other_directives_keep_their_arguments(read: Reader) -> None:
    (directive,) = read("SecRuleRemoveById 942100 942110-942120")
    assert directive.arguments == ("942100", "942110-942120")
    assert directive.file.name == Path("rules.conf").name
