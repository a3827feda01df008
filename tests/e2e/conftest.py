"""The real chat, and the real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from support.running import REPOSITORY, Running

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SERVERS = {
    "4": REPOSITORY / "examples/chat/server.js",
    "2": REPOSITORY / "tests/e2e/v2/server.js",
}


class Chat(Running):
    """The example's chat on Socket.IO 4 or 2; its output is what really reached the server."""

    def __init__(self, version: str):
        super().__init__(["node", str(SERVERS[version])], env={"PORT": "0"})
        port = self.wait_for(r"listening on (\d+)").group(1)
        self.url = f"http://127.0.0.1:{port}"


@pytest.fixture
def start_chat() -> Iterator[Callable[[str], Chat]]:
    """Starts chats that end with the test."""
    with ExitStack() as stack:
        yield lambda version: stack.enter_context(Chat(version))


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, driven by Playwright; no longer than a module, since its event loop runs as long."""
    assert Path(CHROMIUM).exists(), (
        "Chromium is missing: `make test` installs it, or apt-get install chromium"
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()
