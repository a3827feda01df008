"""What Framewall remembers of a session: its readers, its live connections, and whether it is blocked."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from threading import Lock, RLock

from framewall.decode import Readings
from framewall.limits import SESSION_IDLE_SECONDS, SESSIONS
from framewall.model import Request, Upgrade

Key = tuple[str, str, str]
"""Route, framework, and the framework's own session id."""


class Conversation:
    """One session, over whichever connections and requests it uses. ``lock`` guards its readers."""

    __slots__ = ("blocked", "connections", "id", "lock", "polling", "readings", "seen")

    def __init__(self, request: Request, upgrade: Upgrade | None, now: float) -> None:
        self.id = secrets.token_hex(8)
        self.readings = Readings(request, upgrade)
        self.lock = RLock()
        self.connections: set[int] = set()
        self.blocked = False
        self.polling: Request | None = None
        """The latest request of its fallback transport."""
        self.seen = now


class Conversations:
    """The sessions that have an id, by that id; capped and expiring. Thread-safe."""

    def __init__(self) -> None:
        self._by_key: OrderedDict[Key, Conversation] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Key, now: float) -> Conversation | None:
        """The session of this id, if it is remembered; it is now the one used last."""
        with self._lock:
            self._expire(now)
            conversation = self._by_key.get(key)
            if conversation:
                conversation.seen = now
                self._by_key.move_to_end(key)
            return conversation

    def add(self, key: Key, conversation: Conversation) -> Conversation:
        """Remembers a session under its id; the one that is there already if two came at once."""
        with self._lock:
            known = self._by_key.setdefault(key, conversation)
            while len(self._by_key) > SESSIONS.default:
                self._by_key.popitem(last=False)
            return known

    def _expire(self, now: float) -> None:
        """Forgets idle sessions without live connections, looking at a few a call."""
        for key in [key for key, _ in zip(self._by_key, range(2), strict=False)]:
            conversation = self._by_key[key]
            if now - conversation.seen <= SESSION_IDLE_SECONDS.default:
                return
            if conversation.connections:
                conversation.seen = now
                self._by_key.move_to_end(key)
            else:
                del self._by_key[key]

    def __len__(self) -> int:
        return len(self._by_key)
