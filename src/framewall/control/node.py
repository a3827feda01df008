"""What a running node answers to the questions of its control socket."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from threading import RLock
from typing import Protocol

from framewall import __version__
from framewall.config import Configuration
from framewall.config.policies import policy, routes
from framewall.control._api import (
    Allowed,
    Ban,
    Change,
    ControlError,
    EventCounts,
    Graylisted,
    LiveSession,
    Metrics,
    OwnRule,
    RouteState,
    Rules,
    RuleState,
    SessionDetails,
    Sessions,
    Status,
)
from framewall.control.changes import Changes, Steered, one_form
from framewall.control.overlay import effective, told
from framewall.control.policies import told_policy
from framewall.control.prometheus import Gauges, exposition
from framewall.control.ruling import Ruleset
from framewall.control.state import State
from framewall.events import Counts
from framewall.events.normalised import head
from framewall.events.record import redact_request
from framewall.limits import ALL
from framewall.model import Mode
from framewall.policy import Allowance, Policy, bans
from framewall.watch import Live, Watched

#: Rows that one answer has at most.
ROWS = 1_000


class Sockets(Steered, Protocol):
    """What the node asks of its relay."""

    @property
    def addresses(self) -> list[str]: ...
    @property
    def connections(self) -> int: ...
    @property
    def tunnels(self) -> int: ...
    @property
    def waiting(self) -> int: ...


class Node:
    """What may be asked over the control socket: :data:`QUESTIONS`, by the names of the methods."""

    def __init__(
        self,
        configuration: Configuration,
        watched: Watched,
        relay: Sockets,
        counts: Callable[[], Counts],
        state: State,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._configuration = configuration
        self._watched = watched
        self._relay = relay
        self._counts = counts
        self._state = state
        self._clock = clock
        self.metrics_at: str | None = None
        """Where Prometheus finds the metrics, if anywhere."""
        self._started = clock()
        self._samples: list[tuple[float, int]] = []
        self._changes = Changes(configuration, watched, state, relay, clock)

    def told(self) -> list[str]:
        """The live changes in words."""
        return told(self._changes.live)

    def decide(self, configuration: Configuration) -> Policy:
        """The policy of a configuration, with the live changes over it."""
        return effective(configuration, self._changes.live)

    def compile(self, configuration: Configuration) -> Ruleset:
        """The rules of a configuration, with the live changes over them. Raises RuleError."""
        return self._changes.compile(configuration)

    def reconfigured(self, configuration: Configuration, rules: Ruleset) -> None:
        """This configuration with these rules is in force now."""
        self._configuration = configuration
        self._changes.reconfigured(configuration, rules)

    @property
    def changing(self) -> RLock:
        """Whoever holds it sees no change being made."""
        return self._changes.lock

    def status(self) -> Status:
        """The node's health."""
        self._changes.expire()
        counts, judge, now = self._counts(), self._watched.inspector.judge, self._clock()
        limits = dict(self._watched.meters.snapshot().limits)
        if counts.dropped:
            limits["event_queue"] = counts.dropped
        return Status(
            node=self._configuration.node,
            version=__version__,
            pid=os.getpid(),
            started=self._started,
            uptime=now - self._started,
            listen=tuple(self._relay.addresses),
            events=EventCounts(counts.put, counts.written, counts.dropped, counts.failed, counts.waiting),
            stores=self._configuration.events,
            limits=limits,
            jobs=self._relay.waiting,
            connections=self._relay.connections,
            websockets=self._relay.tunnels,
            sessions=len(self._watched.live),
            bans=len(judge.denied) + len(judge.banned),
            graylisted=len(judge.graylist),
            changes=len(self._changes.live),
            metrics=self.metrics_at,
        )

    def metrics(self) -> Metrics:
        """The node's numbers."""
        seen, screened = self._watched.meters.snapshot(), self._screened()
        messages = sum(seen.messages.values()) + (screened or 0)
        frameworks: dict[str, int] = {}
        for (_, framework, _), count in seen.messages.items():
            frameworks[framework] = frameworks.get(framework, 0) + count
        return Metrics(
            time=self._clock(),
            connections=self._relay.connections,
            websockets=self._relay.tunnels,
            messages=messages,
            messages_per_second=seen.per_second + self._screened_per_second(screened),
            hits=seen.events,
            hits_per_second=seen.hits_per_second,
            blocked=seen.blocked,
            screened=screened,
            screened_share=screened / messages if screened is not None and messages else None,
            p50_ms=None if seen.p50 is None else seen.p50 * 1e3,
            p99_ms=None if seen.p99 is None else seen.p99 * 1e3,
            hits_by_class=seen.hits,
            closed_by_reason=seen.closed,
            messages_by_framework=frameworks,
        )

    def prometheus(self) -> str:
        """The node's numbers for Prometheus."""
        gauges = Gauges(
            self._relay.connections,
            self._relay.tunnels,
            self._relay.waiting,
            self._screened(),
            self._counts(),
        )
        return exposition(self._watched.meters.snapshot(), gauges)

    def sessions(
        self, client_ip: str = "", route: str = "", framework: str = "", limit: int = 200
    ) -> Sessions:
        """Live sessions, the newest first."""

        def wanted(live: Live) -> bool:
            request = live.session.request
            return (
                (not client_ip or request.client_ip == client_ip)
                and (not route or request.route == route)
                and (not framework or live.framework == framework)
            )

        found = self._watched.live.find(wanted)
        return Sessions(tuple(self._told(each) for each in found[: _rows(limit)]), len(found))

    def session(self, id: str) -> SessionDetails | None:
        """One live session."""
        found = self._watched.live.find(lambda live: live.id == id)
        if not found:
            return None
        live = found[0]
        request = redact_request(head(live.session.request))
        conversation = live.session.conversation
        with conversation.lock:
            conversation.recall()
        return SessionDetails(self._told(live), request, conversation.nearby.all())

    def drop(self, id: str, by: str, reason: str = "") -> int:
        """End a live session."""
        return self._changes.drop(id, by, reason)

    def bans(self) -> tuple[Ban, ...]:
        """All who are banned."""
        self._changes.expire()
        by_person = tuple(
            Ban(each.name, each.time, each.value["until"], each.reason, each.who)
            for each in self._changes.live
            if each.kind == "ban"
        )
        banned = self._watched.inspector.judge.banned.entries(self._clock(), ROWS)
        return (
            *by_person,
            *(Ban(one_form(each), None, until, "blocked", "") for each, until in banned),
        )

    def ban(self, source: str, seconds: int | None, by: str, reason: str = "") -> Ban:
        """Refuse an address or a network."""
        return self._changes.ban(source, seconds, by, reason)

    def unban(self, source: str, by: str, reason: str = "") -> bool:
        """Let it in again."""
        return self._changes.unban(source, by, reason)

    def graylist(self) -> tuple[Graylisted, ...]:
        """Known attackers."""
        entries = self._watched.inspector.judge.graylist.entries(self._clock(), ROWS)
        return tuple(Graylisted(client, until) for client, until in entries)

    def exceptions(self) -> tuple[Allowed, ...]:
        """All exceptions."""
        return self._changes.exceptions()

    def add_exception(
        self,
        by: str,
        route: str = "",
        rule: str = "",
        attack: str = "",
        field: str = "",
        event: str = "",
        chain: str = "",
        reason: str = "",
    ) -> Allowed:
        """Allow findings."""
        allowance = Allowance(field=field, event=event, attack=attack, rule=rule, chain=chain)
        return self._changes.add_exception(route, allowance, by, reason)

    def remove_exception(self, id: str, by: str, reason: str = "") -> bool:
        """Take an exception back."""
        return self._changes.remove_exception(id, by, reason)

    def routes(self) -> tuple[RouteState, ...]:
        """All routes as they are in force."""
        configured = policy(self._configuration)
        found = []
        for route in routes(self._configuration):
            decided = self._watched.inspector.policy.route(route.name)
            found.append(
                RouteState(
                    name=route.name,
                    hosts=route.host,
                    paths=route.path,
                    upstream=route.upstream or "",
                    mode=decided.mode,
                    configured=configured.route(route.name).mode,
                    threshold=decided.threshold,
                    sensitivity=decided.sensitivity,
                    inspect=decided.inspect,
                    fail=decided.fail,
                    ban_seconds=decided.ban_seconds,
                    graylist_seconds=decided.graylist_seconds,
                    transports=None if decided.transports is None else tuple(sorted(decided.transports)),
                    limits={limit.name: decided.limits[limit] for limit in ALL},
                    exceptions=len(decided.exceptions),
                )
            )
        return tuple(found)

    def set_mode(self, route: str, mode: Mode | None, by: str, reason: str = "") -> RouteState:
        """Change a route's mode."""
        self._changes.set_mode(route, mode, by, reason)
        return next(each for each in self.routes() if each.name == route)

    def rules(self) -> tuple[RuleState, ...]:
        """All rules in force."""
        return self._changes.states()

    def ruleset(self, known: str = "") -> Rules:
        """The rules in force, whole, for whoever does not know them already."""
        return self._changes.rules.told(known)

    def set_rule(self, id: str, on: bool, by: str, reason: str = "") -> RuleState:
        """Switch a rule."""
        self._changes.set_rule(id, on, by, reason)
        return next(each for each in self.rules() if each.id == id)

    def put_rules(self, text: str, by: str, reason: str = "", instead_of: str = "") -> tuple[OwnRule, ...]:
        """Add or replace rules."""
        return self._changes.put_rules(text, by, reason, instead_of)

    def remove_rule(self, id: str, by: str, reason: str = "") -> bool:
        """Take out one of the operator's rules."""
        return self._changes.remove_rule(id, by, reason)

    def restore_rule(self, id: str, by: str, reason: str = "") -> bool:
        """Put back one of the configuration's."""
        return self._changes.restore_rule(id, by, reason)

    def policy(self, route: str = "") -> dict[str, object]:
        """A route's decisions, whole; those of the first route where none is named."""
        decided = self._watched.inspector.policy
        return told_policy(decided.route(route) if route or not decided.routes else decided.routes[0])

    def audit(self, limit: int = 100, before: int | None = None) -> tuple[Change, ...]:
        """The audit log."""
        return self._state.audit(_rows(limit), before)

    def _screened(self) -> int | None:
        """Messages that passed without waking Python, where the relay tells."""
        screened: int | None = getattr(self._relay, "screened", None)
        return screened

    def _screened_per_second(self, screened: int | None) -> float:
        """Of the last minute, as far as metrics were asked for in it."""
        now = self._clock()
        self._samples = [each for each in self._samples if each[0] > now - 60.0]
        self._samples.append((now, screened or 0))
        (since, before), (_, after) = self._samples[0], self._samples[-1]
        return (after - before) / (now - since) if now > since else 0.0

    def _told(self, live: Live) -> LiveSession:
        request = live.session.request
        now = self._clock()
        judge = self._watched.inspector.judge
        route = self._watched.inspector.policy.route(request.route)
        conversation = live.session.conversation
        unread = conversation.passed()
        client, server = conversation.heartbeats()
        return LiveSession(
            id=live.id,
            connection=live.session.connection,
            client_ip=request.client_ip,
            route=request.route,
            path=request.path,
            framework=live.framework or conversation.readings.framework or "",
            subprotocol=live.subprotocol,
            opened=live.opened,
            seen=live.seen,
            received=live.received + unread[0],
            sent=live.sent + unread[2],
            received_bytes=live.received_bytes + unread[1],
            sent_bytes=live.sent_bytes + unread[3],
            hits=live.hits,
            last_score=live.last_score,
            top_score=live.top_score,
            banned=judge.denied.covering(request.client_ip, now) is not None
            or bans.until(judge.banned, route, request, now) is not None,
            pings=conversation.readings.pings,
            client_beat=client.last or None,
            client_beat_seconds=client.interval,
            server_beat=server.last or None,
            server_beat_seconds=server.interval,
        )


def _rows(limit: int) -> int:
    if limit < 0:
        raise ControlError("a limit is 0 or more")
    return min(limit, ROWS)


#: What may be asked by name.
QUESTIONS: Sequence[str] = tuple(
    name
    for name in vars(Node)
    if not name.startswith("_") and name not in ("changing", "compile", "decide", "reconfigured", "told")
)
