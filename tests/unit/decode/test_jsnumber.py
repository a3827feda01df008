"""Numbers as JavaScript reads them."""

from __future__ import annotations

import pytest

from framewall.decode._jsnumber import js_integer


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("", 0),
        (" \u00a0\ufeff", 0),
        (" 1\n", 1),
        ("0x1F", 31),
        ("0b101", 5),
        ("0o17", 15),
        ("1e2", 100),
        ("1.0", 1),
        (".1e1", 1),
        ("+3", 3),
        ("-3", -3),
        ("0" * 90 + "7", 7),
        ("1.5", None),
        ("1 2", None),
        ("-0x1", None),
        ("0x", None),
        ("1_0", None),
        ("١", None),
        ("NaN", None),
        ("Infinity", None),
        ("1e999", None),
        ("0" * 500, None),
        ("0x" + "f" * 300, 16**300 - 1),
    ],
)
def test_integers(text: str, value: int | None) -> None:
    """``Number(text)`` where it is an integer, None elsewhere."""
    assert js_integer(text) == value
