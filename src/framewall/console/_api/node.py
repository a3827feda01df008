"""The running node: what it does, and changes to it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse

from framewall.console._api.events import MISSING, REFUSED, Problem
from framewall.console._pages._common import Shared, Who
from framewall.control import (
    Allowed,
    Ban,
    Change,
    Graylisted,
    Metrics,
    RouteState,
    SessionDetails,
    Sessions,
    Status,
)
from framewall.model import Mode

router = APIRouter(prefix="/api", tags=["node"])

AWAY: dict[int | str, dict[str, Any]] = {**REFUSED, 409: {"model": Problem}, 503: {"model": Problem}}
NOT_HERE: dict[int | str, dict[str, Any]] = {**MISSING, 409: {"model": Problem}, 503: {"model": Problem}}

Id = Annotated[str, Path(max_length=200)]
Short = Annotated[str, Query(max_length=200)]


class Asked(BaseModel):
    """Why a change is made, for the audit log."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(default="", max_length=500)


class NewBan(Asked):
    """``seconds`` left out is for good."""

    source: str = Field(max_length=64, description="An address or a network.")
    seconds: int | None = Field(default=None, ge=1, le=10 * 365 * 86_400)


class NewException(Asked):
    """At least one condition. ``route`` left out is every route."""

    route: str = Field(default="", max_length=200)
    rule: str = Field(default="", max_length=200)
    attack: str = Field(default="", max_length=64)
    field: str = Field(default="", max_length=1_000)
    event: str = Field(default="", max_length=1_000)
    chain: str = Field(default="", max_length=64)


class NewMode(Asked):
    """``mode`` left out is what the configuration says."""

    mode: Mode | None = None


class Done(BaseModel):
    """What came of it: whether there was such a thing, or how many."""

    done: int


@router.get("/status", responses=AWAY)
def status(shared: Shared) -> Status:
    """The node's health."""
    return shared.node().status()


@router.get("/metrics", responses=AWAY)
def metrics(shared: Shared) -> Metrics:
    """The node's numbers."""
    return shared.node().metrics()


@router.get("/prometheus", responses=AWAY, response_class=PlainTextResponse)
def prometheus(shared: Shared) -> str:
    """The node's numbers in Prometheus' text format: scraped with a viewer's token."""
    return shared.node().prometheus()


@router.get("/sessions", responses=AWAY)
def sessions(
    shared: Shared,
    client: Short = "",
    route: Short = "",
    framework: Short = "",
    limit: Annotated[int, Query(ge=1, le=1_000)] = 200,
) -> Sessions:
    """Live sessions, the newest first."""
    return shared.node().sessions(client_ip=client, route=route, framework=framework, limit=limit)


@router.get("/sessions/{id}", responses=NOT_HERE)
def session(shared: Shared, id: Id) -> SessionDetails:
    """One live session, and what it said last."""
    found = shared.node().session(id)
    if found is None:
        raise HTTPException(404, "there is no such live session")
    return found


@router.post("/sessions/{id}/drop", responses=NOT_HERE)
def drop(shared: Shared, who: Who, id: Id, asked: Asked) -> Done:
    """Ends a session on all its transports."""
    return Done(done=shared.node().drop(id, by=who.name, reason=asked.reason))


@router.get("/bans", responses=AWAY)
def bans(shared: Shared) -> list[Ban]:
    """Who is refused."""
    return list(shared.node().bans())


@router.post("/bans", responses=AWAY)
def ban(shared: Shared, who: Who, new: NewBan) -> Ban:
    """Refuses an address or a network, and ends its sessions."""
    return shared.node().ban(new.source, seconds=new.seconds, by=who.name, reason=new.reason)


@router.delete("/bans", responses=AWAY)
def unban(shared: Shared, who: Who, source: Annotated[str, Query(max_length=64)]) -> Done:
    """Lets it in again."""
    return Done(done=shared.node().unban(source, by=who.name))


@router.get("/graylist", responses=AWAY)
def graylist(shared: Shared) -> list[Graylisted]:
    """Clients that ``safe_block`` takes for known attackers."""
    return list(shared.node().graylist())


@router.get("/exceptions", responses=AWAY)
def exceptions(shared: Shared) -> list[Allowed]:
    """The configuration's and those added live."""
    return list(shared.node().exceptions())


@router.post("/exceptions", responses=AWAY)
def add_exception(shared: Shared, who: Who, new: NewException) -> Allowed:
    """Allows findings from the next message on."""
    return shared.node().add_exception(by=who.name, **new.model_dump())


@router.delete("/exceptions/{id}", responses=NOT_HERE)
def remove_exception(shared: Shared, who: Who, id: Id) -> Done:
    """Takes an exception back."""
    return Done(done=shared.node().remove_exception(id, by=who.name))


@router.get("/routes", responses=AWAY)
def routes(shared: Shared) -> list[RouteState]:
    """All routes as they are in force."""
    return list(shared.node().routes())


@router.put("/routes/{name}/mode", responses=NOT_HERE)
def set_mode(shared: Shared, who: Who, name: Id, new: NewMode) -> RouteState:
    """Changes a mode from the next message on."""
    return shared.node().set_mode(name, new.mode, by=who.name, reason=new.reason)


@router.get("/audit", responses=AWAY)
def audit(
    shared: Shared,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
    before: Annotated[int | None, Query(ge=0, le=(1 << 63) - 1)] = None,
) -> list[Change]:
    """Who changed what, the newest first."""
    return list(shared.node().audit(limit=limit, before=before))
