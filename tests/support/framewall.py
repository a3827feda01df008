"""Framewall itself, started as a user would start it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from support.running import REPOSITORY, Running


class Framewall(Running):
    """``framewall run`` in front of ``upstream``, on a free port, with its events in ``folder``."""

    def __init__(self, upstream: str, folder: Path, *arguments: str, env: Mapping[str, str] | None = None):
        self.events_url = f"sqlite:{folder / 'events.db'}"
        super().__init__(
            [
                sys.executable, "-m", "framewall", "run",
                "--listen", "127.0.0.1:0", "--upstream", upstream, "--events", self.events_url, *arguments,
            ],
            env=env,
        )  # fmt: skip
        self.address = self.wait_for(r"http://(127\.0\.0\.1:\d+)").group(1)

    def events(self) -> list[dict[str, Any]]:
        """What ``framewall events --json`` tells."""
        command = [sys.executable, "-m", "framewall", "events", "--json", "--events", self.events_url]
        said = subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, text=True).stdout
        return [json.loads(line) for line in said.splitlines()]

    def wait_for_event(self, seconds: float = 10) -> dict[str, Any]:
        """The only event; fails if there is none in time, or more than one."""
        deadline = time.monotonic() + seconds
        while not (events := self.events()) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert len(events) == 1, events
        return events[0]
