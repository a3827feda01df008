"""In and out."""

from __future__ import annotations

import hmac
import secrets
from typing import Annotated
from urllib.parse import unquote

from fastapi import APIRouter, Form, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from framewall.console._pages._common import Draws, Shared, Who
from framewall.console.context import Context
from framewall.console.gate import COOKIE, SIGN_IN, cookie_in
from framewall.limits import CONSOLE_IDLE_SECONDS

router = APIRouter(include_in_schema=False)

_FORM_COOKIE = "framewall_form"


@router.get(SIGN_IN)
def form(
    request: Request, draws: Draws, shared: Shared, next: Annotated[str, Query(max_length=4_096)] = "/"
) -> Response:
    """The form. Its cookie and its hidden field must agree, so that no other site signs somebody in."""
    if getattr(request.state, "identity", None):
        return RedirectResponse(_own(next), 303)
    return _form(request, draws, shared, next)


@router.post(SIGN_IN)
def sign_in(
    request: Request,
    draws: Draws,
    shared: Shared,
    user: Annotated[str, Form(max_length=64)] = "",
    password: Annotated[str, Form(max_length=1_000)] = "",
    token: Annotated[str, Form(max_length=64)] = "",
    next: Annotated[str, Form(max_length=4_096)] = "/",
) -> Response:
    """Signs in, unless there were too many wrong passwords lately."""
    sent = request.cookies.get(_FORM_COOKIE, "")
    if not token or not hmac.compare_digest(sent.encode(), token.encode()):
        return _form(request, draws, shared, next, user, "The form was too old. Try once more.", 403)
    keys = (f"address {request.client.host if request.client else ''}", f"user {user}")
    wait = shared.throttle.wait(*keys)
    if wait > 0:
        why = f"Too many wrong passwords. Try again in {int(wait) + 1} seconds."
        answer = _form(request, draws, shared, next, user, why, 429)
        answer.headers["retry-after"] = str(int(wait) + 1)
        return answer
    # Counted before the password is looked at: tries made at once are tries all the same.
    shared.throttle.failed(*keys)
    if not shared.accounts.right(user, password):
        return _form(
            request, draws, shared, next, user, "That user and password do not belong together.", 401
        )
    shared.throttle.succeeded(*keys)
    shared.accounts.note(user, "sign-in", keys[0].removeprefix("address "))
    answer = RedirectResponse(_own(next), 303)
    _set(answer, shared, COOKIE, shared.accounts.sign_in(user), CONSOLE_IDLE_SECONDS.default)
    answer.delete_cookie(_FORM_COOKIE, path=SIGN_IN)
    return answer


@router.post("/sign-out")
def sign_out(request: Request, shared: Shared, who: Who) -> Response:
    """Forgets the session."""
    cookie = cookie_in(request.headers.get("cookie", "").encode("latin-1"))
    if cookie and who.csrf:
        shared.accounts.sign_out(cookie)
    answer = Response(status_code=204, headers={"hx-redirect": SIGN_IN})
    answer.delete_cookie(COOKIE)
    return answer


def _form(
    request: Request,
    draws: Draws,
    shared: Context,
    next: str,
    user: str = "",
    why: str = "",
    status: int = 200,
) -> Response:
    token = secrets.token_urlsafe(24)
    answer = draws.draw(request, "sign_in.html", status, token=token, next=_own(next), user=user, why=why)
    _set(answer, shared, _FORM_COOKIE, token, 3_600, SIGN_IN)
    return answer


def _set(answer: Response, shared: Context, name: str, value: str, seconds: int, path: str = "/") -> None:
    answer.set_cookie(
        name, value, max_age=seconds, path=path, secure=shared.secure, httponly=True, samesite="strict"
    )


def _own(next: str) -> str:
    """A place of this console only: a path, and none that a browser takes for another host."""
    plain = unquote(next)
    if not next.startswith("/") or plain[1:2] in ("/", "\\") or any(ord(char) < 33 for char in plain):
        return "/"
    return next
