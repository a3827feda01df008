"""The WebSockets that are open now."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

from framewall.model import Direction, Message, Verdict
from framewall.pipeline import Session


class Live:
    """One open WebSocket, and what has been seen of it. Times are Unix seconds."""

    __slots__ = (
        "framework", "hits", "last_score", "opened", "received", "received_bytes", "seen", "sent", "sent_bytes",
        "session", "subprotocol", "top_score",
    )  # fmt: skip

    def __init__(self, session: Session, subprotocol: str | None, now: float) -> None:
        self.session = session
        self.subprotocol = subprotocol
        self.framework = ""
        self.opened = self.seen = now
        self.received = self.sent = self.received_bytes = self.sent_bytes = 0
        self.hits = self.last_score = self.top_score = 0

    @property
    def id(self) -> str:
        """The session's id, as its events carry it."""
        return self.session.conversation.id

    def judged(self, message: Message, verdict: Verdict, now: float) -> None:
        """One of its messages has its verdict. One connection's messages come one after another."""
        self.seen = now
        self.framework = verdict.framework
        if message.direction is Direction.CLIENT:
            self.received += 1
            self.received_bytes += len(message.data)
        else:
            self.sent += 1
            self.sent_bytes += len(message.data)
        if verdict.findings:
            self.hits += 1
            self.last_score = verdict.score
            self.top_score = max(self.top_score, verdict.score)


class LiveTable:
    """All of them by connection, oldest first. The relay's ``connections`` bounds how many there are."""

    def __init__(self) -> None:
        self._live: dict[int, Live] = {}
        self._lock = Lock()

    def add(self, live: Live) -> None:
        """A WebSocket is open."""
        with self._lock:
            self._live[live.session.connection] = live

    def get(self, connection: int) -> Live | None:
        """The open WebSocket of this number."""
        return self._live.get(connection)

    def remove(self, connection: int) -> Live | None:
        """It has ended."""
        with self._lock:
            return self._live.pop(connection, None)

    def find(self, wanted: Callable[[Live], bool]) -> list[Live]:
        """Those that fit, the newest first."""
        with self._lock:
            everything = list(self._live.values())
        return [live for live in reversed(everything) if wanted(live)]

    def __len__(self) -> int:
        return len(self._live)
