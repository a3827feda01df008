"""SignalR 2: Microsoft's client for jQuery in Chromium on every transport, and a server that follows its protocol."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

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


CONNECTS = """() => performance.getEntriesByType("resource")
  .filter((each) => /signalr\\/(connect|reconnect|poll|negotiate)/.test(each.name)).length"""


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


REPORTS = {
    "webSockets": "Not here",
    "serverSentEvents": "Not here",
    "foreverFrame": "Send failed",
    "longPolling": "Send failed",
}


@pytest.mark.parametrize("way", REPORTS)
def test_its_library_reports_the_refusal_and_stops(
    way: str, server: Running, chromium: Browser, tmp_path: Path
) -> None:
    """With the text of the route where it has an event for that; of a poll's or a frame's it says nothing itself."""
    settings = tmp_path / "framewall.toml"
    settings.write_text(
        f'upstream = "{server_url(server)}"\nrefusal = "framework"\nrefusal_text = "Not here"\n'
    )
    with Framewall(server_url(server), tmp_path, "--config", str(settings)) as framewall:
        page = page_of(chromium, f"http://{framewall.address}")
        answer = page.evaluate(
            EVERY_ERROR, [way, [["say", "ann", "hello"], ["say", "ann", {"text": ATTACK}]]]
        )
        before = page.evaluate(CONNECTS)
        page.wait_for_timeout(500)
        assert page.evaluate(CONNECTS) == before, "it came back"
        page.close()
        assert len(framewall.events()) == 1
    assert REPORTS[way] in answer["error"], answer
    assert answer["results"] == [["ann", "hello"]]
    assert MARK not in server.output


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
