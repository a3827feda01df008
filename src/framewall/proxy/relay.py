"""A relay that runs: native sockets, an Inspector's verdicts."""

from __future__ import annotations

import resource
import sys
import threading
from dataclasses import replace
from types import TracebackType
from typing import Generic, Self

from framewall import _core
from framewall.model import Command
from framewall.proxy.inspects import Inspects, Session
from framewall.proxy.settings import Caps, Settings
from framewall.proxy.workers import LEAST, MOST, Workers

_KNOWN = frozenset({name for name, _, _ in _core.relay_limits()} | {"message_bytes", "message_frames"})
_JOIN_SECONDS = 5.0
_SWITCH_SECONDS = 0.001
"""How long an inspection that computes in Python keeps the GIL from the others; Python's own default is 5 ms."""


class Relay(Generic[Session]):
    """``with Relay(Settings.protecting("http://127.0.0.1:3000"), inspector) as relay: relay.wait()``.

    Limits that are not the relay's own are the Inspector's, and left to it.
    ``least`` and ``most`` bound the threads that inspect.
    """

    def __init__(
        self, settings: Settings, inspector: Inspects[Session], *, least: int = LEAST, most: int = MOST
    ) -> None:
        self._settings = _only_known(settings)
        self._inspector = inspector
        self._least, self._most = least, most
        self._core: _core.Relay | None = None
        self._workers: Workers[Session] | None = None
        self._ended = threading.Event()
        self._screened = 0

    def start(self) -> Self:
        """Listens and serves, on threads of its own.

        Raises OSError if an address cannot be listened on, ValueError for settings that cannot be used.
        """
        _raise_file_limit()
        sys.setswitchinterval(min(sys.getswitchinterval(), _SWITCH_SECONDS))
        self._core = _core.Relay(self._settings)
        self._workers = Workers(self._core, self._inspector, self._least, self._most)
        self._workers.start()
        return self

    @property
    def addresses(self) -> list[str]:
        """Where it listens, ports filled in."""
        return self._core.addresses if self._core else []

    @property
    def connections(self) -> int:
        """Connections now, HTTP and WebSocket."""
        return self._core.connections if self._core else 0

    @property
    def tunnels(self) -> int:
        """WebSocket connections now."""
        return self._core.tunnels if self._core else 0

    def reload(self, settings: Settings) -> None:
        """Take new routes, upstreams, trusted proxies and limits from now on. What is open goes on as it began.

        Raises ValueError for settings that cannot be used, and then nothing has changed.
        """
        known = _only_known(settings)
        if self._core:
            self._core.reload(known)
        self._settings = known

    @property
    def waiting(self) -> int:
        """Inspections that wait for a thread."""
        return self._core.waiting if self._core else 0

    def perform(self, commands: tuple[Command, ...]) -> None:
        """Does what an Inspector asks for besides a verdict."""
        if self._workers:
            self._workers.perform(commands)

    @property
    def screened(self) -> int:
        """Messages so far that passed without asking the Inspector."""
        return self._core.screened if self._core else self._screened

    def wait(self) -> None:
        """Until another thread or a signal handler calls :meth:`stop`."""
        self._ended.wait()

    def stop(self) -> None:
        """Close 1001 to all; returns when they have ended, or at the drain's limit, and all is judged."""
        core, self._core = self._core, None
        if core and self._workers:
            self._screened = core.screened
            core.stop()
            self._workers.join(_JOIN_SECONDS)
        self._ended.set()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _only_known(settings: Settings) -> Settings:
    def known(caps: Caps) -> Caps:
        return tuple((name, value) for name, value in caps if name in _KNOWN)

    routes = tuple(replace(route, limits=known(route.limits)) for route in settings.routes)
    return replace(settings, routes=routes, limits=known(settings.limits))


def _raise_file_limit() -> None:
    """A tunnel takes two descriptors, and the usual soft limit is for programs that call select()."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
