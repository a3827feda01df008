"""Where a binary Socket.IO packet's JSON has its placeholders, ``{"_placeholder":true,"num":0}``."""

from __future__ import annotations

import json

from framewall.model import Path


class _Object(list[tuple[str, object]]):
    """An object with every member, repeated names included; a type of its own to be told from arrays."""


def find(body: bytes, count: int) -> tuple[dict[int, Path], bool]:
    """The first place of each attachment, and whether a placeholder asks for one that will not come.

    Back ends differ: Node wants ``true`` and a number in range, Python takes anything true and counts
    negative numbers from the end. Whatever is a placeholder to any of them is one here. JSON that cannot be
    read has no places: the engine judges it, and names its attachments by number.
    """
    try:
        root = json.loads(body, object_pairs_hook=_Object, parse_int=_small)
    except (ValueError, RecursionError):
        return {}, False
    places: dict[int, Path] = {}
    illegal = False
    rest: list[tuple[Path, object]] = [((), root)]
    while rest:
        path, value = rest.pop()
        if isinstance(value, _Object):
            if any(name == "_placeholder" and flag for name, flag in value):
                for num in (num for name, num in value if name == "num"):
                    if isinstance(num, int) and not isinstance(num, bool) and 0 <= num < count:
                        places.setdefault(num, path)
                    else:
                        illegal = True
            rest += (((*path, name), member) for name, member in reversed(value))
        elif isinstance(value, list):
            rest += (((*path, place), value[place]) for place in range(len(value) - 1, -1, -1))
    return places, illegal


def _small(digits: str) -> int:
    """Numbers beyond any count need not be exact, and must not be slow."""
    return int(digits) if len(digits) < 12 else -1
