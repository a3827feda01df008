"""Routes: their modes, and what a stricter one would have done."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from framewall.console._pages._common import RANGES, Draws, Shared, Who, told
from framewall.control import would_block
from framewall.events import term
from framewall.limits import BY_NAME
from framewall.model import Mode

router = APIRouter(include_in_schema=False)

MODES = {
    Mode.OFF: "passes everything unread",
    Mode.MONITOR: "records attacks and lets them pass",
    Mode.SAFE_BLOCK: "blocks clients that attacked before, records the others",
    Mode.BLOCK: "drops the socket of whoever attacks",
}


@router.get("/routes")
def routes(request: Request, shared: Shared, draws: Draws) -> Response:
    """All routes as they are in force."""
    found, away = told(lambda: shared.node().routes())
    return draws.draw(
        request, "routes.html", found=found, away=away, modes=MODES, outcomes=BY_NAME, term=term
    )


@router.get("/routes/{name:path}/preview")
def preview(request: Request, shared: Shared, draws: Draws, name: str) -> Response:
    """What blocking would have stopped in the last week."""
    route = next((each for each in shared.node().routes() if each.name == name), None)
    if route is None:
        raise HTTPException(404, f"There is no route {name!r}.")
    preview = would_block(shared.reader, name, shared.clock() - RANGES["7d"])
    search = f"{term('route', name)} action:pass since:7d"
    return draws.draw(request, "_preview.html", route=route, preview=preview, search=search)


@router.post("/routes/{name:path}/mode")
def set_mode(
    shared: Shared,
    who: Who,
    name: str,
    mode: Annotated[str, Form(pattern="^(off|monitor|safe_block|block|)$")] = "",
    reason: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Changes the mode from the next message on; empty is what the configuration says."""
    shared.node().set_mode(name, Mode(mode) if mode else None, by=who.name, reason=reason)
    return Response(status_code=204, headers={"hx-refresh": "true"})
