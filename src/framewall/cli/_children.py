"""Programs that a command starts, and that never outlive it."""

from __future__ import annotations

import os
import re
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Self

from framewall.errors import FramewallError

_STOP_SECONDS = 10.0


class ChildError(FramewallError):
    """A program that did not start or did not go on; the text has what it said last."""


class Child:
    """A running program. ``said`` gets each line of its output, ``ended`` is called once when it ends."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        env: Mapping[str, str],
        said: Callable[[str], object],
        ended: Callable[[], object],
    ) -> None:
        self.name = name
        self._said = said
        self._ended = ended
        self._lines: list[str] = []
        self._changed = threading.Condition()
        # Ctrl-C goes to us alone: we end our children, in our order.
        self._process = subprocess.Popen(  # noqa: S603 (our own commands)
            command,
            env={**os.environ, **env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="backslashreplace",
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, name=f"output of {name}", daemon=True)
        self._reader.start()

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    def wait_for(self, pattern: str, seconds: float = 30.0) -> str:
        """The first group of ``pattern`` in its output. Raises ChildError if that does not come."""
        deadline = time.monotonic() + seconds
        with self._changed:
            while True:
                found = re.search(pattern, "\n".join(self._lines))
                if found:
                    return found[1]
                left = deadline - time.monotonic()
                if left <= 0 or not self._reader.is_alive():
                    raise ChildError(f"{self.name} did not start. It said:\n{self.last_words()}")
                self._changed.wait(min(left, 0.1))

    def last_words(self) -> str:
        """The end of its output."""
        return "\n".join(self._lines[-10:]) or "nothing"

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with self._changed:
                self._lines = [*self._lines[-99:], line.rstrip("\n")]
                self._changed.notify_all()
            self._said(line.rstrip("\n"))
        self._process.wait()
        self._ended()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """SIGTERM, and SIGKILL if it does not listen."""
        self._process.terminate()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join(1.0)
