"""Rules in a form: read like a rule file, and every mistake told with its line."""

from __future__ import annotations

import pytest

from framewall.config.ruletext import Example, RuleTextError, checked, compiled, examples, read

RULE = """\
# why we have it
[[rule]]
id = "own.word"
attack = "rce"
score = 5
pattern = "opensesame"
"""
EXAMPLES = """\
[rule.examples]
match = [
  "say opensesame",
]
pass = ["open, sesame"]
"""


def mistakes(text: str) -> list[str]:
    with pytest.raises(RuleTextError) as told:
        checked(text)
    return [str(problem) for problem in told.value.problems]


def test_a_rule_alone_keeps_its_authors_text() -> None:
    (rule,) = checked(RULE + EXAMPLES)
    assert (rule.id, rule.text) == ("own.word", RULE + EXAMPLES)


def test_a_browsers_line_breaks_are_as_good_as_any() -> None:
    assert read(RULE.replace("\n", "\r\n")) == read(RULE)


def test_several_rules_share_what_stands_at_the_top() -> None:
    text = 'attack = "xss"\nreferences = ["CWE-79"]\n' + "".join(
        f'[[rule]]\nid = "own.{name}"\nscore = 1\npattern = "word{name}"\n' for name in "ab"
    )
    rules = read(text)
    assert [each.id for each in rules] == ["own.a", "own.b"]
    for each in rules:
        assert read(each.text)[0].rule == each.rule
        assert each.rule["references"] == ["CWE-79"]


def test_examples_are_run_one_by_one() -> None:
    rules = read(RULE + 'examples = { match = ["opensesame", "x"], pass = ["opensesame", "y"] }\n')
    assert examples(rules) == (
        Example("own.word", "opensesame", True, True),
        Example("own.word", "x", True, False),
        Example("own.word", "opensesame", False, False),
        Example("own.word", "y", False, True),
    )


def test_its_rules_can_be_tried_alone() -> None:
    found = compiled(read(RULE)).inspect([(b"opensesame <script>alert(1)</script>", "text", False)]).findings
    assert {each.rule for each in found} == {"own.word"}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("own.word", "word"), "line 3: it needs an id of letters"),
        (("own.word", "a.b/../c"), "line 3: it needs an id"),
        (('id = "own.word"\n', ""), "line 2: it needs an id"),
        (('"rce"', '"rcee"'), 'line 4: own.word: there is no attack class "rcee"; did you mean "rce"?'),
        (("score = 5\n", ""), "line 2: own.word: it does not say its score"),
        (("5", "true"), "line 5: own.word: score is a whole number from 0 to 1000"),
        (("5", "1979-05-27"), "line 5: own.word: score is a whole number"),
        (('"opensesame"', "5"), 'line 6: own.word: pattern is a text: write pattern = "…"'),
        (('"opensesame"', '"(open"'), "line 6: own.word: its pattern does not parse"),
        (('"opensesame"', '".*"'), "line 6: own.word: its pattern requires no literal"),
        (('"opensesame"', '"(?=a)b"'), "line 6: own.word: its pattern does not parse"),
        (('"opensesame"', '"open'), "line 6: not TOML"),
        (('"opensesame"', '"open\u202esesame"'), "line 6: there is a character that nobody sees; write it as \\u202e"),
        (("pattern", "patern"), 'line 6: own.word: a rule has no "patern"; did you mean "pattern"?'),
        (("[[rule]]", "[[rules]]"), "line 1: 'rules' means nothing here"),
        (("[[rule]]", "[rule]"), "line 1: rules are tables"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line_and_what_to_write(change: tuple[str, str], told: str) -> None:
    (problem,) = mistakes(RULE.replace(*change))
    assert problem.startswith(told)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ('views = ["nowhere"]', 'line 7: own.word: there is no view "nowhere"'),
        ('confirm = "nobody"', 'line 7: own.word: there is no tokeniser "nobody"'),
        ('targets = ["both"]', 'line 7: own.word: targets are "key" and "value"'),
        ('literals = ["else"]', "line 7: own.word: its pattern can match without any of its literals"),
        ('literals = "open"', 'line 7: own.word: literals is a list of texts: write literals = ["…"]'),
        ("code = 0", "line 7: own.word: code is true or false"),
        ("sensitivity = 4", "line 7: own.word: sensitivity is a whole number from 1 to 3"),
        ('examples = ["a"]', "line 7: own.word: examples are two lists of texts: match and pass"),
        ('examples = { match = ["no"] }', "line 7: own.word: the example 'no' must be found, and does not"),
        ('examples = { pass = ["opensesame"] }', "line 7: own.word: the example 'opensesame' must pass"),
        ("seclang = { more = 1 }", "line 7: own.word: "),
    ],
)
def test_so_is_one_in_what_else_it_says(more: str, told: str) -> None:
    (problem,) = mistakes(f"{RULE}{more}\n")
    assert problem.startswith(told)


def test_all_mistakes_are_told_in_order() -> None:
    assert [
        problem.partition(":")[0] for problem in mistakes(RULE.replace("5", "-1") + RULE + "wish = 1\n")
    ] == [
        "line 5",
        "line 9",
        "line 13",
    ]


def test_nothing_is_no_rule() -> None:
    for text in ("", "\n", "# only a thought", 'attack = "xss"'):
        assert mistakes(text) == ["line 1: there is no rule: begin with [[rule]]"]


def test_what_is_nested_without_end_is_refused() -> None:
    assert mistakes("x = " + "[" * 100_000) == ["values are nested too deep"]
