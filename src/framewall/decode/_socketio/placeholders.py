"""Where a binary Socket.IO packet's JSON has its placeholders, ``{"_placeholder":true,"num":0}``."""

from __future__ import annotations

from framewall import _core
from framewall.model import Path

Walked = tuple[str | bytes | int, ...]

_FLAG = b"_placeholder"
_FALSE = {("bool", b"false"), ("null", b"null"), ("null", b""), ("number", b"0"), ("text", b"")}
_LONGEST = 9
"""Digits of a number that can still be counted to."""


def find(body: bytes, count: int) -> tuple[dict[int, Path], bool]:
    """The first place of each attachment, and whether a placeholder asks for one that will not come.

    Back ends differ: Node wants ``true`` and a number in range, Python takes anything true and counts
    negative numbers from the end. Whatever is a placeholder to any of them is one here. The walk is the
    engine's own, with its limits; what it cannot reach has its attachments named by their number.
    """
    if _FLAG not in body and b"\\" not in body:
        return {}, False
    flagged: set[Walked] = set()
    numbers: list[tuple[Walked, str, bytes]] = []
    for path, role, kind, leaf, _ in _core.walk(body, "json"):
        if role == "key" and leaf == _FLAG:
            flagged.add(path[:-1])
        elif role == "value" and path and path[-1] == "_placeholder" and (kind, leaf) in _FALSE:
            flagged.discard(path[:-1])
        elif role == "value" and path and path[-1] == "num":
            numbers.append((path[:-1], kind, leaf))
    places: dict[int, Path] = {}
    illegal = False
    for holder, kind, leaf in numbers:
        if holder in flagged:
            number = int(leaf) if kind == "number" and leaf.isdigit() and len(leaf) <= _LONGEST else -1
            if 0 <= number < count:
                places.setdefault(number, _path(holder))
            else:
                illegal = True
    return places, illegal


def _path(walked: Walked) -> Path:
    """As fields are named: a key that is no text is shown as if it were."""
    return tuple(step.decode("utf-8", "replace") if isinstance(step, bytes) else step for step in walked)
