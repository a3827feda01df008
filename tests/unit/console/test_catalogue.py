"""The rules as people read them, those of a node beside those that come with Framewall."""

from __future__ import annotations

import pytest

from framewall.console.catalogue import Rulebook, shipped
from framewall.control import ControlError, NodeGoneError, OwnRule, Rules
from framewall.detect import builtin_engine, read_rules

MINE = OwnRule(
    "own.word", "[[rule]]\nid = 'own.word'\nattack = 'rce'\nscore = 5\npattern = 'opensesame'\n", "live"
)


class Node:
    """Tells rules as a node does."""

    def __init__(self, *own: OwnRule, builtin: bool = True) -> None:
        self.own = own
        self.builtin = builtin
        self.whole = 0
        self.gone = False

    def __call__(self, known: str) -> Rules:
        if self.gone:
            raise NodeGoneError("gone")
        fingerprint = str(hash((self.own, self.builtin)))
        if known == fingerprint:
            return Rules(fingerprint, self.builtin, None)
        self.whole += 1
        return Rules(fingerprint, self.builtin, self.own)


def finds(book: Rulebook, text: str) -> set[str]:
    report = book.read().engine.inspect([(text.encode(), "text", False)])
    return {finding.rule for finding in report.findings}


def test_every_rule_is_there_once_and_says_what_it_looks_for() -> None:
    assert [rule.id for rule in shipped().rules] == [rule["id"] for rule in read_rules()]
    assert len(shipped().by_id) == len(shipped().rules)
    assert all(rule.how.startswith("Looks for ") and rule.how.endswith(".") for rule in shipped().rules)


def test_a_rule_has_what_its_file_says() -> None:
    rule = shipped().by_id["xss.markup"]
    assert (rule.attack, rule.score, rule.own) == ("xss", 5, None)
    assert "CWE-79" in rule.references
    assert "<script>alert(1)</script>" in rule.finds
    assert "<3" in rule.passes
    assert "markup" in rule.how
    assert 'id = "xss.markup"' in rule.text


def test_rules_are_found_by_id_class_reference_and_pattern() -> None:
    assert "cwe-79" in shipped().by_id["xss.markup"].searchable


def test_the_nodes_own_rules_stand_first_and_find() -> None:
    book = Rulebook(Node(MINE))
    assert book.read().rules[0].own == MINE
    assert len(book.read().rules) == len(shipped().rules) + 1
    assert finds(book, "say opensesame") == {"own.word"}
    assert "xss.markup" in finds(book, "<script>")


def test_one_with_a_built_in_rules_id_takes_its_place() -> None:
    text = MINE.text.replace("own.word", "xss.markup")
    book = Rulebook(Node(OwnRule("xss.markup", text, "live", hides="builtin")))
    assert len(book.read().rules) == len(shipped().rules)
    assert book.read().by_id["xss.markup"].pattern == "opensesame"


def test_one_that_takes_no_part_stands_aside() -> None:
    aside = OwnRule("own.word", MINE.text, "configuration", "a.toml", active=False)
    book = Rulebook(Node(aside))
    assert book.read().aside == (aside,)
    assert "own.word" not in book.read().by_id
    assert finds(book, "say opensesame") == set()


def test_the_built_in_rules_may_be_left_out() -> None:
    assert [rule.id for rule in Rulebook(Node(MINE, builtin=False)).read().rules] == ["own.word"]


def test_rules_are_compiled_anew_only_where_they_changed() -> None:
    node = Node(MINE)
    book = Rulebook(node)
    assert book.read() is book.read()
    assert node.whole == 1
    node.own = ()
    assert "own.word" not in book.read().by_id
    assert node.whole == 2


def test_without_a_node_the_rules_are_those_that_come_with_framewall() -> None:
    node = Node(MINE)
    book = Rulebook(node)
    assert "own.word" in book.read().by_id
    node.gone = True
    assert book.read() is shipped()
    assert shipped().engine is builtin_engine()
    with pytest.raises(NodeGoneError):
        book.of_node()


def test_rules_that_cannot_be_understood_are_told() -> None:
    with pytest.raises(ControlError, match="not understood"):
        Rulebook(Node(OwnRule("a.b", "nonsense", "live"))).of_node()
