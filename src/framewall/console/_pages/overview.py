"""How things stand."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from framewall.console._pages._common import DEFAULT_RANGE, RANGES, Draws, Range, Shared, told

router = APIRouter(include_in_schema=False)

#: What the chart is divided by.
DIVISIONS = ("class", "action", "framework", "route")
PANELS = (
    ("class", "Attack classes"),
    ("ip", "Sources"),
    ("event", "Events"),
    ("field", "Fields"),
    ("rule", "Rules"),
    ("framework", "Frameworks"),
    ("route", "Routes"),
)


@router.get("/")
def overview(
    request: Request,
    shared: Shared,
    draws: Draws,
    range: Range = DEFAULT_RANGE,
    by: Annotated[str, Query(pattern=f"^({'|'.join(DIVISIONS)})$")] = "class",
) -> Response:
    """Hits over a range of time, and the node now."""
    now = shared.clock()
    chosen = range if range in RANGES else DEFAULT_RANGE
    numbers, problem = told(lambda: shared.reader.overview(now - RANGES[chosen], now, top=8))
    blocked = 0
    if numbers:
        blocked = sum(
            tally.hits for tally in numbers.top.get("action", ()) if tally.value not in (None, "pass")
        )
    return draws.draw(
        request, "overview.html", range=chosen, ranges=tuple(RANGES), by=by, divisions=DIVISIONS,
        panels=PANELS, numbers=numbers, blocked=blocked, problem=problem, **_live(shared),
    )  # fmt: skip


@router.get("/live")
def live(request: Request, shared: Shared, draws: Draws) -> Response:
    """The numbers of now, which the page asks for again and again."""
    return draws.draw(request, "_live.html", **_live(shared))


def _live(shared: Shared) -> dict[str, Any]:
    metrics, away = told(lambda: shared.node().metrics())
    status, _ = told(lambda: shared.node().status()) if metrics else (None, None)
    return {"metrics": metrics, "status": status, "away": away}
