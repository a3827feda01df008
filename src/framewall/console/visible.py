"""Hostile text as markup: nothing in it acts, nothing in it hides, nothing of it floods the page.

What is not seen (controls, bidirectional overrides, zero-width characters: Unicode's Cc, Cf, Cs, Co, Cn, Zl,
Zp, and blanks that are no space) is written out, as in ``\\u202e``, and marked with its name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from markupsafe import Markup, escape

from framewall.fields.unseen import unseen

#: Longer texts are cut here, with a way to see all.
CUT_CHARS = 4_000

_PLAIN = re.compile(r"[ -~\n]*")
_NAMES = {"\t": "tab", "\r": "carriage return", "\x00": "null", "\x1b": "escape", "\x1e": "record separator"}

Span = tuple[int, int]


def written(text: str, keep: str = "\n") -> str:
    """The text with what is not seen written out; those in ``keep`` stay."""
    if _PLAIN.fullmatch(text) and "\n" in keep:
        return text
    return "".join(char if char in keep or not unseen(char) else _code(char) for char in text)


def shown(text: str, marks: Iterable[Span] = (), most: int | None = CUT_CHARS) -> Markup:
    """The text as markup, with ``marks`` (half-open, in characters) highlighted.

    Beyond ``most`` characters it is folded away, where a person can open it; None shows all.
    """
    spans = _merged(marks, len(text))
    if most is None or len(text) <= most:
        return _marked(text, spans, 0)
    # What is marked is what the reader came for: the cut leaves it in the picture.
    end = max([most, *(min(last, most * 4) for _, last in spans[:1])])
    rest = len(text) - end
    if rest <= 0:
        return _marked(text, spans, 0)
    return Markup('{}<details class="rest"><summary>{} more characters</summary>{}</details>').format(
        _marked(text[:end], spans, 0), f"{rest:,}", _marked(text[end:], spans, end)
    )


def line(text: str, most: int = 160) -> Markup:
    """The text on one line, cut; nothing of it breaks the line."""
    cut = text if len(text) <= most else text[: most - 1] + "…"
    return _marked(cut.replace("\n", "⏎"), (), 0)


def _marked(text: str, spans: Iterable[Span], offset: int) -> Markup:
    """``offset`` is where in the whole text this piece of it begins."""
    pieces: list[Markup] = []
    at = 0
    for first, last in spans:
        first, last = max(first - offset, at), min(last - offset, len(text))
        if first >= last:
            continue
        pieces += [_inert(text[at:first]), Markup("<mark>{}</mark>").format(_inert(text[first:last]))]
        at = last
    pieces.append(_inert(text[at:]))
    return Markup("").join(pieces)


def _inert(text: str) -> Markup:
    if _PLAIN.fullmatch(text):
        return escape(text)
    pieces: list[Markup] = []
    plain = 0
    for place, char in enumerate(text):
        if char == "\n" or not unseen(char):
            continue
        pieces += [escape(text[plain:place]), _spelt(char)]
        plain = place + 1
    pieces.append(escape(text[plain:]))
    return Markup("").join(pieces)


def _spelt(char: str) -> Markup:
    name = _NAMES.get(char) or unicodedata.name(char, "a character without a name").lower()
    return Markup('<span class="unseen" title="U+{} {}">{}</span>').format(
        f"{ord(char):04X}", name, _code(char)
    )


def _code(char: str) -> str:
    point = ord(char)
    if char in "\t\r":
        return "\\t" if char == "\t" else "\\r"
    return f"\\x{point:02x}" if point < 0x100 else f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}"


def _merged(marks: Iterable[Span], length: int) -> list[Span]:
    """In order, without overlaps, within the text."""
    merged: list[Span] = []
    for first, last in sorted((max(first, 0), min(last, length)) for first, last in marks):
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        elif first < last:
            merged.append((first, last))
    return merged
