"""JavaScript's ``Number(string)``, which Node's parsers use where a grammar says digits.

ECMA-262 section 7.1.4.1: surrounding white space is ignored, nothing at all is 0, and hexadecimal, octal,
binary and exponents count. ``Number("0x1")``, ``Number(" 1 ")`` and ``Number("1e0")`` are 1.
"""

from __future__ import annotations

import re

WHITE_SPACE = (
    "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)
"""ECMA-262 WhiteSpace and LineTerminator; like a digit, each equals its own Number."""

_DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_RADIX = re.compile(r"0(?:[xX]([0-9a-fA-F]+)|[oO]([0-7]+)|[bB]([01]+))")
_BASES = (16, 8, 2)
# Longer ones are nobody's, and reading them is not linear.
_LONGEST = 400


def js_integer(text: str) -> int | None:
    """The value if ``Number(text)`` is an integer small enough to count anything; None otherwise."""
    bare = text.strip(WHITE_SPACE)
    if not bare:
        return 0
    if len(bare) > _LONGEST:
        return None
    radix = _RADIX.fullmatch(bare)
    if radix:
        return next(int(digits, base) for digits, base in zip(radix.groups(), _BASES, strict=True) if digits)
    if not _DECIMAL.fullmatch(bare):
        return None
    value = float(bare)
    return int(value) if value.is_integer() else None
