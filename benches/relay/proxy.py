"""A relay for the benchmark, in a process of its own: ``proxy.py UPSTREAM off|screened|pass|inspect``.

``off`` follows frames and judges nothing; ``pass`` asks Python about each message and always hears yes;
``screened`` is what ``framewall run`` has: full rules in block mode; ``inspect`` is the same without the screen.
"""

from __future__ import annotations

import signal
import sys
import time
from dataclasses import replace
from typing import Any

from framewall.config.settings import engine_settings
from framewall.detect import builtin_engine
from framewall.model import Message, Request, RequestPlan, Upgrade, Verdict
from framewall.pipeline import Inspector, Session
from framewall.policy import Policy
from framewall.proxy import Inspects, Relay, Route, Settings

PASS = Verdict()


class PassAll:
    """Says yes."""

    def request(self, request: Request) -> RequestPlan:
        return RequestPlan(PASS)

    def body(self, request: Request, body: bytes) -> Verdict:
        return PASS

    def response(
        self, request: Request, status: int, headers: tuple[tuple[str, str], ...], body: bytes
    ) -> Verdict:
        return PASS

    def open(self, connection: int, request: Request, upgrade: Upgrade) -> None:
        return None

    def message(self, session: None, message: Message) -> Verdict:
        return PASS

    def screen(self, session: None) -> None:
        return None

    def failed(self, session: None, side: str, limit: str | None, why: str, code: int) -> None:
        return None

    def close(self, session: None, reason: str) -> None:
        return None


class Unscreened(Inspector):
    """Wants to see every message."""

    def screen(self, session: Session) -> None:
        return None


def inspector(name: str) -> Inspects[Any]:
    """The one asked for."""
    if name not in ("screened", "inspect"):
        return PassAll()
    kind = Inspector if name == "screened" else Unscreened
    return kind(Policy(), builtin_engine(), lambda event: None, time.time, settings=engine_settings)


def main() -> None:
    """Prints its address, then serves until SIGTERM."""
    _, upstream, kind = sys.argv
    settings = replace(Settings.protecting(upstream), threads=1)
    if kind == "off":
        settings = replace(settings, routes=(Route(inspect="nothing"),))
    with Relay(settings, inspector(kind)) as relay:
        signal.signal(signal.SIGTERM, lambda *_: relay.stop())
        print(relay.addresses[0], flush=True)
        relay.wait()


main()
