"""What a node knows of itself while it works: counters, latencies, live sessions."""

from framewall.watch.live import Live, LiveTable
from framewall.watch.meters import Meters, Snapshot
from framewall.watch.watched import Watched

__all__ = ["Live", "LiveTable", "Meters", "Snapshot", "Watched"]
