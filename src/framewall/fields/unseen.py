"""Characters that a reader does not see, or takes for others: controls, bidirectional overrides, strange blanks."""

from __future__ import annotations

import unicodedata

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_BLANKS = frozenset(
    "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
    "\u2800\u115f\u1160\u3164\uffa0\u034f\u180b\u180c\u180d"
)
# Variation selectors and tags say nothing by themselves, and can carry text unseen.
_SELECTORS = ((0xFE00, 0xFE0F), (0xE0100, 0xE01EF))


def unseen(char: str) -> bool:
    """Whether a reader would not see this character, or take it for another."""
    if char in _BLANKS or unicodedata.category(char) in _UNSEEN:
        return True
    return any(first <= ord(char) <= last for first, last in _SELECTORS)
