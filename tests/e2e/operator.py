"""Somebody at the console, in a browser that notices whatever should not happen."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect

from support.running import REPOSITORY

PASSWORD = "a password for tests"
AXE = REPOSITORY / "tests/e2e/node_modules/axe-core/axe.min.js"


@dataclass
class Operator:
    """The page, and all that a payload would have done if it had come alive."""

    page: Page
    url: str
    happened: list[str] = field(default_factory=list)

    @classmethod
    def arrives(
        cls,
        browser: Browser,
        url: str,
        width: int = 1280,
        height: int = 800,
        scheme: Any = "dark",
        zone: str | None = None,
    ) -> Operator:
        """Opens the console and signs in."""
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, timezone_id=zone
        )
        page = context.new_page()
        person = cls(page, url.rstrip("/"))

        def dialog(opened: Any) -> None:
            person.happened.append(f"dialog {opened.message}")
            opened.dismiss()

        page.on("dialog", dialog)
        page.on("pageerror", lambda error: person.happened.append(f"error {error}"))
        page.on("popup", lambda _: person.happened.append("popup"))
        page.on("request", lambda sent: person._ours(sent.url))
        page.on("console", lambda said: person._said(said.type, said.text))
        page.goto(f"{person.url}/sign-in")
        assert person.finds_serious_barriers() == []
        page.get_by_label("User").fill("admin")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", name="Overview")).to_be_visible()
        return person

    def _ours(self, url: str) -> None:
        if not url.startswith((f"{self.url}/", "data:image/svg+xml")) or url.endswith("/x"):
            self.happened.append(f"request {url}")

    def _said(self, kind: str, text: str) -> None:
        if kind == "error" and "favicon.ico" not in text:
            self.happened.append(f"console {text}")

    def goes(self, path: str) -> Page:
        """Opens a page of the console."""
        answer = self.page.goto(self.url + path)
        assert answer is not None
        assert answer.status == 200, f"{path}: {answer.status}"
        return self.page

    def confirms(self) -> None:
        """Says yes to what the console asks."""
        self.page.locator("dialog.ask").get_by_role("button", name="Do it").click()

    def finds_serious_barriers(self) -> list[str]:
        """What axe finds on this page that keeps people out, at its two worst levels."""
        self.page.evaluate(AXE.read_text() + "; undefined")
        report = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{found['id']}: {node['html'][:200]} {node['failureSummary']}"
            for found in report["violations"]
            if found["impact"] in ("serious", "critical")
            for node in found["nodes"]
        ]

    def draws(self, target: Path, whole: bool = False) -> None:
        """Keeps the page as a picture: what is seen of it, or the whole."""
        self.page.screenshot(path=target, full_page=whole)
