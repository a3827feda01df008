"""Counting: rates with Wilson intervals, percentiles of times."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Rate:
    """So many of so many."""

    hits: int = 0
    n: int = 0

    def add(self, hit: bool) -> None:
        """Count one more."""
        self.n += 1
        self.hits += hit

    @property
    def value(self) -> float:
        """As a fraction; 0 of nothing."""
        return self.hits / self.n if self.n else 0.0

    def interval(self, z: float = 1.96) -> tuple[float, float]:
        """Wilson's score interval, 95 %."""
        if not self.n:
            return 0.0, 1.0
        p, n = self.value, self.n
        middle = p + z * z / (2 * n)
        spread = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        return max(0.0, (middle - spread) / (1 + z * z / n)), min(1.0, (middle + spread) / (1 + z * z / n))

    def __str__(self) -> str:
        low, high = self.interval()
        return f"{100 * self.value:.2f} % ({self.hits}/{self.n}; {100 * low:.1f} to {100 * high:.1f})"


@dataclass(slots=True)
class Rates:
    """A rate for each of several kinds."""

    kinds: dict[str, Rate] = field(default_factory=dict)
    rules: Counter[str] = field(default_factory=Counter)

    def add(self, kind: str, hit: bool) -> None:
        """Count one more of this kind."""
        self.kinds.setdefault(kind, Rate()).add(hit)

    def total(self, *without: str) -> Rate:
        """All of them, but these kinds."""
        counted = [rate for kind, rate in self.kinds.items() if kind not in without]
        return Rate(sum(rate.hits for rate in counted), sum(rate.n for rate in counted))


def percentiles(nanoseconds: list[int]) -> str:
    """p50, p99, p99.9 and the mean, in microseconds."""
    times = sorted(nanoseconds)
    at = [times[min(len(times) - 1, int(len(times) * share))] / 1e3 for share in (0.5, 0.99, 0.999)]
    mean = sum(times) / len(times) / 1e3
    return f"{mean:.1f} | {at[0]:.1f} | {at[1]:.1f} | {at[2]:.1f}"
