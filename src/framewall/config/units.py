"""Sizes and durations as people write them: ``"4MiB"``, ``"10m"``."""

from __future__ import annotations

import re

_SIZES = {
    "": 1,
    "b": 1,
    "kib": 1 << 10,
    "mib": 1 << 20,
    "gib": 1 << 30,
    "kb": 1_000,
    "mb": 1_000_000,
    "gb": 1_000_000_000,
    # A lone letter is binary, as in nginx.
    "k": 1 << 10,
    "m": 1 << 20,
    "g": 1 << 30,
}
_MILLISECONDS = {"": 1, "ms": 1, "s": 1_000, "m": 60_000}
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3_600, "d": 86_400}
_QUANTITY = re.compile(r"\s*(\d{1,18})\s*([A-Za-z]*)\s*")


def parse_bytes(text: str | int) -> int:
    """Bytes from a number or text like ``"64KiB"``. Raises ValueError with what to write instead."""
    return _parse(text, _SIZES, 'a size, such as "4MiB", "64KiB" or a number of bytes')


def parse_seconds(text: str | int) -> int:
    """Seconds from a number or text like ``"10m"``. Raises ValueError with what to write instead."""
    return _parse(text, _SECONDS, 'a duration, such as "30s", "10m", "1h" or a number of seconds')


def parse_milliseconds(text: str | int) -> int:
    """Milliseconds from a number or text like ``"5s"``. Raises ValueError with what to write instead."""
    return _parse(text, _MILLISECONDS, 'a duration, such as "500ms", "5s" or a number of milliseconds')


def _parse(text: str | int, units: dict[str, int], wanted: str) -> int:
    # True is an int in Python, and no size.
    if isinstance(text, int) and not isinstance(text, bool) and text >= 0:
        return text
    found = _QUANTITY.fullmatch(text) if isinstance(text, str) else None
    unit = units.get(found[2].lower()) if found else None
    if found is None or unit is None:
        raise ValueError(wanted)
    return int(found[1]) * unit
