"""SockJS, on its framed WebSocket and on every HTTP transport (sockjs-protocol 0.3.4).

What its messages carry is another protocol: STOMP, Meteor's DDP, an application's JSON. The house reads that,
as it would if it came by itself. A raw WebSocket (``<base>/websocket``) has no frames and is no matter for this
decoder; where only the server's first message can tell, both readings are judged until it comes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from urllib.parse import parse_qs, parse_qsl, unquote

from framewall._core import FormatError, View
from framewall.decode._api import UNCLAIMED, Decoder, Exchange, Reader, Split
from framewall.decode._readings import Readings
from framewall.decode._script import as_call, in_script
from framewall.decode._sse import events
from framewall.decode._write import as_json
from framewall.errors import DecodeError, LimitReached, PeerError
from framewall.limits import PAYLOAD_PACKETS
from framewall.model import (
    Answer,
    Direction,
    Message,
    Notice,
    Opcode,
    Packet,
    Part,
    Records,
    Request,
    Upgrade,
)

NAME = "sockjs"

_SENDS = frozenset(("xhr_send", "jsonp_send"))
_STREAMS = {
    "xhr_streaming": Records.LINES,
    "htmlfile": Records.LINES,
    "eventsource": Records.EVENTS,
}
_OWN = frozenset(("xhr_send", "jsonp_send", "xhr_streaming", "htmlfile"))
"""Steps that no other thing's path would end in."""
_PATH = re.compile(
    r"(?P<base>.*)/(?P<server>[^/.]+)/(?P<session>[^/.]+)/"
    r"(?P<step>websocket|xhr|xhr_send|xhr_streaming|eventsource|htmlfile|jsonp|jsonp_send)/?",
    re.DOTALL,
)
_SERVER = re.compile(r"[0-9]{3}")
"""What the client makes up for a server; any name would do."""
_CALL = re.compile(rb"""(?:/\*\*/[^(]*|\s*p)\((".*")\);?\s*""")
_PERCENT = re.compile(rb"%(00|0[aAdD]|25)")
"""What events have escaped, that they stay on one line."""
_SENT = {"xhr_send": Answer(b"", status=204), "jsonp_send": Answer(b"ok", status=200)}
"""A message that the session's poll or stream refuses: at an error its client would leave before that comes."""
POLICY = 1008
"""The code that a refused client is told, the WebSocket's own for it (RFC 6455 section 7.4.1)."""
_QUIET = frozenset((b"", b"o", b"h"))


def _place(request: Request) -> re.Match[str] | None:
    return _PATH.fullmatch(unquote(request.path))


class SockJSReader(Reader):
    """One session. ``framed`` is None until the server's first message tells."""

    framework = NAME
    pings = "server"

    def __init__(self, request: Request) -> None:
        place = _place(request)
        base = place["base"] if place else ""
        target = "/" if not base or _PATH.search(base) else base
        self._inner = Readings(replace(request, target=target), None)
        self._framed: bool | None = None
        self._usual = bool(place and _SERVER.fullmatch(place["server"]))

    def decode(self, message: Message) -> Sequence[Packet]:
        """One frame, in a text message or a binary one; Node's server reads both."""
        data = message.data
        if self._framed is None and message.direction is Direction.SERVER:
            self._framed = self.proven = data == b"o"
        if self._framed is False:
            return self._pass(message)
        if message.direction is Direction.SERVER:
            return self._server(data)
        if self._framed is None:
            return self._either(data)
        return self._client(data)

    def split(self, side: Direction) -> Split | None:
        """Frames around what is settled inside; until the server has spoken, only the client's."""
        if side is Direction.SERVER and self._framed:
            return Split(NAME, inner=Split("plain"))
        inner = self._inner.split(side) if self._inner.settled else None
        if inner is None or (side is Direction.SERVER and self._framed is None):
            return None
        if self._framed is False:
            return inner
        return Split(NAME if self._framed else f"{NAME}?", inner=inner)

    def body(self, request: Request, data: bytes) -> Sequence[Packet]:
        """A JSON text, or a form's ``d`` that holds one; servers go by the content type, which may lie."""
        del request
        if not data:
            return ()
        form = parse_qsl(data.decode("utf-8", "replace"), keep_blank_values=True)
        texts = [value.encode("utf-8", "surrogatepass") for name, value in form if name == "d"]
        packets: list[Packet] = []
        if not texts or data.lstrip()[:1] in (b"[", b"{", b'"'):
            texts = [data]
        elif len(form) > 1:
            packets.append(Packet(NAME, "", "body", (Part(data, "form", False, "body"),)))
        return self._all(self._client, texts, packets)

    def reply(self, request: Request, status: int, data: bytes) -> Sequence[Packet]:
        """Frames by lines, in events, or as calls of a script."""
        del request
        if status != 200:
            return (Packet(NAME, "", "reply", (Part(data),)),) if data else ()
        frames = events(data)
        if frames is None:
            lines = [line for line in data.split(b"\n") if line]
            called = [found[1] for line in lines if (found := _CALL.fullmatch(line))]
            frames = [_string(call) for call in called] if called else lines
        else:
            frames = [_PERCENT.sub(lambda found: bytes.fromhex(found[1].decode()), frame) for frame in frames]
        return self._all(self._server, frames, [])

    # refusals

    def refuse(self, packet: Packet | None, text: str) -> Sequence[Notice]:
        """What is inside says it first; then a close frame, whose code and reason the client's user gets."""
        inner = self._inner.refuse(packet, text) if self._framed is False or self._inner.framework else ()
        if self._framed is False:
            return inner
        said = [each.data.decode("utf-8", "replace") for each in inner if each.opcode is Opcode.TEXT]
        notices = [Notice(b"a" + as_json(said))] if said else []
        return [*notices, Notice(b"c" + as_json([POLICY, text]))]

    def answer(self, request: Request, packet: Packet | None, text: str) -> Answer | None:
        """To what waits for frames, these frames as its transport writes them."""
        place = _place(request)
        step = place["step"] if place else ""
        frames = [each.data for each in self.refuse(packet, text)]
        if step in _SENT:
            return _SENT[step]
        if step in ("xhr", "xhr_streaming"):
            last = frames if step == "xhr_streaming" else frames[-1:]
            return Answer(
                b"".join(each + b"\n" for each in last), "application/javascript; charset=UTF-8", 200
            )
        if step == "eventsource":
            return Answer(
                b"".join(b"data: " + each + b"\r\n\r\n" for each in frames), "text/event-stream", 200
            )
        if step == "htmlfile":
            calls = b"".join(
                b"<script>\np(" + in_script(_text(each)) + b");\n</script>\r\n" for each in frames
            )
            return Answer(calls, "text/html; charset=UTF-8", 200)
        script = as_call(parse_qs(request.query).get("c", [""])[-1], _text(frames[-1]))
        return Answer(script, "application/javascript; charset=UTF-8", 200) if script else None

    def _all(
        self, read: Callable[[bytes], Sequence[Packet]], frames: Sequence[bytes], packets: list[Packet]
    ) -> Sequence[Packet]:
        """Every frame. Raises the first refusal, with all packets."""
        refused: PeerError | None = None
        for frame in frames:
            try:
                packets += read(frame)
            except PeerError as error:
                packets += error.packets
                refused = refused or error
        if refused:
            refused.packets = packets
            raise refused
        return packets

    # frames

    def _client(self, data: bytes) -> Sequence[Packet]:
        """An array of messages; or one message bare, which Node's server takes as well."""
        if not data.strip():
            return ()
        try:
            found = View.parse(data, "json")
        except FormatError:
            raw = Packet(NAME, "", "unknown", (Part(data),))
            raise DecodeError("sockjs.frame", "not an array of messages", (raw,)) from None
        return self._messages(Direction.CLIENT, found, data)

    def _server(self, data: bytes) -> Sequence[Packet]:
        """``o``, ``h``, ``a[..]``, ``m".."``, ``c[code,reason]``; streams begin with many an ``h``."""
        if data in _QUIET or not data.strip(b"h"):
            return (Packet(NAME, "", "open" if data == b"o" else "heartbeat"),)
        kind, rest = data[:1], data[1:]
        if kind == b"c":
            return (Packet(NAME, "", "close", (Part(rest, "json", False, "close"),)),)
        try:
            found = View.parse(rest, "json") if kind in (b"a", b"m") else None
        except FormatError:
            found = None
        if found is None:
            raw = Packet(NAME, "", "unknown", (Part(data),))
            raise DecodeError("sockjs.frame", "no frame of a SockJS server", (raw,))
        return self._messages(Direction.SERVER, found, rest)

    def _messages(self, side: Direction, found: View, data: bytes) -> Sequence[Packet]:
        """Strings hold messages; servers hand other values on as they are."""
        each = list(found) if found.kind == "list" else [found]
        if len(each) > PAYLOAD_PACKETS.default:
            raw = Packet(NAME, "", "unknown", (Part(data, "json"),))
            raise LimitReached(PAYLOAD_PACKETS, f"{len(each)} messages in a SockJS frame", (raw,))
        texts = [view.bytes if view.kind == "text" else data[slice(*view.span)] for view in each]
        return self._all(lambda text: self._pass(Message(side, Opcode.TEXT, text)), texts, [])

    def _either(self, data: bytes) -> Sequence[Packet]:
        """Before the server has spoken: as a frame, if it is one, and as it is.

        Where only the client's messages are inspected the server is never heard: an array of strings, on a path
        such as SockJS clients make up, is then a frame. As plain JSON it would say the same strings.
        """
        if self._usual and _strings(data):
            return self._client(data)
        raw = Packet(NAME, "", "unknown", (Part(data),))
        try:
            return (*self._client(data), raw)
        except PeerError as error:
            return (*error.packets, raw)

    def _pass(self, message: Message) -> Sequence[Packet]:
        """What the house makes of a message. Raises its first refusal."""
        reading = self._inner.message(message)
        within = self._inner.framework
        if self._framed is False:
            self.framework = reading.framework
        elif within:
            self.framework = f"{NAME}+{within}"
        if reading.errors:
            first = reading.errors[0]
            first.packets = reading.packets
            raise first
        return reading.packets


def _text(frame: bytes) -> str:
    return frame.decode("utf-8", "replace")


def _strings(data: bytes) -> bool:
    """Whether this is a JSON array of nothing but strings."""
    try:
        found = View.parse(data, "json")
    except FormatError:
        return False
    return found.kind == "list" and all(each.kind == "text" for each in found)


def _string(data: bytes) -> bytes:
    try:
        found = json.loads(data)
    except ValueError:
        return data
    return found.encode("utf-8", "surrogatepass") if isinstance(found, str) else data


class SockJS(Decoder):
    """Claims by the path's last three steps, and by the server's first message."""

    name = NAME
    signs = (r"o\z",)
    versions = "0.3"
    transports = ("WebSocket", "XHR polling", "XHR streaming", "EventSource", "HTML file", "JSONP")

    def claim(self, request: Request, upgrade: Upgrade | None, message: Message | None) -> float:
        """Any three steps may end in ``websocket``; three digits are a hint, the server's ``o`` is more."""
        del upgrade
        place = _place(request)
        if place is None:
            return UNCLAIMED
        if place["step"] in _OWN:
            return 0.9
        score = 0.7 if _SERVER.fullmatch(place["server"]) else 0.3
        opens = message is not None and message.direction is Direction.SERVER and message.data == b"o"
        return min(1.0, score + 0.3) if opens else score

    def reader(self, request: Request) -> SockJSReader:
        """With a reader of the house's for what is inside."""
        return SockJSReader(request)

    def session(self, request: Request) -> str | None:
        """The path's last step but one; of a WebSocket only if the one before is three digits."""
        place = _place(request)
        if place is None or (request.upgrade and not _SERVER.fullmatch(place["server"])):
            return None
        return place["session"]

    def exchange(self, request: Request, known: Callable[[str], bool]) -> Exchange | None:
        """By the path; a step that others may have too needs the three digits, or a known session."""
        place = _place(request)
        if place is None or place["step"] == "websocket" or request.method not in ("GET", "POST"):
            return None
        session, step = place["session"], place["step"]
        if not (step in _OWN or _SERVER.fullmatch(place["server"]) or known(session)):
            return None
        return Exchange(step, session, step in _SENDS, records=_STREAMS.get(step))


decoder = SockJS()
