"""Ctrl-C and SIGTERM as a flag: whoever waits on it ends well."""

from __future__ import annotations

import signal
import threading


def stop_on_signals() -> threading.Event:
    """A flag that SIGINT and SIGTERM set from now on, to the end of the process.

    They stay caught, so that a second one cannot cut off the work of ending well.
    """
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop
