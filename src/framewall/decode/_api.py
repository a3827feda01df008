"""What a framework's decoder offers. Adding a framework is adding a module with a ``decoder`` to this folder.

The law of every reader: its packets' parts cover every byte of the message that some back end could act on.
What it cannot read it refuses with a :class:`~framewall.errors.DecodeError`, and the house then judges the
message raw, so that no choice of a peer (path, subprotocol, opcode, a forged first message) finds a reading
that looks away.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, NamedTuple

from framewall.errors import PeerError
from framewall.model import (
    Answer,
    Direction,
    Message,
    Notice,
    Packet,
    Records,
    Request,
    SendUpstream,
    Upgrade,
)

UNCLAIMED = 0.0
"""Not mine."""
SURE = 0.8
"""From this score on, a message that the reader refuses is a finding by itself."""


ECHOED = 256
"""Characters: what a client sent and a refusal would have to repeat is left out if it is longer."""


class Exchange(NamedTuple):
    """One HTTP request of a framework's fallback: its transport, and its session once there is one.

    ``sends``: the body carries the client's messages. ``begins``: the response opens a session.
    ``records``: the response is a stream, and what it is cut into. ``waits``: the response brings the server's
    messages, as it does anyway where the body carries none.
    """

    transport: str
    session: str | None = None
    sends: bool = False
    begins: bool = False
    records: Records | None = None
    waits: bool = False


class Split(NamedTuple):
    """How the native screen cuts a side's messages, where a reader needs not see all of them.

    ``name`` is a grammar in ``crates/framewall-core/src/screen``. The screen passes a message only if the reader
    would give the same parts for it, refuse nothing and be the same afterwards. ``signs`` are patterns of messages
    that are not for it; ``inner`` is how what the messages carry is cut; ``both`` is the grammar where both sides are
    inspected, if the reader then has more to remember.
    """

    name: str
    signs: tuple[str, ...] = ()
    inner: Split | None = None
    both: str = ""


class Reader:
    """The memory of one connection, or one session over several transports: a state machine a direction."""

    framework: str = ""
    """What the connection is shown to speak; may become more exact."""
    proven: bool = False
    """Whether the messages so far leave no other framework."""
    session: str | None = None
    """The framework's own session id, once learnt."""
    pings: str = ""
    """Who sends the framework's heartbeats unasked: ``client``, ``server`` or ``both``; empty if it has none of its
    own, or the version is not known."""

    def decode(self, message: Message) -> Sequence[Packet]:
        """The packets of one WebSocket message. Raises PeerError (which may carry what could be read)."""
        raise NotImplementedError

    def split(self, side: Direction) -> Split | None:
        """How messages of a side may be screened, as things stand now; None: every one is to be decoded."""
        del side
        return None

    def body(self, request: Request, data: bytes) -> Sequence[Packet]:
        """The packets of a fallback request's body. Raises PeerError."""
        raise NotImplementedError

    def reply(self, request: Request, status: int, data: bytes) -> Sequence[Packet]:
        """The packets of a fallback response's body. Raises PeerError."""
        raise NotImplementedError

    def refuse(self, packet: Packet | None, text: str) -> Sequence[Notice]:
        """What a server of this framework tells a client that it turns out, before it closes the WebSocket.

        ``packet`` is the one that is refused, if one was; ``text`` is shown to people. Called after ``decode``
        or ``body``, whether they refused or not.
        """
        del packet, text
        return ()

    def answer(self, request: Request, packet: Packet | None, text: str) -> Answer | None:
        """The same to a request of the fallback: what its client understands; None is the driver's own line.

        Where the response is a stream that has begun, its body is added to it.
        """
        del request, packet, text
        return None


class Decoder:
    """One framework."""

    name: ClassVar[str]
    generic: ClassVar[bool] = False
    """A data format rather than a framework: read only where no framework is recognised."""
    signs: ClassVar[tuple[str, ...] | None] = None
    """Patterns, matched from a message's first byte on, one of which is in every message by which :meth:`claim`
    claims more than without a message; ``()`` if messages do not matter, None if there are no such patterns: then
    connections of no framework are never screened. Linear regular expressions over bytes, ``\\z`` being the end."""
    versions: ClassVar[str] = ""
    """Of the protocol, for the page that lists the frameworks."""
    transports: ClassVar[tuple[str, ...]] = ("WebSocket",)
    """How its messages travel, for the same page."""

    def claim(self, request: Request, upgrade: Upgrade | None, message: Message | None) -> float:
        """How surely this connection is mine, 0 to 1, never by one clue; ``message`` is the one at hand."""
        raise NotImplementedError

    def reader(self, request: Request) -> Reader:
        """A fresh memory for a connection that began with ``request``."""
        raise NotImplementedError

    def begin(self, request: Request, upgrade: Upgrade | None) -> Reader:
        """The same where the handshake's answer matters: what the server selected, not what was offered."""
        del upgrade
        return self.reader(request)

    def session(self, request: Request) -> str | None:
        """The framework's session id that a request (upgrades included) names."""
        del request
        return None

    def exchange(self, request: Request, known: Callable[[str], bool]) -> Exchange | None:
        """Whether an HTTP request belongs to a fallback; ``known`` tells a session id seen before."""
        del request, known
        return None

    def suspect(self, request: Request) -> PeerError | None:
        """What in the head of a request of this framework (upgrades included) no honest client writes."""
        del request
        return None

    def hang_up(self, request: Request, session: str) -> SendUpstream | None:
        """The request that ends the session at the server, made from one of its ``request`` heads."""
        del request, session
        return None
