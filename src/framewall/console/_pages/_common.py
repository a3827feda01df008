"""What pages take from a request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, TypeVar

from fastapi import Depends, Query
from starlette.requests import Request

from framewall.console.accounts import Identity
from framewall.console.context import Context
from framewall.console.templating import Pages
from framewall.control import ControlError
from framewall.errors import StoreError
from framewall.events import Search, SearchError, parse

#: Ranges of time that can be chosen, in seconds.
RANGES = {
    "5m": 300, "1h": 3_600, "6h": 21_600, "24h": 86_400, "7d": 604_800, "30d": 2_592_000, "90d": 7_776_000,
}  # fmt: skip
DEFAULT_RANGE = "24h"

#: Rules that are sent at once: what the control socket takes.
RULE_CHARS = 60_000

T = TypeVar("T")


def context(request: Request) -> Context:
    """The console that was asked."""
    found = request.app.state.context
    assert isinstance(found, Context)
    return found


def pages(request: Request) -> Pages:
    """What draws."""
    found = request.app.state.pages
    assert isinstance(found, Pages)
    return found


def identity(request: Request) -> Identity:
    """Whoever asks; the gate lets nobody else through."""
    found = request.state.identity
    assert isinstance(found, Identity)
    return found


Shared = Annotated[Context, Depends(context)]
Draws = Annotated[Pages, Depends(pages)]
Who = Annotated[Identity, Depends(identity)]
Sought = Annotated[
    str, Query(max_length=4_096, description="A search, such as `class:xss ip:203.0.113.0/24`.")
]
Range = Annotated[str, Query(pattern=f"^({'|'.join(RANGES)}|all)$", description="How far back.")]
Cursor = Annotated[str | None, Query(max_length=200, description="`next` of the page before.")]


def since(range: str, now: float) -> float | None:
    """When a range began; None is from the start."""
    seconds = RANGES.get(range)
    return None if seconds is None else now - seconds


def searched(text: str, now: float) -> tuple[Search, SearchError | None]:
    """The search, or one for everything and what is wrong with it."""
    try:
        return parse(text, now), None
    except SearchError as error:
        return Search(), error


def told(ask: Callable[[], T]) -> tuple[T | None, str | None]:
    """The node's or the store's answer, or why there is none: a page is drawn all the same."""
    try:
        return ask(), None
    except (ControlError, StoreError) as error:
        return None, str(error)
