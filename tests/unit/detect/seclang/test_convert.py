import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from framewall._core import Engine, Settings
from framewall.detect.seclang import Imported, import_rules

Importer = Callable[..., Imported]


@pytest.fixture
def imported(tmp_path: Path) -> Importer:
    def imported(text: str, **files: str) -> Imported:
        (tmp_path / "REQUEST-942.conf").write_text(text, encoding="utf-8")
        for name, words in files.items():
            (tmp_path / f"{name}.data").write_text(words, encoding="utf-8")
        return import_rules(tmp_path)

    return imported


def found(rules: list[dict[str, Any]], text: bytes) -> list[str]:
    return Engine(json.dumps(rules)).imported_matches(text)


RULE = (
    'SecRule ARGS|ARGS_NAMES "@rx union\\s+select" '
    '"id:942999,phase:2,block,t:none,t:urlDecodeUni,t:lowercase,'
    "tag:'attack-sqli',tag:'paranoia-level/2',severity:'CRITICAL'\""
)


def test_a_rule_keeps_its_level_class_and_score(imported: Importer) -> None:
    (rule,) = imported(RULE).rules
    assert (rule["id"], rule["attack"], rule["sensitivity"], rule["score"]) == ("crs.942999", "sqli", 2, 5)


def test_transformations_run_before_the_operator(imported: Importer) -> None:
    rules = imported(RULE).rules
    assert found(rules, b"1 UnIoN%20SELECT 2") == ["crs.942999"]
    assert found(rules, b"a union of selects") == []


def test_the_engine_reports_it_as_any_finding(imported: Importer) -> None:
    engine = Engine(json.dumps(imported(RULE).rules))
    report = engine.inspect([(b'{"a":{"b":"1 UNION%20SELECT 2"}}', "json", False)], Settings(sensitivity=2))
    assert [(finding.rule, finding.attack, finding.path) for finding in report.findings] == [
        ("crs.942999", "sqli", ("a", "b"))
    ]
    assert engine.inspect([(b"union select", "text", False)], Settings(sensitivity=1)).findings == []


def test_every_rule_of_a_chain_must_hold(imported: Importer) -> None:
    rules = imported(
        'SecRule ARGS "@pmFromFile words.data" "id:933150,phase:2,block,chain"\n'
        'SecRule MATCHED_VARS "@pm (" "t:none"\n',
        words="# php\nphpinfo\nshell_exec\n",
    ).rules
    assert found(rules, b"PHPINFO()") == ["crs.933150"]
    assert found(rules, b"phpinfo") == []


def test_a_chain_may_read_the_groups_of_its_head(imported: Importer) -> None:
    rules = imported(
        'SecRule ARGS "@rx (\\w+)=(\\w+)" "id:942130,phase:2,block,capture,chain"\n'
        'SecRule TX:1 "@streq %{TX.2}" "t:none"\n'
    ).rules
    assert found(rules, b"or 7=7") == ["crs.942130"]
    assert found(rules, b"or 7=8") == []


def test_a_negated_operator_holds_where_it_finds_nothing(imported: Importer) -> None:
    rules = imported('SecRule ARGS "@validateByteRange 32-126" "id:920272,phase:2,block"\n').rules
    assert found(rules, b"plain") == []
    assert found(rules, b"pl\0in") == ["crs.920272"]
    rules = imported('SecRule ARGS "!@rx ^\\d+$" "id:920273,phase:2,block"\n').rules
    assert found(rules, b"12") == []
    assert found(rules, b"1x") == ["crs.920273"]


def test_multi_match_tries_every_stage(imported: Importer) -> None:
    rules = imported('SecRule ARGS "@rx %41" "id:1,phase:2,block,multiMatch,t:none,t:urlDecode"\n').rules
    assert found(rules, b"%41") == ["crs.1"]


def test_what_is_left_out_says_why(imported: Importer) -> None:
    skipped = imported(
        'SecRule ARGS "@rx (?=x)" "id:1,phase:2,block"\n'
        'SecRule RESPONSE_BODY "@rx x" "id:2,phase:4,block"\n'
        'SecRule ARGS "@geoLookup" "id:3,phase:2,block"\n'
        'SecRule ARGS "@rx x" "id:4,phase:2,block,t:sqlHexDecodeX"\n'
    ).skipped
    assert [(each.rule, each.why.split()[-1]) for each in skipped] == [
        ("1", "((?=…)"),
        ("2", "have"),
        ("3", "@geoLookup"),
        ("4", "t:sqlHexDecodeX"),
    ]


def test_rules_that_steer_the_rule_set_are_no_rules(imported: Importer) -> None:
    result = imported(
        'SecRule TX:PARANOIA_LEVEL "@lt 2" "id:942013,phase:1,pass,nolog,skipAfter:END"\nSecMarker END\n'
    )
    assert (result.rules, result.skipped) == ([], [])


def test_rules_that_look_only_at_headers_wait(imported: Importer) -> None:
    result = imported('SecRule REQUEST_HEADERS:User-Agent "@rx x" "id:932161,phase:1,block"\n')
    assert result.waiting == ["932161"]
    assert found(result.rules, b"x") == []


@pytest.mark.parametrize(
    "exclusion",
    [
        "SecRuleRemoveById 942900-942999",
        "SecRuleRemoveByTag attack-sqli",
        'SecAction "id:10,phase:1,pass,nolog,ctl:ruleRemoveById=942999"',
    ],
)
def test_rules_that_the_operator_removed_are_left_out(imported: Importer, exclusion: str) -> None:
    result = imported(f"{RULE}\n{exclusion}\n")
    assert result.rules == []
    assert [each.why for each in result.skipped] in (
        [["it is removed by its id"], ["it is removed by its tag"]]
    )


@pytest.mark.parametrize(
    "exclusion",
    [
        'SecRuleUpdateTargetById 942999 "!ARGS:Note"',
        'SecAction "id:10,phase:1,pass,nolog,ctl:ruleRemoveTargetById=942999;ARGS:note"',
    ],
)
def test_fields_that_the_operator_excepted_are_not_looked_at(imported: Importer, exclusion: str) -> None:
    engine = Engine(json.dumps(imported(f"{RULE}\n{exclusion}\n").rules))
    settings = Settings(sensitivity=3)
    assert engine.inspect([(b'{"note":"union select"}', "json", False)], settings).findings == []
    assert engine.inspect([(b'{"text":"union select"}', "json", False)], settings).findings != []


@pytest.mark.parametrize(
    ("control", "exception"),
    [
        ("ruleRemoveById=942999", 'rule = "crs.942999"'),
        ("ruleRemoveTargetById=942999;ARGS:note", 'rule = "crs.942999", field = "*.note"'),
        ("ruleRemoveTargetByTag=attack-sqli;ARGS:note", 'each rule of attack-sqli, field = "*.note"'),
        ("ruleRemoveTargetById=942999;REQUEST_COOKIES", 'rule = "crs.942999" for REQUEST_COOKIES'),
    ],
)
def test_conditional_exclusions_are_listed_with_the_exception_to_write(
    imported: Importer, control: str, exception: str
) -> None:
    rule = f'SecRule REQUEST_URI "@rx /x" "id:11,phase:1,pass,nolog,ctl:{control}"'
    result = imported(f"{RULE}\n{rule}\n")
    assert len(result.rules) == 1
    assert "some requests only: " in result.skipped[0].why
    assert result.skipped[0].why.endswith(exception)
