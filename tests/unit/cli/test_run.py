"""``framewall run``: what it says, what it protects, how it ends."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from support.command import framewall
from support.framewall import Framewall
from support.running import Running
from support.servers import Echo

XSS = "<img src=x onerror=alert(1)>"


@pytest.fixture
def echo() -> Iterator[Echo]:
    with Echo() as server:
        yield server


def attack(address: str) -> int | None:
    """Says hello, gets it back, attacks; the close code of the connection, or None if it still stands."""
    with connect(f"ws://{address}/ws") as client:
        client.send("hello")
        assert client.recv(10) == "hello"
        client.send(XSS)
        try:
            back = client.recv(10)
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 1006
        assert back == XSS
        return None


def test_nothing_to_protect_is_told(tmp_path: Path) -> None:
    said = framewall("run", cwd=tmp_path, status=2)
    assert "there is nothing to protect: add --upstream http://127.0.0.1:3000" in said.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--upstream", "127.0.0.1:3000"], '"127.0.0.1:3000" lacks its scheme; write "http://127.0.0.1:3000"'),
        (["--upstream", "http://a", "--mode", "blok"], '--mode: "blok" is not possible here; did you'),
        (["--upstream", "http://a", "--listen", "8080"], '--listen: "8080" does not say on which address'),
        (["--upstream", "http://a", "--events", "x"], "--events: 'x' names no event store; write one of:"),
        (["--upstream", "http://a", "--events", "sqlite:/none/x"], "there is no directory /none"),
        (["--upstream", "http://a", "--console", "127.0.0.1:9", "--events", "jsonl:-"], "console: the console has no"),
        (["--config", "none.toml"], "none.toml: it cannot be read: No such file or directory"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_and_nothing_starts(arguments: list[str], told: str, tmp_path: Path) -> None:
    said = framewall("run", *arguments, cwd=tmp_path, status=1)
    assert told in said.stderr
    assert said.stdout == ""


def test_an_address_in_use_is_told(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        said = framewall(
            "run", "--upstream", "http://127.0.0.1:9", "--listen", address, cwd=tmp_path, status=1
        )
    assert f"cannot listen on {address}: Address already in use" in said.stderr
    assert "name another address with --listen" in said.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_attack_is_blocked_and_recorded_before_a_clean_end(
    echo: Echo, tmp_path: Path, number: signal.Signals
) -> None:
    with Framewall(echo.url, tmp_path) as wall:
        assert attack(wall.address) == 1008
        with connect(f"ws://{wall.address}/ws") as bystander:
            sent = time.monotonic()
            os.kill(wall.pid, number)
            with pytest.raises(ConnectionClosed) as closed:
                bystander.recv(10)
            assert closed.value.rcvd
            assert closed.value.rcvd.code == 1001
        wall.wait_for("events written")
        assert wall.wait() == 0
        assert time.monotonic() - sent < 10
        (event,) = wall.events()
    assert echo.received == ["hello"]
    assert (event["attacks"], event["action"], event["close_code"]) == (["xss"], "close", 1008)
    assert event["client_ip"] == "127.0.0.1"
    assert event["request"].startswith("POST /ws WEBSOCKET/13\n")
    assert "1 events written" in wall.output
    assert "Traceback" not in wall.output


def test_an_event_survives_kill_9_once_its_batch_is_written(echo: Echo, tmp_path: Path) -> None:
    with Framewall(echo.url, tmp_path) as wall:
        assert attack(wall.address) == 1008
        time.sleep(0.5)
        os.kill(wall.pid, signal.SIGKILL)
        assert wall.wait_for_event()["attacks"] == ["xss"]


def test_monitor_on_the_command_line_records_and_blocks_nothing(echo: Echo, tmp_path: Path) -> None:
    file = tmp_path / "w.toml"
    file.write_text(
        f'listen = "127.0.0.1:0"\nupstream = "{echo.url}"\nevents = "sqlite:e.db"\n'
        '[[routes]]\nname = "ws"\npath = "/ws"\nmode = "block"\n'
    )
    command = [sys.executable, "-m", "framewall", "run", "--config", str(file), "--mode", "monitor"]
    with Running(command, cwd=tmp_path) as wall:
        address = wall.wait_for(r"listening on http://(\S+)").group(1)
        wall.wait_for(r"route ws: \* /ws -> http://127\.0\.0\.1:\d+, monitor")
        assert attack(address) is None
        wall.wait_for(r"recorded .*xss")
        assert wall.stop() == 0
    said = framewall("events", "--config", file, "--json", cwd=tmp_path).stdout.splitlines()
    (event,) = map(json.loads, said)
    assert (event["route"], event["mode"], event["action"]) == ("ws", "monitor", "pass")
    assert echo.received == ["hello", XSS]


def test_routes_groups_and_limits_of_a_file_are_in_force(echo: Echo, tmp_path: Path) -> None:
    (tmp_path / "w.toml").write_text(
        f"""
        listen = ["127.0.0.1:0", "unix:{tmp_path}/wall.sock"]
        [upstreams.echo]
        servers = ["{echo.url}"]
        balance = "ip_hash"
        [[routes]]
        name = "small"
        path = "/small"
        upstream = "echo"
        limits = {{ message_bytes = "1KiB" }}
        [[routes]]
        name = "off"
        path = "/ws"
        upstream = "echo"
        mode = "off"
        """
    )
    with Running([sys.executable, "-m", "framewall", "run", "--config", "w.toml"], cwd=tmp_path) as wall:
        address = wall.wait_for(r"listening on http://(\S+)").group(1)
        wall.wait_for("listening on unix:")
        with connect(f"ws://{address}/small") as client:
            client.send("x" * 1_000)
            assert client.recv(10) == "x" * 1_000
            client.send("x" * 2_000)
            with pytest.raises(ConnectionClosed) as closed:
                client.recv(10)
            assert closed.value.rcvd
            assert closed.value.rcvd.code == 1009
        assert attack(address) is None
        with pytest.raises(urllib.error.HTTPError) as answer:
            urllib.request.urlopen(f"http://{address}/elsewhere", timeout=10)
        assert answer.value.code == 404
        assert wall.stop() == 0
    assert echo.received == ["x" * 1_000, "hello", XSS]


def test_standard_output_has_events_alone_if_they_go_there(echo: Echo, tmp_path: Path) -> None:
    command = [
        sys.executable, "-m", "framewall", "run", "--listen", "127.0.0.1:0", "--upstream", echo.url,
        "--events", "jsonl:-",
    ]  # fmt: skip
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path
    ) as wall:
        assert wall.stderr
        assert wall.stdout
        address = wall.stderr.readline().split("http://")[1].strip()
        assert attack(address) == 1008
        assert json.loads(wall.stdout.readline())["attacks"] == ["xss"]
        wall.terminate()
        assert wall.wait(20) == 0
        assert wall.stdout.read() == ""


def test_hostile_text_in_the_log_is_written_out(echo: Echo, tmp_path: Path) -> None:
    with Framewall(echo.url, tmp_path) as wall, connect(f"ws://{wall.address}/ws") as client:
        client.send(json.dumps({"\x1b[2J": XSS}))
        with pytest.raises(ConnectionClosed):
            client.recv(10)
        wall.wait_for(r"blocked .*xss")
        assert "\x1b" not in wall.output


def test_debug_has_a_line_for_each_connection_and_info_has_none(echo: Echo, tmp_path: Path) -> None:
    for level, lines in (("debug", 1), ("info", 0)):
        file = tmp_path / "w.toml"
        file.write_text(f'listen = "127.0.0.1:0"\nupstream = "{echo.url}"\nlog_level = "{level}"\n')
        with Running([sys.executable, "-m", "framewall", "run", "--config", str(file)], cwd=tmp_path) as wall:
            address = wall.wait_for(r"listening on http://(\S+)").group(1)
            with connect(f"ws://{address}/ws") as client:
                client.send("hello")
                client.recv(10)
            time.sleep(0.5)
            wall.stop()
            assert sum("framewall.relay" in line for line in wall.output.splitlines()) == lines


def test_an_upstream_that_is_away_is_a_502(tmp_path: Path) -> None:
    with Framewall("http://127.0.0.1:9", tmp_path) as wall:
        with pytest.raises(urllib.error.HTTPError) as answer:
            urllib.request.urlopen(f"http://{wall.address}/", timeout=10)
        assert answer.value.code == 502
