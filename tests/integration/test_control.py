"""A node that runs, and its control socket: what it tells, and changes that take effect at the next message."""

from __future__ import annotations

import json
import os
import pwd
import re
import signal
import socket
import stat
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from http.client import HTTPConnection
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from framewall.control import Control, ControlError, let_through, propose, socket_path, would_block
from framewall.events import EventReader, open_reader, parse
from framewall.limits import CONTROL_BYTES, CONTROL_CONNECTIONS
from framewall.model import Mode
from support.command import framewall
from support.framewall import Framewall
from support.servers import Echo, wait_until

XSS = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def upstream() -> Iterator[str]:
    """Sends everything back."""
    with Echo() as echo:
        yield echo.url


class Node(Framewall):
    def __init__(self, upstream: str, folder: Path, *arguments: str) -> None:
        super().__init__(upstream, folder, *arguments)
        path = socket_path([self.events_url])
        assert path
        self.path = path
        self.control = Control(path)
        self.reader: EventReader | None = None
        wait_until(lambda: path.exists())

    def dial(self) -> ClientConnection:
        return connect(f"ws://{self.address}/ws", open_timeout=10)

    def read(self) -> EventReader:
        self.reader = self.reader or open_reader(self.events_url)
        return self.reader


@pytest.fixture
def node(upstream: str, tmp_path: Path) -> Iterator[Node]:
    with Node(upstream, tmp_path, "--metrics", "127.0.0.1:0") as running:
        yield running


@pytest.fixture
def watching(upstream: str, tmp_path: Path) -> Iterator[Node]:
    with Node(upstream, tmp_path, "--mode", "monitor") as running:
        yield running


def echoes(client: ClientConnection, text: str) -> bool:
    """Whether a message passes."""
    try:
        client.send(text)
        return client.recv(10) == text
    except ConnectionClosed:
        return False


def test_the_socket_is_its_owners_alone(node: Node) -> None:
    assert stat.S_IMODE(node.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(node.path.parent.stat().st_mode) == 0o700


def test_a_node_tells_its_health_numbers_and_sessions(node: Node) -> None:
    with node.dial() as client:
        assert echoes(client, "hello")
        status = node.control.status()
        assert (status.websockets, status.sessions, status.listen) == (1, 1, (node.address,))
        assert status.uptime > 0
        assert status.stores == (node.events_url,)
        (session,) = node.control.sessions().sessions
        assert (session.client_ip, session.route, session.path) == ("127.0.0.1", "default", "/ws")
        assert (session.received, session.received_bytes, session.hits) == (1, 5, 0)
        details = node.control.session(session.id)
        assert details
        assert details.request.startswith("GET /ws HTTP/1.1\n")
        assert [said.text for said in details.recent] == ["hello"]
        assert not echoes(client, XSS)
    wait_until(lambda: node.control.status().events.written == 1)
    wait_until(lambda: node.control.sessions().total == 0)
    metrics = node.control.metrics()
    assert (metrics.messages, metrics.hits, metrics.blocked, metrics.hits_by_class) == (2, 1, 1, {"xss": 1})
    assert metrics.p99_ms
    assert metrics.p99_ms >= (metrics.p50_ms or 0) > 0
    assert sum(metrics.closed_by_reason.values()) == 1
    assert node.control.session("no such") is None


def test_the_command_status_tells_it_in_words(node: Node, tmp_path: Path) -> None:
    with node.dial() as client:
        assert not echoes(client, XSS)
    wait_until(lambda: node.control.status().events.written == 1)
    node.control.set_mode("default", Mode.MONITOR, by="ann")
    told = framewall("status", "--events", node.events_url, cwd=tmp_path).stdout
    for line in (
        f"listens on {node.address}; ",
        "1 attacks, 1 of them blocked: 1 xss\n",
        "events: 1 written, 0 waiting, 0 lost\n",
        "route default: monitor (live; block in the configuration), 0 exceptions\n",
        "1 live changes, 0 bans",
    ):
        assert line in told
    shape = json.loads(framewall("status", "--control", node.path, "--json", cwd=tmp_path).stdout)
    assert shape["status"]["events"]["written"] == 1
    gone = framewall("status", cwd=tmp_path, status=1)
    assert "no node answers at framewall-control/node.sock" in gone.stderr


def test_prometheus_finds_the_same_numbers(node: Node) -> None:
    with node.dial() as client:
        assert not echoes(client, XSS)
    wait_until(lambda: node.control.status().events.written == 1)
    at = node.control.status().metrics
    assert at
    with urllib.request.urlopen(at, timeout=10) as answer:
        text = answer.read().decode()
    assert text == node.control.prometheus() or "framewall_hits_total" in text
    for line in (
        'framewall_hits_total{attack="xss"} 1\n',
        "framewall_inspect_seconds_count 1\n",
        'framewall_events_stored_total{outcome="written"} 1\n',
        'verdict="close"} 1\n',
    ):
        assert line in text
    with urllib.request.urlopen(at.replace("/metrics", "/health"), timeout=10) as answer:
        assert answer.read() == b"ok\n"


@pytest.mark.parametrize("version", ["3", "4"])
def test_a_sessions_heartbeats_are_told_and_are_no_events(version: str, node: Node) -> None:
    """Those that Python has read and those that the screen has let pass; who pings depends on the version."""
    target = f"ws://{node.address}/socket.io/?EIO={version}&transport=websocket"
    with connect(target, open_timeout=10) as client:
        for number in range(3):
            time.sleep(0.05)
            client.send("23"[version == "4"])
            client.send(f'42["message",{number}]')
            assert [client.recv(timeout=10) for _ in range(2)][1] == f'42["message",{number}]'
        (session,) = [each for each in node.control.sessions().sessions if each.path == "/socket.io/"]
        assert session.pings == {"3": "client", "4": "server"}[version]
        assert time.time() - 30 < (session.client_beat or 0) <= time.time()
        assert 0.04 < (session.client_beat_seconds or 0) < 10
        assert session.server_beat is None, "the route inspects the client's side alone"
    assert node.control.metrics().hits == 0


def test_a_websockets_own_pings_are_heartbeats(node: Node) -> None:
    """Short ones are no job for Python, and are known nevertheless."""
    with node.dial() as client:
        assert echoes(client, "hello")
        for number in range(2):
            time.sleep(0.05)
            assert client.ping(bytes([number])).wait(10)
        (session,) = node.control.sessions().sessions
        assert session.client_beat is not None
        assert 0.04 < (session.client_beat_seconds or 0) < 10


def test_the_scene_to_its_end_exception_and_ban(node: Node) -> None:
    with node.dial() as client:
        assert not echoes(client, XSS)
    wait_until(lambda: node.control.status().events.written == 1)
    (event,) = node.read().page(parse("class:xss", 0)).events
    proposals = propose(event)
    assert [each.rule for each in proposals] == [finding.rule for finding in event.findings]
    assert let_through(node.read(), proposals[0]).fits == 1
    for each in proposals:
        added = node.control.add_exception(
            route=each.route, rule=each.rule, field=each.field, event=each.event, by="ann", reason="a demo"
        )
        assert (added.origin, added.active, added.by) == ("live", True, "ann")
    with node.dial() as client:
        assert echoes(client, XSS)
        assert node.control.remove_exception(added.id, by="ben")
        assert not node.control.remove_exception(added.id, by="ben")
        assert not echoes(client, XSS)
    with node.dial() as client:
        assert echoes(client, "hello")
        ban = node.control.ban("127.0.0.1", seconds=60, by="ann", reason="attacks")
        assert (ban.source, ban.by) == ("127.0.0.1/32", "ann")
        with pytest.raises(ConnectionClosed):
            client.recv(10)
    with pytest.raises(InvalidStatus) as refused:
        node.dial()
    assert refused.value.response.headers["Retry-After"] == "60"
    assert node.control.bans() == (ban,)
    assert node.control.unban("127.0.0.1", by="ben")
    with node.dial() as client:
        assert echoes(client, "hello")
    log = [(each.who, each.what, bool(each.before), bool(each.after)) for each in node.control.audit()]
    assert log == [
        ("ben", "ban", True, False),
        ("ann", "ban", False, True),
        ("ben", "exception", True, False),
        *[("ann", "exception", False, True)] * len(proposals),
    ]
    assert node.control.audit(limit=1, before=2)[0].id == 1


def test_a_ban_ends_a_poll_that_waits(tmp_path: Path) -> None:
    """A session that has no WebSocket, whose server would say nothing for a minute."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with Node(url, tmp_path) as node, closing(HTTPConnection(node.address, timeout=10)) as client:
            client.request("GET", "/socket.io/?EIO=4&transport=polling&sid=abc")
            with silent.accept()[0]:
                began = time.monotonic()
                node.control.ban("127.0.0.0/8", seconds=60, by="ann")
                assert client.getresponse().status == 403
                assert time.monotonic() - began < 8


def test_a_session_can_be_dropped(node: Node) -> None:
    with node.dial() as client, node.dial() as other:
        assert echoes(client, "hello")
        assert echoes(other, "hello")
        newest = node.control.sessions(limit=1)
        assert (len(newest.sessions), newest.total) == (1, 2)
        assert node.control.drop(newest.sessions[0].id, by="ann") == 1
        with pytest.raises(ConnectionClosed) as closed:
            other.recv(10)
        assert closed.value.rcvd
        assert closed.value.rcvd.code == 1008
        assert echoes(client, "hello")
    assert node.control.drop("no such", by="ann") == 0
    assert [each.what for each in node.control.audit()] == ["session"]


def test_monitor_becomes_block_live_and_says_what_it_would_have_stopped(watching: Node) -> None:
    with watching.dial() as client:
        assert echoes(client, "good morning")
        assert echoes(client, XSS)
        assert echoes(client, "and after")
        wait_until(lambda: watching.control.status().events.written == 1)
        told = would_block(watching.read(), "default", since=0)
        assert (told.hits, told.clients) == (1, 1)
        changed = watching.control.set_mode("default", Mode.BLOCK, by="ann")
        assert (changed.mode, changed.configured) == (Mode.BLOCK, Mode.MONITOR)
        assert not echoes(client, XSS)
    wait_until(lambda: watching.control.status().events.written == 2)
    newest, oldest = watching.read().page(parse("", 0)).events
    assert [said.text for said in oldest.before] == ["good morning"]
    wait_until(lambda: watching.read().event(oldest.id).after != ())  # type: ignore[union-attr]
    recorded = watching.read().event(oldest.id)
    assert recorded
    assert [said.text for said in recorded.after] == ["and after", XSS]
    assert [said.text for said in newest.before] == ["good morning", XSS, "and after"]
    around = watching.read().around(newest.id)
    assert around
    assert [each.id for each in around.before] == [oldest.id]
    assert watching.control.set_mode("default", None, by="ann").mode is Mode.MONITOR


def test_a_route_goes_off_and_on_again(node: Node) -> None:
    node.control.set_mode("default", Mode.OFF, by="ann")
    with node.dial() as client:
        assert echoes(client, XSS)
    node.control.set_mode("default", Mode.BLOCK, by="ann")
    with node.dial() as client:
        assert not echoes(client, XSS)


def test_a_rule_is_switched_off_and_on(node: Node) -> None:
    ids = [each.id for each in node.control.rules() if each.attack == "xss"]
    for each in ids:
        assert not node.control.set_rule(each, False, by="ann", reason="noisy").on
    with node.dial() as client:
        assert echoes(client, XSS)
        for each in ids:
            assert node.control.set_rule(each, True, by="ann").on
        assert not echoes(client, XSS)


def test_changes_survive_a_restart_and_are_told_by_check(upstream: str, tmp_path: Path) -> None:
    with Node(upstream, tmp_path, "--mode", "monitor") as first:
        first.control.set_mode("default", Mode.BLOCK, by="ann")
        first.control.ban("198.51.100.0/24", seconds=None, by="ann", reason="scanners")
        first.control.add_exception(rule="sqli.union", by="ann")
        first.control.set_rule("xss.script", False, by="ann")
    assert not first.path.exists()
    with Node(upstream, tmp_path, "--mode", "monitor") as second:
        assert re.search(r"route default: http://\S+, block\n", second.output)
        second.wait_for("framewall: live: rule xss.script is off, by ann")
        (route,) = second.control.routes()
        assert (route.mode, route.configured, route.exceptions) == (Mode.BLOCK, Mode.MONITOR, 2)
        assert [each.source for each in second.control.bans()] == ["198.51.100.0/24"]
        assert [each.id for each in second.control.rules() if not each.on] == ["xss.script"]
        assert second.control.status().changes == 4
        assert len(second.control.audit()) == 4
        file = tmp_path / "framewall.toml"
        file.write_text(f'upstream = "{upstream}"\nevents = "sqlite:events.db"\n')
        told = framewall("check", file, cwd=tmp_path).stdout
        for line in (
            "live: route default is in mode block, by ann",
            "live: 198.51.100.0/24 is banned, by ann: scanners",
            'live: an exception for rule "sqli.union", by ann',
            "live: rule xss.script is off, by ann",
        ):
            assert line in told
        with second.dial() as client:
            assert not echoes(client, XSS)


def test_a_reload_keeps_live_changes(upstream: str, tmp_path: Path) -> None:
    file = tmp_path / "framewall.toml"
    file.write_text(f'upstream = "{upstream}"\nmode = "monitor"\nthreshold = 5\n')
    with Node(upstream, tmp_path, "--config", str(file)) as node:
        node.control.set_mode("default", Mode.BLOCK, by="ann")
        file.write_text(f'upstream = "{upstream}"\nmode = "monitor"\nthreshold = 6\n')
        os.kill(node.pid, signal.SIGHUP)
        wait_until(lambda: node.control.routes()[0].threshold == 6)
        assert node.control.routes()[0].mode is Mode.BLOCK


def test_the_configurations_exceptions_can_be_removed_live(upstream: str, tmp_path: Path) -> None:
    file = tmp_path / "framewall.toml"
    file.write_text(f'upstream = "{upstream}"\nexceptions = [{{ attack = "xss" }}]\n')
    with Node(upstream, tmp_path, "--config", str(file)) as node, node.dial() as client:
        (allowed,) = node.control.exceptions()
        assert (allowed.origin, allowed.active, allowed.attack) == ("configuration", True, "xss")
        assert echoes(client, XSS)
        assert node.control.remove_exception(allowed.id, by="ann")
        assert not node.control.exceptions()[0].active
        assert not echoes(client, XSS)
        assert node.control.add_exception(attack="xss", by="ann").origin == "configuration"
        with node.dial() as again:
            assert echoes(again, XSS)


def test_a_second_node_beside_the_same_events_goes_on_without_control(
    node: Node, upstream: str, tmp_path: Path
) -> None:
    with Framewall(upstream, tmp_path) as second:
        second.wait_for("going on without live control: another node answers")
        with connect(f"ws://{second.address}/ws") as client:
            assert echoes(client, "hello")
    assert node.control.status().pid


def test_what_cannot_be_is_refused_with_advice(watching: Node) -> None:
    control = watching.control
    asked: list[tuple[Callable[[], object], str]] = [
        (lambda: control.ban("nowhere", seconds=1, by="ann"), "no IP address"),
        (lambda: control.ban("127.0.0.1", seconds=0, by="ann"), "a second or more"),
        (lambda: control.add_exception(by="ann"), "without a condition"),
        (lambda: control.add_exception(attack="xs", by="ann"), 'did you mean "xss"'),
        (lambda: control.add_exception(route="x", rule="xss.script", by="ann"), 'no route "x"'),
        (lambda: control.set_mode("nowhere", Mode.BLOCK, by="ann"), 'no route "nowhere"'),
        (lambda: control.set_rule("xss.scrip", False, by="ann"), 'did you mean "xss.script"'),
        (lambda: control.sessions(limit=-1), "0 or more"),
    ]
    for each, told in asked:
        with pytest.raises(ControlError, match=told):
            each()
    assert control.audit() == ()


def ask(path: Path, line: bytes) -> dict[str, object]:
    """The answer to a line, however often a busy node says to come back first."""
    deadline = time.monotonic() + 60
    while True:
        with socket.socket(socket.AF_UNIX) as peer:
            peer.settimeout(30)
            peer.connect(str(path))
            with suppress(BrokenPipeError, ConnectionResetError):
                peer.sendall(line)
            with peer.makefile("rb") as answer:
                said = json.loads(answer.readline())
        assert isinstance(said, dict)
        if "too many ask at once" not in str(said.get("error")):
            return said
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_nonsense_at_the_socket_is_told_what_is_wrong(node: Node) -> None:
    for line, told in (
        (b"\xff\xfe\n", "not JSON"),
        (b"[" * 5_000 + b"\n", "not JSON"),
        (b"[]\n", "write one object"),
        (b'{"do": "decide"}\n', "write one object"),
        (b'{"do": "changing"}\n', "write one object"),
        (b'{"do": "__init__"}\n', "write one object"),
        (b'{"do": "drop", "id": 1, "by": "x"}\n', "id: Input should be a valid string"),
        (b'{"do": "status", "more": 1}\n', "more: Unexpected keyword"),
        (b"x" * (CONTROL_BYTES.default + 10) + b"\n", "more than"),
    ):
        said = ask(node.path, line)
        assert said["ok"] is False
        assert told in str(said["error"])


def test_a_crowd_at_the_socket_touches_nothing(node: Node) -> None:
    """Traffic passes while every connection that may be is taken, and was before and after it did."""

    def passes_by_a_crowd() -> bool:
        # Whoever says nothing for long is cut off: on a busy machine the crowd may have gone too early.
        with ExitStack() as crowd:
            for _ in range(CONTROL_CONNECTIONS.default):
                crowd.enter_context(socket.socket(socket.AF_UNIX)).connect(str(node.path))
            if not _is_told_to_come_back(node.control):
                return False
            with node.dial() as client:
                assert echoes(client, "hello")
            return _is_told_to_come_back(node.control)

    wait_until(passes_by_a_crowd, 90)
    wait_until(lambda: _answers(node.control), 60)


def _is_told_to_come_back(control: Control) -> bool:
    try:
        control.status()
    except ControlError as error:
        return "too many ask at once" in str(error)
    return False


def _answers(control: Control) -> bool:
    with suppress(ControlError):
        return control.status().pid > 0
    return False


def test_a_change_without_a_name_is_the_users_at_the_socket(node: Node) -> None:
    said = ask(node.path, b'{"do": "ban", "source": "192.0.2.1", "seconds": 5, "by": ""}\n')
    assert said["ok"] is True

    assert node.control.bans()[0].by == pwd.getpwuid(os.geteuid()).pw_name
