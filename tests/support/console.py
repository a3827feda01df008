"""A console in the test's own process: real accounts, a real store, no node unless one is given."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from starlette.testclient import TestClient

from framewall.console.accounts import Accounts, Role
from framewall.console.app import create_app
from framewall.console.context import Context
from framewall.control import Control
from framewall.events import open_reader, open_sink
from framewall.model import Event

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORD = "correct horse battery"


class Clock:
    """Time that a test sets."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def console(
    folder: Path,
    events: Iterable[Event] = (),
    now: float = 1_700_000_100.0,
    scheme: str = "sqlite",
    control: Control | None = None,
    **more: Any,
) -> tuple[Context, TestClient]:
    """The console over these events, with the people alice (operator) and victor (viewer)."""
    url = f"{scheme}:{folder / 'events.db'}"
    sink = open_sink(url)
    for event in events:
        sink.put(event)
    sink.close()
    clock = Clock(now)
    accounts = Accounts(folder / "accounts.db", clock, QUICK)
    accounts.add_user("alice", PASSWORD, Role.OPERATOR)
    accounts.add_user("victor", PASSWORD, Role.VIEWER)
    control = control or Control(folder / "nobody.sock")
    context = Context(open_reader(url), control, accounts, clock, events_url=url, **more)
    client = TestClient(create_app(context), base_url="http://localhost", follow_redirects=False)
    return context, client


def sign_in(client: TestClient, user: str = "alice") -> str:
    """Signs in as a browser would; the CSRF token of its pages."""
    form = client.get("/sign-in").text
    (token,) = re.findall(r'name="token" value="([^"]+)"', form)
    answer = client.post("/sign-in", data={"user": user, "password": PASSWORD, "token": token})
    assert answer.status_code == 303, answer.text
    (csrf,) = re.findall(r'name="csrf-token" content="([^"]+)"', client.get("/settings").text)
    assert isinstance(csrf, str)
    return csrf
