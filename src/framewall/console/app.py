"""The console as an ASGI application: pages for people under ``/``, typed JSON for programs under ``/api``."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from framewall import __version__
from framewall.config.ruletext import RuleTextError
from framewall.console import _api, _pages
from framewall.console.accounts import AccountError
from framewall.console.context import Context
from framewall.console.gate import Gate
from framewall.console.templating import Pages
from framewall.control import ControlError, NodeGoneError
from framewall.detect import RuleError
from framewall.errors import FramewallError, StoreError
from framewall.events import SearchError
from framewall.replay import LineError

STATIC = Path(__file__).parent / "static"

#: What a mistake is answered with: whose fault it is decides.
STATUSES: tuple[tuple[type[Exception], int], ...] = (
    (SearchError, 422),
    (LineError, 422),
    (AccountError, 422),
    (RuleError, 422),
    (NodeGoneError, 503),
    (ControlError, 409),
    (StoreError, 503),
)


def create_app(context: Context) -> ASGIApp:
    """The application behind its gate."""

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        yield
        context.close()

    app = FastAPI(
        title="Framewall console",
        version=__version__,
        summary="Attacks on WebSockets: see them, understand them, act on them.",
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=life,
    )
    app.state.context = context
    app.state.pages = Pages()
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    for router in (*_api.ROUTERS, *_pages.ROUTERS):
        app.include_router(router)
    app.add_exception_handler(FramewallError, _mistake)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    return Gate(app, context.accounts, context.hosts, context.secure)


async def _mistake(request: Request, error: Exception) -> Response:
    status = next((status for kind, status in STATUSES if isinstance(error, kind)), 500)
    more: dict[str, object] = {}
    if isinstance(error, SearchError):
        more = {"at": error.at, "instead": error.instead}
    elif isinstance(error, RuleTextError):
        more = {"mistakes": [asdict(each) for each in error.problems]}
    return _answer(request, status, str(error), **more)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _answer(request, error.status_code, str(error.detail))


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"][1:])
    return _answer(request, 422, f"{where}: {first['msg']}" if where else str(first["msg"]))


def _answer(request: Request, status: int, why: str, **more: object) -> Response:
    if request.url.path.startswith("/api/"):
        return JSONResponse({"detail": why, **more}, status)
    if "hx-request" in request.headers:
        return PlainTextResponse(why, status)
    pages: Pages = request.app.state.pages
    return pages.draw(request, "error.html", status, status=status, why=why)
