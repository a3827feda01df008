"""``python -m benches.detection.vectorscan``: Vectorscan (PyPI ``hyperscan``) beside the engine's way of matching.

The same patterns over the same distinct texts of the corpora: one Vectorscan database of all of them in block mode, on
the raw text, and the engine with one rule a pattern. The engine's time has its views in it, which Vectorscan would need
just as much: what they cost without any pattern is printed beside.
"""

from __future__ import annotations

import importlib
import json
import os
import platform
import random
import sys
import time
from collections.abc import Callable
from typing import Any

from benches.detection import corpora
from benches.detection.cost import PASSES, timed
from benches.detection.rates import percentiles

from framewall._core import Engine, Settings
from framewall.detect import read_rules

#: Messages drawn, attacks and benign texts as the corpora mix them.
DRAWN = 10_000
NEVER = {"id": "never", "attack": "leak", "score": 1, "pattern": "\\x01\\x02\\x03\\x04\\x05"}


def patterns() -> dict[str, dict[str, Any]]:
    """The built-in rules that have a pattern, reduced to it and its literals."""
    kept = ("id", "attack", "score", "pattern", "literals")
    return {
        rule["id"]: {name: rule[name] for name in kept if name in rule}
        for rule in read_rules()
        if rule.get("pattern")
    }


def database(library: Any, wanted: dict[str, dict[str, Any]]) -> tuple[Any, dict[str, str]]:
    """All patterns in one database, and those that it refuses, with its reason."""
    taken, refused = [], {}
    for name, rule in wanted.items():
        pattern = rule["pattern"].encode()
        try:
            compile_all(library, [pattern])
            taken.append(pattern)
        except library.error as error:
            refused[name] = str(error)
    return compile_all(library, taken), refused


def compile_all(library: Any, expressions: list[bytes]) -> Any:
    """One database, in block mode; a pattern reports once a text."""
    made = library.Database(mode=library.HS_MODE_BLOCK)
    flags = [library.HS_FLAG_SINGLEMATCH | library.HS_FLAG_ALLOWEMPTY] * len(expressions)
    made.compile(expressions=expressions, flags=flags)
    return made


def passes(scan: Callable[[bytes], object], messages: list[bytes]) -> list[int]:
    """Nanoseconds of each message, the least of a few whole passes."""
    least = [sys.maxsize] * len(messages)
    for _ in range(PASSES):
        for place, message in enumerate(messages):
            began = time.perf_counter_ns()
            scan(message)
            least[place] = min(least[place], time.perf_counter_ns() - began)
    return least


def main() -> int:
    """Measure and print."""
    try:
        library: Any = importlib.import_module("hyperscan")
    except ImportError:
        print("hyperscan is not installed: pip install hyperscan", file=sys.stderr)
        return 1
    wanted = patterns()
    made, refused = database(library, wanted)
    began = time.perf_counter()
    compile_all(library, [rule["pattern"].encode() for name, rule in wanted.items() if name not in refused])
    compiled = time.perf_counter() - began
    kept = [rule for name, rule in wanted.items() if name not in refused]
    began = time.perf_counter()
    engine = Engine(json.dumps(kept))
    built = time.perf_counter() - began

    texts = [sample.text for sample in [*corpora.benign(), *corpora.attacks()]]
    texts = random.Random(19).sample(sorted(set(texts)), DRAWN)
    messages = [text.encode("utf-8", "surrogatepass") for text in texts]
    floor = passes(lambda _: None, messages)
    scan = passes(lambda data: made.scan(data, match_event_handler=hit), messages)
    ours = timed(engine, Settings(), messages)
    views = timed(Engine(json.dumps([NEVER])), Settings(), messages)
    print(f"{len(kept)} patterns ({len(refused)} refused by Vectorscan), {len(messages)} distinct messages, "
          f"{platform.machine()}, {os.cpu_count()} cores")  # fmt: skip
    print("\n| µs a message | ready after s | mean | p50 | p99 | p99.9 |\n|---|---|---|---|---|---|")
    print(f"| Vectorscan, one database | {compiled:.2f} | {percentiles(scan)} |")
    print(f"| the engine | {built:.2f} | {percentiles(ours)} |")
    print(f"| the engine's views, with a rule that never matches | | {percentiles(views)} |")
    print(f"| a call from Python that does nothing | | {percentiles(floor)} |")
    for rule, why in refused.items():
        print(f"refused: {rule}: {why}")
    return 0


def hit(*_: object) -> None:
    """A match is only counted by being made."""


if __name__ == "__main__":
    sys.exit(main())
