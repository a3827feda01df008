"""``framewall inspect``: one JSON object a message in, one verdict out.

Each line is judged on its own merits, as in block mode: an attack does not end its session, so that every
line gets a verdict. Lines that share ``session`` are one connection, and its decoders remember.
"""

from __future__ import annotations

import base64
import binascii
import sys
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import count
from typing import Any, TypeVar

from framewall._core import Settings
from framewall.errors import FramewallError, InternalError
from framewall.limits import SESSIONS
from framewall.model import Direction, Finding, Message, Mode, Opcode, Request, Upgrade, Verdict
from framewall.pipeline import Inspector, Session
from framewall.policy import Policy, RoutePolicy
from framewall.verdicts import Engine

_HANDSHAKE = (
    ("Host", "localhost"),
    ("Connection", "Upgrade"),
    ("Upgrade", "websocket"),
    ("Sec-WebSocket-Version", "13"),
)
_DIRECTIONS = {each.value: each for each in Direction}
_OPCODES = {each.value: each for each in Opcode}
_CLIENT = "127.0.0.1"

T = TypeVar("T")


class LineError(FramewallError):
    """A line that says no message; the text says why, for whoever wrote it."""


class Lines:
    """Judges lines one after another."""

    def __init__(
        self,
        engine: Engine,
        settings: Callable[[RoutePolicy, Direction], Settings] | None = None,
        route: RoutePolicy | None = None,
        clock: Callable[[], float] = lambda: 0.0,
    ) -> None:
        """``route`` gives threshold, sensitivity and exceptions; its mode does not matter here."""
        merits = replace(route or RoutePolicy(), mode=Mode.MONITOR, inspect="both")
        self._threshold = merits.threshold
        self._inspector = _Strict(Policy(default=merits), engine, _forget, clock, settings=settings)
        self._sessions: OrderedDict[str, Session] = OrderedDict()
        self._ids = count(1)

    def judge(self, line: Mapping[str, Any]) -> dict[str, Any]:
        """The line's verdict, as the contract spells it. Raises LineError, and InternalError if we fail."""
        data = _data(line)
        if line.get("transport", "websocket") == "websocket":
            verdicts = self._message(line, data)
        else:
            verdicts = self._body(line, data)
        return self._answer(verdicts)

    def _message(self, line: Mapping[str, Any], data: bytes) -> list[Verdict]:
        """One WebSocket message; the first of a connection brings its handshake."""
        verdicts: list[Verdict] = []
        session = self._known(line)
        if session is None:
            session, opened = self._open(line)
            verdicts.append(opened)
        direction = _choice(line, "direction", _DIRECTIONS, Direction.CLIENT)
        opcode = _choice(line, "opcode", _OPCODES, Opcode.BINARY if "data_b64" in line else Opcode.TEXT)
        verdicts.append(self._inspector.message(session, Message(direction, opcode, data)))
        return verdicts

    def _known(self, line: Mapping[str, Any]) -> Session | None:
        """The connection that earlier lines of this ``session`` were on."""
        name = _session(line)
        return self._sessions.get(name) if name is not None else None

    def _keep(self, line: Mapping[str, Any], session: Session) -> Session:
        """Remembers the connection, if the line names it."""
        name = _session(line)
        if name is not None:
            self._sessions[name] = session
            if len(self._sessions) > SESSIONS.default:
                self._sessions.popitem(last=False)
        return session

    def _open(self, line: Mapping[str, Any]) -> tuple[Session, Verdict]:
        subprotocol = line.get("subprotocol")
        if subprotocol is not None and not isinstance(subprotocol, str):
            raise LineError('"subprotocol" must be a string')
        headers = (*_HANDSHAKE, ("Sec-WebSocket-Protocol", subprotocol)) if subprotocol else _HANDSHAKE
        number = next(self._ids)
        request = Request(number, "GET", _path(line), "HTTP/1.1", headers, _CLIENT, upgrade=True)
        verdict = self._inspector.request(request).verdict
        return self._keep(line, self._inspector.open(number, request, Upgrade(subprotocol))), verdict

    def _body(self, line: Mapping[str, Any], data: bytes) -> list[Verdict]:
        """One HTTP body: a request's; with ``status`` or ``direction: server``, a response's."""
        answers = "status" in line or line.get("direction") == "server"
        method = str(line.get("method") or ("GET" if answers else "POST")).upper()
        kind = line.get("content_type")
        headers = (("Host", "localhost"), *((("Content-Type", str(kind)),) if kind else ()))
        request = Request(next(self._ids), method, _path(line), "HTTP/1.1", headers, _CLIENT)
        verdicts = [self._inspector.request(request).verdict]
        session = self._known(line)
        if session is None and _session(line) is not None:
            session = self._keep(line, self._inspector.open(request.id, request, Upgrade()))
        if answers:
            status = line.get("status", 200)
            if not isinstance(status, int):
                raise LineError('"status" must be a number')
            verdicts.append(self._inspector.response(request, status, headers, data, session))
        elif data or method != "GET":
            verdicts.append(self._inspector.body(request, data, session))
        return verdicts

    def _answer(self, verdicts: list[Verdict]) -> dict[str, Any]:
        """Handshake and message as one verdict; the message names the framework."""
        score = sum(verdict.score for verdict in verdicts)
        strongest = max(verdicts, key=lambda verdict: verdict.score)
        return {
            "verdict": "block" if score >= self._threshold else "pass",
            "score": score,
            "framework": verdicts[-1].framework,
            "findings": [_finding(finding) for verdict in verdicts for finding in verdict.findings],
            "request": strongest.request,
        }


class _Strict(Inspector):
    """Offline a fault of our own must be heard: there is no connection to answer for."""

    def _fault(self, route: RoutePolicy, request: Request, framework: str) -> Verdict:
        del route, framework
        raise InternalError(f"inspection failed on {request.path}") from sys.exception()


def _forget(event: object) -> None:
    """Offline there is nobody to tell."""
    del event


def _data(line: Mapping[str, Any]) -> bytes:
    text, encoded = line.get("data"), line.get("data_b64")
    if isinstance(text, str) and encoded is None:
        return text.encode("utf-8", "surrogatepass")
    if isinstance(encoded, str) and text is None:
        try:
            return base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError) as error:
            raise LineError(f'"data_b64" is not base64: {error}') from None
    raise LineError('a line needs "data" (text) or "data_b64" (base64), one of the two, as a string')


def _path(line: Mapping[str, Any]) -> str:
    path = line.get("path", "/")
    if not isinstance(path, str):
        raise LineError('"path" must be a string, with its query: "/socket.io/?EIO=4&transport=websocket"')
    return path or "/"


def _session(line: Mapping[str, Any]) -> str | None:
    """The name of the connection, as text and as numbers are written."""
    name = line.get("session")
    if name is not None and not isinstance(name, str | int):
        raise LineError('"session" must be a string')
    return None if name is None else str(name)


def _choice(line: Mapping[str, Any], key: str, choices: Mapping[str, T], default: T) -> T:
    value = line.get(key)
    if value is None:
        return default
    if not isinstance(value, str) or value not in choices:
        raise LineError(f'"{key}" must be one of {", ".join(choices)}, not {value!r}')
    return choices[value]


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "attack": finding.attack,
        "rule": finding.rule,
        "field": finding.field,
        "chain": list(finding.chain),
        "match": finding.match,
        "score": finding.score,
    }
