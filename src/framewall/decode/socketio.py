"""Socket.IO protocols 4 and 5 over Engine.IO 3 and 4, on WebSocket and on HTTP long-polling (JSONP included).

A server takes ``EIO=4`` for version 4 and everything else for 3, so the version is known only from the
request that began the session; until then both are read. Engine.IO used bare is read here too: its messages
are then judged as they are.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from urllib.parse import parse_qsl, quote, unquote

from framewall.decode._api import UNCLAIMED, Decoder, Exchange
from framewall.decode._socketio import msgpack, packet
from framewall.decode._socketio.reader import NAME, SocketIOReader
from framewall.errors import DecodeError, PeerError
from framewall.model import Message, Opcode, Request, SendUpstream, Upgrade

_TRANSPORTS = frozenset(("polling", "websocket", "webtransport"))
_METHODS = frozenset(("GET", "POST", "PUT"))
_MAPS = frozenset((b"\x83", b"\x84", b"\x85", b"\xde", b"\xdf"))
"""How a packet of socket.io-msgpack-parser begins: a map of three to five members, or of any length."""


def _query(request: Request) -> dict[str, list[str]]:
    return _parsed(request.query)


@lru_cache(maxsize=1_024)
def _parsed(query: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key, value in parse_qsl(query, keep_blank_values=True):
        found.setdefault(key, []).append(value)
    return found


class SocketIO(Decoder):
    """Claims by Engine.IO's query, the usual path, and the shape of the first messages."""

    name = NAME
    signs = (
        r"4[0-6]",
        r'0\{"sid"',
        r"[23]probe\z",
        # A packed map that can have both names of a packet's: each stands in the bytes as it is.
        r"(?s)[\x83\x84\x85\xde\xdf].*(?:type.*nsp|nsp.*type)",
    )
    versions = "4 and 5, over Engine.IO 3 and 4"
    transports = ("WebSocket", "long polling", "JSONP")

    def claim(self, request: Request, upgrade: Upgrade | None, message: Message | None) -> float:
        """``EIO`` and ``transport`` are Engine.IO's alone; a path can be anything; a packet's shape adds."""
        del upgrade
        query = _query(request)
        score = UNCLAIMED
        transport = not _TRANSPORTS.isdisjoint(query.get("transport", ()))
        if transport and ("EIO" in query or "sid" in query):
            score = 0.9
        elif _usual_path(request):
            score = 0.8 if "EIO" in query or transport else 0.5
        elif transport or "EIO" in query:
            score = 0.3
        if message is not None:
            score += _shape(message)
        return min(score, 1.0)

    def reader(self, request: Request) -> SocketIOReader:
        """Version 4 if the request that begins the session says so and nothing else."""
        query = _query(request)
        versions = query.get("EIO", [])
        begins = "sid" not in query
        engine = None
        if begins and len(versions) == 1:
            engine = 4 if versions == ["4"] else 3
        bare = "/socket.io" not in unquote(request.path)
        likely = 3 if versions and versions[-1] != "4" else 4
        return SocketIOReader(engine, likely, bare=bare)

    def session(self, request: Request) -> str | None:
        """The last ``sid`` of the query, as Node reads it."""
        return _query(request).get("sid", [None])[-1]

    def exchange(self, request: Request, known: Callable[[str], bool]) -> Exchange | None:
        """Long-polling: Engine.IO's query, a session seen before, or a session on the usual path.

        Python's server needs no ``transport``, and after the first request no ``EIO``.
        """
        query = _query(request)
        sids = query.get("sid", [])
        if request.method not in _METHODS:
            return None
        seen = next((sid for sid in sids if known(sid)), None)
        usual = _usual_path(request) and (sids or request.method != "GET")
        if not (seen or usual or "EIO" in query or "polling" in query.get("transport", ())):
            return None
        sends = request.method != "GET"
        sid = seen or (sids[-1] if sids else None)
        return Exchange("polling", sid, sends=sends, begins=sid is None and not sends)

    def suspect(self, request: Request) -> PeerError | None:
        """Servers differ in which of two ``sid`` they take: one is meant for them, the other for us."""
        if len(set(_query(request).get("sid", ()))) > 1:
            return DecodeError("engineio.session", "a request that names two sessions")
        return None

    def hang_up(self, request: Request, session: str) -> SendUpstream:
        """A POST of Engine.IO's close packet, with the request's cookies: they may choose the server."""
        query = _query(request)
        version = query.get("EIO", ["4"])[-1]
        packet = b"1" if version == "4" else b"1:1"
        kind = "text/plain;charset=UTF-8"
        target = f"{request.path}?EIO={quote(version)}&transport=polling&sid={quote(session)}"
        if "j" in query:
            target += "&j=0"
            packet, kind = b"d=" + packet, "application/x-www-form-urlencoded"
        kept = ("host", "cookie", "authorization", "origin", "user-agent")
        headers = tuple(pair for pair in request.headers if pair[0].lower() in kept)
        return SendUpstream("POST", target, (*headers, ("Content-Type", kind)), packet)


def _usual_path(request: Request) -> bool:
    path = unquote(request.path)
    return "/socket.io" in path or "/engine.io" in path


def _shape(message: Message) -> float:
    """How much a message looks like one of ours."""
    data = message.data
    if message.opcode is Opcode.BINARY:
        return 0.6 if data[:1] in _MAPS and msgpack.read(data) else 0.0
    if data[:1] == b"4":
        head = packet.strict(data)
        return 0.6 if head and data[head.at : head.at + 1] in (b"[", b"{") else 0.0
    if data.startswith(b'0{"sid"'):
        return 0.7
    return 0.5 if data in (b"2probe", b"3probe") else 0.0


decoder = SocketIO()
