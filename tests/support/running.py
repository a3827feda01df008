"""A real program started by a test: its output is read all the time, and it never outlives the test."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

REPOSITORY = Path(__file__).resolve().parents[2]


class Running:
    """``with Running([...]) as server: server.wait_for(r"listening on (\\d+)")``."""

    def __init__(
        self, command: Sequence[str], *, env: Mapping[str, str] | None = None, cwd: Path | None = None
    ):
        self._process = subprocess.Popen(
            command,
            cwd=cwd or REPOSITORY,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="backslashreplace",
        )
        self._lines: list[str] = []
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with self._changed:
                self._lines.append(line.rstrip("\n"))
                self._changed.notify_all()
        with self._changed:
            self._changed.notify_all()

    @property
    def output(self) -> str:
        """All that it has printed so far, both streams."""
        with self._changed:
            return "\n".join(self._lines)

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def wait_for(self, pattern: str, seconds: float = 20) -> re.Match[str]:
        """The first match in its output; fails with that output after ``seconds`` or when it has ended."""
        deadline = time.monotonic() + seconds
        with self._changed:
            while True:
                match = re.search(pattern, "\n".join(self._lines))
                if match:
                    return match
                left = deadline - time.monotonic()
                ended = self._process.poll() is not None and not self._reader.is_alive()
                if left <= 0 or ended:
                    said = "\n".join(self._lines)
                    raise AssertionError(f"{self._process.args!r} never said {pattern!r}; it said:\n{said}")
                self._changed.wait(min(left, 0.2))

    def wait(self, seconds: float = 20) -> int:
        """Its exit status once it has ended by itself, within ``seconds``."""
        return self._process.wait(seconds)

    def stop(self, seconds: float = 10) -> int:
        """Ends it by SIGTERM, by SIGKILL if it doesn't listen; returns its exit status."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(seconds)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._reader.join(5)
        return self._process.returncode

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        if kind is not None:
            print(f"--- output of {self._process.args!r}\n{self.output}", file=sys.stderr)
