"""People and tokens."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from framewall.console._pages._common import Draws, Shared, Who, told
from framewall.console.accounts import PASSWORD_LEAST, AccountError, Role
from framewall.console.gate import SIGN_IN

router = APIRouter(include_in_schema=False)

Word = Annotated[str, Form(max_length=64)]
Password = Annotated[str, Form(max_length=1_000)]


@router.get("/settings")
def settings(request: Request, shared: Shared, draws: Draws) -> Response:
    """Who may come in, and what is kept."""
    stored, _ = told(shared.reader.stored)
    status, away = told(lambda: shared.node().status())
    return draws.draw(
        request, "settings.html", users=shared.accounts.users(), tokens=shared.accounts.tokens(),
        roles=tuple(Role), least=PASSWORD_LEAST, stored=stored, status=status, away=away,
        events=shared.events_url,
    )  # fmt: skip


@router.post("/settings/password")
def own_password(shared: Shared, who: Who, old: Password, new: Password) -> Response:
    """One's own password; everybody who was signed in with the old one is out."""
    wait = shared.throttle.wait(f"user {who.name}")
    if wait > 0:
        raise AccountError(f"too many wrong passwords: try again in {int(wait) + 1} seconds")
    if who.csrf is None or not shared.accounts.right(who.name, old):
        shared.throttle.failed(f"user {who.name}")
        raise AccountError("the old password is not right")
    shared.accounts.set_password(who.name, new)
    shared.accounts.note(who.name, "password", who.name)
    return Response(status_code=204, headers={"hx-redirect": SIGN_IN})


@router.post("/settings/users")
def add_user(
    shared: Shared, who: Who, name: Word, password: Password, role: Annotated[Role, Form()]
) -> Response:
    """Lets somebody in."""
    shared.accounts.add_user(name, password, role)
    shared.accounts.note(who.name, "user added", f"{name} ({role})")
    return _again()


@router.post("/settings/users/{name}/role")
def set_role(shared: Shared, who: Who, name: str, role: Annotated[Role, Form()]) -> Response:
    """What somebody may do."""
    shared.accounts.set_role(name, role)
    shared.accounts.note(who.name, "role", f"{name} ({role})")
    return _again()


@router.post("/settings/users/{name}/remove")
def remove_user(shared: Shared, who: Who, name: str) -> Response:
    """Shows somebody out."""
    shared.accounts.remove_user(name)
    shared.accounts.note(who.name, "user removed", name)
    return _again()


@router.post("/settings/tokens")
def add_token(
    request: Request, shared: Shared, draws: Draws, who: Who, name: Word, role: Annotated[Role, Form()]
) -> Response:
    """A token for a program, shown this once."""
    token = shared.accounts.add_token(name, role, who.name)
    shared.accounts.note(who.name, "token added", f"{name} ({role})")
    return draws.draw(request, "_token.html", token=token, name=name)


@router.post("/settings/tokens/{id}/revoke")
def revoke(shared: Shared, who: Who, id: int) -> Response:
    """The token is worth nothing from now on."""
    name = shared.accounts.revoke(id)
    shared.accounts.note(who.name, "token revoked", name or str(id))
    return _again()


def _again() -> Response:
    return Response(status_code=204, headers={"hx-refresh": "true"})
