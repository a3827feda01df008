"""The scene that Framewall was made for: two people in a chat, one of them attacks."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from e2e.picture import draw_picture
from support.framewall import Framewall
from support.running import Running

ATTACK = "<img src=x onerror=alert(document.domain)>"

VARIANTS = [
    pytest.param("4", "websocket", id="websocket"),
    pytest.param("4", "polling", id="polling"),
    pytest.param("2", "websocket", id="socket.io-2"),
]


@dataclass
class Person:
    """Somebody at a browser: the page, and every dialog that a script opened in it."""

    page: Page
    dialogs: list[str] = field(default_factory=list)

    @classmethod
    def arrives(cls, browser: Browser, url: str, name: str) -> Person:
        """Opens the chat and joins."""
        page = browser.new_context(viewport={"width": 520, "height": 460}).new_page()
        person = cls(page)

        def dismiss(dialog: Any) -> None:
            person.dialogs.append(dialog.message)
            dialog.dismiss()

        page.on("dialog", dismiss)
        page.goto(url)
        expect(page.locator("#state")).to_have_text("connected")
        page.locator("#name").fill(name)
        page.locator("#join button").click()
        expect(page.locator("#here")).to_contain_text(name)
        return person

    def says(self, text: str) -> None:
        """Types a message and sends it."""
        self.page.locator("#text").fill(text)
        self.page.locator("#say button").click()

    def sees(self, text: str) -> None:
        """Waits for this text among the messages."""
        expect(self.page.locator("#messages")).to_contain_text(text)


def greet(alice: Person, bob: Person) -> None:
    """Greetings pass both ways."""
    alice.says("Hello Bob, don't you select one or two of these <3")
    bob.sees("don't you select one or two of these")
    bob.says("Hi Alice, 1 < 2 and 3 > 2")
    alice.sees("Hi Alice, 1 < 2 and 3 > 2")


@pytest.mark.parametrize(("version", "transport"), VARIANTS)
def test_the_attack_stays_with_the_attacker(
    version: str, transport: str, start_chat: Callable[[str], Running], chromium: Browser, tmp_path: Path
) -> None:
    """The attacker's page shows it, nobody else ever sees it, the socket is closed, the event is there."""
    chat = start_chat(version)
    with Framewall(chat.url, tmp_path) as framewall:  # type: ignore[attr-defined]
        url = f"http://{framewall.address}/?transport={transport}"
        mallory = Person.arrives(chromium, url, "Mallory")
        bob = Person.arrives(chromium, url, "Bob")
        greet(mallory, bob)

        mallory.says(ATTACK)

        expect(mallory.page.locator("li.mine img")).to_have_count(1)
        mallory.sees("disconnected:")
        bob.sees("Mallory left")
        event = framewall.wait_for_event()
        picture = os.environ.get("FRAMEWALL_PICTURE")
        if picture:
            draw_picture(chromium, mallory.page, bob.page, event["request"], Path(picture))

        assert bob.page.locator("li img").count() == 0
        assert "onerror" not in bob.page.content()
        assert bob.dialogs == []
        assert "onerror" not in chat.output
        assert event["attacks"] == ["xss"]
        assert event["action"] == "close"
        assert event["framework"] == "socket.io"
        assert event["event"] == "new message"
        assert event["transport"] == transport
        first, *rest = event["request"].splitlines()
        protocol = "WEBSOCKET/13" if transport == "websocket" else "HTTP/1.1"
        engine = "4" if version == "4" else "3"
        assert first.startswith("POST /socket.io/?EIO=" + engine)
        assert first.endswith(" " + protocol)
        assert ATTACK in rest[-1]
        assert 'name="new message"' in event["request"]


def test_without_blocking_the_other_person_is_hit(
    start_chat: Callable[[str], Running], chromium: Browser, tmp_path: Path
) -> None:
    """In monitor mode the attack arrives, and runs: what the scene above proves is Framewall's doing."""
    chat = start_chat("4")
    with Framewall(chat.url, tmp_path, "--mode", "monitor") as framewall:  # type: ignore[attr-defined]
        url = f"http://{framewall.address}/?transport=websocket"
        mallory = Person.arrives(chromium, url, "Mallory")
        bob = Person.arrives(chromium, url, "Bob")

        mallory.says(ATTACK)

        expect(bob.page.locator("li img")).to_have_count(1)
        bob.page.wait_for_timeout(300)
        assert bob.dialogs == ["127.0.0.1"]
        event = framewall.wait_for_event()
        assert (event["action"], event["mode"]) == ("pass", "monitor")
