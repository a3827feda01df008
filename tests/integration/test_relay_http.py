"""Everything that is not a WebSocket: a reverse proxy that gives nothing away between two readings."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from pathlib import Path

import pytest

from framewall.model import RequestPlan
from framewall.proxy import Relay, Route, Server, Settings, Upstream
from integration.conftest import Start
from support.inspectors import BLOCK, PASS, Recorder
from support.servers import Raw, read_request, wait_until


class App:
    """Answers each request with what it got; keeps the connection."""

    def __init__(self, answer: bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok") -> None:
        self.requests: list[tuple[bytes, bytes]] = []
        self.answer = answer

    def __call__(self, connection: socket.socket) -> None:
        while True:
            head, body = read_request(connection)
            if not head:
                return
            self.requests.append((head, body))
            connection.sendall(self.answer)

    @property
    def lines(self) -> list[str]:
        """The last request's head, line by line, in small letters."""
        return self.requests[-1][0].decode().lower().splitlines()


def get(address: str, path: str = "/", headers: dict[str, str] | None = None) -> tuple[int, bytes]:
    client = http.client.HTTPConnection(address, timeout=10)
    client.request("GET", path, headers=headers or {})
    response = client.getresponse()
    found = response.status, response.read()
    client.close()
    return found


def exchange(address: str, data: bytes) -> bytes:
    """Sends bytes, reads to the end."""
    host, port = address.rsplit(":", 1)
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(data)
        out = b""
        while piece := connection.recv(65536):
            out += piece
        return out


SHOP, EVIL = "http://shop.example", "http://evil.example"


def test_a_refusal_can_be_read_by_the_pages_that_may_read_the_applications_answers(start: Start) -> None:
    """And by no others: what the application has told an origin is told it again, and nothing else."""

    def app(connection: socket.socket) -> None:
        while (head := read_request(connection)[0]) and b"http" in head.lower():
            of_shop = f"origin: {SHOP}".encode() in head.lower()
            allows = f"Access-Control-Allow-Origin: {SHOP}\r\nAccess-Control-Allow-Credentials: true\r\n"
            more = allows if of_shop and b" /chat/" in head else ""
            connection.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n{more}\r\nok".encode())

    def asks(path: str, origin: str | None, method: str = "GET", body: str = "") -> dict[bytes, bytes]:
        named = f"Origin: {origin}\r\n" if origin else ""
        head = f"{method} {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: {len(body)}\r\n{named}\r\n"
        lines = exchange(address, (head + body).encode()).partition(b"\r\n\r\n")[0].lower().split(b"\r\n")
        assert lines[0].startswith(b"http/1.1 403" if "attack" in path + body else b"http/1.1 200")
        told = dict(line.split(b": ", 1) for line in lines[1:])
        return {name: told[name] for name in told if name.startswith(b"access-control") or name == b"vary"}

    inspector = Recorder()
    inspector.on_request = lambda request: (
        RequestPlan(BLOCK)
        if "attack" in request.target
        else RequestPlan(PASS, inspect_body=request.method == "POST")
    )
    with Raw(app) as server:
        address = start(server.url, inspector=inspector).address
        allowed = {
            b"access-control-allow-origin": SHOP.encode(),
            b"access-control-allow-credentials": b"true",
        }
        assert asks("/chat/?attack", SHOP) == {}, "the application has not said anything yet"
        assert asks("/chat/", SHOP) == allowed
        assert asks("/chat/", EVIL) == {}
        assert asks("/chat/?attack", SHOP) == {**allowed, b"vary": b"origin"}
        assert asks("/chat/1", SHOP, "POST", "attack") == {**allowed, b"vary": b"origin"}
        assert [asks("/chat/?attack", other) for other in (EVIL, None, "null")] == [{}, {}, {}]
        assert asks("/admin/?attack", SHOP) == {}


def test_requests_keep_host_and_path_and_say_who_asks(start: Start) -> None:
    app = App()
    with Raw(app) as server:
        address = start(server.url).address
        assert get(address, "/a/b?c=d", {"Host": "chat.example", "X-Forwarded-For": "6.6.6.6"}) == (
            200,
            b"ok",
        )
    assert app.lines[0] == "get /a/b?c=d http/1.1"
    assert "host: chat.example" in app.lines
    assert "x-forwarded-for: 127.0.0.1" in app.lines
    assert "x-forwarded-proto: http" in app.lines
    assert "x-forwarded-host: chat.example" in app.lines


def test_a_trusted_proxy_is_believed(start: Start) -> None:
    app = App()
    with Raw(app) as server:
        running = start(server.url, trusted_proxies=("127.0.0.0/8",))
        get(running.address, "/", {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"})
    assert "x-forwarded-for: 203.0.113.9, 127.0.0.1" in app.lines
    assert "x-forwarded-proto: https" in app.lines
    assert running.inspector.requests[0].client_ip == "203.0.113.9"


def test_headers_of_one_hop_stay_there(start: Start) -> None:
    app = App(
        b"HTTP/1.1 200 OK\r\nConnection: X-Inner\r\nX-Inner: 1\r\nKeep-Alive: 5\r\nContent-Length: 0\r\n\r\n"
    )
    with Raw(app) as server:
        address = start(server.url).address
        answer = exchange(
            address,
            b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close, X-Mine\r\nX-Mine: 1\r\nTE: trailers\r\n"
            b"Upgrade: h2c\r\nHTTP2-Settings: x\r\nProxy-Connection: keep-alive\r\nX-Other: 2\r\n\r\n",
        )
    names = {line.partition(":")[0] for line in app.lines}
    assert not names & {"x-mine", "te", "upgrade", "http2-settings", "proxy-connection", "connection"}
    assert "x-other" in names
    assert b"x-inner" not in answer.lower()


def test_connections_are_kept_on_both_sides(start: Start) -> None:
    app = App()
    with Raw(app) as server:
        running = start(server.url, threads=1)
        client = http.client.HTTPConnection(running.address, timeout=10)
        for _ in range(5):
            client.request("POST", "/", b"x" * 10)
            assert client.getresponse().read() == b"ok"
            time.sleep(0.02)
        client.close()
        assert server.accepted == 1
    assert len(app.requests) == 5


def test_a_kept_connection_that_the_server_closed_is_replaced(start: Start) -> None:
    served: list[bytes] = []

    def once(connection: socket.socket) -> None:
        head, _ = read_request(connection)
        served.append(head)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    with Raw(once) as server:
        address = start(server.url, threads=1).address
        for _ in range(20):
            assert get(address) == (200, b"ok")
    assert len(served) == 20


def test_bodies_stream_both_ways(start: Start) -> None:
    """The answer's first half arrives while the request's second half is not yet sent."""
    go_on = threading.Event()
    got: list[bytes] = []

    def talk(connection: socket.socket) -> None:
        data = b""
        while b"first" not in data:
            data += connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhalf1\r\n")
        while b"second" not in data:
            data += connection.recv(65536)
        got.append(data)
        connection.sendall(b"5\r\nhalf2\r\n0\r\n\r\n")

    with Raw(talk) as server:
        host, port = start(server.url).address.rsplit(":", 1)
        with socket.create_connection((host, int(port)), timeout=10) as client:
            client.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n")
            data = b""
            while b"half1" not in data:
                data += client.recv(65536)
            go_on.set()
            client.sendall(b"6\r\nsecond\r\n0\r\n\r\n")
            while b"half2" not in data:
                data += client.recv(65536)
    assert b"second" in got[0]


def test_a_client_that_does_not_read_its_answer_is_given_up(start: Start) -> None:
    ended = threading.Event()

    def endless(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
        try:
            while True:
                connection.sendall(bytes(65536))
        except OSError:
            ended.set()

    with Raw(endless) as server, start(server.url, limits={"stall_seconds": 1}).wire() as wire:
        wire.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        assert ended.wait(5)


def test_a_server_that_is_away_is_a_502_that_says_so(start: Start) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        status, body = get(start(url).address)
    assert (status, body) == (502, b"502 The application cannot be reached.\n")


def test_a_server_that_does_not_answer_is_a_504(start: Start) -> None:
    with Raw(lambda connection: time.sleep(3)) as server:
        assert get(start(server.url, limits={"answer_seconds": 1}).address)[0] == 504


@pytest.mark.parametrize("answer", [b"not http\r\n\r\n", b"", b"HTTP/1.1 101 Switching Protocols\r\n\r\n"])
def test_what_is_no_answer_is_a_502(start: Start, answer: bytes) -> None:
    with Raw(App(answer)) as server:

        def talk(connection: socket.socket) -> None:
            read_request(connection)
            connection.sendall(answer)

        with Raw(talk) as other:
            assert get(start(other.url).address)[0] == 502
        assert server.url


def test_a_unix_socket_may_be_the_server(start: Start, tmp_path: Path) -> None:
    app = App()
    with Raw(app, str(tmp_path / "app.sock")) as server:
        assert get(start(server.url).address) == (200, b"ok")


def test_a_unix_socket_may_be_listened_on(start: Start, tmp_path: Path) -> None:
    app = App()
    path = tmp_path / "framewall.sock"
    with Raw(app) as server:
        running = start(server.url, listen=(f"unix:{path}",))
        assert running.address == f"unix:{path}"
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(path))
            client.sendall(
                b"GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 203.0.113.9\r\nConnection: close\r\n\r\n"
            )
            assert client.recv(65536).startswith(b"HTTP/1.1 200 OK")
    assert running.inspector.requests[0].client_ip == "203.0.113.9"


def test_a_client_that_waits_for_a_go_ahead_gets_it(start: Start) -> None:
    app = App()
    with Raw(app) as server, start(server.url).wire() as wire:
        wire.send(b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n")
        assert wire.head().startswith(b"HTTP/1.1 100 ")
        wire.send(b"body")
        assert wire.head().startswith(b"HTTP/1.1 200 ")
    assert app.requests[0][1] == b"body"
    assert not [line for line in app.lines if line.startswith("expect")]


# hostile requests

REFUSED = {
    "two hosts": b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "a host with a path": b"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",
    "two lengths": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
    "a length that is none": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\nx",
    "chunked not last": b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
    "unknown coding": b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "chunked in 1.0": b"POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a space before the colon": b"GET / HTTP/1.1\r\nHost : a\r\n\r\n",
    "a folded header": b"GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n 2\r\n\r\n",
    "connect": b"CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n",
    "a nul": b"GET / HTTP/1.1\r\nHost: a\r\nX: \x00\r\n\r\n",
    "too many headers": b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 101 + b"\r\n",
    "a head too long": b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"y" * 40_000 + b"\r\n\r\n",
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_two_readers_could_differ_on_is_refused(start: Start, name: str) -> None:
    app = App()
    with Raw(app) as server:
        answer = exchange(start(server.url).address, REFUSED[name])
    assert answer[:10] in (b"HTTP/1.1 4", b"HTTP/1.0 4"), answer
    assert app.requests == []


@pytest.mark.parametrize("first", ["length", "coding"])
def test_a_length_beside_chunks_counts_for_nothing(start: Start, first: str) -> None:
    app = App()
    lines = [b"Content-Length: 6\r\n", b"Transfer-Encoding: chunked\r\n"]
    if first == "coding":
        lines.reverse()
    smuggled = b"0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"
    with Raw(app) as server:
        exchange(
            start(server.url).address,
            b"POST / HTTP/1.1\r\nHost: a\r\n" + b"".join(lines) + b"\r\n" + smuggled,
        )
    assert [head.split(b" ")[1] for head, _ in app.requests] == [b"/"]
    assert not [line for line in app.lines if line.startswith("content-length: 6")]


def test_a_slow_head_is_cut_off(start: Start) -> None:
    host, port = start(limits={"head_seconds": 1}).address.rsplit(":", 1)
    with socket.create_connection((host, int(port)), timeout=10) as client:
        began = time.monotonic()
        client.sendall(b"GET / HTTP/1.1\r\nHo")
        assert client.recv(100) in (b"", b"HTTP/1.1 408 Request Timeout\r\n")
        assert time.monotonic() - began < 3


def test_connections_over_the_cap_are_turned_away(start: Start) -> None:
    app = App()
    with Raw(app) as server:
        running = start(server.url, limits={"client_connections": 1})
        host, port = running.address.rsplit(":", 1)
        with socket.create_connection((host, int(port)), timeout=10):
            time.sleep(0.1)
            assert get(running.address)[0] == 503
        time.sleep(0.1)
        assert get(running.address)[0] == 200


# judging


def test_a_refused_request_never_reaches_the_server(start: Start) -> None:
    app = App()
    with Raw(app) as server:
        running = start(server.url)
        assert get(running.address, "/?q=attack") == (403, b"403 Blocked by Framewall.\n")
        assert get(running.address, "/", {"Cookie": "a=attack"})[0] == 403
    assert app.requests == []


@pytest.mark.parametrize(("body", "status"), [(b"good", 200), (b"an attack", 403), (b"x" * 2_000, 413)])
@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_that_the_plan_asks_for_is_judged_first(
    start: Start, body: bytes, status: int, chunked: bool
) -> None:
    app = App()
    inspector = Recorder()
    inspector.on_request = lambda _: RequestPlan(PASS, inspect_body=True)
    with Raw(app) as server:
        running = start(server.url, inspector=inspector, limits={"body_bytes": 1_000})
        client = http.client.HTTPConnection(running.address, timeout=10)
        if chunked:
            client.request("POST", "/", iter([body[:3], body[3:]]), encode_chunked=True,
                           headers={"Transfer-Encoding": "chunked"})  # fmt: skip
        else:
            client.request("POST", "/", body)
        assert client.getresponse().status == status
        client.close()
    assert [sent for _, sent in app.requests] == ([body] if status == 200 else [])
    if status == 413:
        wait_until(lambda: bool(inspector.failures))
        assert [(side, limit) for side, limit, _, _ in inspector.failures] == [("client", "body_bytes")]


@pytest.mark.parametrize(("body", "status"), [(b"good", 200), (b"an attack", 403), (b"x" * 2_000, 502)])
def test_an_answer_that_the_plan_asks_for_is_judged_first(start: Start, body: bytes, status: int) -> None:
    app = App(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
    inspector = Recorder()
    inspector.on_request = lambda _: RequestPlan(PASS, inspect_response=True)
    with Raw(app) as server:
        running = start(server.url, inspector=inspector, limits={"body_bytes": 1_000})
        found = get(running.address, headers={"Accept-Encoding": "gzip"})
    assert found[0] == status
    assert "accept-encoding: identity" in app.lines
    assert status != 200 or found[1] == body


# routes


def settings(*servers: Raw, **different: object) -> Settings:
    group = Upstream(tuple(Server(server.url) for server in servers), **different)  # type: ignore[arg-type]
    return Settings(upstreams=(group,))


def test_servers_of_a_group_take_turns_and_one_that_is_away_is_passed_over() -> None:
    closing = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"
    one, two = App(closing), App(closing)
    with Raw(one) as first, Raw(two) as second, Relay(settings(first, second), Recorder()) as relay:
        for _ in range(4):
            assert get(relay.addresses[0])[0] == 200
        assert (len(one.requests), len(two.requests)) == (2, 2)
        first.close()
        for _ in range(4):
            assert get(relay.addresses[0])[0] == 200
        assert len(two.requests) == 6


def test_one_client_stays_with_one_server_by_ip_hash() -> None:
    one, two = App(), App()
    with Raw(one) as first, Raw(two) as second:
        options = settings(first, second, balance="ip_hash")
        with Relay(options, Recorder()) as relay:
            for _ in range(4):
                get(relay.addresses[0])
    assert {len(one.requests), len(two.requests)} == {0, 4}


def test_the_first_route_that_fits_takes_a_request() -> None:
    chat, rest = App(), App()
    inspector = Recorder()
    with Raw(chat) as first, Raw(rest) as second:
        options = Settings(
            upstreams=(Upstream((Server(first.url),), "chat"), Upstream((Server(second.url),), "rest")),
            routes=(
                Route("chat", hosts=("*.example",), paths=("/chat",), upstream="chat"),
                Route("rest", hosts=("a.example",), upstream="rest", inspect="nothing"),
            ),
        )
        with Relay(options, inspector) as relay:
            [address] = relay.addresses
            assert get(address, "/chat/x", {"Host": "a.example"})[0] == 200
            assert get(address, "/other?attack", {"Host": "a.example"})[0] == 200
            assert get(address, "/other", {"Host": "b.example"})[0] == 404
            assert get(address, "/other/../chat", {"Host": "a.example"})[0] == 400
    assert (len(chat.requests), len(rest.requests)) == (1, 1)
    assert [request.route for request in inspector.requests] == ["chat"]


def test_an_address_in_use_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(OSError, match=address):
            Relay(Settings.protecting("http://127.0.0.1:1", address), Recorder()).start()


@pytest.mark.parametrize("wrong", ["ftp://a", "a:80", "unix:relative"])
def test_an_upstream_that_cannot_be_is_named(wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        Relay(Settings.protecting(wrong), Recorder()).start()
