"""Hostile text is inert, and hides nothing."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framewall.console.visible import CUT_CHARS, line, shown, written
from framewall.fields.unseen import unseen


def test_markup_is_text() -> None:
    assert str(shown("<script>alert('x')</script>")) == "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"


@pytest.mark.parametrize(
    ("char", "code", "name"),
    [
        ("\u202e", "\\u202e", "right-to-left override"),
        ("\u200b", "\\u200b", "zero width space"),
        ("\x00", "\\x00", "null"),
        ("\x1b", "\\x1b", "escape"),
        ("\ufeff", "\\ufeff", "zero width no-break space"),
        ("\u3164", "\\u3164", "hangul filler"),
        ("\U000e0041", "\\U000e0041", "tag latin capital letter a"),
        ("\ufe0f", "\\ufe0f", "variation selector-16"),
        ("\u2028", "\\u2028", "line separator"),
    ],
)
def test_what_is_not_seen_is_spelt_and_named(char: str, code: str, name: str) -> None:
    said = str(shown(f"a{char}b"))
    assert said == f'a<span class="unseen" title="U+{ord(char):04X} {name}">{code}</span>b'
    assert written(f"a{char}b") == f"a{code}b"


def test_letters_of_every_script_stay() -> None:
    text = "Grüße, мир, 世界, مرحبا 👋"
    assert str(shown(text)) == text


def test_what_matched_is_marked_within_its_markup() -> None:
    assert str(shown("a<b>c", [(1, 4)])) == "a<mark>&lt;b&gt;</mark>c"


def test_marks_that_overlap_become_one_and_those_outside_are_left_out() -> None:
    assert str(shown("abcdef", [(3, 5), (1, 4), (40, 50), (-3, 0)])) == "a<mark>bcde</mark>f"


def test_a_long_text_is_folded_and_all_of_it_is_there() -> None:
    said = str(shown("x" * (CUT_CHARS + 1_234)))
    assert '<details class="rest"><summary>1,234 more characters</summary>' in said
    assert said.count("x") == CUT_CHARS + 1_234


def test_a_mark_beyond_the_cut_is_before_the_fold() -> None:
    said = str(shown("x" * 200 + "EVIL" + "z" * 500, [(200, 204)], most=100))
    assert said.index("<mark>EVIL</mark>") < said.index("<details")
    assert said.count("z") == 500


def test_a_line_is_one_line_and_short() -> None:
    assert "\n" not in str(line("a\nb"))
    assert len(str(line("x" * 1_000, 50))) == 50


@given(st.text(max_size=300), st.lists(st.tuples(st.integers(-5, 320), st.integers(-5, 320)), max_size=5))
def test_whatever_it_is_nothing_acts_and_nothing_hides(text: str, marks: list[tuple[int, int]]) -> None:
    said = str(shown(text, marks, most=100))
    for allowed in ("<mark>", "</mark>", "</span>", "</details>", "<summary>", "</summary>"):
        said = said.replace(allowed, "")
    for start in ('<span class="unseen" title="U+', '<details class="rest">'):
        said = said.replace(start, "")
    assert "<" not in said
    assert not [
        char for char in said if char != "\n" and (unseen(char) or unicodedata.category(char) == "Cc")
    ]
