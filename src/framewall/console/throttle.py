"""Sign-ins that fail: how many, from whom, and how long the next one waits."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from framewall.limits import CONSOLE_SIGN_IN_TRIES, CONSOLE_SIGN_IN_WAIT_SECONDS

_REMEMBERED = 10_000
_FIRST_WAIT = 1.0


class Throttle:
    """After ``console_sign_in_tries`` failures under one key, each further one doubles the wait.

    Keys are addresses and names; the one not seen for longest is forgotten first. Thread-safe.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._failed: OrderedDict[str, tuple[int, float]] = OrderedDict()
        self._lock = Lock()

    def wait(self, *keys: str) -> float:
        """Seconds until a sign-in under these keys is looked at; 0 is now."""
        now = self._clock()
        with self._lock:
            return max(0.0, *(self._until(key) - now for key in keys))

    def failed(self, *keys: str) -> None:
        """A sign-in under these keys was wrong."""
        now = self._clock()
        with self._lock:
            for key in keys:
                count, at = self._failed.pop(key, (0, now))
                if now - at > CONSOLE_SIGN_IN_WAIT_SECONDS.default:
                    count = 0
                self._failed[key] = (count + 1, now)
            while len(self._failed) > _REMEMBERED:
                self._failed.popitem(last=False)

    def succeeded(self, *keys: str) -> None:
        """A sign-in under these keys was right."""
        with self._lock:
            for key in keys:
                self._failed.pop(key, None)

    def _until(self, key: str) -> float:
        count, at = self._failed.get(key, (0, 0.0))
        beyond = count - CONSOLE_SIGN_IN_TRIES.default
        if beyond < 0:
            return 0.0
        return at + min(_FIRST_WAIT * 2.0 ** min(beyond, 32), CONSOLE_SIGN_IN_WAIT_SECONDS.default)
