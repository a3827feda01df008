"""From what was read to a verdict and its event."""

from __future__ import annotations

from dataclasses import replace

import pytest

from framewall._core import Settings
from framewall.decode import Reading
from framewall.errors import DecodeError, ForeignOrigin, PeerError
from framewall.events.nearby import Nearby
from framewall.fields.window import PREFIX
from framewall.model import Action, Direction, Event, Mode, Packet, Part
from framewall.policy import Allowance, RoutePolicy
from framewall.policy.judge import Judge
from framewall.verdicts import NOTHING, Judged, Verdicts
from support.engine import WordEngine
from support.requests import upgrade

ROUTE = RoutePolicy()
ATTACK, WEAK = b"<script>", b"hmm"


class Court:
    """Verdicts with their engine, their clock, what they told and which settings they had made."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.engine = WordEngine()
        self.judge = Judge()
        self.made: list[Direction] = []
        self.verdicts = Verdicts(
            self.engine, self.judge, self.events.append, lambda: 1_700_000_000.0, "n1", self._settings
        )

    def _settings(self, route: RoutePolicy, side: Direction) -> Settings:
        del route
        self.made.append(side)
        return Settings()


@pytest.fixture
def court() -> Court:
    """One that has judged nothing."""
    return Court()


def said(
    *texts: bytes,
    label: str = "text",
    errors: tuple[PeerError, ...] = (),
    side: Direction = Direction.CLIENT,
    nearby: Nearby | None = None,
) -> Judged:
    """One packet of these parts."""
    packet = Packet("chat", "1", "event", tuple(Part(text, "text", False, label) for text in texts), "say")
    reading = Reading("chat", (packet,), errors)
    return Judged(upgrade("/chat"), reading, "websocket", "s1", lambda *_: "as shown", side, nearby)


def test_what_is_clean_is_told_to_nobody(court: Court) -> None:
    verdict, about = court.verdicts.of(ROUTE, said(b"hello"))
    assert (verdict.action, verdict.framework, about) == (Action.PASS, "chat", NOTHING)
    assert court.events == []


def test_an_attack_is_told_once_with_its_packet(court: Court) -> None:
    verdict, about = court.verdicts.of(ROUTE, said(b"hello", ATTACK))
    assert (verdict.action, verdict.close_code, about.name) == (Action.CLOSE, 1008, "say")
    [event] = court.events
    assert (event.attacks, event.event, event.session, event.node) == (("xss",), "say", "s1", "n1")
    assert (event.close_code, event.request) == (1008, "as shown")


def test_signs_below_the_threshold_are_in_the_verdict_and_no_event(court: Court) -> None:
    verdict, _ = court.verdicts.of(ROUTE, said(WEAK))
    assert (verdict.action, verdict.score, court.events) == (Action.PASS, 2, [])


def test_a_window_s_weak_signs_are_none(court: Court) -> None:
    verdict, _ = court.verdicts.of(ROUTE, said(WEAK, label=PREFIX + "text"))
    assert verdict.findings == ()
    verdict, _ = court.verdicts.of(ROUTE, said(ATTACK, label=PREFIX + "text"))
    assert verdict.action is Action.CLOSE


def test_what_cannot_be_decoded_is_an_attack_without_the_engine(court: Court) -> None:
    verdict, _ = court.verdicts.of(ROUTE, said(errors=(DecodeError("chat.broken", "not a packet", ()),)))
    assert [finding.rule for finding in verdict.findings] == ["chat.broken"]
    assert (verdict.action, court.engine.calls) == (Action.CLOSE, 0)


def test_an_exception_leaves_nothing(court: Court) -> None:
    route = replace(ROUTE, exceptions=(Allowance(rule="test.script"),))
    verdict, _ = court.verdicts.of(route, said(ATTACK))
    assert (verdict.findings, court.events) == ((), [])


def test_a_recorded_attack_has_no_close_code(court: Court) -> None:
    court.verdicts.of(replace(ROUTE, mode=Mode.MONITOR), said(ATTACK))
    assert [(event.action, event.close_code) for event in court.events] == [(Action.PASS, None)]


@pytest.mark.parametrize(
    ("judged", "remembered"),
    [
        (said(ATTACK), 1),
        (said(ATTACK, side=Direction.SERVER), 0),
        (said(errors=(ForeignOrigin("https://evil.example"),)), 0),
    ],
    ids=["client", "server", "visitor of another site"],
)
def test_only_who_attacked_is_an_attacker(court: Court, judged: Judged, remembered: int) -> None:
    court.verdicts.of(replace(ROUTE, graylist_seconds=60), judged)
    assert len(court.judge.graylist) == remembered
    assert len(court.events) == 1


def test_settings_are_made_once_a_side_and_route(court: Court) -> None:
    for side in (Direction.CLIENT, Direction.SERVER, Direction.CLIENT):
        court.verdicts.of(ROUTE, said(b"hello", side=side))
    assert court.made == [Direction.CLIENT, Direction.SERVER]
    court.verdicts.of(replace(ROUTE), said(b"hello"))
    assert len(court.made) == 3


def test_another_engine_judges_from_the_next_message_on(court: Court) -> None:
    court.verdicts.engine = other = WordEngine()
    court.verdicts.of(ROUTE, said(ATTACK))
    assert (court.engine.calls, other.calls) == (0, 1)
