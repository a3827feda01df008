"""Recorded messages through the same Inspector, offline."""

from framewall.replay.lines import LineError, Lines

__all__ = ["LineError", "Lines"]
