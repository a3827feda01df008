"""Clients that a person has banned."""

from __future__ import annotations

import pytest

from framewall.policy.denials import Denial, Denials, source

DENIALS = Denials(
    [
        Denial("203.0.113.9/32"),
        Denial("198.51.100.0/24", until=100.0),
        Denial("2001:db8::/32"),
        Denial("10.0.0.0/8", until=50.0),
        Denial("10.1.0.0/16", until=200.0),
    ]
)


@pytest.mark.parametrize(
    ("client", "now", "by"),
    [
        ("203.0.113.9", 1e12, "203.0.113.9/32"),
        ("203.0.113.8", 0, None),
        ("198.51.100.77", 99, "198.51.100.0/24"),
        ("198.51.100.77", 100, None),
        ("2001:db8:1::7", 0, "2001:db8::/32"),
        ("2001:db9::", 0, None),
        ("10.1.2.3", 0, "10.0.0.0/8"),
        ("10.1.2.3", 60, "10.1.0.0/16"),
        ("10.2.2.3", 60, None),
        ("unix:", 0, None),
        ("", 0, None),
    ],
)
def test_an_address_is_covered_by_its_networks(client: str, now: float, by: str | None) -> None:
    found = DENIALS.covering(client, now)
    assert (found.source if found else None) == by


def test_nobody_is_banned_at_first() -> None:
    assert Denials().covering("203.0.113.9", 0) is None
    assert len(Denials()) == 0


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("203.0.113.9", "203.0.113.9/32"),
        ("203.0.113.9/24", "203.0.113.0/24"),
        ("2001:DB8::1", "2001:db8::1/128"),
    ],
)
def test_a_source_has_one_form(text: str, form: str) -> None:
    assert source(text) == form
