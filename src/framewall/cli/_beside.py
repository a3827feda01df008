"""The console beside a node: a process of its own, started anew when it fails, never outliving the node."""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Sequence
from types import TracebackType
from typing import Self

import click

from framewall.cli._children import Child

log = logging.getLogger("framewall.console")

_FIRST_WAIT = 1.0
_LONGEST_WAIT = 60.0
_START_SECONDS = 60.0


class Beside:
    """``with Beside(["--listen", "127.0.0.1:8081", "--events", url]) as console: console.tell()``."""

    def __init__(self, arguments: Sequence[str]) -> None:
        self._command = [
            sys.executable,
            "-m",
            "framewall",
            "console",
            *arguments,
            "--parent",
            str(os.getpid()),
        ]
        self._stopping = threading.Event()
        self._ended = threading.Event()
        self._said: list[str] = []
        self._told = False
        self._child: Child | None = None
        self._keeper = threading.Thread(target=self._keep, name="framewall-console", daemon=True)

    def tell(self) -> None:
        """Waits until it stands and says where. Raises ChildError, with what it said, if it does not start."""
        assert self._child is not None
        self._child.wait_for(r"console at (\S+)", _START_SECONDS)
        # The first password comes right behind the address.
        self._child.wait_for(r"(console ready)", _START_SECONDS)
        for line in self._said:
            if not line.endswith("console ready"):
                click.echo(line, err=True)
        self._told = True
        self._keeper.start()

    def _start(self) -> Child:
        self._ended.clear()
        return Child("The console", self._command, {}, self._hear, self._ended.set)

    def _hear(self, line: str) -> None:
        if self._told:
            log.info("%s", line)
        elif len(self._said) < 100:
            self._said.append(line)

    def _keep(self) -> None:
        """Starts it anew, later and later, for as long as the node lives."""
        wait = _FIRST_WAIT
        while True:
            self._ended.wait()
            if self._stopping.is_set():
                return
            assert self._child is not None
            log.error(
                "the console has ended, and is started again in %.0f s: %s", wait, self._child.last_words()
            )
            if self._stopping.wait(wait):
                return
            wait = min(wait * 2, _LONGEST_WAIT)
            try:
                self._child = self._start()
            except OSError as error:
                log.error("the console cannot be started: %s", error)
                self._ended.set()

    def __enter__(self) -> Self:
        self._child = self._start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        if self._keeper.is_alive():
            self._ended.set()
            self._keeper.join()
        if self._child is not None:
            self._child.__exit__(kind, error, trace)
