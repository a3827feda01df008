"""Talks to a running node. Each call is one connection, one line there and one line back."""

from __future__ import annotations

import json
import socket
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from framewall.control._api import (
    Allowed,
    Ban,
    Change,
    ControlError,
    Graylisted,
    Metrics,
    NodeGoneError,
    OwnRule,
    RouteState,
    Rules,
    RuleState,
    SessionDetails,
    Sessions,
    Status,
)
from framewall.control.places import reachable
from framewall.control.policies import heard_policy
from framewall.model import Mode
from framewall.policy import RoutePolicy

#: A longer answer is not read.
ANSWER_BYTES = 16 << 20

_SECONDS = 10.0

T = TypeVar("T")

_STATUS: TypeAdapter[Status] = TypeAdapter(Status)
_METRICS: TypeAdapter[Metrics] = TypeAdapter(Metrics)
_TEXT: TypeAdapter[str] = TypeAdapter(str)
_SESSIONS: TypeAdapter[Sessions] = TypeAdapter(Sessions)
_SESSION: TypeAdapter[SessionDetails | None] = TypeAdapter(SessionDetails | None)
_NUMBER: TypeAdapter[int] = TypeAdapter(int)
_BANS: TypeAdapter[tuple[Ban, ...]] = TypeAdapter(tuple[Ban, ...])
_BAN: TypeAdapter[Ban] = TypeAdapter(Ban)
_TRUTH: TypeAdapter[bool] = TypeAdapter(bool)
_GRAYLIST: TypeAdapter[tuple[Graylisted, ...]] = TypeAdapter(tuple[Graylisted, ...])
_EXCEPTIONS: TypeAdapter[tuple[Allowed, ...]] = TypeAdapter(tuple[Allowed, ...])
_EXCEPTION: TypeAdapter[Allowed] = TypeAdapter(Allowed)
_ROUTES: TypeAdapter[tuple[RouteState, ...]] = TypeAdapter(tuple[RouteState, ...])
_ROUTE: TypeAdapter[RouteState] = TypeAdapter(RouteState)
_RULES: TypeAdapter[tuple[RuleState, ...]] = TypeAdapter(tuple[RuleState, ...])
_RULE: TypeAdapter[RuleState] = TypeAdapter(RuleState)
_RULESET: TypeAdapter[Rules] = TypeAdapter(Rules)
_OWN: TypeAdapter[tuple[OwnRule, ...]] = TypeAdapter(tuple[OwnRule, ...])
_SHAPE: TypeAdapter[dict[str, Any]] = TypeAdapter(dict[str, Any])
_AUDIT: TypeAdapter[tuple[Change, ...]] = TypeAdapter(tuple[Change, ...])


class Control:
    """One node's control socket. Every call raises ControlError, NodeGoneError where no node answers.

    ``by`` is who makes a change, for the audit log: a person's name in the console.
    """

    def __init__(self, path: Path | str, timeout: float = _SECONDS) -> None:
        self.path = Path(path)
        self._timeout = timeout

    def status(self) -> Status:
        """The node's health."""
        return self._ask(_STATUS, "status")

    def metrics(self) -> Metrics:
        """The node's numbers."""
        return self._ask(_METRICS, "metrics")

    def prometheus(self) -> str:
        """The node's numbers in Prometheus' text format 0.0.4."""
        return self._ask(_TEXT, "prometheus")

    def sessions(
        self, *, client_ip: str = "", route: str = "", framework: str = "", limit: int = 200
    ) -> Sessions:
        """Live sessions, the newest first; those of a client, route or framework where one is given."""
        return self._ask(
            _SESSIONS, "sessions", client_ip=client_ip, route=route, framework=framework, limit=limit
        )

    def session(self, id: str) -> SessionDetails | None:
        """One live session."""
        return self._ask(_SESSION, "session", id=id)

    def drop(self, id: str, *, by: str, reason: str = "") -> int:
        """End a session on all its transports, by Close 1008; how many connections that were."""
        return self._ask(_NUMBER, "drop", id=id, by=by, reason=reason)

    def bans(self) -> tuple[Ban, ...]:
        """All who are banned."""
        return self._ask(_BANS, "bans")

    def ban(self, source: str, *, seconds: int | None, by: str, reason: str = "") -> Ban:
        """Refuse an address or a network from now on, and end its live sessions. ``seconds`` None is for good."""
        return self._ask(_BAN, "ban", source=source, seconds=seconds, by=by, reason=reason)

    def unban(self, source: str, *, by: str, reason: str = "") -> bool:
        """Let it in again; False if it was not banned."""
        return self._ask(_TRUTH, "unban", source=source, by=by, reason=reason)

    def graylist(self) -> tuple[Graylisted, ...]:
        """Clients that ``safe_block`` takes for known attackers."""
        return self._ask(_GRAYLIST, "graylist")

    def exceptions(self) -> tuple[Allowed, ...]:
        """All exceptions: the configuration's and those added live."""
        return self._ask(_EXCEPTIONS, "exceptions")

    def add_exception(
        self,
        *,
        route: str = "",
        rule: str = "",
        attack: str = "",
        field: str = "",
        event: str = "",
        chain: str = "",
        by: str,
        reason: str = "",
    ) -> Allowed:
        """Allow findings from the next message on. At least one condition is needed."""
        conditions = {"rule": rule, "attack": attack, "field": field, "event": event, "chain": chain}
        return self._ask(_EXCEPTION, "add_exception", route=route, by=by, reason=reason, **conditions)

    def remove_exception(self, id: str, *, by: str, reason: str = "") -> bool:
        """Take an exception back, also one of the configuration's; False if there is none of this id."""
        return self._ask(_TRUTH, "remove_exception", id=id, by=by, reason=reason)

    def routes(self) -> tuple[RouteState, ...]:
        """All routes as they are in force."""
        return self._ask(_ROUTES, "routes")

    def set_mode(self, route: str, mode: Mode | None, *, by: str, reason: str = "") -> RouteState:
        """Change a route's mode from the next message on; None is what the configuration says."""
        return self._ask(_ROUTE, "set_mode", route=route, mode=mode, by=by, reason=reason)

    def rules(self) -> tuple[RuleState, ...]:
        """All rules in force, and whether they are switched on."""
        return self._ask(_RULES, "rules")

    def ruleset(self, known: str = "") -> Rules:
        """The operator's rules as they are in force; nothing of them to whoever has those of this fingerprint."""
        return self._ask(_RULESET, "ruleset", known=known)

    def put_rules(self, text: str, *, by: str, reason: str = "", instead_of: str = "") -> tuple[OwnRule, ...]:
        """Add or replace rules, all of a text (as a rule file says them) or none, from the next message on.

        ``instead_of`` is a live rule that goes, for one that gets another id.
        """
        return self._ask(_OWN, "put_rules", text=text, by=by, reason=reason, instead_of=instead_of)

    def remove_rule(self, id: str, *, by: str, reason: str = "") -> bool:
        """Take out one of the operator's rules; False if there is none of this id. What it hid is back."""
        return self._ask(_TRUTH, "remove_rule", id=id, by=by, reason=reason)

    def restore_rule(self, id: str, *, by: str, reason: str = "") -> bool:
        """Put back a rule of the configuration's files that was removed; False if none was."""
        return self._ask(_TRUTH, "restore_rule", id=id, by=by, reason=reason)

    def policy(self, route: str = "") -> RoutePolicy:
        """A route's decisions, whole, live changes included; those of the first route where none is named."""
        shape = self._ask(_SHAPE, "policy", route=route)
        try:
            return heard_policy(shape)
        except (ValueError, TypeError, AttributeError) as error:
            raise ControlError(f"the node at {self.path} answers what is not understood: {error}") from error

    def set_rule(self, id: str, on: bool, *, by: str, reason: str = "") -> RuleState:
        """Switch a rule off or on, for all routes."""
        return self._ask(_RULE, "set_rule", id=id, on=on, by=by, reason=reason)

    def audit(self, *, limit: int = 100, before: int | None = None) -> tuple[Change, ...]:
        """Changes, the newest first; those older than the entry ``before``."""
        return self._ask(_AUDIT, "audit", limit=limit, before=before)

    def _ask(self, shape: TypeAdapter[T], do: str, **arguments: Any) -> T:
        line = json.dumps({"do": do, **arguments}).encode() + b"\n"
        answer = self._exchange(line)
        try:
            said = json.loads(answer)
            if said["ok"]:
                return shape.validate_python(said["result"])
            raise ControlError(said["error"])
        except (ValueError, KeyError, TypeError, ValidationError) as error:
            raise ControlError(f"the node at {self.path} answers what is not understood: {error}") from error

    def _exchange(self, line: bytes) -> bytes:
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
                connection.settimeout(self._timeout)
                with reachable(self.path) as address:
                    connection.connect(address)
                with suppress(BrokenPipeError, ConnectionResetError):  # refused already: the answer says why
                    connection.sendall(line)
                answer = bytearray()
                while not answer.endswith(b"\n"):
                    piece = connection.recv(1 << 16)
                    if not piece:
                        raise ControlError(f"the node at {self.path} hung up")
                    answer += piece
                    if len(answer) > ANSWER_BYTES:
                        raise ControlError(f"the node at {self.path} answers too much")
                return bytes(answer)
        except (FileNotFoundError, ConnectionRefusedError):
            raise NodeGoneError(
                f"no node answers at {self.path}: start it with `framewall run`, or name its socket with --control"
            ) from None
        except OSError as error:
            raise ControlError(f"the node at {self.path} cannot be asked: {error}") from error
