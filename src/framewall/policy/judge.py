"""From findings to what happens: score against threshold, mode, graylist, bans."""

from __future__ import annotations

from collections.abc import Iterable

from framewall.limits import BANNED_CLIENTS, GRAYLIST_CLIENTS
from framewall.model import Action, Finding, Mode, Request
from framewall.policy import bans
from framewall.policy.clients import Clients, among
from framewall.policy.denials import Denials
from framewall.policy.route import RoutePolicy

CLASS_CAP = 20
"""What one attack class can add to a message's score: many weak signs of one kind are not many attacks."""


def score(findings: Iterable[Finding]) -> int:
    """The sum of the findings' scores, capped by class."""
    by_class: dict[str, int] = {}
    for finding in findings:
        by_class[finding.attack] = min(by_class.get(finding.attack, 0) + finding.score, CLASS_CAP)
    return sum(by_class.values())


class Judge:
    """Remembers attackers over all connections. Thread-safe; ``now`` is Unix seconds."""

    def __init__(self) -> None:
        self.graylist = Clients(GRAYLIST_CLIENTS)
        self.banned = Clients(BANNED_CLIENTS)
        self.denied = Denials()
        """Whom a person has banned; assigning another one takes effect at the next request."""

    def decide(self, route: RoutePolicy, score: int, attacker: Request | None, now: float) -> Action:
        """What happens to a message with this score; its client is remembered as an attacker.

        ``attacker`` is the head of the client's request, None if the client is none: for what the server sent,
        whoever it was meant for has done nothing.
        """
        if score < route.threshold or route.mode is Mode.OFF:
            return Action.PASS
        gray = attacker is not None and self._gray(route, attacker.client_ip, now)
        if route.mode is Mode.MONITOR or (route.mode is Mode.SAFE_BLOCK and not gray):
            return Action.PASS
        if attacker is not None and route.ban_seconds:
            bans.ban(self.banned, route, attacker, now)
            return Action.BAN
        return Action.CLOSE

    def _gray(self, route: RoutePolicy, client: str, now: float) -> bool:
        """Whether the client was on the graylist; it is now."""
        known = among(client, route.graylist) or self.graylist.until(client, now) is not None
        if route.graylist_seconds:
            self.graylist.add(client, now + route.graylist_seconds)
        return known
