"""The rules as people read them."""

from framewall.console.catalogue import catalogue, rules_by_id
from framewall.detect import read_rules


def test_every_rule_is_there_once_and_says_what_it_looks_for() -> None:
    assert [rule.id for rule in catalogue()] == [rule["id"] for rule in read_rules()]
    assert len(rules_by_id()) == len(catalogue())
    assert all(rule.how.startswith("Looks for ") and rule.how.endswith(".") for rule in catalogue())


def test_a_rule_has_what_its_file_says() -> None:
    rule = rules_by_id()["xss.markup"]
    assert (rule.attack, rule.score) == ("xss", 5)
    assert "CWE-79" in rule.references
    assert "<script>alert(1)</script>" in rule.finds
    assert "<3" in rule.passes
    assert "markup" in rule.how


def test_rules_are_found_by_id_class_reference_and_pattern() -> None:
    assert "cwe-79" in rules_by_id()["xss.markup"].searchable
