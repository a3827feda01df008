"""An Inspector that is watched: the same answers, counted."""

from __future__ import annotations

import time
from collections.abc import Callable

from framewall._core import Permit
from framewall.model import Message, Request, RequestPlan, Upgrade, Verdict
from framewall.pipeline import Inspector, Session
from framewall.watch.live import Live, LiveTable
from framewall.watch.meters import Meters


class Watched:
    """Passes everything on to ``inspector``. ``clock`` gives Unix seconds, ``timer`` seconds for latencies."""

    def __init__(
        self,
        inspector: Inspector,
        meters: Meters,
        clock: Callable[[], float] = time.time,
        timer: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.inspector = inspector
        self.meters = meters
        self.live = LiveTable()
        self._clock = clock
        self._timer = timer

    def request(self, request: Request) -> RequestPlan:
        """As the Inspector's."""
        return self.inspector.request(request)

    def body(self, request: Request, body: bytes) -> Verdict:
        """As the Inspector's."""
        began = self._timer()
        verdict = self.inspector.body(request, body)
        self._count("client", verdict, began)
        return verdict

    def response(
        self, request: Request, status: int, headers: tuple[tuple[str, str], ...], body: bytes
    ) -> Verdict:
        """As the Inspector's."""
        began = self._timer()
        verdict = self.inspector.response(request, status, headers, body)
        self._count("server", verdict, began)
        return verdict

    def open(self, connection: int, request: Request, upgrade: Upgrade) -> Session:
        """As the Inspector's; the WebSocket is live from now on."""
        session = self.inspector.open(connection, request, upgrade)
        if connection:
            self.live.add(Live(session, upgrade.subprotocol, self._clock()))
        return session

    def message(self, session: Session, message: Message) -> Verdict:
        """As the Inspector's."""
        began = self._timer()
        verdict = self.inspector.message(session, message)
        self._count(message.direction.value, verdict, began)
        live = self.live.get(session.connection)
        if live:
            live.judged(message, verdict, self._clock())
        return verdict

    def screen(self, session: Session) -> Permit | None:
        """As the Inspector's."""
        return self.inspector.screen(session)

    def failed(self, session: Session, side: str, limit: str | None, why: str, code: int) -> None:
        """As the Inspector's."""
        self.inspector.failed(session, side, limit, why, code)

    def close(self, session: Session, reason: str) -> None:
        """As the Inspector's; the WebSocket is no longer live."""
        self.inspector.close(session, reason)
        if self.live.remove(session.connection):
            self.meters.closed(reason)

    def _count(self, direction: str, verdict: Verdict, began: float) -> None:
        self.meters.message(direction, verdict.framework, verdict.action.value, self._timer() - began)
