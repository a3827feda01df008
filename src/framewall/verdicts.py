"""From what was read to a verdict and its event: detect, name, except, score, decide, record."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import NamedTuple, Protocol

from framewall._core import Settings
from framewall.decode import Reading
from framewall.errors import ForeignOrigin
from framewall.events import normalised, redact
from framewall.events.nearby import Nearby
from framewall.fields.findings import EngineFinding, named
from framewall.fields.window import PREFIX
from framewall.limits import CORE, EVENT_FINDINGS
from framewall.model import Action, Direction, Event, Finding, Packet, Request, Verdict
from framewall.policy import RoutePolicy, exceptions, schemas, traps
from framewall.policy.judge import Judge, score

_WEBSOCKET = "websocket"
NOTHING = Packet("", "", "unknown")
"""What a verdict is about that is about no packet."""
_SPENT = frozenset(f"data_bomb.{limit.name}" for limit in CORE)
"""Rules of the engine's caps: having reached one, it has left something unread."""


class Report(Protocol):
    """What the engine says of one message."""

    @property
    def findings(self) -> Sequence[EngineFinding]: ...


class Engine(Protocol):
    """``framewall._core.Engine``, or a test's stand-in."""

    def inspect(self, parts: list[tuple[bytes, str, bool]], settings: Settings | None = None) -> Report:
        """Judges all the parts of one message at once."""


class Judged(NamedTuple):
    """Everything about one thing that was judged, until it becomes a verdict and an event."""

    request: Request
    reading: Reading
    transport: str
    session: str
    show: Callable[[Packet, normalised.Focus], str]
    side: Direction = Direction.CLIENT
    nearby: Nearby | None = None


@cache
def passed(framework: str) -> Verdict:
    """Nothing was found."""
    return Verdict(framework=framework)


class Verdicts:
    """Makes them, and tells ``record`` of those that reach the threshold. Thread-safe; see :class:`Inspector`.

    Assigning another ``engine`` changes what the next message is judged by.
    """

    def __init__(
        self,
        engine: Engine,
        judge: Judge,
        record: Callable[[Event], object],
        clock: Callable[[], float],
        node: str,
        settings: Callable[[RoutePolicy, Direction], Settings] | None,
    ) -> None:
        self.engine = engine
        self._judge = judge
        self._record = record
        self._clock = clock
        self._node = node
        self._settings = settings
        self._made: dict[Direction, tuple[RoutePolicy, Settings]] = {}

    def of(self, route: RoutePolicy, judged: Judged) -> tuple[Verdict, Packet]:
        """Detects, scores, decides, records. The verdict, and the packet that it is about."""
        reading = judged.reading
        parts = [part for packet in reading.packets for part in packet.parts]
        raw = self._detect(route, judged.side, reading.packets) if parts else ()
        if not raw and not reading.errors:
            return passed(reading.framework), NOTHING
        packet, focus = NOTHING, normalised.BEGINNING
        if reading.packets:
            packet, focus = normalised.focused(reading.packets, raw[0] if raw else None)
        findings = _left(route, reading, raw, packet.name)
        if any(each.rule in _SPENT for each in raw) and not any(each.rule in _SPENT for each in findings):
            # A bomb that is allowed is no cover for what was not read because of it.
            raw = (*self._detect(route, judged.side, reading.packets, plain=True), *raw)
            packet, focus = normalised.focused(reading.packets, raw[0])
            findings = _left(route, reading, raw, packet.name)
        # Weak signs of many messages are not one attack: only what is certain counts of a window.
        findings = [
            each for each in findings if each.score >= route.threshold or not each.field.startswith(PREFIX)
        ]
        if not findings:
            return passed(reading.framework), NOTHING
        total = score(findings)
        attacks = any(finding.attack != ForeignOrigin.attack for finding in findings)
        attacker = judged.request if attacks and judged.side is Direction.CLIENT else None
        action = self._judge.decide(route, total, attacker, self._clock())
        kept = tuple(findings[: EVENT_FINDINGS.default])
        verdict = Verdict(
            action,
            total,
            kept,
            reading.framework,
            judged.show(packet, focus),
            route.close_code,
            route.refusal_status,
        )
        if total >= route.threshold:
            self.tell(
                route, judged.request, verdict, judged.transport, judged.session, packet.name, judged.nearby
            )
        return verdict, packet

    def _detect(
        self, route: RoutePolicy, side: Direction, packets: Sequence[Packet], plain: bool = False
    ) -> Sequence[EngineFinding]:
        """One call of the engine for all the packets' parts, strongest finding first.

        A ``plain`` look goes over everything, whatever the caps, but opens nothing.
        """
        parts = [
            (part.data, schemas.hint(route.schemas, part, packet.name), part.key)
            for packet in packets
            for part in packet.parts
        ]
        settings = self._engine_settings(route, side)
        if plain:
            settings = (settings or Settings()).plain()
        return self.engine.inspect(parts, settings).findings

    def _engine_settings(self, route: RoutePolicy, side: Direction) -> Settings | None:
        """Those of a route; the last one's are kept."""
        if self._settings is None:
            return None
        made = self._made.get(side)
        if made is None or made[0] is not route:
            self._made[side] = made = route, self._settings(route, side)
        return made[1]

    def tell(
        self,
        route: RoutePolicy,
        request: Request,
        verdict: Verdict,
        transport: str,
        session: str,
        name: str | None,
        nearby: Nearby | None = None,
    ) -> None:
        """Makes the event of a verdict."""
        now = self._clock()
        closes = verdict.action is not Action.PASS and transport == _WEBSOCKET
        event = Event(
            id=f"{int(now * 1000):012x}{secrets.token_hex(6)}",
            time=now,
            node=self._node,
            route=route.name,
            mode=route.mode,
            action=verdict.action,
            close_code=verdict.close_code if closes else None,
            attacks=tuple(dict.fromkeys(finding.attack for finding in verdict.findings)),
            score=verdict.score,
            client_ip=request.client_ip,
            session=session,
            transport=transport,
            path=request.path,
            framework=verdict.framework,
            event=name,
            findings=verdict.findings,
            request=verdict.request,
            before=nearby.before() if nearby else (),
        )
        if nearby and verdict.action is Action.PASS:
            nearby.follow(event.id)
        self._record(redact(event))


def _left(
    route: RoutePolicy, reading: Reading, raw: Iterable[EngineFinding], event: str | None
) -> list[Finding]:
    """The findings that no exception allows."""
    parts = [part for packet in reading.packets for part in packet.parts]
    findings = named(reading.framework, parts, raw, reading.errors, route.threshold)
    return exceptions.apply((*traps.of(reading.framework), *route.exceptions), findings, event)
