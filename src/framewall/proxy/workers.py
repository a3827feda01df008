"""The threads that ask the Inspector, so that one slow inspection delays nobody else."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Generic

from framewall._core import Job
from framewall._core import Relay as Core
from framewall.model import (
    Action,
    CloseConnection,
    Command,
    Control,
    Direction,
    EndRequest,
    Message,
    Notice,
    Opcode,
    Request,
    Upgrade,
    Verdict,
)
from framewall.proxy.alike import Alike
from framewall.proxy.inspects import Inspects, Session

log = logging.getLogger("framewall.relay")

LEAST = 2
"""Threads that stay: one that judges, one for when it is held up. More would only wait for the GIL."""
MOST = 8
"""Threads at most, while inspections take long. Each has memory of its own, some 5 MiB; more share the same cores."""
STARVED_SECONDS = 0.01
"""While all threads are held up for this long and jobs wait, there is one more."""
IDLE_SECONDS = 10.0
"""A thread beyond the least that has had nothing to do for so long ends."""

_PASS, _DROP = 0, 1


class Workers(Generic[Session]):
    """Takes jobs from the relay until it stops. The relay keeps each connection's jobs in order."""

    def __init__(
        self, core: Core, inspector: Inspects[Session], least: int = LEAST, most: int = MOST
    ) -> None:
        self._core = core
        self._inspector = inspector
        self._least = least
        self._most = max(least, most)
        self._sessions: dict[int, Session] = {}
        self._alike = Alike()
        self._threads: set[threading.Thread] = set()
        self._lock = threading.Lock()
        self._stopping = False
        self._handlers: dict[str, Callable[[Job], None]] = {
            "request": self._request,
            "body": self._body,
            "response": self._response,
            "refused": self._refused,
            "opened": self._opened,
            "messages": self._messages,
            "failed": self._failed,
            "closed": self._closed,
        }

    def start(self) -> None:
        """Starts the least, and the thread that adds more."""
        for _ in range(self._least):
            self._add()
        threading.Thread(target=self._grow, name="framewall-inspectors", daemon=True).start()

    def join(self, seconds: float) -> None:
        """Lets them finish what is left once the relay has stopped."""
        self._stopping = True
        with self._lock:
            threads = list(self._threads)
        for thread in threads:
            thread.join(seconds)

    @property
    def count(self) -> int:
        """Threads now."""
        return len(self._threads)

    def _add(self) -> None:
        thread = threading.Thread(target=self._work, name="framewall-inspector", daemon=True)
        with self._lock:
            self._threads.add(thread)
        thread.start()

    def _grow(self) -> None:
        while self._core.starved(STARVED_SECONDS):
            if self.count < self._most:
                self._add()

    def _work(self) -> None:
        while self._one():
            pass
        with self._lock:
            self._threads.discard(threading.current_thread())

    def _one(self) -> bool:
        """Whether to go on."""
        job = self._core.take(IDLE_SECONDS)
        if job is None:
            return not self._stopping and self.count <= self._least
        try:
            self._handlers[job.kind](job)
        except Exception:
            # Unanswered, the job has failed: the relay does as the route's ``fail`` says.
            log.exception("inspecting a job of kind %s failed", job.kind)
        finally:
            job.done()
        return True

    # HTTP

    def _request(self, job: Job) -> None:
        request = Request(*job.request)
        plan = self._inspector.request(request)
        job.plan(
            _refusal(plan.verdict), plan.inspect_body, plan.inspect_response, plan.records, plan.interruptible
        )
        self.perform(plan.verdict.commands)

    def _body(self, job: Job) -> None:
        request = Request(*job.request)
        verdict = self._inspector.body(request, job.body)
        self.perform(verdict.commands)
        job.rule(_refusal(verdict))

    def _response(self, job: Job) -> None:
        request = Request(*job.request)
        status, headers = job.answered
        verdict = self._inspector.response(request, status, headers, job.body)
        job.rule(_refusal(verdict))
        self.perform(verdict.commands)

    def _refused(self, job: Job) -> None:
        """A request that is no handshake though it claims to be, or whose body is over the cap."""
        request = Request(*job.request)
        side, limit, why, code = job.failure
        log.info("%s: %s %s refused: %s", request.client_ip, request.method, request.path, why)
        session = self._inspector.open(0, request, Upgrade())
        self._inspector.failed(session, side or "framewall", limit, why, code)
        self._inspector.close(session, why)

    # WebSocket

    def _opened(self, job: Job) -> None:
        connection = job.connection
        assert connection is not None
        request = self._alike.request(Request(*job.request))
        session = self._inspector.open(connection, request, self._alike.upgrade(Upgrade(*job.upgrade)))
        self._sessions[connection] = session
        job.screen(self._inspector.screen(session))

    def _messages(self, job: Job) -> None:
        session = self._session(job)
        codes: list[int] = []
        commands: tuple[Command, ...] = ()
        last = Verdict()
        for from_client, text, data, frames, compressed, control in job.messages:
            message = Message(
                Direction.CLIENT if from_client else Direction.SERVER,
                Opcode.TEXT if text else Opcode.BINARY,
                data,
                frames,
                compressed,
                control=Control(control) if control else None,
            )
            last = self._inspector.message(session, message)
            codes.append(_ruling(last))
            commands += last.commands
            if codes[-1] > _DROP:
                break
        over = codes[-1] > _DROP
        permit = None if over else self._inspector.screen(session)
        job.rulings(codes, last.reason, _messages(last.notices), permit)
        self.perform(commands)

    def _failed(self, job: Job) -> None:
        session = self._session(job)
        side, limit, why, code = job.failure
        self._inspector.failed(session, side or "framewall", limit, why, code)

    def _closed(self, job: Job) -> None:
        connection = job.connection
        assert connection is not None
        client_ip, route, subprotocol, up, down, bytes_up, bytes_down, seconds, reason = job.summary
        log.debug(
            "%s route=%s subprotocol=%s messages=%d/%d bytes=%d/%d seconds=%.3f reason=%r",
            client_ip, route, subprotocol or "-", up, down, bytes_up, bytes_down, seconds, reason,
        )  # fmt: skip
        found = self._sessions.pop(connection, None)
        if found is not None:
            self._inspector.close(found, reason)

    def _session(self, job: Job) -> Session:
        assert job.connection is not None
        return self._sessions[job.connection]

    def perform(self, commands: tuple[Command, ...]) -> None:
        """Does what an Inspector asks for besides a verdict."""
        for command in commands:
            if isinstance(command, CloseConnection):
                told = _messages(command.notices)
                self._core.close(command.connection, command.code, command.reason, told)
            elif isinstance(command, EndRequest):
                self._core.refuse(command.request, (command.status, list(command.headers), command.body))
            else:
                where = command.route, command.client_ip
                self._core.send(*where, command.method, command.target, list(command.headers), command.body)


def _refusal(verdict: Verdict) -> tuple[int, list[tuple[str, str]], bytes | None] | None:
    if verdict.action is Action.PASS:
        return None
    return verdict.status, list(verdict.headers), verdict.body


def _messages(notices: tuple[Notice, ...]) -> list[tuple[bool, bytes]]:
    return [(notice.opcode is Opcode.TEXT, notice.data) for notice in notices]


def _ruling(verdict: Verdict) -> int:
    if verdict.action is Action.PASS:
        return _PASS
    return _DROP if verdict.action is Action.DROP else verdict.close_code
