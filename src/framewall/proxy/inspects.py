"""What the relay asks of an Inspector."""

from __future__ import annotations

from typing import Protocol, TypeVar

from framewall._core import Permit
from framewall.model import Message, Request, RequestPlan, Upgrade, Verdict

Session = TypeVar("Session")
"""Whatever the Inspector keeps for one connection."""


class Inspects(Protocol[Session]):
    """Called from several threads; one session's calls come one after another."""

    def request(self, request: Request) -> RequestPlan:
        """Judges a head, handshakes included, before anything is sent on."""

    def body(self, request: Request, body: bytes) -> Verdict:
        """Judges the whole body that the plan asked for, before anything is sent on."""

    def response(
        self, request: Request, status: int, headers: tuple[tuple[str, str], ...], body: bytes
    ) -> Verdict:
        """Judges the whole answer that the plan asked for, before any of it is sent back."""

    def open(self, connection: int, request: Request, upgrade: Upgrade) -> Session:
        """A WebSocket connection stands."""

    def message(self, session: Session, message: Message) -> Verdict:
        """Judges one message; it waits for the verdict."""

    def screen(self, session: Session) -> Permit | None:
        """What of the connection may pass without being asked about, until it is asked again."""

    def failed(self, session: Session, side: str, limit: str | None, why: str, code: int) -> None:
        """The relay ends the connection by itself: the protocol is broken or a cap reached.

        ``side`` is ``client``, ``server``, or ``framewall`` for a fault of its own.
        """

    def close(self, session: Session, reason: str) -> None:
        """The connection has ended."""
