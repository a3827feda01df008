"""An Inspector for tests of the relay: what it was asked is kept, what it answers is a function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from framewall.model import Action, Message, Request, RequestPlan, Upgrade, Verdict

PASS = Verdict()
BLOCK = Verdict(Action.CLOSE)


def block_attacks(data: bytes) -> Verdict:
    """Blocks whatever has ``attack`` in it."""
    return BLOCK if b"attack" in data else PASS


@dataclass
class Said:
    """One connection as the Inspector saw it."""

    connection: int
    request: Request
    upgrade: Upgrade
    messages: list[Message] = field(default_factory=list)
    failures: list[tuple[str, str | None, str, int]] = field(default_factory=list)
    closed: str | None = None


class Recorder:
    """Set ``on_request``, ``on_body``, ``on_response`` or ``on_message`` to decide otherwise."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.bodies: list[bytes] = []
        self.responses: list[tuple[int, bytes]] = []
        self.sessions: list[Said] = []
        self.on_request: Callable[[Request], RequestPlan] = lambda request: RequestPlan(
            block_attacks(repr((request.target, request.headers)).encode())
        )
        self.on_body: Callable[[bytes], Verdict] = block_attacks
        self.on_response: Callable[[bytes], Verdict] = block_attacks
        self.on_message: Callable[[Said, Message], Verdict] = lambda _, message: block_attacks(message.data)

    @property
    def messages(self) -> list[bytes]:
        """What all connections' messages said."""
        return [message.data for session in self.sessions for message in session.messages]

    @property
    def failures(self) -> list[tuple[str, str | None, str, int]]:
        """What the relay refused by itself."""
        return [failure for session in self.sessions for failure in session.failures]

    def request(self, request: Request) -> RequestPlan:
        self.requests.append(request)
        return self.on_request(request)

    def body(self, request: Request, body: bytes) -> Verdict:
        self.bodies.append(body)
        return self.on_body(body)

    def response(
        self, request: Request, status: int, headers: tuple[tuple[str, str], ...], body: bytes
    ) -> Verdict:
        self.responses.append((status, body))
        return self.on_response(body)

    def open(self, connection: int, request: Request, upgrade: Upgrade) -> Said:
        said = Said(connection, request, upgrade)
        self.sessions.append(said)
        return said

    def message(self, session: Said, message: Message) -> Verdict:
        session.messages.append(message)
        return self.on_message(session, message)

    def screen(self, session: Said) -> None:
        return None

    def failed(self, session: Said, side: str, limit: str | None, why: str, code: int) -> None:
        session.failures.append((side, limit, why, code))

    def close(self, session: Said, reason: str) -> None:
        session.closed = reason
