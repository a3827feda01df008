"""What a change would do, told from stored events. Runs where it is asked, never in the node."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from framewall.events import EventReader, Search, parse, term
from framewall.model import Action, Event
from framewall.policy import THRESHOLD, Allowance, exceptions
from framewall.policy.judge import score

#: Stored events that one preview looks at, the newest.
LOOKED_AT = 5_000
SAMPLES = 20


@dataclass(frozen=True, slots=True)
class Proposal:
    """The narrowest exception for one finding of an event: its rule, its field, its event's name, on its route."""

    route: str
    rule: str
    field: str
    event: str
    attack: str = ""
    chain: str = ""

    @property
    def allowance(self) -> Allowance:
        """The exception as the policy takes it."""
        return Allowance(
            field=self.field, event=self.event, attack=self.attack, rule=self.rule, chain=self.chain
        )


@dataclass(frozen=True, slots=True)
class LetThrough:
    """What an exception changes among stored events: of ``looked_at`` events, ``fits`` have findings that it allows.

    ``released`` of them would not have been attacks with it; ``samples`` are some of these, the newest first.
    ``complete`` is False if there are more stored events than were looked at.
    """

    looked_at: int
    fits: int
    released: int
    samples: tuple[Event, ...]
    complete: bool


@dataclass(frozen=True, slots=True)
class WouldBlock:
    """What ``block`` would have stopped of what a route let pass: ``hits`` by how many ``clients``."""

    hits: int
    clients: int
    samples: tuple[Event, ...]
    complete: bool


def propose(event: Event) -> tuple[Proposal, ...]:
    """The narrowest exception for each of the event's findings, the strongest first; one for each rule and field."""
    found = {(each.rule, each.field): each for each in event.findings}
    return tuple(Proposal(event.route, each.rule, each.field, event.event or "") for each in found.values())


def let_through(reader: EventReader, proposal: Proposal, *, threshold: int = THRESHOLD) -> LetThrough:
    """What the exception would have let through. ``threshold`` is its route's. Raises StoreError."""
    wanted = {
        "route": proposal.route,
        "rule": proposal.rule,
        "class": proposal.attack,
        "event": proposal.event,
    }
    search = parse(" ".join(term(name, value) for name, value in wanted.items() if value), 0.0)
    looked_at = fits = released = 0
    samples: list[Event] = []
    for event in _newest(reader, search):
        looked_at += 1
        left = exceptions.apply((proposal.allowance,), event.findings, event.event)
        if len(left) == len(event.findings):
            continue
        fits += 1
        if score(left) < threshold:
            released += 1
            samples += [event] if len(samples) < SAMPLES else []
    return LetThrough(looked_at, fits, released, tuple(samples), looked_at < LOOKED_AT)


def would_block(reader: EventReader, route: str, since: float) -> WouldBlock:
    """What a route let pass since then that ``block`` would have stopped. Raises StoreError."""
    search = parse(f"{term('route', route)} action:{Action.PASS.value}", 0.0)
    hits = 0
    clients: set[str] = set()
    samples: list[Event] = []
    for event in _newest(reader, search, since):
        hits += 1
        clients.add(event.client_ip)
        samples += [event] if len(samples) < SAMPLES else []
    return WouldBlock(hits, len(clients), tuple(samples), hits < LOOKED_AT)


def _newest(reader: EventReader, search: Search, since: float | None = None) -> Iterator[Event]:
    return islice(reader.export(search, since=since), LOOKED_AT)
