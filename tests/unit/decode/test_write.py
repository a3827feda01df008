"""What refusals are written with, read again by the walkers of the same formats."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framewall import _core
from framewall._core import View
from framewall.decode._write import WRITERS, Value

_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)
VALUES: st.SearchStrategy[Value] = st.recursive(
    st.none() | st.booleans() | st.integers(0, 2**53) | _TEXTS,
    lambda inner: st.lists(inner, max_size=20) | st.dictionaries(_TEXTS, inner, max_size=20),
    max_leaves=40,
)


def plain(view: View) -> Any:
    """The value of a view; a number that has become text is one."""
    match view.kind:
        case "map":
            return {each.key: plain(each) for each in view}
        case "list":
            return [plain(each) for each in view]
        case "null":
            return None
        case "bool":
            return view.text == "true"
        case "number":
            return int(view.text)
    return view.text


@pytest.mark.parametrize("format", WRITERS)
@given(value=VALUES)
def test_what_is_written_is_read_again(format: str, value: Value) -> None:
    """Whole, and to the last byte."""
    data = WRITERS[format](value)
    view = View.parse(data, format)
    assert plain(view) == value
    assert view.consumed == len(data)


@pytest.mark.parametrize("format", WRITERS)
@pytest.mark.parametrize("size", [0, 31, 32, 255])
def test_every_size_of_text_is_written(format: str, size: int) -> None:
    """On both sides of each form's edge."""
    assert View.parse(WRITERS[format](["x" * size]), format)[0].text == "x" * size


def test_texts_of_bjdata_are_read_too() -> None:
    """Which differs in its numbers alone."""
    assert [
        leaf for _, _, kind, leaf, _ in _core.walk(WRITERS["ubjson"](["ab", 7]), "bjdata") if kind == "text"
    ] == [b"ab"]
