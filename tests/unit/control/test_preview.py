"""What a change would do, told from stored events."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from framewall.control.preview import let_through, propose, would_block
from framewall.events import EventReader, open_reader, open_sink
from framewall.model import Action, Event, Finding, Mode
from support.events import FINDING, event


@pytest.fixture(params=["sqlite", "jsonl"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return f"{request.param}:{tmp_path / 'events'}"


def reading(url: str, *events: Event) -> EventReader:
    sink = open_sink(url)
    for each in events:
        sink.put(each)
    sink.close()
    return open_reader(url)


OTHER = Finding("sqli", "sqli.union", "event[*].args[1]", ("json",), "union select", 5)


def test_the_narrowest_exception_has_rule_field_event_and_route() -> None:
    (proposal,) = propose(event(1, findings=(FINDING, FINDING)))
    assert (proposal.route, proposal.rule, proposal.field, proposal.event) == (
        "chat", FINDING.rule, FINDING.field, "new message",
    )  # fmt: skip
    assert proposal.allowance.fits(FINDING, "new message")
    assert not proposal.allowance.fits(FINDING, "other event")
    assert not proposal.allowance.fits(replace(FINDING, field="x"), "new message")


def test_an_exception_shows_what_else_it_would_have_let_through(url: str) -> None:
    reader = reading(
        url,
        event(1),
        event(2, client_ip="198.51.100.1"),
        event(3, findings=(FINDING, OTHER)),
        event(4, event="other"),
        event(5, route="admin"),
        event(6, findings=(replace(FINDING, field="elsewhere"),)),
    )
    (proposal,) = propose(event(1))
    told = let_through(reader, proposal)
    assert [each.id for each in told.samples] == ["2", "1"]
    assert (told.fits, told.released, told.complete) == (3, 2, True)
    assert let_through(reader, proposal, threshold=6).released == 3


def test_what_block_would_have_stopped_is_what_the_route_let_pass(url: str) -> None:
    passed = {"action": Action.PASS, "mode": Mode.MONITOR, "close_code": None}
    reader = reading(url, event(1, **passed), event(2), event(3, **passed), event(4, route="admin", **passed))
    told = would_block(reader, "chat", since=0)
    assert ([each.id for each in told.samples], told.hits, told.clients) == (["3", "1"], 2, 1)
    assert would_block(reader, "chat", since=event(2).time).hits == 1
