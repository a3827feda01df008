"""Who changed what."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from framewall.console._pages._common import Draws, Shared, told

router = APIRouter(include_in_schema=False)

_PAGE = 100


@router.get("/audit")
def audit(
    request: Request,
    shared: Shared,
    draws: Draws,
    before: Annotated[int | None, Query(ge=0, le=1 << 62)] = None,
) -> Response:
    """The node's changes, and what was done in the console itself; the newest first."""
    changes, away = told(lambda: shared.node().audit(limit=_PAGE, before=before))
    more = changes[-1].id if changes and len(changes) == _PAGE else None
    notes = shared.accounts.notes(_PAGE) if before is None else []
    return draws.draw(request, "audit.html", changes=changes or (), away=away, notes=notes, more=more)
