"""Stored events, and messages judged offline."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from framewall.console._pages._common import (
    DEFAULT_RANGE,
    RANGES,
    Cursor,
    Range,
    Shared,
    Sought,
    Who,
    since,
    told,
)
from framewall.console.accounts import Role
from framewall.console.context import as_shipped
from framewall.console.playground import judge
from framewall.control import LetThrough, Proposal, let_through, propose
from framewall.events import KINDS, Groups, Histogram, Overview, Page, Stored, Tally, parse
from framewall.model import Event
from framewall.replay import LineError

router = APIRouter(prefix="/api", tags=["events"])


class Mistake(BaseModel):
    """One thing that is wrong with a rule: its line, from 1, or 0 where it is of no line."""

    line: int
    rule: str
    why: str


class Problem(BaseModel):
    """Why something was refused; for a search also where, in characters from its start, for rules every mistake."""

    detail: str
    at: int | None = None
    instead: str | None = None
    mistakes: list[Mistake] | None = None


class Me(BaseModel):
    """Whoever asks."""

    name: str
    role: Role


class Line(BaseModel):
    """One message, as a line for ``framewall inspect`` says it (docs/cli.md)."""

    model_config = ConfigDict(extra="forbid")

    data: str | None = None
    data_b64: str | None = None
    path: str = Field(default="/", max_length=8_192)
    subprotocol: str | None = Field(default=None, max_length=1_024)
    opcode: Literal["text", "binary"] | None = None
    direction: Literal["client", "server"] = "client"
    transport: str = Field(default="websocket", max_length=64)
    method: str | None = Field(default=None, max_length=32)
    content_type: str | None = Field(default=None, max_length=1_024)
    status: int | None = Field(default=None, ge=100, le=599)
    expect: dict[str, Any] | None = None


class Answer(BaseModel):
    """The verdict. ``judged_as`` is the node's route whose rules and decisions it is by, None for those that ship."""

    judged_as: str | None
    verdict: Literal["pass", "block"]
    score: int
    framework: str
    findings: list[dict[str, Any]]
    request: str


class Offer(BaseModel):
    """An exception that would let an event pass, and what else it would have let through."""

    exception: Proposal
    effect: LetThrough


REFUSED: dict[int | str, dict[str, Any]] = {
    401: {"model": Problem},
    403: {"model": Problem},
    413: {"model": Problem},
    422: {"model": Problem},
}
MISSING: dict[int | str, dict[str, Any]] = {**REFUSED, 404: {"model": Problem}}


@router.get("/me", responses=REFUSED)
def me(who: Who) -> Me:
    """Whose token this is."""
    return Me(name=who.name, role=who.role)


@router.get("/events", responses=REFUSED)
def page(
    shared: Shared,
    q: Sought = "",
    range: Range = "all",
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    cursor: Cursor = None,
) -> Page:
    """A search's events, the newest first."""
    now = shared.clock()
    return shared.reader.page(parse(q, now), limit=limit, cursor=cursor, since=since(range, now))


@router.get("/groups", responses=REFUSED)
def groups(
    shared: Shared,
    q: Sought = "",
    range: Range = "all",
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    cursor: Cursor = None,
) -> Groups:
    """A search's hits by source, class and target."""
    now = shared.clock()
    return shared.reader.groups(parse(q, now), limit=limit, cursor=cursor, since=since(range, now))


@router.get("/events/{id}", responses=MISSING)
def event(shared: Shared, id: Annotated[str, Path(max_length=64)]) -> Event:
    """One event, whole."""
    return _event(shared, id)


@router.get("/events/{id}/exceptions", responses=MISSING)
def offers(shared: Shared, id: Annotated[str, Path(max_length=64)]) -> list[Offer]:
    """The narrowest exceptions for it, one a finding."""
    found = _event(shared, id)
    threshold = shared.route_policy(found.route).threshold
    return [
        Offer(exception=each, effect=let_through(shared.reader, each, threshold=threshold))
        for each in propose(found)[:8]
    ]


@router.get("/overview", responses=REFUSED)
def overview(
    shared: Shared,
    range: Annotated[str, Query(pattern=f"^({'|'.join(RANGES)})$")] = DEFAULT_RANGE,
    top: Annotated[int, Query(ge=1, le=100)] = 10,
) -> Overview:
    """Hits over time, by everything they are counted by."""
    now = shared.clock()
    return shared.reader.overview(now - RANGES[range], now, top=top)


@router.get("/histogram", responses=REFUSED)
def histogram(shared: Shared, q: Sought = "", range: Range = DEFAULT_RANGE) -> Histogram:
    """A search's events over time."""
    now = shared.clock()
    start = since(range, now)
    return shared.reader.histogram(parse(q, now), now - RANGES["90d"] if start is None else start, now)


@router.get("/values/{kind}", responses=MISSING)
def values(
    shared: Shared,
    kind: Annotated[str, Path(pattern=f"^({'|'.join(KINDS)})$")],
    prefix: Annotated[str, Query(max_length=200)] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 20,
) -> list[Tally]:
    """What events have had, the commonest first."""
    return list(shared.reader.values(kind, prefix, limit))


@router.get("/stored", responses=REFUSED)
def stored(shared: Shared) -> Stored:
    """How much is kept."""
    return shared.reader.stored()


@router.post("/inspect", responses={**REFUSED, 409: {"model": Problem}, 503: {"model": Problem}})
def inspect(
    shared: Shared,
    line: Line,
    route: Annotated[
        str | None,
        Query(max_length=200, description="Judge as this route of the node does; empty is as shipped."),
    ] = None,
) -> Answer:
    """Judges one message as ``framewall inspect`` does; nothing is sent anywhere, nothing is stored.

    Without a route it is judged as the node's first one does, and as Framewall ships where no node answers.
    """
    said = line.model_dump(exclude_none=True, exclude={"expect"})
    if line.transport != "websocket" and line.transport != "polling":
        raise LineError('"transport" must be websocket or polling')
    if route is None:
        found, _ = told(shared.as_node)
    else:
        found = shared.as_node(route) if route else None
    by = found or as_shipped()
    answer = judge(by.engine, said, by.policy).answer
    return Answer(judged_as=by.policy.name if found else None, **answer)


def _event(shared: Shared, id: str) -> Event:
    found = shared.reader.event(id)
    if found is None:
        raise HTTPException(404, "there is no such event")
    return found
