"""The README's picture: both windows and the event, as they were in the test of the scene."""

from __future__ import annotations

from base64 import b64encode
from html import escape
from pathlib import Path

from playwright.sync_api import Browser, Page

STYLE = """
body { margin: 0; padding: 24px; font: 15px system-ui, sans-serif; background: #10151d; color: #dfe6ef; }
main { display: grid; grid-template-columns: 1fr 1fr; gap: 20px; }
figure { margin: 0; } figcaption { margin: 0 0 8px; color: #9fb0c3; }
img { width: 100%; border-radius: 8px; display: block; }
figure.event { grid-column: 1 / 3; }
pre { margin: 0; padding: 16px; border-radius: 8px; background: #1b2430;
      font: 14px/1.5 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
"""


def draw_picture(browser: Browser, attacker: Page, other: Page, request: str, target: Path) -> None:
    """Writes a PNG with the attacker's window, the other person's, and the recorded request."""

    def window(page: Page, caption: str) -> str:
        image = b64encode(page.screenshot()).decode()
        return f'<figure><figcaption>{caption}</figcaption><img src="data:image/png;base64,{image}"></figure>'

    page = browser.new_page(viewport={"width": 1120, "height": 200})
    page.set_content(
        f"<style>{STYLE}</style><main>"
        + window(attacker, "The attacker's window: his own page drew it; his socket was closed")
        + window(other, "The other person's window: nothing arrived")
        + '<figure class="event"><figcaption>What the operator has</figcaption>'
        + f"<pre>{escape(request)}</pre></figure></main>"
    )
    page.screenshot(path=target, full_page=True)
    page.close()
