"""SignalR 2: Microsoft's client for jQuery in Chromium on every transport, and a server that follows its protocol."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from support.framewall import Framewall
from support.peers import ATTACK, FOLDER, GREETINGS, MARK, between, found
from support.running import Running

WAYS = ["webSockets", "serverSentEvents", "foreverFrame", "longPolling", "longPolling, JSONP"]
TALK: list[Any] = [*({"text": text} for text in GREETINGS), ["a", 1.5, None, True, {"deep": [1]}]]
BROWSER = """([way, calls]) => new Promise((resolve) => {
  const [transport, jsonp] = way.split(", ");
  if (transport === "foreverFrame") delete window.EventSource;
  const connection = $.hubConnection("/signalr", { useDefaultPath: false });
  const hub = connection.createHubProxy("chatHub");
  const answer = { heard: [], results: [], error: "", transport: "" };
  hub.on("heard", (...what) => answer.heard.push(what));
  hub.state.room = "lobby";
  connection.error((error) => { answer.error ||= String(error.message ?? error); });
  connection.disconnected(() => resolve(answer));
  connection.start({ transport, jsonp: Boolean(jsonp) }).done(async () => {
    answer.transport = connection.transport.name;
    try {
      for (const call of calls) answer.results.push(await hub.invoke(...call));
    } catch (error) {
      answer.error ||= String(error.message ?? error);
    }
    connection.stop();
  }).fail((error) => { answer.error = String(error); resolve(answer); });
})"""


EVERY_ERROR = BROWSER.replace("answer.error ||= String(", "answer.error += '; ' + String(")
UNTIL_ENDED = EVERY_ERROR.replace("connection.stop();", "")
"""Which leaves it to the library to end its connection."""
assert EVERY_ERROR != BROWSER != UNTIL_ENDED != EVERY_ERROR

STARTS = """() => new Promise((resolve) => {
  const connection = $.hubConnection("/signalr", { useDefaultPath: false });
  connection.start().done(() => resolve("started")).fail((error) => resolve(String(error.message)));
})"""

COMES_BACK = """(url) => new Promise((resolve) => {
  const frame = document.createElement("iframe");
  frame.src = url.replace("/connect?", "/reconnect?");
  Object.assign($.signalR.transports.foreverFrame, { getConnection: (id) => id, receive: (id, told) => resolve(told) });
  frame.addEventListener("load", () => resolve("nothing"));
  document.body.append(frame);
})"""

CONNECTS = re.compile(r"/signalr/(connect|reconnect|poll|negotiate)")


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    """One hub."""
    with Running(["node", str(FOLDER / "servers" / "signalr2.js")]) as running:
        yield running


def page_of(chromium: Browser, url: str) -> Page:
    page = chromium.new_page()
    page.goto(url)
    return page


@pytest.mark.parametrize("way", WAYS)
def test_a_conversation_passes_unchanged(
    way: str, server: Running, chromium: Browser, tmp_path: Path
) -> None:
    with between(server, tmp_path) as wire:
        page = page_of(chromium, wire.url)
        answer = page.evaluate(BROWSER, [way, [["say", "ann", value] for value in TALK]])
        page.close()
        said = [["ann", value] for value in TALK]
        assert answer == {"heard": said, "results": said, "error": "", "transport": way.partition(",")[0]}
        exchanges = wire.unchanged()
        assert any(exchange.status == 101 for exchange in exchanges) == (way == "webSockets")


@pytest.mark.parametrize(
    ("way", "late"),
    [
        *((way, "") for way in WAYS),
        *((way, "send") for way in WAYS[1:]),
        *((way, "poll") for way in WAYS[3:]),
    ],
)
def test_its_library_reports_the_refusal_and_stops(
    way: str, late: str, server: Running, chromium: Browser, tmp_path: Path
) -> None:
    """With the text of the route and nothing else, as the call's result, the connection's error, or as both.

    A ban then keeps out whoever starts anew.
    """
    with refusing(server, tmp_path) as framewall:
        page = page_of(chromium, f"http://{framewall.address}")
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        if late:
            page.route(f"**/signalr/{late}?*", answered_late)
        answer = page.evaluate(
            UNTIL_ENDED, [way, [["say", "ann", "hello"], ["say", "ann", {"text": ATTACK}]]]
        )
        before = len(asked)
        page.wait_for_timeout(500)
        assert not [url for url in asked[before:] if CONNECTS.search(url)], "it came back"
        assert "Error during negotiation request" in page.evaluate(STARTS)
        page.close()
        assert len(framewall.events()) == 1
    assert set(answer["error"].split("; ")[1:]) == {"Not here"}, answer
    assert answer["results"] == [["ann", "hello"]]
    assert MARK not in server.output


def test_a_frame_that_comes_back_is_told_at_its_beginning(
    server: Running, chromium: Browser, tmp_path: Path
) -> None:
    """Where its server has written nothing yet: no function that the client's frames call otherwise."""
    with refusing(server, tmp_path) as framewall:
        page = page_of(chromium, f"http://{framewall.address}")
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.evaluate(UNTIL_ENDED, ["foreverFrame", [["say", "ann", {"text": ATTACK}]]])
        [connect] = [url for url in asked if "/signalr/connect?transport=foreverFrame&" in url]
        assert page.evaluate(COMES_BACK, connect) == {"E": "Not here"}
        page.close()


def answered_late(route: Route) -> None:
    """Holds an answer back until any other one has arrived."""
    answer = route.fetch()
    time.sleep(0.4)
    route.fulfill(response=answer)


def refusing(server: Running, folder: Path) -> Framewall:
    """Framewall with a text for whom it refuses, and a ban."""
    settings = folder / "framewall.toml"
    settings.write_text(
        f'upstream = "{server_url(server)}"\nrefusal = "framework"\nrefusal_text = "Not here"\nban_seconds = 600\n'
    )
    return Framewall(server_url(server), folder, "--config", str(settings))


def server_url(server: Running) -> str:
    port = server.wait_for(r"listening on (\d+)").group(1)
    return f"http://127.0.0.1:{port}"


@pytest.mark.parametrize("way", WAYS)
def test_no_attack_reaches_the_hub(way: str, server: Running, chromium: Browser, tmp_path: Path) -> None:
    """Whatever the transport; with JSONP it is in a query."""
    with between(server, tmp_path) as wire:
        page = page_of(chromium, wire.url)
        page.evaluate(
            f"(given) => {{ ({BROWSER})(given); }}",
            [way, [["say", "ann", "hello"], ["say", "ann", {"text": ATTACK}]]],
        )
        events = wire.blocked()
        page.close()
    [(framework, name, field)] = found(events)
    assert framework == "signalr2"
    assert (name, field) == ("say", "args[1].text") or (
        way.endswith("JSONP") and field == 'handshake.query["data"].A[1].text'
    )
    assert MARK not in server.output
