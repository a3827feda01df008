"""What every request of the console passes first, whatever page it is for; no page can forget it.

In order: the Host header (DNS rebinding), the body's size, who it is, whether a change was meant (CSRF) and
is allowed. Every answer carries the headers that keep hostile text inert.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Collection, Iterable
from contextlib import suppress
from http.cookies import CookieError, SimpleCookie
from ipaddress import ip_address
from urllib.parse import quote, urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from framewall.console.accounts import TOKEN_PREFIX, Accounts, Identity
from framewall.limits import CONSOLE_BODY_BYTES

COOKIE = "framewall_session"
CSRF_HEADER = b"x-csrf-token"
SIGN_IN = "/sign-in"
STATIC = "/static/"
#: What somebody who may only look may send all the same: it changes nothing of Framewall's.
VIEWERS_SEND = ("/sign-out", "/playground", "/api/inspect", "/views", "/settings/password")

HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (
        b"content-security-policy",
        b"default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ),
    (b"x-frame-options", b"DENY"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=()"),
    (b"x-robots-tag", b"noindex"),
)
_HSTS = (b"strict-transport-security", b"max-age=31536000")
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_TELL_SCRIPTS = "the console's own pages send it; scripts sign in with an API token instead"


class TooLargeError(Exception):
    """The body is over ``console_body_bytes``."""


class Gate:
    """ASGI middleware. ``hosts`` are names that the console may be called by, besides addresses and localhost."""

    def __init__(
        self, app: ASGIApp, accounts: Accounts, hosts: Collection[str] = (), secure: bool = False
    ) -> None:
        self._app = app
        self._accounts = accounts
        self._hosts = frozenset(host.lower() for host in hosts)
        self._headers = (*HEADERS, _HSTS) if secure else HEADERS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request; anything but HTTP is refused."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        answer = self._guarded(scope, send)
        refusal = self._refusal(scope)
        if refusal is not None:
            await _refuse(scope, answer, *refusal)
            return
        body = _Body(receive, answer)
        with suppress(TooLargeError):
            await self._app(scope, body.receive, body.send)
        if body.too_large and not body.answered:
            await _refuse(scope, answer, 413, "the body is too large")

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        """The status and reason if this request goes no further."""
        headers: dict[bytes, bytes] = dict(reversed(scope["headers"]))
        if not self._known_host(headers.get(b"host", b"")):
            return 421, "this console goes by another name; name it with --host"
        if _length(headers.get(b"content-length", b"0")) > CONSOLE_BODY_BYTES.default:
            return 413, "the body is too large"
        identity = self._identify(headers)
        scope.setdefault("state", {})["identity"] = identity
        path, changes = scope["path"], scope["method"] not in _SAFE
        if changes and not _same_origin(headers):
            return 403, "the request comes from another site"
        if path == SIGN_IN or path.startswith(STATIC):
            return None
        if identity is None:
            return 401, "sign in first"
        if not changes:
            return None
        if identity.csrf is not None and not _equal(headers.get(CSRF_HEADER, b""), identity.csrf):
            return 403, f"the X-CSRF-Token header is missing or wrong: {_TELL_SCRIPTS}"
        if not identity.operates and not _among(path, VIEWERS_SEND):
            return 403, "a viewer looks; ask an operator to change this"
        return None

    def _identify(self, headers: dict[bytes, bytes]) -> Identity | None:
        kind, _, credentials = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
        if kind.lower() == "bearer":
            token = credentials.strip()
            return self._accounts.by_token(token) if token.startswith(TOKEN_PREFIX) else None
        cookie = cookie_in(headers.get(b"cookie", b""))
        return self._accounts.by_cookie(cookie) if cookie else None

    def _known_host(self, header: bytes) -> bool:
        """Rebinding needs a name: an address in the Host header is whom the browser really asked."""
        try:
            name = (urlsplit(f"//{header.decode('ascii')}").hostname or "").rstrip(".")
        except ValueError:
            return False
        if name == "localhost" or name in self._hosts:
            return True
        try:
            ip_address(name)
        except ValueError:
            return False
        return True

    def _guarded(self, scope: Scope, send: Send) -> Send:
        """``send`` that adds the headers; what is not static is not kept in caches."""
        cached = scope["path"].startswith(STATIC)

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = () if cached else ((b"cache-control", b"no-store"),)
                message = {**message, "headers": [*message.get("headers", ()), *self._headers, *kept]}
            await send(message)

        return guarded


def cookie_in(header: bytes) -> str | None:
    """The session's cookie in a Cookie header."""
    try:
        jar = SimpleCookie(header.decode("latin-1"))
    except CookieError:
        return None
    return jar[COOKIE].value if COOKIE in jar else None


def _same_origin(headers: dict[bytes, bytes]) -> bool:
    """Whether the browser says that one of our own pages sends this; scripts say nothing."""
    site = headers.get(b"sec-fetch-site")
    if site is not None:
        # Then the Origin adds nothing: under our own no-referrer policy a form's is "null".
        return site in (b"same-origin", b"none")
    origin = headers.get(b"origin")
    if origin is None:
        return True
    return origin.partition(b"://")[2].lower() == headers.get(b"host", b"").lower()


def _among(path: str, starts: Iterable[str]) -> bool:
    return any(path == start or path.startswith(f"{start}/") for start in starts)


def _equal(sent: bytes, kept: str) -> bool:
    return hmac.compare_digest(sent, kept.encode())


def _length(header: bytes) -> int:
    return int(header) if header.isdigit() and len(header) < 19 else CONSOLE_BODY_BYTES.default + 1


class _Body:
    """Measures what is received; once that is too much, what the application makes of it is not sent."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._taken = 0
        self.answered = False

    @property
    def too_large(self) -> bool:
        return self._taken > CONSOLE_BODY_BYTES.default

    async def receive(self) -> Message:
        message = await self._receive()
        self._taken += len(message.get("body", b""))
        if self.too_large:
            raise TooLargeError
        return message

    async def send(self, message: Message) -> None:
        if not self.too_large or self.answered:
            self.answered = True
            await self._send(message)


async def _refuse(scope: Scope, send: Send, status: int, why: str) -> None:
    """JSON for programs; a person who is not signed in is led to where that is done."""
    headers = dict(scope["headers"])
    page = scope["method"] in _SAFE and not scope["path"].startswith("/api/")
    place = _sign_in_for(scope)
    if status == 401 and headers.get(b"hx-request"):
        more, body, kind = [(b"hx-redirect", SIGN_IN.encode())], b"", b"text/plain"
    elif status == 401 and page and headers.get(b"sec-fetch-dest", b"document") == b"document":
        status, more, body, kind = 303, [(b"location", place)], b"", b"text/plain"
    else:
        more = [(b"www-authenticate", b"Bearer")] if status == 401 else []
        body, kind = json.dumps({"detail": why}).encode(), b"application/json"
    more += [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": more})
    await send({"type": "http.response.body", "body": body})


def _sign_in_for(scope: Scope) -> bytes:
    """The sign-in that leads back to where somebody wanted to go."""
    query = scope["query_string"].decode("latin-1")
    wanted = scope["path"] + (f"?{query}" if query else "")
    return (SIGN_IN if wanted == "/" else f"{SIGN_IN}?next={quote(wanted)}").encode()
