"""Time: per message on distinct messages, by size, and the worst per byte on hostile input."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable

from benches.detection import corpora
from benches.detection.rates import percentiles

from framewall._core import Engine, Settings

#: Each message is judged this many times, in whole passes over distinct messages; the least time counts, so that
#: what the machine does besides is not counted.
PASSES = 3

MEBIBYTE = 1 << 20


def timed(engine: Engine, settings: Settings, messages: list[bytes]) -> list[int]:
    """Nanoseconds of each message."""
    passes = [engine.measure(messages, "auto", settings) for _ in range(PASSES)]
    return [min(once[1] for once in times) for times in zip(*passes, strict=True)]


def cost_table(engine: Engine, settings: Settings, message: Callable[[str], bytes]) -> list[str]:
    """Microseconds a message: the corpora as they are, and benign text made up to sizes."""
    benign, attacks = [s.text for s in corpora.benign()], [s.text for s in corpora.attacks()]
    drawn = random.Random(11)
    every = [message(text) for text in benign + attacks]
    drawn.shuffle(every)

    def sized(size: int) -> bytes:
        record: list[str] = []
        while sum(map(len, record)) < size - 24:
            record.append(drawn.choice(benign)[:size])
        return json.dumps({"type": "msg", "items": record}, ensure_ascii=False).encode(
            "utf-8", "surrogatepass"
        )

    rows = [("corpora", every)]
    rows += [
        (f"benign, {size} B", [sized(size) for _ in range(count)])
        for size, count in ((50, 2000), (2048, 500), (65536, 40))
    ]
    lines = [
        "| µs a message, one thread, native | n | mean | p50 | p99 | p99.9 |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {name} | {len(rows)} | {percentiles(timed(engine, settings, rows))} |" for name, rows in rows
    ]
    return [*lines, ""]


def hostile() -> dict[str, bytes]:
    """A mebibyte of what costs most."""

    def fill(unit: str | bytes) -> bytes:
        raw = unit.encode() if isinstance(unit, str) else unit
        return (raw * (MEBIBYTE // len(raw) + 1))[:MEBIBYTE]

    drawn = random.Random(13)
    attacks = [sample.text for sample in corpora.attacks()]
    drawn.shuffle(attacks)
    units: dict[str, str | bytes] = {
        "quotes": "'", "tags": "<a ", "braces": "{", "open JSON": '{"a":', "percent": "%25", "entities": "&lt;",
        "escapes": "\\u003c", "UTF-7": "+A", "comments": "/*", "markup comments": "<!--", "blanks": "\t \n",
        "climbing": "../", "tautologies": "' or ", "calls": "alert(1,", "lookups": "${j${", "pairs": "a=b&",
        "quoted-printable": "=3C", "tokens": "eyJ.", "NUL": b"\0",
    }  # fmt: skip
    made = {name: fill(unit) for name, unit in units.items()}
    return made | {"random bytes": os.urandom(MEBIBYTE), "attacks": fill("\n".join(attacks))}


def worst_table(engine: Engine, settings: Settings) -> list[str]:
    """Milliseconds for a mebibyte of each, worst first."""
    inputs = hostile()
    times = {name: timed(engine, settings, [data])[0] / 1e6 for name, data in inputs.items()}
    lines = ["| 1 MiB of | ms | ns a byte |", "|---|---|---|"]
    for name, spent in sorted(times.items(), key=lambda item: -item[1]):
        lines.append(f"| {name} | {spent:.1f} | {spent * 1e6 / len(inputs[name]):.1f} |")
    return [*lines, ""]
