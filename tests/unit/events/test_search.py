"""The search language: what each condition finds, and what is said of mistakes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from framewall.events.search import FIELDS, SEARCH_CHARS, SEARCH_TERMS, Pattern, SearchError, parse, term
from framewall.model import Action, Event, Mode
from support.events import EVENT, FINDING

NOW = EVENT.time + 600


def iso(time: float) -> str:
    return datetime.fromtimestamp(time, UTC).isoformat().replace("+00:00", "Z")


SEARCHES = [
    ("", True),
    ("class:xss", True),
    ("class:rce", False),
    ("class:rce,sqli", True),
    ("attack:xss", True),
    ("class:*", True),
    ("-class:xss", False),
    ("-class:rce", True),
    ("rule:xss.event-handler", True),
    ("rule:xss.*", True),
    ("rule:sqli.*", False),
    ('field:"event[\\"new message\\"].args[0]"', True),
    ("field:*.args[0]", True),
    ("field:event*message*[0]", True),
    ('field:"*.args[0]"', False),
    ('event:"new message"', True),
    ("event:new*", True),
    ('event:""', False),
    ("ip:203.0.113.9", True),
    ("ip:203.0.113.0/24", True),
    ("ip:198.51.100.0/24,203.0.0.0/8", True),
    ("ip:2001:db8::/32", False),
    ("action:close", True),
    ("action:blocked", True),
    ("action:recorded", False),
    ("route:chat framework:socket.io node:edge-1 session:s1 transport:websocket mode:block", True),
    ("mode:monitor", False),
    ("path:/socket.io/*", True),
    ("score:5", True),
    ("score:>=5", True),
    ("score:>5", False),
    ("score:<5", False),
    ("score:<=5", True),
    ("score:1..5", True),
    ("score:..4", False),
    ("score:6..", False),
    ("since:11m", True),
    ("since:9m", False),
    ("until:9m", True),
    (f"since:{iso(EVENT.time - 1)} until:{iso(EVENT.time + 1)}", True),
    (f"since:{iso(EVENT.time + 1)}", False),
    ("id:0", True),
    ("onerror", True),
    ("ONERROR", True),
    ("onerror alert", True),
    ("onerror -alert", False),
    ('"onerror=alert(1)"', True),
    ("text:onerror", True),
    ("nothing", False),
    ("nerror", True),
    ("oner", True),
    ("nerorr", False),
    ("=aler", True),
    ("x", True),
    ("ONERR -ALERT", False),
    ("alert(", True),
    ("<img", True),
    ("a,b", False),
    ("  class:xss \t route:chat ", True),
]


@pytest.mark.parametrize(("text", "found"), SEARCHES)
def test_a_search_finds_what_it_says(text: str, found: bool) -> None:
    assert parse(text, NOW).wants(EVENT) is found


@pytest.mark.parametrize(("text", "found"), SEARCHES)
def test_a_search_written_out_is_the_same_search(text: str, found: bool) -> None:
    search = parse(text, NOW)
    assert parse(str(search), NOW) == search


def test_an_event_without_a_name_is_found_as_such() -> None:
    assert parse('event:""', NOW).wants(replace(EVENT, event=None))


def test_a_client_that_is_no_address_is_in_no_network() -> None:
    local = replace(EVENT, client_ip="unix:")
    assert not parse("ip:0.0.0.0/0", NOW).wants(local)
    assert parse(term("ip", "unix:"), NOW).wants(local)


@pytest.mark.parametrize(
    ("text", "at", "told"),
    [
        ("clas:xss", 0, "did you mean class:?"),
        ("route:chat colour:red", 11, "write one of class, rule"),
        ("class:xs", 6, "did you mean xss?"),
        ("class:", 6, "an attack class"),
        ("class:xss,", 10, "an attack class"),
        ("ip:300.1.1.1", 3, "203.0.113.0/24"),
        ("ip:203.0.113.*", 3, "203.0.113.0/24"),
        ("action:kick", 7, "write one of pass, drop"),
        ("mode:bloc", 5, "did you mean block?"),
        ("score:high", 6, "score:>=10"),
        ("score:1,2", 6, "score:>=10"),
        ("since:yesterday", 6, "since:10m"),
        ('onerror "alert', 8, 'end it with "'),
        ("- class:xss", 1, 'write a word, "several words" or field:value'),
        ("x" * (SEARCH_CHARS + 1), SEARCH_CHARS, "search for less"),
        ("x " * (SEARCH_TERMS + 1), 2 * SEARCH_TERMS, "search for less"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_what_to_write(text: str, at: int, told: str) -> None:
    with pytest.raises(SearchError) as caught:
        parse(text, NOW)
    assert caught.value.at == at
    assert told in str(caught.value)


@pytest.mark.parametrize(
    "value",
    ["plain", "new message", 'a "b"', "back\\slash", "*", "a,b", "-x", "", "a:b", "\u202e\n\x00", "ünï"],
)
@pytest.mark.parametrize(
    "name", sorted(set(FIELDS) - {"class", "ip", "action", "mode", "score", "since", "until"})
)
def test_a_term_made_for_a_value_means_exactly_it(name: str, value: str) -> None:
    (made,) = parse(term(name, value), NOW).terms
    assert (made.field, made.values) == (name, (Pattern((value,)),))


@pytest.mark.parametrize(
    ("pieces", "text", "fits"),
    [
        (("a",), "a", True),
        (("a", "a"), "a", False),
        (("a", "a"), "aa", True),
        (("", "b", ""), "abc", True),
        (("ab", "bc"), "abc", False),
        (("", "x", "x", ""), "x", False),
    ],
)
def test_stars_stand_for_anything(pieces: tuple[str, ...], text: str, fits: bool) -> None:
    assert Pattern(pieces).fits(text) is fits


def changed(event: Event, name: str) -> Event:
    """The event with another value in one field."""
    others: dict[str, dict[str, Any]] = {
        "class": {"attacks": ("rce",)},
        "rule": {"findings": (replace(FINDING, rule="other"),)},
        "field": {"findings": (replace(FINDING, field="other"),)},
        "ip": {"client_ip": "198.51.100.7"},
        "action": {"action": Action.PASS},
        "mode": {"mode": Mode.MONITOR},
        "score": {"score": 99},
        "since": {"time": 0.0},
        "until": {"time": 9e9},
        "text": {"request": "", "findings": ()},
    }
    return replace(event, **others.get(name, {name: "other"}))


@pytest.mark.parametrize("name", sorted(FIELDS))
def test_every_field_tells_events_apart(name: str) -> None:
    values = {
        "class": "xss", "rule": "xss.event-handler", "field": "*args*", "ip": "203.0.113.9", "action": "close",
        "mode": "block", "score": "5", "since": "11m", "until": "9m", "text": "onerror", "event": "new*", "path": "*",
        "route": "chat", "framework": "socket.io", "session": "s1", "node": "edge-1", "transport": "websocket",
        "id": "0",
    }  # fmt: skip
    value = "/socket*" if name == "path" else values[name]
    search = parse(f"{name}:{value}", NOW)
    assert search.wants(EVENT)
    assert not search.wants(changed(EVENT, name))
