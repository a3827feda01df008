"""Log lines for people, on standard error, written by a thread of their own.

Whoever reads standard error may be slow or stuck, and the threads that log are those that judge messages:
they never wait for it. Lines beyond ``LINES`` are left out, and how many is told.
"""

from __future__ import annotations

import atexit
import logging
from logging.handlers import QueueHandler, QueueListener
from queue import Full, Queue

FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"
#: Lines that may wait to be written.
LINES = 10_000


class _Lossy(QueueHandler):
    """Drops what does not fit, and says so with the next line that does."""

    queue: Queue[logging.LogRecord]
    lost = 0

    def enqueue(self, record: logging.LogRecord) -> None:
        if self.lost:
            record.msg = f"{record.msg} ({self.lost} lines before this one were left out)"
        try:
            self.queue.put_nowait(record)
        except Full:
            self.lost += 1
        else:
            self.lost = 0


def log_to_stderr(level: str) -> None:
    """One line an entry, from ``debug``, ``info``, ``warning`` or ``error`` on, till the process ends."""
    written = logging.StreamHandler()
    written.setFormatter(logging.Formatter(FORMAT))
    queue: Queue[logging.LogRecord] = Queue(LINES)
    listener = QueueListener(queue, written)
    listener.start()
    atexit.register(listener.stop)
    root = logging.getLogger()
    root.setLevel(level.upper())
    root.handlers[:] = [_Lossy(queue)]
