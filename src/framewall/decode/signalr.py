"""SignalR Core: the JSON and MessagePack hub protocols, on WebSocket, server-sent events and long polling.

Protocol texts: dotnet/aspnetcore, src/SignalR/docs/specs, HubProtocol.md and TransportProtocols.md. A client
may skip the negotiation, so the id in the query is one clue among others; and a stateful reconnect joins its
session's stream in the middle, without a handshake.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import parse_qs

from framewall.decode._api import UNCLAIMED, Decoder, Exchange
from framewall.decode._signalr.reader import NAME, SignalRReader
from framewall.model import Direction, Message, Records, Request, SendUpstream, Upgrade

_NEGOTIATE = "/negotiate"
_TOKEN = re.compile(r"[A-Za-z0-9_+/-]{22,}={0,2}")
_ORDINARY = re.compile(r"[0-9a-fA-F-]+")
"""Numbers and UUIDs: ids of other things."""

_HANDSHAKE = re.compile(rb"""[ \t\r\n]*\{[^\x1e]{0,256}["']protocol["'][^\x1e]{0,256}\}[ \t\r\n]*\x1e""")
_BEGUN = re.compile(rb"""[ \t\r\n]*\{[ \t\r\n]*(?:["']?(?:[a-zA-Z]{0,12}|\\.*))?\Z""", re.DOTALL)
"""The first bytes of a record, cut before its first member says more."""
_HUB_MESSAGE = re.compile(rb"""[ \t\r\n]*\{[ \t\r\n]*["']type["'][ \t\r\n]*:[^\x1e]*\x1e""")


_OTHERS = ("EIO", "sid", "transport")
"""Names of other frameworks' queries, whose sessions go by their own id."""


def _id(request: Request) -> str | None:
    query = parse_qs(request.query, keep_blank_values=True)
    found = query.get("id")
    return found[-1] if found and not any(name in query for name in _OTHERS) else None


def _token(request: Request) -> str | None:
    """The query's id, if it is of the kind that a server makes up for a connection."""
    token = _id(request)
    return token if token and _TOKEN.fullmatch(token) and not _ORDINARY.fullmatch(token) else None


class SignalR(Decoder):
    """Claims by the negotiation, the id in the query and the shape of the first records."""

    name = NAME
    signs = (
        r"[ \t\r\n]*\{[^\x1e]*\x1e",
        r"""(?s)[ \t\r\n]*\{[ \t\r\n]*(?:["']?(?:[a-zA-Z]{0,12}|\\.*))?\z""",
    )
    versions = "ASP.NET Core: hub protocols JSON, MessagePack, Blazor pack"
    transports = ("WebSocket", "server-sent events", "long polling")

    def claim(self, request: Request, upgrade: Upgrade | None, message: Message | None) -> float:
        """A path or an id may be anything's; the server's half of the handshake is SignalR's alone."""
        del upgrade
        score = UNCLAIMED
        if request.path.endswith(_NEGOTIATE):
            score = 0.9 if "negotiateVersion=" in request.query else 0.5
        elif _token(request):
            score = 0.5
        elif request.path.endswith("/_blazor"):
            score = 0.4
        return min(1.0, score + _shape(message)) if message else score

    def reader(self, request: Request) -> SignalRReader:
        """Of the hub at this path."""
        return SignalRReader(request.path.removesuffix(_NEGOTIATE))

    def session(self, request: Request) -> str | None:
        """The token that the negotiation gave; of a WebSocket only what can be no other thing's id."""
        return _token(request) if request.upgrade else _id(request)

    def exchange(self, request: Request, known: Callable[[str], bool]) -> Exchange | None:
        """The negotiation; and by a known id or one of a token's kind, events, polls and messages."""
        if request.path.endswith(_NEGOTIATE) and request.method == "POST":
            return Exchange("websocket", None, sends=True, begins=True)  # the way to every transport
        token = _id(request)
        if token is None or not (known(token) or (_token(request) and request.method == "POST")):
            return None
        if request.method == "GET" and "text/event-stream" in (request.header("accept") or "").lower():
            return Exchange("sse", token, records=Records.EVENTS)
        if request.method in ("GET", "POST", "DELETE"):
            return Exchange("longpolling", token, sends=request.method == "POST")
        return None

    def hang_up(self, request: Request, session: str) -> SendUpstream:
        """A DELETE of the session, with the request's cookies: they may choose the server."""
        del session
        kept = ("host", "cookie", "authorization", "origin", "user-agent")
        headers = tuple(pair for pair in request.headers if pair[0].lower() in kept)
        return SendUpstream("DELETE", request.target, headers, b"")


def _shape(message: Message) -> float:
    """How much a message looks like the start of a stream of records."""
    data = message.data
    if message.direction is Direction.SERVER:
        return 0.8 if data.startswith(b"{}\x1e") else 0.0
    if _HANDSHAKE.match(data):
        return 0.6
    if _HUB_MESSAGE.match(data):
        return 0.4
    return 0.1 if _BEGUN.match(data) else 0.0


decoder = SignalR()
