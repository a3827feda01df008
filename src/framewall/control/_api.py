"""What a running node tells and takes over its control socket. Times are Unix seconds, UTC."""

from __future__ import annotations

from dataclasses import dataclass, field

from framewall.errors import FramewallError
from framewall.model import Action, Mode, Said

#: The environment of every change: who made it is kept in the audit log.
NOBODY = "unknown"


class ControlError(FramewallError):
    """The node refuses what it was asked, or failed at it; the text says why and what to do."""


class NodeGoneError(ControlError):
    """No node answers at the control socket: it is not running, or places its socket elsewhere."""


@dataclass(frozen=True, slots=True)
class EventCounts:
    """What became of the node's events since it started."""

    put: int
    written: int
    dropped: int
    failed: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Status:
    """The node's health. ``limits`` has how often each cap was reached, ``jobs`` what waits to be inspected."""

    node: str
    version: str
    pid: int
    started: float
    uptime: float
    listen: tuple[str, ...]
    events: EventCounts
    stores: tuple[str, ...]
    limits: dict[str, int]
    jobs: int
    connections: int
    websockets: int
    sessions: int
    bans: int
    graylisted: int
    changes: int
    """Live changes in force: modes, exceptions, rules, bans."""
    metrics: str | None = None
    """Where Prometheus finds the metrics, if anywhere."""


@dataclass(frozen=True, slots=True)
class Metrics:
    """Numbers of now. Those a second and the latencies are of the last minute.

    ``screened_share`` is the part of messages that passed without waking Python, None where that is not known.
    ``p50_ms`` and ``p99_ms`` are what an inspection adds to a message, in milliseconds.
    """

    time: float
    connections: int
    websockets: int
    messages: int
    messages_per_second: float
    hits: int
    hits_per_second: float
    blocked: int
    screened: int | None
    screened_share: float | None
    p50_ms: float | None
    p99_ms: float | None
    hits_by_class: dict[str, int] = field(default_factory=dict)
    closed_by_reason: dict[str, int] = field(default_factory=dict)
    messages_by_framework: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LiveSession:
    """One open WebSocket. ``id`` is what its events carry as ``session``; transports of one session share it.

    ``received`` and ``sent`` count the messages that were inspected, from the client and to it. ``last_score`` is
    that of its latest message with a finding, ``top_score`` the highest.

    ``pings`` is who sends its framework's heartbeats unasked: ``client``, ``server`` or ``both``, empty if nobody does
    or that is not known. ``client_beat`` is when its last heartbeat or answer to one came, None before the first, and
    ``client_beat_seconds`` how long after the one before; the server's are seen where a route inspects both sides.
    """

    id: str
    connection: int
    client_ip: str
    route: str
    path: str
    framework: str
    subprotocol: str | None
    opened: float
    seen: float
    received: int
    sent: int
    received_bytes: int
    sent_bytes: int
    hits: int
    last_score: int
    top_score: int
    banned: bool = False
    pings: str = ""
    client_beat: float | None = None
    client_beat_seconds: float | None = None
    server_beat: float | None = None
    server_beat_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class SessionDetails:
    """A live session, the head of its handshake (redacted), and what it said last."""

    session: LiveSession
    request: str
    recent: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Sessions:
    """Live sessions, the newest first; ``total`` counts all that fit, of which at most a page is told."""

    sessions: tuple[LiveSession, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Ban:
    """A client (address or network) that is refused at the handshake. ``until`` is None for good.

    ``by`` is a person, or empty where a route's ``ban_seconds`` did it.
    """

    source: str
    since: float | None
    until: float | None
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class Graylisted:
    """A client that ``safe_block`` takes for a known attacker, until then."""

    client_ip: str
    until: float


@dataclass(frozen=True, slots=True)
class Allowed:
    """Findings that are allowed: those that fit every condition which is not empty.

    ``id`` names it. ``route`` is where it holds, empty for all. ``origin`` is ``configuration`` or ``live``.
    ``active`` is False where it was removed live, though the configuration has it.
    """

    id: str
    route: str
    rule: str
    attack: str
    field: str
    event: str
    chain: str
    origin: str
    active: bool
    by: str = ""
    since: float | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RouteState:
    """One route as it is in force; ``configured`` is the mode that the configuration says."""

    name: str
    hosts: tuple[str, ...]
    paths: tuple[str, ...]
    upstream: str
    mode: Mode
    configured: Mode
    threshold: int
    sensitivity: int
    inspect: str
    fail: str
    ban_seconds: int
    graylist_seconds: int
    transports: tuple[str, ...] | None
    limits: dict[str, int]
    exceptions: int


@dataclass(frozen=True, slots=True)
class RuleState:
    """One rule, and whether it takes part. ``by`` and ``since`` tell who switched it.

    ``origin`` is ``builtin``, ``configuration`` (a file that the setting ``rules`` names) or ``live``.
    """

    id: str
    attack: str
    score: int
    on: bool
    by: str = ""
    since: float | None = None
    reason: str = ""
    origin: str = "builtin"


@dataclass(frozen=True, slots=True)
class OwnRule:
    """One of the operator's rules; ``text`` says it as a rule file does.

    ``origin`` is ``configuration`` (then ``file`` says where it stands) or ``live``. ``hides`` is the origin of the
    rule in whose place it is, empty if there is none. ``active`` is False where it takes no part: removed live, or
    not to be used, which ``problem`` explains. ``by`` and ``since`` tell who wrote it live, or removed it.
    """

    id: str
    text: str
    origin: str
    file: str = ""
    hides: str = ""
    active: bool = True
    problem: str = ""
    by: str = ""
    since: float | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules in force: the built-in ones (or not), and the operator's.

    ``fingerprint`` is another one when anything of them is. ``own`` is None for whoever knows this fingerprint.
    """

    fingerprint: str
    builtin: bool
    own: tuple[OwnRule, ...] | None


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the audit log: who changed what, from what to what.

    ``what`` is one of ``mode``, ``exception``, ``rule``, ``ban``, ``session``; ``target`` names the one meant.
    ``before`` and ``after`` are JSON, empty for nothing; of a rule, ``on`` and ``off`` or its text.
    """

    id: int
    time: float
    who: str
    what: str
    target: str
    before: str
    after: str
    reason: str = ""


#: Actions by which an event blocked.
BLOCKED = frozenset({Action.DROP, Action.CLOSE, Action.BAN})
