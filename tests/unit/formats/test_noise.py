"""Bytes that mean nothing, and what applications send all day, are nobody's attack.

``make test-noise`` tries ten times as many.
"""

from __future__ import annotations

import random
import sys

import pytest

from framewall.detect.load import builtin_engine
from support.benign import BENIGN

DOCUMENTS = 500


def blocked(format: str, count: int) -> list[str]:
    """What is blocked of so many documents of a format, each judged with its name and without."""
    chance, wrong = random.Random(format), []
    for _ in range(count):
        data = BENIGN[format](chance)
        for hint in {"auto", format} - {"random"}:
            report = builtin_engine().inspect([(data, hint, False)])
            if report.score >= 5:
                found = [(finding.rule, finding.chain, finding.match) for finding in report.findings[:3]]
                wrong.append(f"{hint} {data[:64]!r}: {found}")
    return wrong


@pytest.mark.parametrize("format", BENIGN)
def test_nothing_benign_is_blocked(format: str) -> None:
    assert blocked(format, DOCUMENTS) == []


def test_an_attack_amid_random_bytes_is_found() -> None:
    noise = random.Random(1)
    data = noise.randbytes(64) + b"<script>alert(document.cookie)</script>" + noise.randbytes(64)
    assert builtin_engine().inspect([(data, "auto", False)]).score >= 5


if __name__ == "__main__":
    total = 0
    for each in BENIGN:
        wrong = blocked(each, 10 * DOCUMENTS)
        total += len(wrong)
        print(f"{each}: {len(wrong)} of {10 * DOCUMENTS} blocked", *wrong, sep="\n  ")
    sys.exit(1 if total else 0)
