"""Bytes that mean nothing are nobody's attack."""

from __future__ import annotations

import random

import pytest

from framewall.detect.load import builtin_engine


@pytest.mark.parametrize("size", [16, 64, 256])
def test_random_bytes_are_hardly_ever_blocked(size: int) -> None:
    noise = random.Random(size)
    blocked = []
    for _ in range(1000):
        report = builtin_engine().inspect([(noise.randbytes(size), "auto", False)])
        if report.score >= 5:
            blocked.append([(finding.rule, finding.chain, finding.match) for finding in report.findings])
    assert len(blocked) <= 5, blocked


def test_an_attack_amid_random_bytes_is_found() -> None:
    noise = random.Random(1)
    data = noise.randbytes(64) + b"<script>alert(document.cookie)</script>" + noise.randbytes(64)
    assert builtin_engine().inspect([(data, "auto", False)]).score >= 5
