"""Ranges of time in equal pieces, as charts show them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple


class Level(NamedTuple):
    """One size of bucket that events are counted in: its seconds, and how long such counts are kept."""

    seconds: int
    kept_seconds: int


#: From fine to coarse.
LEVELS = (
    Level(10, 2 * 3_600),
    Level(300, 3 * 86_400),
    Level(3_600, 35 * 86_400),
    Level(86_400, 400 * 86_400),
)
_MOST = (3_600, 86_400, 14 * 86_400, math.inf)
"""The longest range that each of the levels is used for. Seconds."""


class Buckets(NamedTuple):
    """``pieces`` buckets of ``step`` seconds from ``since`` on."""

    since: float
    step: int
    pieces: int

    @classmethod
    def over(cls, since: float, until: float, now: float | None = None) -> Buckets:
        """The buckets that cover a range, of the finest level that suits its length.

        With ``now`` (Unix seconds), of the finest one that is still kept for all of it.
        """
        length = max(until - since, 1.0)
        level = next(
            level
            for level, most in zip(LEVELS, _MOST, strict=True)
            if length <= most and (now is None or since >= now - level.kept_seconds or level is LEVELS[-1])
        )
        first = math.floor(since / level.seconds)
        last = max(math.ceil(until / level.seconds), first + 1)
        return cls(float(first * level.seconds), level.seconds, min(last - first, 4_096))

    @property
    def until(self) -> float:
        """The end of the last one."""
        return self.since + self.step * self.pieces

    @property
    def times(self) -> tuple[float, ...]:
        """Their starts."""
        return tuple(self.since + self.step * place for place in range(self.pieces))

    def counted(self, times: Iterable[float]) -> tuple[int, ...]:
        """How many of the times fall into each."""
        hits = [0] * self.pieces
        for time in times:
            place = int((time - self.since) // self.step)
            if 0 <= place < self.pieces:
                hits[place] += 1
        return tuple(hits)
