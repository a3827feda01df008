"""Long harmless texts: what they cost stays within the work that a message may cost."""

from __future__ import annotations

import json
import random

import pytest

from framewall.detect import builtin_engine

SAID = (
    "don't you think we should meet at 7?",
    "I'd like 'this' or that, whichever is cheaper (ha ha)",
    "run apt-get install foo; then reboot, it's what I do",
    "select one or two of these -- or none at all",
    "see https://example.com/wiki/Page?title=Main&lang=en for more",
    'he said "no" & left: 1 < 2 and 3 > 2',
    "price = 40 * 2 + tax, so about $90 {roughly}",
    "#general: has anyone read <b>that</b> mail from bob@example.com?",
)


def chat(size: int) -> str:
    """Lines that people might say, none quite like another, about ``size`` characters."""
    words = random.Random(7)
    lines = []
    while size > 0:
        lines.append(f"{words.choice(SAID)} {words.randrange(10**6)}")
        size -= len(lines[-1]) + 1
    return "\n".join(lines)


@pytest.mark.parametrize("kib", [16, 64])
def test_a_long_chat_in_one_string_is_harmless(kib: int) -> None:
    message = json.dumps({"text": chat(kib << 10)}).encode()
    report = builtin_engine().inspect([(message, "json", False)], None)
    assert not report.findings


def test_a_chat_log_of_a_mebibyte_is_harmless() -> None:
    message = json.dumps([{"user": "ann", "text": line} for line in chat(600 << 10).splitlines()]).encode()
    report = builtin_engine().inspect([(message, "json", False)], None)
    assert not report.findings
