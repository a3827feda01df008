"""What a page's library reports of a refusal: with JSONP, and on a page of another origin than the application's.

Such a page can read an answer only if that allows it; Framewall's own says what the application's do.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from support.framewall import Framewall
from support.peers import ATTACK, FOLDER, MARK
from support.running import REPOSITORY, Running

TESTS = REPOSITORY / "tests" / "e2e"
CLIENTS = {
    "socket.io": "node_modules/socket.io-client/dist/socket.io.js",
    "socket.io 2": "v2/node_modules/socket.io-client/dist/socket.io.js",
    "sockjs": "frameworks/node_modules/sockjs-client/dist/sockjs.js",
    "signalr": "frameworks/node_modules/@microsoft/signalr/dist/browser/signalr.js",
    "signalr2": "frameworks/node_modules/signalr/jquery.signalR.js",
}
SERVERS = {
    "socket.io": TESTS / "echo.js",
    "socket.io 2": TESTS / "echo.js",
    "sockjs": FOLDER / "servers" / "sockjs.js",
    "signalr": FOLDER / "server.js",
    "signalr2": FOLDER / "servers" / "signalr2.js",
}
TALKS = {
    "socket.io": """([url, transport, messages, told]) => {
      const socket = io(url, { transports: [transport], withCredentials: true, reconnectionDelay: 40 });
      socket.on("connect", () => { told("connected"); messages.forEach((message) => socket.emit("say", message)); });
      socket.on("disconnect", (reason) => told(`disconnected: ${reason}`));
      socket.on("connect_error", (error) => told(`refused: ${error.message}`));
    }""",
    "socket.io 2": """([url, transport, messages, told]) => {
      const socket = io(url, { transports: ["polling"], forceJSONP: transport === "jsonp", reconnectionDelay: 40 });
      socket.on("connect", () => { told("connected"); messages.forEach((message) => socket.emit("say", message)); });
      socket.on("disconnect", (reason) => told(`disconnected: ${reason}`));
      socket.on("connect_error", (error) => told(`refused: ${error.message}`));
    }""",
    "sockjs": """([url, transport, messages, told]) => {
      const client = new SockJS(`${url}/echo`, null, { transports: [transport] });
      client.onopen = () => { told("connected"); messages.forEach((message) => client.send(message)); };
      client.onclose = (event) => told(`disconnected: ${event.code} ${event.reason}`);
    }""",
    "signalr": """async ([url, transport, messages, told]) => {
      const client = new signalR.HubConnectionBuilder().withUrl(`${url}/chat`, signalR.HttpTransportType[transport])
        .configureLogging(signalR.LogLevel.None).withAutomaticReconnect([40, 40]).build();
      client.onreconnecting(() => told("reconnecting"));
      client.onclose((error) => told(`disconnected: ${error?.message}`));
      await client.start();
      told("connected");
      for (const message of messages) {
        await client.invoke("SendMessage", message).catch((error) => told(`rejected: ${error.message}`));
      }
    }""",
    "signalr2": """([url, way, messages, told]) => {
      const [transport, jsonp] = way.split(", ");
      const connection = $.hubConnection(`${url}/signalr`, { useDefaultPath: false });
      const hub = connection.createHubProxy("chatHub");
      hub.on("heard", () => {});
      connection.error((error) => told(`error: ${error.message}`));
      connection.disconnected(() => told("disconnected: -"));
      connection.start({ transport, jsonp: Boolean(jsonp), withCredentials: true }).done(async () => {
        told("connected");
        const rejected = (error) => told(`rejected: ${error.message}`);
        for (const message of messages) await hub.invoke("say", message).catch(rejected);
      });
    }""",
}
UNTIL_ENDED = """(given) => new Promise((resolve) => {
  const said = [];
  const told = (what) => { said.push(what); if (what.startsWith("disconnected")) setTimeout(resolve, 400, said); };
  (TALK)([...given, told]);
})"""
FETCHED = """(url) => fetch(url, { credentials: "include" })
  .then(async (answer) => [answer.status, await answer.text()], (error) => String(error))"""

OF_ITS_OWN = {
    ("socket.io 2", "jsonp"): {"disconnected: io server disconnect"},
    ("sockjs", "jsonp-polling"): {"disconnected: 1008 Not here"},
    ("signalr2", "longPolling, JSONP"): {"error: Not here", "disconnected: -"},
}
CROSSING = {
    **OF_ITS_OWN,
    ("socket.io", "polling"): {"disconnected: io server disconnect"},
    ("socket.io 2", "polling"): {"disconnected: io server disconnect"},
    ("sockjs", "xhr-polling"): {"disconnected: 1008 Not here"},
    ("sockjs", "xhr-streaming"): {"disconnected: 1008 Not here"},
    ("sockjs", "eventsource"): {"disconnected: 1008 Not here"},
    ("signalr", "LongPolling"): {"disconnected: Server returned an error on close: Not here"},
    ("signalr", "ServerSentEvents"): {"disconnected: Server returned an error on close: Not here"},
    ("signalr2", "longPolling"): {"error: Not here", "disconnected: -"},
    ("signalr2", "serverSentEvents"): {"error: Not here", "disconnected: -"},
}


class Files(SimpleHTTPRequestHandler):
    """The tests' folder."""

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


@contextmanager
def pages() -> Iterator[int]:
    """The port of a server that has the clients' scripts and, at any other path, an empty page."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Files, directory=str(TESTS))) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


@contextmanager
def refusing(framework: str, origin: str, folder: Path) -> Iterator[tuple[Running, Framewall]]:
    """The framework's server, which allows pages of this origin, and Framewall in front of it."""
    cors = {"cors": {"origin": origin, "credentials": True}}
    env = {"OPTIONS": json.dumps(cors), "ORIGIN": origin}
    with Running(["node", str(SERVERS[framework]), "signalr"], env=env) as server:
        port = server.wait_for(r"listening on (\d+)").group(1)
        url = f"http://127.0.0.1:{port}"
        settings = folder / "framewall.toml"
        settings.write_text(
            f'upstream = "{url}"\nrefusal = "framework"\nrefusal_text = "Not here"\nban_seconds = 600\n'
        )
        with Framewall(url, folder, "--config", str(settings)) as framewall:
            yield server, framewall


def ended(page: Page, framework: str, transport: str, url: str) -> list[str]:
    """What the library tells until its connection has ended, and a while after."""
    attack = ATTACK if framework == "sockjs" else {"text": ATTACK}
    said: list[str] = page.evaluate(
        UNTIL_ENDED.replace("TALK", TALKS[framework]), [url, transport, ["hello", attack]]
    )
    return said


def blank(chromium: Browser, port: int, framework: str, host: str = "localhost") -> Page:
    """A page with the framework's client."""
    page = chromium.new_page()
    page.goto(f"http://{host}:{port}/client.js")
    page.set_content("<!doctype html><script></script>")
    if framework == "signalr2":
        page.add_script_tag(url="/frameworks/node_modules/jquery/dist/jquery.js")
    page.add_script_tag(url=f"/{CLIENTS[framework]}")
    return page


@pytest.mark.parametrize(("framework", "transport"), CROSSING)
def test_a_page_of_another_origin_is_told(
    framework: str, transport: str, chromium: Browser, tmp_path: Path
) -> None:
    """With credentials; the library says the same as of its own origin, and comes back no more."""
    with pages() as port:
        origin = f"http://localhost:{port}"
        with refusing(framework, origin, tmp_path) as (server, framewall):
            page = blank(chromium, port, framework)
            said = ended(page, framework, transport, f"http://{framewall.address}")
            page.close()
            assert said[0] == "connected"
            assert {each for each in said[1:] if not each.startswith("rejected")} == CROSSING[
                framework, transport
            ]
            assert len(framewall.events()) == 1
            assert MARK not in server.output


def test_a_refusal_is_read_where_its_answer_could_be(chromium: Browser, tmp_path: Path) -> None:
    """A banned client's: by a page that the application allows, and by no other one."""
    with pages() as port, refusing("socket.io", f"http://localhost:{port}", tmp_path) as (_, framewall):
        url = f"http://{framewall.address}"
        page, other = (blank(chromium, port, "socket.io", host) for host in ("localhost", "127.0.0.1"))
        poll = f"{url}/socket.io/?EIO=4&transport=polling"
        assert page.evaluate(FETCHED, poll)[0] == 200
        assert page.evaluate(FETCHED, f"{poll}&x={ATTACK}") == [403, '{"code": 4, "message": "Not here"}']
        assert page.evaluate(FETCHED, poll) == [403, '{"code": 4, "message": "Not here"}']
        assert "TypeError" in other.evaluate(FETCHED, poll)
        page.close()
        other.close()
