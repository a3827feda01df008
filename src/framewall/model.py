"""The nouns that flow through Framewall, in the order they are made. Frozen; none of them acts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Direction(StrEnum):
    """Who sent it."""

    CLIENT = "client"
    SERVER = "server"


class Opcode(StrEnum):
    """RFC 6455 section 5.2, data frames only."""

    TEXT = "text"
    BINARY = "binary"


class Control(StrEnum):
    """RFC 6455 section 5.5, control frames."""

    CLOSE = "close"
    PING = "ping"
    PONG = "pong"


class Records(StrEnum):
    """What a streamed answer is cut into: a record a line, or server-sent events."""

    LINES = "lines"
    EVENTS = "events"


class Transport(StrEnum):
    """How a message travelled; ``websocket``, or the HTTP fallback's own name."""

    WEBSOCKET = "websocket"
    POLLING = "polling"


class Mode(StrEnum):
    """What a route does with a finding."""

    OFF = "off"
    MONITOR = "monitor"
    SAFE_BLOCK = "safe_block"
    BLOCK = "block"


class Action(StrEnum):
    """What happens to a message or a request."""

    PASS = "pass"
    DROP = "drop"
    CLOSE = "close"
    BAN = "ban"


#: The attack classes: the one vocabulary of rules, findings, settings and metrics.
ATTACKS = (
    "xss",
    "sqli",
    "nosqli",
    "rce",
    "path_traversal",
    "rfi",
    "ssrf",
    "ssti",
    "ssi",
    "xxe",
    "ldapi",
    "xpath",
    "crlf",
    "mail_injection",
    "jndi",
    "deserialization",
    "prototype_pollution",
    "mass_assignment",
    "graphql",
    "data_bomb",
    "protocol",
    "cswsh",
    "flood",
    "prompt_injection",
    "leak",
)


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request's head: a handshake, a fallback's transport, or neither.

    ``headers`` keep order, case and repetitions. ``target`` is as sent, query included.
    """

    id: int
    method: str
    target: str
    version: str
    headers: tuple[tuple[str, str], ...]
    client_ip: str
    route: str = "default"
    scheme: str = "http"
    upgrade: bool = False

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        """The target's query, without the question mark; empty if there is none."""
        return self.target.partition("?")[2]

    def header(self, name: str) -> str | None:
        """The first header of this name, whatever its case."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What the server's verified 101 settled."""

    subprotocol: str | None = None
    extensions: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """One WebSocket message (or the body of one fallback request), unmasked, inflated, assembled.

    Of a control frame, if it is one: a Close's reason, or all that a Ping or Pong says.
    """

    direction: Direction
    opcode: Opcode
    data: bytes
    frames: int = 1
    compressed: bool = False
    transport: Transport = Transport.WEBSOCKET
    control: Control | None = None


Path = tuple[str | int, ...]
"""From a part's root to one of its leaves: members by name, elements by place."""

Label = str | Callable[[Path], tuple[str, Path]]
"""A field's name up to the part's root; or what turns a leaf's path into the name's start and the rest."""


class Part(NamedTuple):
    """A piece of a packet for the engine: ``hint`` is a format, ``text`` or ``auto``; ``label`` names fields.

    ``key`` is true where the text stands for a name (an event, a header's name). ``settled``: the server itself has
    chosen the format, so that what is whole in it is read in no other.
    """

    data: bytes
    hint: str = "auto"
    key: bool = False
    label: Label = "message"
    settled: bool = False


class Packet(NamedTuple):
    """What a framework said: ``socket.io``, its protocol's version, ``event``, the event's name."""

    framework: str
    version: str
    kind: str
    parts: tuple[Part, ...] = ()
    name: str | None = None
    namespace: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule matched one field."""

    attack: str
    rule: str
    field: str
    chain: tuple[str, ...]
    match: str
    score: int


class Notice(NamedTuple):
    """A message of our own to a client that is refused, in the words of its framework."""

    data: bytes
    opcode: Opcode = Opcode.TEXT


class Answer(NamedTuple):
    """An HTTP answer of our own instead of the application's; ``status`` None is the route's."""

    body: bytes
    content_type: str = "text/plain; charset=utf-8"
    status: int | None = None


@dataclass(frozen=True, slots=True)
class CloseConnection:
    """Ask the driver to end another connection of the same session; its client is told ``notices`` first."""

    connection: int
    code: int = 1008
    reason: str = ""
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class SendUpstream:
    """Ask the driver to make one HTTP request to a session's upstream (to end a polling session there).

    ``route`` and ``client_ip`` are the session's: they lead to its upstream, and to the server of it.
    """

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    route: str = "default"
    client_ip: str = ""


@dataclass(frozen=True, slots=True)
class EndRequest:
    """Ask the driver to answer a request that still waits for its server, or to end its answer's stream."""

    request: int
    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None


Command = CloseConnection | SendUpstream | EndRequest


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do with one message or request, and why.

    What its sender is told: ``notices`` and a Close with ``close_code`` and ``reason`` on a WebSocket, else
    ``status`` with ``headers`` and ``body`` (None: one line of the driver's own).
    """

    action: Action = Action.PASS
    score: int = 0
    findings: tuple[Finding, ...] = ()
    framework: str = "text"
    request: str = ""
    close_code: int = 1008
    status: int = 403
    commands: tuple[Command, ...] = ()
    reason: str = ""
    notices: tuple[Notice, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class RequestPlan:
    """How the driver treats one HTTP request: refuse it by ``verdict``, or bring the bodies asked for.

    ``records``: its answer is a stream, to be brought record by record as it passes.
    ``interruptible``: an :class:`EndRequest` may come for it.
    """

    verdict: Verdict
    inspect_body: bool = False
    inspect_response: bool = False
    records: Records | None = None
    interruptible: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """A message near an attack in its session: ``kind`` is ``text``, ``binary`` or ``body``, ``size`` its bytes.

    ``time`` is Unix seconds, UTC; ``text`` is redacted and cut.
    """

    time: float
    direction: Direction
    kind: str
    size: int
    text: str


@dataclass(frozen=True, slots=True)
class Event:
    """What is stored and shown of one judged attack. ``time`` is Unix seconds, UTC. Already redacted."""

    id: str
    time: float
    node: str
    route: str
    mode: Mode
    action: Action
    close_code: int | None
    attacks: tuple[str, ...]
    score: int
    client_ip: str
    session: str
    transport: str
    path: str
    framework: str
    event: str | None
    findings: tuple[Finding, ...]
    request: str
    before: tuple[Said, ...] = ()
    after: tuple[Said, ...] = ()
