"""The relay with the real Inspector: an attack on a chat, cut in every way, and what a ban ends."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack

import pytest

from framewall.config.settings import engine_settings
from framewall.detect import builtin_engine
from framewall.model import Event
from framewall.pipeline import Inspector
from framewall.policy import Policy, RoutePolicy
from framewall.proxy import Relay, Settings
from integration.test_relay_block import DEFLATE, deflated, fragments
from support.servers import Echo, wait_until
from support.wire import PING, TEXT, Wire, frame, handshake

PATH = "/socket.io/?EIO=4&transport=websocket"
ATTACK = b'42["new message","<img src=x onerror=alert(1)>"]'
GOOD = b'42["new message","1 < 2 and don\'t select one or two"]'

WAYS: dict[str, Callable[[], bytes]] = {
    "one frame": lambda: frame(TEXT, ATTACK),
    "a byte a fragment": lambda: fragments(ATTACK, 1),
    "pings in between": lambda: fragments(ATTACK, 5, between=frame(PING)),
    "deflated": lambda: frame(TEXT, deflated(ATTACK), rsv1=True),
    "deflated, a block a byte, in fragments": lambda: fragments(deflated(ATTACK, step=1), 3, rsv1=True),
}


@pytest.mark.parametrize("name", WAYS)
@pytest.mark.parametrize("how", ["at once", "byte by byte", "behind the handshake"])
def test_the_attack_never_arrives_and_is_recorded(name: str, how: str) -> None:
    events: list[Event] = []
    inspector = Inspector(Policy(), builtin_engine(), events.append, time.time, settings=engine_settings)
    data = WAYS[name]()
    with Echo() as server, Relay(Settings.protecting(server.url), inspector) as relay:
        with Wire(relay.addresses[0]) as wire:
            wire.upgrade(PATH, DEFLATE, behind=data if how == "behind the handshake" else b"")
            if how != "behind the handshake":
                wire.send(frame(TEXT, GOOD))
                assert wire.frame()[0] == TEXT
                step = 1 if how == "byte by byte" else len(data)
                for at in range(0, len(data), step):
                    wire.send(data[at : at + step])
            assert wire.close_code() == 1008
            assert wire.until_end()[1] < 1
        wait_until(lambda: bool(server.closes))
    assert [message for message in server.received if message != GOOD.decode()] == []
    [event] = events
    assert (event.attacks[0], event.framework, event.action) == ("xss", "socket.io", "close")


def test_a_ban_ends_its_clients_other_sockets_and_nobody_elses() -> None:
    """By the client's cookie: two more of its sockets, of which one has never said anything, and one of a neighbour."""
    policy = Policy(default=RoutePolicy(ban_seconds=60, ban_by=("cookie:s",)))
    events: list[Event] = []
    inspector = Inspector(policy, builtin_engine(), events.append, time.time, settings=engine_settings)
    mine, theirs = "Cookie: s=mine\r\n", "Cookie: s=theirs\r\n"
    with Echo() as server, Relay(Settings.protecting(server.url), inspector) as relay, ExitStack() as stack:
        wires = [stack.enter_context(Wire(relay.addresses[0])) for _ in range(5)]
        attacker, talking, silent, neighbour, later = wires
        for wire, cookie in zip(wires, (mine, mine, mine, theirs), strict=False):
            wire.upgrade(PATH, cookie)
        for wire in (talking, neighbour):
            wire.send(frame(TEXT, GOOD))
            assert wire.frame() == (TEXT, GOOD)
        began = time.monotonic()
        attacker.send(frame(TEXT, ATTACK))
        assert [wire.close_code() for wire in (attacker, talking, silent)] == [1008] * 3
        assert time.monotonic() - began < 2
        neighbour.send(frame(TEXT, GOOD))
        assert neighbour.frame() == (TEXT, GOOD)
        later.send(handshake(PATH, mine))
        refused = later.head().lower()
        assert refused.startswith(b"http/1.1 403 ")
        assert b"\r\nretry-after: " in refused
