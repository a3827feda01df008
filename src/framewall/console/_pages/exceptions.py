"""Findings that are allowed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from framewall.console._pages._common import Draws, Shared, Who, told

router = APIRouter(include_in_schema=False)

Condition = Annotated[str, Form(max_length=1_000)]


@router.get("/exceptions")
def exceptions(request: Request, shared: Shared, draws: Draws) -> Response:
    """The configuration's and those added live."""
    found, away = told(lambda: shared.node().exceptions())
    routes, _ = (
        told(lambda: [route.name for route in shared.node().routes()]) if found is not None else ([], None)
    )
    known = shared.rulebook.read().by_id
    return draws.draw(request, "exceptions.html", found=found, away=away, routes=routes or [], known=known)


@router.post("/exceptions")
def add(
    shared: Shared,
    who: Who,
    route: Condition = "",
    rule: Condition = "",
    attack: Condition = "",
    field: Condition = "",
    event: Condition = "",
    reason: Condition = "",
) -> Response:
    """One more, from the next message on."""
    shared.node().add_exception(
        route=route, rule=rule, attack=attack, field=field, event=event, by=who.name, reason=reason
    )
    return Response(status_code=204, headers={"hx-refresh": "true"})


@router.post("/exceptions/{id}/remove")
def remove(shared: Shared, who: Who, id: str) -> Response:
    """Takes one back."""
    shared.node().remove_exception(id, by=who.name)
    return Response(status_code=204, headers={"hx-refresh": "true"})
