"""Starting, stopping, and peers that are slow."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time

import pytest

from framewall.model import Message, Verdict
from integration.conftest import Start
from support.inspectors import PASS, Said
from support.running import REPOSITORY, Running
from support.servers import Echo, Raw, read_head, wait_until
from support.wire import CLOSE, TEXT, Wire, frame, switching


def test_stopping_closes_1001_to_all_and_ends_in_time(start: Start, echo: Echo) -> None:
    running = start(echo.url)
    wires = [running.wire() for _ in range(20)]
    for wire in wires:
        wire.upgrade()
        wire.send(frame(TEXT, b"x"))
        assert wire.frame() == (TEXT, b"x")
    began = time.monotonic()
    running.relay.stop()
    assert time.monotonic() - began < 3
    for wire in wires:
        assert wire.frame() == (CLOSE, (1001).to_bytes(2, "big"))
        wire.socket.close()
    wait_until(lambda: len(echo.closes) == 20)
    assert set(echo.closes) == {(1001, "")}
    assert [said.closed for said in running.inspector.sessions] == ["ended by the operator"] * 20
    with pytest.raises(ConnectionRefusedError):
        Wire(running.address)


def test_stopping_does_not_wait_for_deaf_peers(start: Start) -> None:
    def deaf(connection: socket.socket) -> None:
        head, _ = read_head(connection)
        connection.sendall(switching(head))
        time.sleep(5)

    with Raw(deaf) as server:
        running = start(server.url)
        with running.wire() as wire:
            wire.upgrade()
            began = time.monotonic()
            running.relay.stop()
            assert time.monotonic() - began < 2.5


def test_a_request_under_way_may_end(start: Start) -> None:
    def slow(connection: socket.socket) -> None:
        read_head(connection)
        time.sleep(0.5)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    with Raw(slow) as server:
        running = start(server.url)
        with running.wire() as wire:
            wire.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            time.sleep(0.2)
            stopping = threading.Thread(target=running.relay.stop)
            stopping.start()
            assert wire.head().startswith(b"HTTP/1.1 200 ")
            stopping.join(5)


def test_sigterm_drains() -> None:
    program = """
        import signal, sys
        from framewall.proxy import Relay, Settings
        from support.inspectors import Recorder
        relay = Relay(Settings.protecting(sys.argv[1]), Recorder()).start()
        signal.signal(signal.SIGTERM, lambda *_: relay.stop())
        print("at", relay.addresses[0], flush=True)
        relay.wait()
        print("ended", flush=True)
    """
    with Echo(compression=None) as server:
        command = [sys.executable, "-c", textwrap.dedent(program), server.url]
        with Running(command, env={"PYTHONPATH": str(REPOSITORY / "tests")}) as process:
            address = process.wait_for(r"at (\S+)").group(1)
            with Wire(address) as wire:
                wire.upgrade()
                os.kill(process.pid, signal.SIGTERM)
                assert wire.close_code() == 1001
            assert process.wait_for("ended", 5)


def forget(session: Said, message: Message) -> Verdict:
    """Passes all, and keeps none of it."""
    session.messages.clear()
    return PASS


def memory(pid: int) -> int:
    """Resident KiB."""
    said = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=True)
    return int(said.stdout)


@pytest.mark.parametrize("inspect", ["client", "both"])
def test_a_slow_reader_stops_the_sender_and_memory_stays(start: Start, inspect: str) -> None:
    sent = 0
    stuck = threading.Event()

    def flood(connection: socket.socket) -> None:
        nonlocal sent
        head, _ = read_head(connection)
        connection.sendall(switching(head))
        piece = frame(2, bytes(50_000), masked=False)
        connection.settimeout(1)
        try:
            while sent < 400 << 20:
                connection.sendall(piece)
                sent += len(piece)
        except TimeoutError:
            stuck.set()

    before = memory(os.getpid())
    with Raw(flood) as server:
        running = start(server.url, inspect=inspect)
        if inspect == "both":
            running.inspector.on_message = forget
        with running.wire() as wire:
            wire.upgrade()
            assert stuck.wait(30)
            assert sent < 40 << 20, "the sender was not stopped"
            assert memory(os.getpid()) - before < 40 << 10


def test_a_slow_server_stops_the_client_and_memory_stays(start: Start) -> None:
    def slow(connection: socket.socket) -> None:
        head, _ = read_head(connection)
        connection.sendall(switching(head))
        time.sleep(15)

    before = memory(os.getpid())
    with Raw(slow) as server:
        running = start(server.url)
        running.inspector.on_message = forget
        with running.wire() as wire:
            wire.upgrade()
            piece = frame(2, bytes(50_000))
            wire.socket.settimeout(1)
            sent = 0
            with contextlib.suppress(TimeoutError):
                while sent < 400 << 20:
                    wire.send(piece)
                    sent += len(piece)
            assert sent < 40 << 20, "the sender was not stopped"
            assert memory(os.getpid()) - before < 40 << 10


def test_a_message_that_is_never_finished_is_closed(start: Start, echo: Echo) -> None:
    running = start(echo.url, limits={"message_seconds": 1})
    with running.wire() as wire:
        wire.upgrade()
        wire.send(frame(TEXT, b"begun", fin=False))
        began = time.monotonic()
        assert wire.close_code() == 1008
        assert 0.9 < time.monotonic() - began < 2.5
    wait_until(lambda: bool(running.inspector.failures))
    assert running.inspector.failures[0][:2] == ("client", "message_seconds")


def test_an_idle_tunnel_is_closed(start: Start, echo: Echo) -> None:
    running = start(echo.url, limits={"idle_seconds": 1})
    with running.wire() as wire:
        wire.upgrade()
        assert wire.close_code() == 1001


def test_each_tunnel_leaves_one_line_at_debug(
    start: Start, echo: Echo, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, "framewall.relay"):
        running = start(echo.url)
        with running.wire() as wire:
            wire.upgrade()
            wire.send(frame(TEXT, b"hello"))
            wire.frame()
            wire.send(frame(CLOSE, (1000).to_bytes(2, "big")))
            wire.until_end()
        wait_until(lambda: bool(caplog.messages))
    [line] = caplog.messages
    assert line.startswith("127.0.0.1 route=default subprotocol=- messages=1/0 bytes=19/")
    assert line.endswith("reason='closed by the client'")


def test_connections_are_counted(start: Start, echo: Echo) -> None:
    running = start(echo.url)
    with running.wire() as wire:
        wire.upgrade()
        wait_until(lambda: running.relay.tunnels == 1)
        assert running.relay.connections == 1
    wait_until(lambda: running.relay.connections == 0)
    assert running.relay.tunnels == 0
