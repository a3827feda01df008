"""One attack: what it was, how it was found, what was around it, and what can be done about it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from framewall.console._pages._common import Draws, Shared, Who, told
from framewall.console.context import Context
from framewall.console.snippets import snippets
from framewall.console.story import marks, taken_apart, tell
from framewall.control import let_through, propose
from framewall.model import Event

router = APIRouter(include_in_schema=False)

#: How long a ban may be, in seconds; for good is the empty one.
BANS = (("3600", "an hour"), ("86400", "a day"), ("604800", "a week"), ("", "good"))
_EXPLAINED = 8
_AROUND = 10

Id = Annotated[str, Form(max_length=64)]


@router.get("/hits/{id}")
def hit(request: Request, shared: Shared, draws: Draws, id: str) -> Response:
    """The whole story."""
    event = _event(shared, id)
    around = shared.reader.around(id, _AROUND)
    known = shared.rulebook.read().by_id
    stories = [
        (finding, tell(event, finding), known.get(finding.rule)) for finding in event.findings[:_EXPLAINED]
    ]
    banned, _ = told(lambda: {ban.source: ban for ban in shared.node().bans()}.get(event.client_ip))
    live, away = told(lambda: shared.node().session(event.session))
    return draws.draw(
        request, "hit.html", event=event, marks=marks(event), request=taken_apart(event.request),
        stories=stories, around=around, snippets=snippets(event), banned=banned, live=live, away=away,
        durations=BANS, jsonl=shared.events_url.startswith("jsonl:"),
    )  # fmt: skip


@router.get("/hits/{id}/exception")
def propose_exception(
    request: Request, shared: Shared, draws: Draws, id: str, place: Annotated[int, Query(ge=0, le=1_000)] = 0
) -> Response:
    """The narrowest exceptions that let this message pass, and what else each would have let through."""
    event = _event(shared, id)
    proposals = propose(event)
    if not proposals:
        raise HTTPException(409, "this event has no finding that could be allowed")
    threshold = shared.route_policy(event.route).threshold
    previews = [let_through(shared.reader, each, threshold=threshold) for each in proposals[:_EXPLAINED]]
    rest = tuple(zip(proposals, previews, strict=False))
    return draws.draw(request, "_exception.html", event=event, offers=rest, place=min(place, len(rest) - 1))


@router.post("/hits/{id}/exception")
def allow(
    request: Request,
    shared: Shared,
    draws: Draws,
    who: Who,
    id: str,
    chosen: Annotated[list[int], Form()],
    everywhere: Annotated[bool, Form()] = False,
    reason: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Adds what was chosen of the proposals; it holds from the next message on."""
    event = _event(shared, id)
    proposals = propose(event)
    why = reason or f"false positive: event {id}"
    added = [
        shared.node().add_exception(
            route="" if everywhere else each.route, rule=each.rule, attack=each.attack, field=each.field,
            event=each.event, chain=each.chain, by=who.name, reason=why,
        )
        for place, each in enumerate(proposals)
        if place in chosen
    ]  # fmt: skip
    if not added:
        raise HTTPException(422, "choose at least one finding to allow")
    return draws.draw(request, "_allowed.html", added=added, event=event)


@router.post("/hits/{id}/ban")
def ban(
    request: Request,
    shared: Shared,
    draws: Draws,
    who: Who,
    id: str,
    seconds: Annotated[str, Form(pattern=r"^\d{0,9}$")] = "3600",
    reason: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Refuses the event's client from now on, and ends its sessions."""
    event = _event(shared, id)
    length = int(seconds) if seconds else None
    banned = shared.node().ban(event.client_ip, seconds=length, by=who.name, reason=reason or f"event {id}")
    return draws.draw(request, "_banned.html", banned=banned, event=event, durations=BANS, away=None)


@router.post("/hits/{id}/unban")
def unban(request: Request, shared: Shared, draws: Draws, who: Who, id: str) -> Response:
    """Lets the event's client in again."""
    event = _event(shared, id)
    shared.node().unban(event.client_ip, by=who.name)
    return draws.draw(request, "_banned.html", banned=None, event=event, durations=BANS, away=None)


def _event(shared: Context, id: str) -> Event:
    event = shared.reader.event(id)
    if event is None:
        raise HTTPException(404, "There is no such event: it may be older than what is kept.")
    return event
