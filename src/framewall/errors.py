"""Everything Framewall raises on purpose, and whose fault each one is.

FramewallError
├── PeerError            a client or server sent it: becomes a finding, answered with close_code or status
│   ├── DecodeError      the framework's own grammar refuses it
│   ├── ForeignOrigin    a page of another site opened the connection
│   └── LimitReached     a named cap of framewall.limits was reached
├── ConfigError          the operator's: file, key, and what to write instead
├── StoreError           the operator's: events cannot be kept or read there, why, and what to do
└── InternalError        ours: answered as the route's ``fail`` setting says, and counted
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from framewall.limits import Limit
    from framewall.model import Packet


class FramewallError(Exception):
    """The root of the tree."""


class PeerError(FramewallError):
    """Something a peer sent cannot stand.

    ``rule`` is the id that findings carry, ``attack`` its class, ``close_code`` the RFC 6455 section 7.4 code
    and ``status`` the HTTP status to answer with. ``packets`` is what could be read all the same, ``field`` where
    it was if it was not the whole message.
    """

    attack = "protocol"
    field = ""
    close_code = 1008
    status = 403

    def __init__(self, rule: str, why: str, packets: Sequence[Packet] = ()) -> None:
        super().__init__(why)
        self.rule = rule
        self.why = why
        self.packets = packets


class DecodeError(PeerError):
    """A framework's grammar refuses this message. ``rule`` is ``<framework>.<what>``."""


class ForeignOrigin(PeerError):  # noqa: N818 (what it is: its sender need know nothing of it)
    """A page of an origin that the route does not allow opened the connection; its visitor is no attacker."""

    attack = "cswsh"
    field = 'handshake.headers["origin"]'

    def __init__(self, origin: str) -> None:
        super().__init__("cswsh.origin", origin)


class LimitReached(PeerError):  # noqa: N818 (what happened, in the words of limits.py)
    """A named cap was reached."""

    attack = "data_bomb"

    def __init__(self, limit: Limit, why: str = "", packets: Sequence[Packet] = ()) -> None:
        super().__init__(f"limit.{limit.name}", why or f"{limit.name} reached", packets)
        self.limit = limit


class ConfigError(FramewallError):
    """A configuration that cannot be used. ``key`` is dotted, ``instead`` says what to write."""

    def __init__(self, why: str, *, file: str = "", key: str = "", line: int = 0, instead: str = "") -> None:
        where = ":".join(str(part) for part in (file, line) if part)
        text = f"{key}: {why}" if key else why
        super().__init__("; ".join(part for part in (f"{where}: {text}" if where else text, instead) if part))
        self.why = why
        self.file = file
        self.key = key
        self.line = line
        self.instead = instead


class StoreError(FramewallError):
    """A store of events that cannot be opened, read or written. The text says why, and what to do."""


class InternalError(FramewallError):
    """A fault of Framewall itself."""
