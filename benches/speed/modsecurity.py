"""What ModSecurity with the Core Rule Set costs a message, without any proxying."""

from __future__ import annotations

import importlib
import random
import time
from typing import Any

from benches.detection.peers import modsecurity
from benches.speed.messages import KINDS

SAMPLES = 300


def table() -> list[str]:
    """Rows in Markdown."""
    library: Any = importlib.import_module("libmodsecurity")
    blocked = modsecurity(library)
    lines = ["| messages | CPU µs a message |", "|---|---|"]
    for kind in KINDS:
        if kind.name not in ("chat", "json-2k"):
            continue
        drawn = random.Random(kind.name)
        bodies = [kind.make(drawn) for _ in range(SAMPLES)]
        began = time.process_time()
        for body in bodies:
            blocked(body)
        lines.append(f"| {kind.name} | {(time.process_time() - began) * 1e6 / SAMPLES:.0f} |")
    return lines
