"""Values and calls in scripts that refusals answer with."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framewall.decode._script import as_call, in_script


def test_a_value_is_javascript_and_ends_no_script() -> None:
    """Line separators are no JSON of old JavaScript; an end tag would end the element."""
    assert in_script("</script>\u2028\u2029<!--") == b'"\\u003c/script>\\u2028\\u2029\\u003c!--"'


@pytest.mark.parametrize("name", ["f", "$", "_a1", "jQuery371_1", "angular.callbacks._0", "a" * 128])
def test_a_functions_name_is_called(name: str) -> None:
    """Behind a comment, so that nothing else begins with what a client chose."""
    assert as_call(name, {"a": 1}) == b"/**/" + name.encode() + b'({"a":1});\r\n'


@pytest.mark.parametrize(
    "name",
    [
        "",
        "1",
        "a b",
        "a.",
        ".a",
        "a..b",
        "a.1",
        "alert(1)//",
        "f\n",
        "a[0]",
        "caf\u00e9",
        "a" * 129,
        "CWS\x00",
    ],
)
def test_what_is_no_name_is_not_called(name: str) -> None:
    """Whatever it begins with."""
    assert as_call(name, 1) is None


@given(st.text(max_size=200))
def test_nothing_but_a_name_stands_before_the_bracket(name: str) -> None:
    """Of letters, digits, ``_``, ``$`` and dots."""
    call = as_call(name, "x")
    assert call is None or call == b"/**/" + name.encode("ascii") + b'("x");\r\n'
