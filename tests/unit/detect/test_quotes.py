"""A text that begins and ends with quotes is no JSON, though a lenient parser reads it as strings in a row."""

from __future__ import annotations

import pytest

from framewall.detect import builtin_engine


@pytest.mark.parametrize(
    "text",
    ['" or ""="', '" or ""=" ', '"" or "1"="1"', '"\\"" or "a"="a"'],
    ids=["bare", "blank", "empty", "escaped"],
)
def test_an_injection_between_quotes_is_found(text: str) -> None:
    assert builtin_engine().inspect([(text.encode(), "auto", False)]).score >= 5


@pytest.mark.parametrize("text", ['"yes"', '"yes" "no"', '"it is \\"so\\""\n', '"one"\n"two"\n'])
def test_quoted_words_pass(text: str) -> None:
    assert builtin_engine().inspect([(text.encode(), "auto", False)]).score == 0
