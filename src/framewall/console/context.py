"""What every page of one console shares: the store, the node, the accounts, the engine."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import BoundedSemaphore

from framewall._core import Engine
from framewall.console.accounts import Accounts
from framewall.console.throttle import Throttle
from framewall.control import Control, ControlError, NodeGoneError, RouteState, socket_path
from framewall.detect import builtin_engine
from framewall.events import EventReader, find, open_reader
from framewall.limits import CONSOLE_TAILS
from framewall.policy import Allowance, RoutePolicy


@dataclass
class Context:
    """``control`` is None where the node has no control socket; ``secure`` where TLS is spoken."""

    reader: EventReader
    control: Control | None
    accounts: Accounts
    engine: Engine
    clock: Callable[[], float] = time.time
    secure: bool = False
    hosts: tuple[str, ...] = ()
    events_url: str = ""
    throttle: Throttle = field(init=False)
    tails: BoundedSemaphore = field(init=False)

    def __post_init__(self) -> None:
        """The throttle counts by the same clock."""
        self.throttle = Throttle(self.clock)
        self.tails = BoundedSemaphore(CONSOLE_TAILS.default)

    @classmethod
    def open(cls, events: str, control: str | None, accounts: Path | None, **more: object) -> Context:
        """Opens everything by its place. Raises StoreError, AccountError."""
        place = socket_path([events], control)
        return cls(
            reader=open_reader(events),
            control=Control(place) if place else None,
            accounts=Accounts(accounts or accounts_path(events), time.time),
            engine=builtin_engine(),
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
            state = next((each for each in self.node().routes() if each.name == name), None)
            return _policy(state, self.node()) if state else RoutePolicy()
        except ControlError:
            return RoutePolicy()

    def close(self) -> None:
        """Lets go of the files."""
        self.reader.close()
        self.accounts.close()


def accounts_path(events: str) -> Path:
    """The file of accounts: beside the events."""
    _, place = find(events)
    folder = Path() if place == "-" else Path(place).parent
    return folder / "framewall-console.db"


def _policy(state: RouteState, node: Control) -> RoutePolicy:
    allowed = tuple(
        Allowance(each.field, each.event, each.attack, each.rule, each.chain)
        for each in node.exceptions()
        if each.active and each.route in ("", state.name)
    )
    return RoutePolicy(
        name=state.name, threshold=state.threshold, sensitivity=state.sensitivity, exceptions=allowed
    )
