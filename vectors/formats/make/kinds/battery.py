"""Values of every size class, for the formats that describe themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

ATTACK = "<script>alert(1)</script>"

POSITIVE = [0, 1, 10, 15, 16, 23, 24, 31, 32, 63, 64, 127, 128, 255, 256, 32767, 32768, 65535, 65536]
POSITIVE += [2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**53 - 1]
NEGATIVE = [-1, -16, -17, -24, -25, -32, -33, -128, -129, -256, -257, -32768, -32769, -65536, -65537]
NEGATIVE += [-(2**31), -(2**31) - 1, -(2**32), -(2**53) + 1]
BIG = [2**53 + 1, 2**63 - 1, -(2**53) - 1, -(2**63)]
FLOATS = [0.5, -1.5, 0.1, 65504.0, 3.4028234663852886e38, 1e300, 5e-324, -0.0]
UNBOUNDED = [float("inf"), float("-inf"), float("nan")]

# Either side of what each format's heads and counts hold.
LENGTHS = (1, 2, 11, 12, 15, 16, 22, 23, 24, 31, 32, 33, 34, 63, 64, 65, 66, 127, 128, 129, 255, 256, 257)
CHARACTERS = [
    "é",
    "漢字",
    "😀👩\u200d👩\u200d👧",
    "a\x00b",
    "\u2028\u2029",
    "مرحبا",
    "e\u0301",
    "\ud7ff\ue000\U0010ffff",
    "\x01\x1f\x7f\x80",
    "\\u003c\"'`",
    "&lt;%3C",
    ATTACK,
]


def deep(levels: int) -> Any:
    value: Any = ATTACK
    for level in range(levels):
        value = {"in": value} if level % 2 else [value]
    return value


def documents(*, big: bool = True, unbounded: bool = True, binary: bool = True) -> Iterator[tuple[str, Any]]:
    """Name and value of each document."""
    yield "whole numbers", POSITIVE
    yield "negative numbers", NEGATIVE
    if big:
        yield "numbers of 64 bits", BIG
    yield "fractions", FLOATS
    if unbounded:
        yield "infinities and no number", UNBOUNDED
    yield "constants and empty ones", {"yes": True, "no": False, "none": None, "l": [], "m": {}, "t": ""}
    yield "texts of every length class", ["x" * length for length in LENGTHS]
    yield "texts of two bytes a letter", ["é" * length for length in (1, 11, 12, 16, 17, 31, 32, 33, 64, 128)]
    yield "long texts", ["x" * 65535, ATTACK, "y" * 65536]
    yield "characters", CHARACTERS
    if binary:
        yield "bytes of every length class", [b"\xff" * length for length in (0, 1, 23, 24, 255, 256, 257)]
        yield "bytes that are text", {"bin": ATTACK.encode(), "none": b""}
    yield "lists of every size class", [[True] * size for size in (0, 1, 14, 15, 16, 24, 32)]
    yield "maps of every size class", [{f"k{n}": n for n in range(size)} for size in (0, 1, 15, 16, 24)]
    names = ["é", "😀", "a b", "a.b", "01", "$ref", "<b>", *("k" * length for length in LENGTHS[3:])]
    yield "names", {name: place for place, name in enumerate(names)}
    yield "the empty name", {"": "nameless", "x": {"": {"": ""}}}
    yield "one in another", deep(20)
    rows = [{"id": n, "user": "ann", "text": "hello", "role": {"name": "user"}} for n in range(3)]
    yield "rows of the same names and texts", rows
