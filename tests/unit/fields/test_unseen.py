"""What a reader does not see."""

import pytest

from framewall.fields.unseen import unseen


@pytest.mark.parametrize(
    "char", ["\u202e", "\u200b", "\x00", "\xad", "\u00a0", "\u3164", "\ufe0f", "\U000e0041", "\ud800"]
)
def test_what_hides_or_deceives_is_unseen(char: str) -> None:
    assert unseen(char)


@pytest.mark.parametrize("char", ["a", " ", "é", "世", "👋", "م", "<"])
def test_letters_signs_and_the_space_are_seen(char: str) -> None:
    assert not unseen(char)
