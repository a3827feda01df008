"""Little that becomes much ends soon, with a finding, whether or not its format is named."""

from __future__ import annotations

import base64
import gzip
import json
import time
from pathlib import Path

import pytest

from framewall import _core
from framewall.detect.load import builtin_engine

VECTORS = Path(__file__).parents[3] / "vectors" / "formats"
SOON = 0.02
"""Seconds of this thread, the least of as many runs as it takes a busy machine, up to `RUNS`."""
RUNS = 12


def bombs() -> dict[str, tuple[str, bytes]]:
    """Format and bytes of every hostile vector that goes too deep or whose count lies, by name."""
    found = {}
    for format in _core.formats():
        for case in json.loads((VECTORS / format / "hostile.json").read_text())["cases"]:
            data = b"".join(base64.b64decode(piece["b64"]) * piece.get("times", 1) for piece in case["data"])
            if case.get("anomaly") == "format_depth" or (case["outcome"] == ["exhausted"] and len(data) < 32):
                found[f"{format}: {case['name']}"] = (format, data)
    found["gzip: ten megabytes of zeros"] = ("auto", gzip.compress(bytes(10 << 20)))
    found["gzip: a million brackets"] = ("auto", gzip.compress(b"[" * 1_000_000))
    return found


BOMBS = bombs()


def judged(data: bytes, hint: str) -> tuple[set[str], float]:
    """The attacks found, and the least seconds that it took."""
    least, attacks = 60.0, set[str]()
    for _ in range(RUNS):
        start = time.thread_time()
        report = builtin_engine().inspect([(data, hint, False)])
        least = min(least, time.thread_time() - start)
        attacks = {finding.attack for finding in report.findings}
        if least < SOON:
            break
    return attacks, least


def test_there_are_bombs_of_many_formats() -> None:
    assert len({format for format, _ in BOMBS.values()}) >= 10, sorted(BOMBS)


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_ends_soon_with_a_finding(name: str) -> None:
    format, data = BOMBS[name]
    # A lone pair is a form only to who was told.
    for hint in (format,) if format == "form" else (format, "auto"):
        attacks, seconds = judged(data, hint)
        assert "data_bomb" in attacks, hint
        assert seconds < SOON, hint
