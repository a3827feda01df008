"""Live sessions, and who is banned."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from framewall.console._pages._common import Draws, Shared, Who, searched, told
from framewall.console._pages.hit import BANS
from framewall.events import term

router = APIRouter(include_in_schema=False)

_SHOWN = 200
_HITS = 50

Words = Annotated[str, Query(max_length=200)]
Reason = Annotated[str, Form(max_length=500)]


@router.get("/sessions")
def sessions(
    request: Request,
    shared: Shared,
    draws: Draws,
    client: Words = "",
    route: Words = "",
    framework: Words = "",
) -> Response:
    """Who is connected now."""
    found, away = told(
        lambda: shared.node().sessions(client_ip=client, route=route, framework=framework, limit=_SHOWN)
    )
    bans, _ = told(lambda: shared.node().bans()) if found else ((), None)
    graylist, _ = told(lambda: shared.node().graylist()) if found else ((), None)
    return draws.draw(
        request, "sessions.html" if "hx-request" not in request.headers else "_sessions.html", found=found,
        away=away, bans=bans or (), graylist=graylist or (), client=client, route=route, framework=framework,
        durations=BANS, now=shared.clock(),
    )  # fmt: skip


@router.get("/sessions/{id}")
def session(request: Request, shared: Shared, draws: Draws, id: str) -> Response:
    """One session: what it says now, and what it was caught at."""
    details, away = told(lambda: shared.node().session(id))
    search, _ = searched(term("session", id), shared.clock())
    hits, _ = told(lambda: shared.reader.page(search, limit=_HITS))
    if details is None and away is None and not (hits and hits.events):
        raise HTTPException(404, "There is no such session, and nothing is remembered of it.")
    return draws.draw(
        request,
        "session.html",
        id=id,
        details=details,
        away=away,
        hits=hits,
        durations=BANS,
        now=shared.clock(),
    )


@router.post("/sessions/{id}/drop")
def drop(shared: Shared, who: Who, id: str, reason: Reason = "") -> Response:
    """Ends it on all its transports."""
    shared.node().drop(id, by=who.name, reason=reason)
    return _again()


@router.post("/bans")
def ban(
    shared: Shared,
    who: Who,
    source: Annotated[str, Form(max_length=64)],
    seconds: Annotated[str, Form(pattern=r"^\d{0,9}$")] = "3600",
    reason: Reason = "",
) -> Response:
    """Refuses an address or a network."""
    shared.node().ban(source.strip(), seconds=int(seconds) if seconds else None, by=who.name, reason=reason)
    return _again()


@router.post("/bans/remove")
def unban(shared: Shared, who: Who, source: Annotated[str, Form(max_length=64)]) -> Response:
    """Lets it in again."""
    shared.node().unban(source, by=who.name)
    return _again()


def _again() -> Response:
    """The page is drawn anew: what it shows has changed."""
    return Response(status_code=204, headers={"hx-refresh": "true"})
