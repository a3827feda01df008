"""A store of ten million events: how long the console's questions take, also while events are written.

    python benches/events/run.py [--events 10000000] [--keep FILE]

Every question is asked ``ROUNDS`` times of a reader that has just opened the file; the first, the quickest and the
slowest time are told, and the least processor time, which does not depend on what else the machine does. The file
is made in a temporary folder, or kept and used again at ``--keep FILE``.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from benches.events.load import DAYS, Loading, templates

from framewall.events import EventReader, open_reader, open_sink, parse

ROUNDS = 5
BUDGET_MS = 300.0
WRITTEN = 20_000

RANGES = {
    "5 minutes": 300, "1 hour": 3_600, "6 hours": 21_600, "1 day": 86_400, "7 days": 7 * 86_400,
    "30 days": 30 * 86_400, "90 days": 90 * 86_400,
}  # fmt: skip
SEARCHES = (
    "", "class:xss", 'class:sqli event:"new message"', "ip:1.0.0.0/24", "ip:1.0.0.0/8 action:close", "-class:xss",
    "action:ban route:admin framework:stomp", "score:>=10", "rule:*.union", 'field:*args[2]*', "session:s17",
    "onerror word7", '"alert(17)"', "word499 route:admin -action:pass", "since:80d until:79d class:xss",
    "class:jndi path:/ws node:edge-1", "nothing-like-this", "ip:203.0.113.9",
    "nerror=al", '"(731)> wor"', "rt(1)> word -class:xss", "nerror word49x",
)  # fmt: skip

Question = Callable[[EventReader], object]


def questions(now: float, sample: str) -> dict[str, Question]:
    """What the pages ask."""
    asked: dict[str, Question] = {}
    for name, seconds in RANGES.items():
        asked[f"overview, {name}"] = lambda reader, s=seconds: reader.overview(now - s, now)  # type: ignore[misc]
    for text in SEARCHES:
        search = parse(text, now)
        asked[f"list: {text or 'all'}"] = lambda reader, s=search: reader.page(s)  # type: ignore[misc]
    for text in ("", "class:xss", "ip:1.0.0.0/24", "route:admin action:ban", "onerror"):
        search = parse(text, now)
        asked[f"groups: {text or 'all'}"] = lambda reader, s=search: reader.groups(s)  # type: ignore[misc]
    for text in ("class:xss", "ip:1.0.0.0/24 action:close"):
        search = parse(text, now)
        asked[f"histogram, 7 days: {text}"] = lambda reader, s=search: reader.histogram(  # type: ignore[misc]
            s, now - 7 * 86_400, now
        )
    asked["one event in its session"] = lambda reader: reader.around(sample)
    for kind in ("ip", "event", "field", "class"):
        asked[f"values of {kind}"] = lambda reader, k=kind: reader.values(k)  # type: ignore[misc]
    asked["how much is stored"] = lambda reader: reader.stored()
    return asked


def ask(url: str, asked: dict[str, Question]) -> dict[str, tuple[float, float, float, float]]:
    """The first, quickest and slowest time of each question, and the least processor time, in milliseconds."""
    found = {}
    for name, question in asked.items():
        reader = open_reader(url)
        times, busy = [], []
        for _ in range(ROUNDS):
            began, used = time.perf_counter(), time.thread_time()
            question(reader)
            busy.append((time.thread_time() - used) * 1e3)
            times.append((time.perf_counter() - began) * 1e3)
        reader.close()
        found[name] = (times[0], min(times), max(times), min(busy))
    return found


def write(url: str, stop: threading.Event) -> float:
    """Events written a second, through the sink, until told to stop or all are written."""
    sink = open_sink(url)
    made = templates()
    now = time.time()
    began = time.perf_counter()
    number = 0
    while number < WRITTEN and not stop.is_set():
        each = made[number * 7 % len(made)]
        sink.put(
            replace(
                each, id=f"new-{os.getpid()}-{now}-{number}", time=now, client_ip="192.0.2.1", session="w"
            )
        )
        number += 1
        while sink.counts().waiting > 5_000:
            time.sleep(0.005)
    sink.close(60)
    return number / (time.perf_counter() - began)


def main() -> None:
    """Make the store, ask, tell."""
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--events", type=int, default=10_000_000)
    arguments.add_argument("--keep", type=Path)
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="framewall-bench-") as folder:
        path = chosen.keep or Path(folder) / "events.db"
        if not path.exists():
            print(f"making {chosen.events:,} events over {DAYS} days")
            Loading(path, chosen.events // 1_000 * 1_000).run()
        url = f"sqlite:{path}"
        reader = open_reader(url)
        stored = reader.stored()
        (sample,) = reader.page(parse("", 0), limit=1).events
        reader.close()
        size = sum(each.stat().st_size for each in path.parent.glob(f"{path.name}*"))
        print(
            f"{stored.events:,} events, {size / 1e9:.1f} GB, {size / max(stored.events, 1):.0f} bytes an event; "
            f"{os.cpu_count()} {platform.machine()} cores"
        )
        asked = questions(stored.newest or 0.0, sample.id)
        quiet = ask(url, asked)
        stop = threading.Event()
        rate: list[float] = []
        writer = threading.Thread(target=lambda: rate.append(write(url, stop)))
        writer.start()
        busy = ask(url, asked)
        stop.set()
        writer.join()
        print(f"\n{'milliseconds':<48}{'first':>8}{'least':>8}{'most':>8}{'cpu':>8}{'least, writing':>16}")
        for name in asked:
            first, least, most, used = quiet[name]
            mark = "  over" if max(least, used) > BUDGET_MS else ""
            print(f"{name:<48}{first:>8.1f}{least:>8.1f}{most:>8.1f}{used:>8.1f}{busy[name][1]:>16.1f}{mark}")
        print(f"\nwritten meanwhile: {rate[0]:,.0f} events a second")


if __name__ == "__main__":
    main()
