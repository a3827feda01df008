"""What every page of one console shares: the store, the node, the accounts, the rules."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import BoundedSemaphore

from framewall._core import Engine
from framewall.console.accounts import Accounts
from framewall.console.catalogue import Rulebook, shipped
from framewall.console.throttle import Throttle
from framewall.control import Control, ControlError, NodeGoneError, socket_path
from framewall.events import EventReader, find, open_reader
from framewall.limits import CONSOLE_TAILS
from framewall.policy import RoutePolicy


@dataclass(frozen=True, slots=True)
class Judging:
    """All that a verdict depends on beside the message."""

    engine: Engine
    policy: RoutePolicy


@dataclass
class Context:
    """``control`` is None where the node has no control socket; ``secure`` where TLS is spoken."""

    reader: EventReader
    control: Control | None
    accounts: Accounts
    clock: Callable[[], float] = time.time
    secure: bool = False
    hosts: tuple[str, ...] = ()
    events_url: str = ""
    throttle: Throttle = field(init=False)
    tails: BoundedSemaphore = field(init=False)
    rulebook: Rulebook = field(init=False)

    def __post_init__(self) -> None:
        """The throttle counts by the same clock."""
        self.throttle = Throttle(self.clock)
        self.tails = BoundedSemaphore(CONSOLE_TAILS.default)
        self.rulebook = Rulebook(lambda known: self.node().ruleset(known))

    @classmethod
    def open(cls, events: str, control: str | None, accounts: Path | None, **more: object) -> Context:
        """Opens everything by its place. Raises StoreError, AccountError."""
        place = socket_path([events], control)
        return cls(
            reader=open_reader(events),
            control=Control(place) if place else None,
            accounts=Accounts(accounts or accounts_path(events), time.time),
            events_url=events,
            **more,  # type: ignore[arg-type]
        )

    def node(self) -> Control:
        """The node's control. Raises NodeGoneError where it has none."""
        if self.control is None:
            raise NodeGoneError(
                "this console has no control socket of a node: name it with --control, or start the console "
                "with `framewall run --console`"
            )
        return self.control

    def route_policy(self, name: str) -> RoutePolicy:
        """The decisions of a route as the node has them; those that ship where no node answers."""
        try:
            return self.node().policy(name)
        except ControlError:
            return RoutePolicy()

    def as_node(self, route: str = "") -> Judging:
        """How the node judges on a route, on its first one where none is named. Raises ControlError."""
        return Judging(self.rulebook.of_node().engine, self.node().policy(route))

    def close(self) -> None:
        """Lets go of the files."""
        self.reader.close()
        self.accounts.close()


def as_shipped() -> Judging:
    """How Framewall judges without a configuration: by the rules that come with it."""
    return Judging(shipped().engine, RoutePolicy())


def accounts_path(events: str) -> Path:
    """The file of accounts: beside the events."""
    _, place = find(events)
    folder = Path() if place == "-" else Path(place).parent
    return folder / "framewall-console.db"
