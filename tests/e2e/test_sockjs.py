"""SockJS: Node's server, its client in Node and in Chromium on every transport, and what goes on inside."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from support.peers import ATTACK, FOLDER, GREETINGS, MARK, between, found, node
from support.running import Running

IN_NODE = ["websocket", "xhr-streaming", "xhr-polling"]
IN_CHROMIUM = [
    "websocket",
    "xhr-streaming",
    "xhr-polling",
    "eventsource",
    "iframe-eventsource",
    "iframe-xhr-polling",
    "jsonp-polling",
]
TALK = [*GREETINGS[:-1], json.dumps({"text": GREETINGS[0], "to": ["all", 3]}), "[1, 2]", "two\nlines"]
ATTACKS: dict[str, tuple[str, str]] = {
    "JSON": (json.dumps({"text": ATTACK}), "message.text"),
    "text": (ATTACK, "message"),
    "key": (json.dumps({ATTACK: 1}), f'message["{ATTACK}"]'),
    "JSON in JSON": (json.dumps({"a": json.dumps([ATTACK])}), "message.a[0]"),
}
BROWSER = """([transport, messages]) => new Promise((resolve) => {
  const heard = [];
  const client = new SockJS("/echo", null, { transports: [transport] });
  client.onopen = () => messages.forEach((message) => client.send(message));
  client.onmessage = (event) => {
    heard.push(event.data);
    if (heard.length === messages.length) client.close();
  };
  client.onclose = (event) => resolve({ heard, code: event.code });
})"""
HTML_FILE = """([session, messages]) => new Promise((resolve) => {
  const heard = [];
  const send = (messages) => fetch(`/echo/000/${session}/xhr_send`, { method: "POST", body: JSON.stringify(messages) });
  window.file = {
    start() {},
    stop() { resolve({ heard, code: 0 }); },
    message(frame) {
      if (frame === "o") send(messages).then((answer) => { if (!answer.ok) resolve({ heard, code: answer.status }); });
      if (frame[0] === "a") heard.push(...JSON.parse(frame.slice(1)));
      if (heard.length < messages.length) return;
      document.querySelector("iframe").remove();
      resolve({ heard, code: 1000 });
    },
  };
  const frame = document.createElement("iframe");
  frame.src = `/echo/000/${session}/htmlfile?c=file`;
  document.body.append(frame);
})"""


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    """sockjs with /echo, /meteor and /stomp."""
    with Running(["node", str(FOLDER / "servers" / "sockjs.js")]) as running:
        yield running


@pytest.mark.parametrize("transport", IN_NODE)
def test_a_conversation_from_node_passes_unchanged(transport: str, server: Running, tmp_path: Path) -> None:
    with between(server, tmp_path) as wire:
        with node("clients/sockjs.js", wire.url, transport, TALK) as client:
            assert client.wait(60) == 0, client.output
            assert client.output.count("heard") == len(TALK)
        said = wire.unchanged()
        assert any(exchange.status == 101 for exchange in said) == (transport == "websocket")


@pytest.mark.parametrize("transport", [*IN_CHROMIUM, "htmlfile"])
def test_a_conversation_from_chromium_passes_unchanged(
    transport: str, server: Running, chromium: Browser, tmp_path: Path
) -> None:
    """The page and the client's script come through Framewall too."""
    with between(server, tmp_path) as wire:
        page = chromium.new_page()
        page.goto(wire.url)
        assert said_in(page, transport, TALK) == {"heard": TALK, "code": 1000}
        page.close()
        said = wire.unchanged()
        assert any(exchange.status == 101 for exchange in said) == (transport == "websocket")


def said_in(page: Any, transport: str, messages: list[str]) -> dict[str, Any]:
    """What the page heard, and the code of its end."""
    said: dict[str, Any]
    if transport == "htmlfile":
        said = page.evaluate(HTML_FILE, ["own1", messages])
    else:
        said = page.evaluate(BROWSER, [transport, messages])
    return said


@pytest.mark.parametrize("transport", IN_NODE)
def test_no_attack_from_node_reaches_the_server(transport: str, server: Running, tmp_path: Path) -> None:
    with between(server, tmp_path) as wire, ExitStack() as stack:
        for message, _ in ATTACKS.values():
            stack.enter_context(node("clients/sockjs.js", wire.url, transport, ["hello", message]))
        events = wire.blocked(len(ATTACKS))
    assert found(events) == {("sockjs", None, field) for _, field in ATTACKS.values()}
    assert MARK not in server.output


def test_no_attack_from_chromium_reaches_the_server(
    server: Running, chromium: Browser, tmp_path: Path
) -> None:
    """On any transport, all at once."""
    with between(server, tmp_path) as wire:
        page = chromium.new_page()
        page.goto(wire.url)
        attack = ATTACKS["JSON"][0]
        page.evaluate(
            "([transports, messages]) => { for (const transport of transports) "
            "(new SockJS('/echo', null, { transports: [transport] })).onopen = "
            "function () { messages.forEach((message) => this.send(message)); }; }",
            [IN_CHROMIUM, [attack]],
        )
        page.evaluate(f"(given) => {{ ({HTML_FILE})(given); }}", ["own2", [attack]])
        events = wire.blocked(len(IN_CHROMIUM) + 1)
        page.close()
    assert found(events) == {("sockjs", None, "message.text")}
    assert {event["transport"] for event in events} == {"websocket", "polling"}
    assert MARK not in server.output


def test_meteors_protocol_inside(server: Running, tmp_path: Path) -> None:
    """simpleddp, two layers of JSON deep."""
    with between(server, tmp_path) as wire:
        with node("clients/ddp.js", wire.url, "say", [{"text": text} for text in GREETINGS]) as client:
            assert client.wait(60) == 0, client.output
            assert client.output.count("heard") == len(GREETINGS)
        wire.unchanged()
        with node("clients/ddp.js", wire.url, "say", [{"text": ATTACK}]):
            events = wire.blocked()
    assert found(events) == {("sockjs", None, "message.params[0].text")}


@pytest.mark.parametrize("transport", IN_NODE)
def test_stomp_inside(transport: str, server: Running, tmp_path: Path) -> None:
    """@stomp/stompjs and stomp-broker-js, both of which can do with SockJS."""
    heard = len(server.output.split("subscribed"))
    listen = {"path": "/stomp", "sockjs": transport, "frames": [["subscribe", "/topic/chat"]]}
    talk = [["send", "/topic/chat", json.dumps({"text": text})] for text in GREETINGS]
    speak = {"path": "/stomp", "sockjs": transport, "frames": [*talk, ["leave"]]}
    attack = {
        "path": "/stomp",
        "sockjs": transport,
        "frames": [["send", "/topic/chat", f'{{"a":"{ATTACK}"}}']],
    }
    with between(server, tmp_path) as wire:
        with node("clients/stomp.js", wire.url, {**listen, "leave": len(GREETINGS)}) as listening:
            server.wait_for(rf"(subscribed[\s\S]*){{{heard}}}")
            with node("clients/stomp.js", wire.url, speak) as speaking:
                assert listening.wait(60) == 0, listening.output
                assert speaking.wait(60) == 0, speaking.output
        wire.unchanged()
        with node("clients/stomp.js", wire.url, attack):
            events = wire.blocked()
    assert found(events) == {("sockjs+stomp", "SEND /topic/chat", "body.a")}
