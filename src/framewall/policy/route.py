"""What an operator decides for one route."""

from __future__ import annotations

from dataclasses import dataclass, field

from framewall.limits import Limits
from framewall.model import Mode
from framewall.policy.exceptions import Allowance
from framewall.policy.schemas import Schema

THRESHOLD = 5
"""One finding that is certain."""


@dataclass(frozen=True, slots=True)
class RoutePolicy:
    """One route's decisions; every change makes a new object.

    ``threshold``: the score from which a message is an attack.
    ``sensitivity``: which rules take part, 1 (few false alarms) to 3 (few misses).
    ``inspect``: ``client`` or ``both`` directions.
    ``shares_code``: whether rules that code trips over are left out.
    ``writes_markup``: whether HTML that runs no script is left out.
    ``protected_fields``: globs of names that clients may not set.
    ``leaks``: whether servers' messages are searched for what should not leave.
    ``schemas``: descriptors that name the fields of binary formats; the first that fits is taken.
    ``transports``: the only ones allowed, or None for all.
    ``window``: whether a field's last texts are judged together as well.
    ``origins``: the only origins whose pages may connect, or None for all.
    ``subprotocols``: the only ones that may be offered and selected, or None for all.
    ``graylist``: networks (``203.0.113.0/24``) that safe_block treats as known attackers.
    ``graylist_seconds``: how long an attack keeps its client on the graylist.
    ``ban_seconds``: how long a blocked client is refused at the handshake; 0 is not at all.
    ``ban_by``: what a client is known again by, ``ip`` or ``cookie:NAME``; one of them is enough.
    ``ban_status``: the HTTP status of that refusal, which says with ``Retry-After`` when it ends.
    ``refusal``: what a blocked client is told before the end: ``none``, or ``framework`` for its own words.
    ``refusal_text``: what those words say; where no framework is recognised, all that is said.
    ``refusal_status``: the status of a refused request.
    ``close_code``: the code of the Close that ends a blocked client's WebSocket.
    ``close_reason``: the reason in the Close, at most 123 bytes.
    ``fail``: what an internal fault does, ``closed`` or ``open``.
    """

    name: str = "default"
    mode: Mode = Mode.BLOCK
    threshold: int = THRESHOLD
    sensitivity: int = 2
    inspect: str = "client"
    shares_code: bool = False
    writes_markup: bool = False
    protected_fields: tuple[str, ...] = ()
    leaks: bool = False
    transports: frozenset[str] | None = None
    window: bool = False
    origins: tuple[str, ...] | None = None
    subprotocols: tuple[str, ...] | None = None
    exceptions: tuple[Allowance, ...] = ()
    schemas: tuple[Schema, ...] = ()
    limits: Limits = field(default_factory=Limits)
    graylist: tuple[str, ...] = ()
    graylist_seconds: int = 3_600
    ban_seconds: int = 0
    ban_by: tuple[str, ...] = ("ip",)
    ban_status: int = 403
    refusal: str = "none"
    refusal_text: str = ""
    close_reason: str = ""
    close_code: int = 1008
    refusal_status: int = 403
    fail: str = "closed"


@dataclass(frozen=True, slots=True)
class Policy:
    """All routes. A name that is not here gets ``default``."""

    routes: tuple[RoutePolicy, ...] = ()
    default: RoutePolicy = field(default_factory=RoutePolicy)

    def route(self, name: str) -> RoutePolicy:
        """The decisions for the route of this name."""
        return next((route for route in self.routes if route.name == name), self.default)
