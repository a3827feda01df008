"""What the screen passes arrives without the Inspector, in order; and the Inspector has the last word all the same."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from websockets.sync.client import ClientConnection, connect

from framewall.config.settings import engine_settings
from framewall.detect import builtin_engine
from framewall.model import Event, Message, Mode, Verdict
from framewall.pipeline import Inspector, Session
from framewall.policy import Policy, RoutePolicy
from framewall.proxy import Relay, Route, Settings
from support.servers import Echo, Raw, read_head, wait_until
from support.wire import CLOSE, TEXT, Wire, frame, switching

PATH = "/socket.io/?EIO=4&transport=websocket"
ATTACK = '42["new message","<img src=x onerror=alert(1)>"]'


def chat(number: int) -> str:
    return f'42["new message",{{"user":"ann","text":"good morning to you all, number {number}"}}]'


class Counting(Inspector):
    """Remembers which messages it was asked about."""

    asked: list[bytes]

    def message(self, session: Session, message: Message) -> Verdict:
        self.asked.append(message.data)
        return super().message(session, message)


class Protected:
    """An echo behind a relay with the real Inspector."""

    def __init__(self, relay: Relay[Session], inspector: Counting, echo: Echo, events: list[Event]) -> None:
        self.relay, self.inspector, self.echo, self.events = relay, inspector, echo, events

    def connect(self, path: str = PATH) -> ClientConnection:
        return connect(f"ws://{self.relay.addresses[0]}{path}", compression=None, max_size=None)


@contextmanager
def protected(policy: RoutePolicy | None = None, url: str = "") -> Iterator[Protected]:
    events: list[Event] = []
    route = policy or RoutePolicy()
    inspector = Counting(
        Policy(default=route), builtin_engine(), events.append, time.time, settings=engine_settings
    )
    inspector.asked = []
    with Echo(compression=None) as server:
        settings = Settings.protecting(url or server.url)
        settings = replace(settings, routes=(Route(inspect="both" if route.inspect == "both" else "client"),))
        with Relay(settings, inspector) as relay:
            yield Protected(relay, inspector, server, events)


def say(client: ClientConnection, texts: list[str]) -> None:
    """One after another, each answered before the next."""
    for each in texts:
        client.send(each)
        assert client.recv(5) == each


def test_a_chat_never_wakes_python_and_an_attack_in_it_is_stopped() -> None:
    with protected() as here, here.connect() as client:
        say(client, ["40", *map(chat, range(100)), "3"])
        assert here.relay.screened >= 100
        assert len(here.inspector.asked) <= 2
        client.send(ATTACK)
        with pytest.raises(Exception, match="1008"):
            client.recv(5)
        assert ATTACK not in here.echo.received
        assert [event.action for event in here.events] == ["close"]


def test_messages_that_pass_and_messages_that_are_asked_about_arrive_in_order() -> None:
    with protected() as here, here.connect() as client:
        long = chat(0).replace("good morning", "good morning " * 4_000)
        sent = [long if number % 7 == 3 else chat(number) for number in range(60)]
        for each in ("40", *sent):
            client.send(each)
        assert [client.recv(10) for _ in range(61)] == ["40", *sent]
        assert any(len(each) > 10_000 for each in here.inspector.asked)


def test_nothing_behind_an_attack_is_passed() -> None:
    arrived = bytearray()

    def listen(connection: socket.socket) -> None:
        head, rest = read_head(connection)
        connection.sendall(switching(head))
        arrived.extend(rest)
        while piece := connection.recv(65536):
            arrived.extend(piece)

    good = [frame(TEXT, chat(number).encode()) for number in range(80)]
    with Raw(listen) as server, protected(url=server.url) as here, Wire(here.relay.addresses[0]) as wire:
        wire.upgrade(PATH)
        wire.send(frame(TEXT, b"40"))
        wait_until(lambda: bool(arrived))
        before = bytes(arrived)
        wire.send(b"".join([*good[:40], frame(TEXT, ATTACK.encode()), *good[40:]]))
        wire.until_end()
        expected = before + b"".join(good[:40])
        assert arrived.startswith(expected)
        assert arrived[len(expected)] == 0x80 | CLOSE


def test_another_policy_counts_from_the_next_message_on() -> None:
    with protected(RoutePolicy(mode=Mode.OFF)) as here, here.connect() as client:
        say(client, ["40", ATTACK, chat(1)])
        assert here.relay.screened >= 2
        here.inspector.policy = Policy(default=RoutePolicy(mode=Mode.BLOCK))
        say(client, ["40", chat(2), chat(3)])
        client.send(ATTACK)
        with pytest.raises(Exception, match="1008"):
            client.recv(5)
        assert here.echo.received.count(ATTACK) == 1


def test_what_the_server_says_is_screened_where_it_is_inspected() -> None:
    with protected(RoutePolicy(inspect="both")) as here, here.connect("/chat") as client:
        say(client, [f"good morning, number {number}" for number in range(50)])
        assert here.relay.screened >= 96


def test_frames_and_bytes_of_screened_messages_are_counted(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", "framewall.relay")
    with protected() as here, here.connect() as client:
        say(client, ["40", *map(chat, range(20))])
    wait_until(lambda: "messages=21/" in caplog.text)


def test_a_slow_inspection_delays_nobody_who_passes() -> None:
    with protected() as here, here.connect() as slow, here.connect() as quick:
        say(quick, ["40", chat(0), chat(1)])
        say(slow, ["40"])
        original = here.inspector.message

        def slowly(session: Session, message: Message) -> Verdict:
            time.sleep(1)
            return original(session, message)

        here.inspector.message = slowly  # type: ignore[method-assign]
        for _ in range(4):
            slow.send("0 what is this")
        began = time.monotonic()
        say(quick, [chat(number) for number in range(100)])
        assert time.monotonic() - began < 1
