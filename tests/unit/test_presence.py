"""Who has sessions open."""

from __future__ import annotations

from framewall.presence import Presence
from framewall.sessions import Conversation
from support.requests import upgrade


def conversation() -> Conversation:
    return Conversation(upgrade(), None, 0.0)


def test_a_session_is_found_by_each_of_its_clients_names_and_once() -> None:
    presence, one, other = Presence(), conversation(), conversation()
    presence.add(("203.0.113.9", "cookie:s=1"), one)
    presence.add(("203.0.113.9",), other)
    assert presence.of(("cookie:s=1", "203.0.113.9")) == [one, other]
    assert presence.of(("cookie:s=1",)) == [one]
    assert presence.of(("203.0.113.8",)) == []


def test_what_nobody_keeps_is_forgotten_and_so_is_its_client() -> None:
    presence, kept = Presence(), conversation()
    presence.add(("kept",), kept)
    for number in range(1_000):
        presence.add((f"cookie:s={number}", f"address {number}"), conversation())
    assert len(presence) < 10
    assert presence.of(("kept",)) == [kept]
