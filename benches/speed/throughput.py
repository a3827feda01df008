"""CPU a message and round trips: every proxy, every kind of message, at windows 1 and 32, in turn."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field, fields
from pathlib import Path

from benches.speed.load import Result, run
from benches.speed.messages import Kind
from benches.speed.proxies import Proxy

BASE = "nginx"
SLOW = ("mitmproxy",)
"""Measured for fewer kinds: at window 32 one of its runs would take minutes."""


@dataclass
class Measured:
    """Results by kind, window and proxy, one a round."""

    results: dict[tuple[str, int, str], list[Result]] = field(default_factory=dict)

    def add(self, kind: str, window: int, proxy: str, result: Result) -> None:
        self.results.setdefault((kind, window, proxy), []).append(result)

    def median(self, kind: str, window: int, proxy: str) -> Result | None:
        """The median of each figure over the rounds."""
        found = self.results.get((kind, window, proxy))
        if not found:
            return None
        return Result(
            *(statistics.median(getattr(one, figure.name) for one in found) for figure in fields(Result))
        )

    def ratio(self, kind: str, window: int, proxy: str) -> float | None:
        """CPU a message as a multiple of nginx's: the median of the rounds' own ratios, for the machine drifts."""
        found, base = self.results.get((kind, window, proxy)), self.results.get((kind, window, BASE))
        if not found or not base:
            return None
        return statistics.median(
            one.cpu / other.cpu for one, other in zip(found, base, strict=True) if other.cpu
        )


def measure(
    proxies: dict[str, Proxy],
    kinds: dict[Kind, Path],
    core: int,
    *,
    rounds: int,
    seconds: int,
    windows: tuple[int, ...],
    connections: int,
) -> Measured:
    """Loads them in turn."""
    measured = Measured()
    for _ in range(rounds):
        for kind, file in kinds.items():
            for window in windows:
                for name, proxy in proxies.items():
                    if name in SLOW and (window > 1 or kind.name not in ("chat", "json-2k")):
                        continue
                    result = run(
                        proxy, kind, file, core, connections=connections, window=window, seconds=seconds
                    )
                    measured.add(kind.name, window, name, result)
    return measured


def table(measured: Measured) -> list[str]:
    """Rows in Markdown: absolute figures, and CPU beside nginx's."""
    lines = [
        "| messages | window | proxy | CPU µs a message | × nginx | p50 µs | p99 µs | p99.9 µs | "
        "p99 added, × nginx's | messages/s |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for kind, window, proxy in measured.results:
        one = measured.median(kind, window, proxy)
        assert one is not None
        is_direct = proxy == "direct"
        ratio = measured.ratio(kind, window, proxy)
        cpu = "" if is_direct else f"{one.cpu:.2f}"
        times = "" if is_direct or ratio is None else f"{ratio:.2f}"
        added = added_p99(measured, kind, window, proxy)
        lines.append(
            f"| {kind} | {window} | {proxy} | {cpu} | {times} | {one.p50:.0f} | {one.p99:.0f} | {one.p999:.0f} | "
            f"{'' if added is None else f'{added:.2f}'} | {one.rate:.0f} |"
        )
    return lines


def added_p99(measured: Measured, kind: str, window: int, proxy: str) -> float | None:
    """What the proxy adds to the slowest hundredth, as a multiple of what nginx adds."""
    direct, base, one = (measured.median(kind, window, name) for name in ("direct", BASE, proxy))
    if direct is None or base is None or one is None or proxy in ("direct", BASE) or base.p99 <= direct.p99:
        return None
    return (one.p99 - direct.p99) / (base.p99 - direct.p99)
