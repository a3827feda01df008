"""Sizes and durations."""

from __future__ import annotations

import pytest

from framewall.config.units import parse_bytes, parse_milliseconds, parse_seconds


@pytest.mark.parametrize(
    ("text", "size"),
    [
        (0, 0),
        (4096, 4096),
        ("4096", 4096),
        ("1b", 1),
        ("64KiB", 65_536),
        ("64 kib", 65_536),
        ("4MiB", 4 << 20),
        ("1GiB", 1 << 30),
        ("1kB", 1_000),
        ("2MB", 2_000_000),
        ("1GB", 1_000_000_000),
        ("8k", 8_192),
        ("8m", 8 << 20),
    ],
)
def test_sizes_are_read(text: str | int, size: int) -> None:
    assert parse_bytes(text) == size


@pytest.mark.parametrize(
    ("text", "seconds"), [(30, 30), ("30", 30), ("30s", 30), ("10m", 600), ("1h", 3_600), ("2 d", 172_800)]
)
def test_durations_are_read(text: str | int, seconds: int) -> None:
    assert parse_seconds(text) == seconds


@pytest.mark.parametrize(("text", "milliseconds"), [(30, 30), ("500ms", 500), ("5s", 5_000), ("1m", 60_000)])
def test_short_durations_are_read(text: str | int, milliseconds: int) -> None:
    assert parse_milliseconds(text) == milliseconds


@pytest.mark.parametrize(
    "text", ["", "MiB", "4 apples", "-1", -1, "1.5MiB", True, None, [], "9" * 30, "4MiB\n4"]
)
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="4MiB"):
        parse_bytes(text)
    with pytest.raises(ValueError, match="10m"):
        parse_seconds(text)
    with pytest.raises(ValueError, match="500ms"):
        parse_milliseconds(text)
