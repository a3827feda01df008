"""Log lines for people, on standard error."""

from __future__ import annotations

import logging

FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"


def log_to_stderr(level: str) -> None:
    """One line an entry, from ``level`` on: ``debug``, ``info``, ``warning`` or ``error``."""
    logging.basicConfig(level=level.upper(), format=FORMAT, force=True)
