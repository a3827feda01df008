"""Exceptions, by field glob."""

from __future__ import annotations

import pytest

from framewall.model import Finding
from framewall.policy.exceptions import Allowance, apply

FOUND = Finding("xss", "xss.script", 'event["m"].args[0].html', ("json",), "<script", 5)


@pytest.mark.parametrize(
    ("field", "fits"),
    [
        ('event["m"].args[0].html', True),
        ("*.html", True),
        ('event["m"].*', True),
        ("event[*].args[?].html", True),
        ('event["m"].args[1].html', False),
        ("html", False),
        ("*.HTML", False),
    ],
)
def test_globs_take_brackets_as_they_stand(field: str, fits: bool) -> None:
    """Field names are full of them."""
    assert Allowance(field=field).fits(FOUND, "m") is fits


def test_what_fits_none_stays() -> None:
    """In order."""
    other = Finding("sqli", "r", "f", (), "", 5)
    assert apply((Allowance(attack="xss"),), [FOUND, other], None) == [other]
    assert apply((), [FOUND, other], None) == [FOUND, other]
