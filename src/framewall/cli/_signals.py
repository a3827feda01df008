"""Signals as flags: whoever waits on them ends well, or reads its configuration again."""

from __future__ import annotations

import signal
import threading


def stop_on_signals() -> threading.Event:
    """A flag that SIGINT and SIGTERM set from now on, to the end of the process.

    They stay caught, so that a second one cannot cut off the work of ending well.
    """
    return _flag(signal.SIGINT, signal.SIGTERM)


def reload_on_signal() -> threading.Event:
    """A flag that SIGHUP sets from now on."""
    return _flag(signal.SIGHUP)


def _flag(*numbers: signal.Signals) -> threading.Event:
    flag = threading.Event()
    for number in numbers:
        signal.signal(number, lambda *_: flag.set())
    return flag
