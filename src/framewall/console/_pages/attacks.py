"""Attacks: grouped or one by one, searched, followed live."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from framewall.console._pages._common import (
    RANGES,
    Cursor,
    Draws,
    Range,
    Shared,
    Sought,
    Who,
    searched,
    since,
    told,
)
from framewall.console.accounts import AccountError
from framewall.console.context import Context
from framewall.console.gate import cookie_in
from framewall.console.templating import Pages, searching
from framewall.events import FIELDS, Histogram, Search, parse, term

router = APIRouter(include_in_schema=False)

PAGE = 50
_TAIL_SECONDS = 0.5
_KEEP_ALIVE = 30

#: What can be chosen with a click; the rest of the language is for typing.
FACETS = (("class", "Class"), ("action", "Action"), ("framework", "Framework"), ("route", "Route"))


@router.get("/attacks")
def attacks(
    request: Request,
    shared: Shared,
    draws: Draws,
    q: Sought = "",
    range: Range = "all",
    show: Annotated[str, Query(pattern="^(groups|hits)$")] = "groups",
    cursor: Cursor = None,
) -> Response:
    """What was found of a search. With a cursor, only the rows that follow."""
    now = shared.clock()
    search, wrong = searched(q, now)
    start = since(range, now)
    found, problem = told(
        lambda: (shared.reader.groups if show == "groups" else shared.reader.page)(
            search, limit=PAGE, cursor=cursor, since=start
        )
    )
    more = None
    if found and found.next:
        more = searching(q, range=range, show=show, cursor=found.next)
    values: dict[str, Any] = {"show": show, "found": found, "more": more, "q": q, "range": range}
    if cursor:
        return draws.draw(request, "_rows.html", **values)
    return draws.draw(
        request, "attacks.html", **values, wrong=wrong, problem=problem, ranges=tuple(RANGES),
        facets=_facets(shared, q, range, show),
        views=shared.accounts.views(), fields=FIELDS,
    )  # fmt: skip


@router.get("/attacks/bars")
def bars(request: Request, shared: Shared, draws: Draws, q: Sought = "", range: Range = "all") -> Response:
    """The search over time: asked for by the page once it stands, so that the list never waits for it."""
    now = shared.clock()
    search, _ = searched(q, now)
    return draws.draw(request, "_bars.html", bars=_bars(shared, search, q, since(range, now), now))


@router.get("/attacks/tail")
async def tail(request: Request, shared: Shared, draws: Draws, q: Sought = "") -> Response:
    """New hits as they come: server-sent events whose data are table rows."""
    search = parse(q, shared.clock())
    if not shared.tails.acquire(blocking=False):
        raise HTTPException(503, "too many live tails are open: close one")
    return StreamingResponse(
        _follow(request, shared, draws, search),
        media_type="text/event-stream",
        headers={"x-accel-buffering": "no"},
    )


@router.post("/views")
def save_view(
    shared: Shared,
    who: Who,
    name: Annotated[str, Form(max_length=200)],
    q: Annotated[str, Form(max_length=4_096)] = "",
) -> Response:
    """Keeps a search for everybody."""
    shared.accounts.save_view(name, q, who.name)
    return Response(status_code=204, headers={"hx-refresh": "true"})


@router.post("/views/{id}/remove")
def remove_view(shared: Shared, who: Who, id: int) -> Response:
    """Forgets one: its author may, and any operator."""
    view = next((view for view in shared.accounts.views() if view.id == id), None)
    if view and not (who.operates or view.by == who.name):
        raise AccountError(f"{view.by} keeps this view: ask them, or an operator")
    shared.accounts.remove_view(id)
    return Response(status_code=204, headers={"hx-refresh": "true"})


async def _follow(request: Request, shared: Context, draws: Pages, search: Search) -> AsyncIterator[bytes]:
    place: str | None = None
    quiet = 0.0
    try:
        yield b": following\n\n"
        while not await request.is_disconnected():
            events, place = await run_in_threadpool(shared.reader.tail, search, place)
            for event in events:
                row = bytes(draws.draw(request, "_hit_row.html", event=event).body).decode()
                data = "".join(f"data: {line}\n" for line in row.splitlines())
                yield f"event: hit\nid: {event.id}\n{data}\n".encode()
            quiet = 0.0 if events else quiet + _TAIL_SECONDS
            if quiet >= _KEEP_ALIVE:
                quiet = 0.0
                if not await run_in_threadpool(_still_in, request, shared):
                    return
                yield b": still here\n\n"
            await asyncio.sleep(_TAIL_SECONDS)
    finally:
        shared.tails.release()


def _still_in(request: Request, shared: Context) -> bool:
    """Whether whoever began the tail is still signed in."""
    cookie = cookie_in(request.headers.get("cookie", "").encode("latin-1"))
    return cookie is None or shared.accounts.by_cookie(cookie) is not None


def _bars(
    shared: Context, search: Search, q: str, start: float | None, now: float
) -> list[tuple[float, int, int, str]]:
    """The search over time: when, how many, how tall (percent), and the search for that bucket alone."""
    if start is None:
        stored, _ = told(shared.reader.stored)
        start = stored.oldest if stored and stored.oldest else now - RANGES["1h"]
        start = max(start, now - RANGES["90d"])
    begin = start
    histogram, _ = told(lambda: shared.reader.histogram(search, begin, now))
    if histogram is None or not histogram.total:
        return []
    return [
        (time, hits, height, searching(_within(q, time, time + step), show="hits"))
        for time, hits, height, step in _merged(histogram)
    ]


def _merged(histogram: Histogram) -> list[tuple[float, int, int, int]]:
    """At most 90 bars: neighbours are added up."""
    each = -(-len(histogram.times) // 90)
    summed = [
        (histogram.times[place], sum(histogram.hits[place : place + each]))
        for place in range(0, len(histogram.times), each)
    ]
    most = max(hits for _, hits in summed) or 1
    return [
        (time, hits, max(round(100 * hits / most), 4) if hits else 0, histogram.step * each)
        for time, hits in summed
    ]


def _within(q: str, first: float, last: float) -> str:
    def told_as(time: float) -> str:
        return datetime.fromtimestamp(time, UTC).isoformat(timespec="seconds")

    kept = " ".join(part for part in q.split(" ") if not part.startswith(("since:", "until:")))
    return f"{kept} {term('since', told_as(first))} {term('until', told_as(last))}".strip()


def _facets(shared: Context, q: str, range: str, show: str) -> list[tuple[str, list[tuple[str, int, str]]]]:
    """Values to narrow by: the value, its events, and where it leads."""
    offered = []
    for kind, title in FACETS:
        tallies, _ = told(lambda kind=kind: shared.reader.values(kind, limit=8))  # type: ignore[misc]
        choices = []
        for tally in tallies or ():
            if tally.value is None:
                continue
            narrowed = f"{q} {tally.search or term(kind, tally.value)}".strip()
            choices.append((tally.value, tally.hits, searching(narrowed, range=range, show=show)))
        if len(choices) > 1:
            offered.append((title, choices))
    return offered
