"""SignalR 2 (ASP.NET): hub invocations as JSON, on WebSocket and every fallback of the jQuery client.

Read from the client, jquery.signalR 2.4.3. A hub's client sends ``{"H":hub,"M":method,"A":[args],"I":id,"S":state}``;
a connection without hubs sends any text, which is then judged as what it looks like.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from urllib.parse import parse_qsl, unquote, unquote_to_bytes

from framewall._core import FormatError, View
from framewall.decode._api import ECHOED, UNCLAIMED, Decoder, Exchange, Reader, Split
from framewall.decode._script import SCRIPT, as_call, in_script
from framewall.decode._sse import event_data
from framewall.decode._write import Value, as_json
from framewall.errors import DecodeError
from framewall.model import (
    Answer,
    Direction,
    Message,
    Notice,
    Packet,
    Part,
    Path,
    Records,
    Request,
    SendUpstream,
    Upgrade,
)

NAME = "signalr2"

_SAID = frozenset(("callback", "data", "messageid"))
"""What of a query is its request's own."""
_STEPS = frozenset(("negotiate", "connect", "reconnect", "start", "send", "poll", "abort", "ping"))
_WAITS = frozenset(("connect", "reconnect", "poll"))
"""Steps whose answers bring the server's messages."""
_CLIENT = {"h": "hub", "m": "method", "a": "args", "i": "id", "s": "state"}
_SERVER = {"c": "cursor", "m": "messages", "r": "result", "e": "error", "p": "progress", "i": "id"}
_STREAMS = {"serversentevents": Records.EVENTS, "foreverframe": Records.LINES}
_KEEPALIVE = b"{}"
_FRAME = re.compile(r"[0-9]{1,9}")
_CALLBACK = re.compile(rb"[^(]{0,256}\((?=[{\[])(.*)\)\s*;?\s*", re.DOTALL)
_FRAME_CALL = re.compile(rb"<script[^>]*>\s*r\(c,\s*(.*?)\);?\s*</script>", re.DOTALL)


def _query(request: Request) -> dict[str, str]:
    """Names as ASP.NET compares them, whatever their case; the last of each. Socket.IO's sessions are its own."""
    found = {key.lower(): value for key, value in parse_qsl(request.query, keep_blank_values=True)}
    return {} if "eio" in found or "sid" in found else found


def _step(request: Request) -> str:
    return request.path.rstrip("/").rpartition("/")[2].lower()


class SignalR2Reader(Reader):
    """One connection. Messages are whole, so there is nothing to remember but whether it has hubs."""

    framework = NAME
    pings = "server"

    def __init__(self, version: str) -> None:
        self._version = version
        self._hubs = False

    def decode(self, message: Message) -> Sequence[Packet]:
        """One message of either side."""
        return (self._message(message.direction, message.data),)

    def split(self, side: Direction) -> Split | None:
        """Once a hub was called: what else a connection may say is anything."""
        del side
        return Split(NAME) if self._hubs else None

    def body(self, request: Request, data: bytes) -> Sequence[Packet]:
        """A form whose ``data`` is a message; whatever else is in it is judged too."""
        del request
        if not data:
            return ()
        sent, rest = _form(data)
        if not sent:
            return (self._packet("message", (Part(data, "form", False, "body"), Part(data))),)
        packets = [self._sent(each) for each in sent]
        if rest:
            packets.append(self._packet("message", (Part(rest, "form", False, "body"),)))
        return packets

    def _sent(self, data: bytes) -> Packet:
        """A message that came in a form."""
        found = self._call(data)
        if found is None:
            return self._packet("message", (Part(data),))
        hub, method = found
        return self._packet("invocation", (Part(data, "json", False, _from_client),), method, hub)

    def reply(self, request: Request, status: int, data: bytes) -> Sequence[Packet]:
        """The negotiation, a poll's answer (a script's call for JSONP), or a stream of events or of scripts."""
        del status
        if _step(request) == "negotiate":
            self._negotiated(_bare(data))
            return (self._packet("negotiate", (Part(_bare(data), "json", False, "negotiate"),)),)
        if not data:
            return ()
        events = event_data(data)
        if events is not None:
            return (self._packet("message", (Part(events), Part(data))),)
        calls = [call[1] for call in _FRAME_CALL.finditer(data)]
        if calls:
            packets = [self._message(Direction.SERVER, call) for call in calls]
            return (*packets, self._packet("message", (Part(data, "text"),)))
        return (self._message(Direction.SERVER, _bare(data)),)

    def refuse(self, packet: Packet | None, text: str) -> Sequence[Notice]:
        """The invocation's result, an error; then an error of the connection, at which its client stops."""
        id = self._invocation(packet) if packet else None
        result = [{"I": id, "E": text}] if id else []
        return [Notice(as_json(each)) for each in (*result, {"E": text})]

    def answer(self, request: Request, packet: Packet | None, text: str) -> Answer | None:
        """What its client reads: to a message its result, to what brings messages the connection's error.

        A message whose id is not known is refused by its status: to a body its client would listen as to the server.
        """
        query, step = _query(request), _step(request)
        transport = query.get("transport", "").lower()
        if step == "send":
            asked = query.get("data", "").encode("utf-8", "replace")
            id = _id(asked) or (self._invocation(packet) if packet else None)
            return _written({"I": id, "E": text}, query) if id else None
        if step not in _WAITS:
            return None
        if transport == "serversentevents":
            return Answer(b"data: " + as_json({"E": text}) + b"\n\n", "text/event-stream", 200)
        if transport == "foreverframe":
            return _framed({"E": text}, query.get("frameid", ""))
        return _written({"E": text}, query)

    @staticmethod
    def _invocation(packet: Packet) -> str | None:
        if packet.kind != "invocation" or not packet.parts or packet.parts[0].hint != "json":
            return None
        return _id(packet.parts[0].data)

    def _negotiated(self, data: bytes) -> None:
        try:
            token = View.parse(data, "json").get("ConnectionToken")
        except FormatError:
            return
        if token is not None and token.kind == "text":
            self.session = token.text

    def _message(self, side: Direction, data: bytes) -> Packet:
        if data == _KEEPALIVE:
            return self._packet("keepalive")
        if side is Direction.SERVER:
            return self._packet("message", (Part(data, "json", False, _from_server),))
        found = self._call(data)
        if found is None:
            packet = self._packet("message", (Part(data),))
            if self._hubs:
                raise DecodeError("signalr2.invocation", "not a hub's invocation", (packet,))
            return packet
        self._hubs = self.proven = True
        hub, method = found
        return self._packet("invocation", (Part(data, "json", False, _from_client),), method, hub)

    @staticmethod
    def _call(data: bytes) -> tuple[str, str] | None:
        """The hub and method that a message calls, None if it is no invocation."""
        try:
            found = View.parse(data, "json")
        except FormatError:
            return None
        if found.kind != "map":
            return None
        members = {(each.key or "").lower(): each for each in found}
        hub, method = members.get("h"), members.get("m")
        if hub is None or method is None or hub.kind != "text" or method.kind != "text":
            return None
        return hub.text, method.text

    def _packet(
        self, kind: str, parts: tuple[Part, ...] = (), name: str | None = None, hub: str | None = None
    ) -> Packet:
        return Packet(NAME, self._version, kind, parts, name, hub)


def _id(call: bytes) -> str | None:
    """By which an invocation's client knows its result."""
    try:
        found = View.parse(call, "json")
    except FormatError:
        return None
    id = (
        next((each for each in found if (each.key or "").lower() == "i"), None)
        if found.kind == "map"
        else None
    )
    known = id is not None and id.kind in ("text", "number")
    return id.text if id is not None and known and len(id.text) <= ECHOED else None


def _written(value: Value, query: dict[str, str]) -> Answer | None:
    """As JSON, or in the call that a JSONP client waits for; None if what it wants called is no function's name."""
    if "callback" not in query:
        return Answer(as_json(value), "application/json; charset=UTF-8", 200)
    script = as_call(query["callback"], value)
    return Answer(script, SCRIPT, 200) if script else None


def _framed(value: Value, frame: str) -> Answer | None:
    """For a frame's connection, by its number in the page; it needs nothing that its server wrote before."""
    if not _FRAME.fullmatch(frame):
        return None
    transport = b"window.parent.jQuery.signalR.transports.foreverFrame"
    told = b"(function (t) { t.receive(t.getConnection(%s), %s); })" % (frame.encode(), in_script(value))
    return Answer(b"<script>" + told + b"(" + transport + b");</script>\r\n", "text/html; charset=UTF-8", 200)


def _bare(data: bytes) -> bytes:
    """What a JSONP answer's call has in its brackets."""
    found = _CALLBACK.fullmatch(data)
    return found[1] if found else data


def _from_client(path: Path) -> tuple[str, Path]:
    return _member(_CLIENT, path)


def _from_server(path: Path) -> tuple[str, Path]:
    """Calls to the client's functions are in a list: ``messages[0].args[1]``."""
    match path:
        case (str(name), int(place), *rest) if name.lower() == "m":
            start, end = _member(_CLIENT, tuple(rest))
            return f"messages[{place}]" + ("" if start == "message" else f".{start}"), end
    return _member(_SERVER, path)


def _form(body: bytes) -> tuple[list[bytes], bytes]:
    """Every ``data`` of a form, percent-decoded, and the other pairs as they are."""
    sent: list[bytes] = []
    rest: list[bytes] = []
    for pair in body.split(b"&"):
        name, equals, value = (unquote_to_bytes(each.replace(b"+", b" ")) for each in pair.partition(b"="))
        if equals and name.strip().lower() == b"data":
            sent.append(value)
        elif pair:
            rest.append(pair)
    return sent, b"&".join(rest)


def _member(names: dict[str, str], path: Path) -> tuple[str, Path]:
    if path and isinstance(path[0], str) and path[0].lower() in names:
        return names[path[0].lower()], path[1:]
    return "message", path


class SignalR2(Decoder):
    """Claims by the query's names and the path's last step."""

    name = NAME
    signs = ()
    versions = "ASP.NET SignalR 2 (client protocol 2.x)"
    transports = ("WebSocket", "server-sent events", "forever frame", "long polling", "JSONP")

    def claim(self, request: Request, upgrade: Upgrade | None, message: Message | None) -> float:
        """``connectionToken`` and ``connectionData`` are its own names; any path can end in ``connect``."""
        del upgrade, message
        query = _query(request)
        own = ("connectiontoken" in query) + ("connectiondata" in query) + ("clientprotocol" in query)
        if not own or _step(request) not in _STEPS:
            return UNCLAIMED
        return 0.9 if own > 1 else 0.5

    def reader(self, request: Request) -> SignalR2Reader:
        """Of the client's protocol as it says it: ``1.5``, ``2.1``."""
        return SignalR2Reader(_query(request).get("clientprotocol", "2"))

    def session(self, request: Request) -> str | None:
        """The connection's token."""
        return _query(request).get("connectiontoken") or None

    def exchange(self, request: Request, known: Callable[[str], bool]) -> Exchange | None:
        """By the path's last step, with a token or what a negotiation says."""
        del known
        query, step = _query(request), _step(request)
        token = query.get("connectiontoken")
        own = token or "connectiondata" in query or "clientprotocol" in query
        if step not in _STEPS or not own or request.method not in ("GET", "POST"):
            return None
        transport = query.get("transport", "").lower()
        if transport == "websockets" or step in ("negotiate", "ping", "abort"):
            transport = "websocket"  # every transport is begun and ended so
        if not transport.isalpha():
            transport = "longpolling"
        sends = request.method == "POST" and step != "negotiate"
        if sends and step == "send" and transport == "websocket":
            transport = "longpolling"
        records = _STREAMS.get(transport) if step in ("connect", "reconnect") else None
        waits = step in _WAITS  # a poll is a POST too: its form says what the client has already
        return Exchange(transport, token, sends, step == "negotiate", records, waits)

    def hang_up(self, request: Request, session: str) -> SendUpstream:
        """An ``abort`` with the session's own query and cookies, but nothing that the request said."""
        del session
        own = (
            pair for pair in request.query.split("&") if unquote(pair.partition("=")[0]).lower() not in _SAID
        )
        kept = ("host", "cookie", "authorization", "origin", "user-agent")
        headers = tuple(pair for pair in request.headers if pair[0].lower() in kept)
        base = request.path.rstrip("/").rpartition("/")[0]
        return SendUpstream("POST", f"{base}/abort?{'&'.join(own)}", headers, b"")


decoder = SignalR2()
