"""SignalR 2: Microsoft's client for jQuery in Chromium on every transport, and a server that follows its protocol."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

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
