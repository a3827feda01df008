"""An attack as a request that a person can read, the protocol in its first line. Not yet redacted."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from framewall import _core
from framewall.fields.findings import EngineFinding
from framewall.fields.readable import readable
from framewall.limits import EVENT_BYTES
from framewall.model import Message, Packet, Part, Request

_TEXT_TYPES = {
    "json": "application/json",
    "text": "text/plain",
    "form": "application/x-www-form-urlencoded",
    "xml": "application/xml",
}
_LONGEST_NAME = 256
_HEAD_CHARS = 8 << 10
"""A longer first line is cut: what is shown is the body."""

BODY_CHARS = EVENT_BYTES.default - (16 << 10)
"""Of a longer body, what stands around the match is shown. With the head it keeps to ``event_bytes``."""

_READABLE_CHARS = 1 << 20
"""So much of a binary document is made readable, to find the match in it."""

_MATCH_BYTES = 64
_TRIED = 2
"""Formats that a binary part is tried to be shown as."""

_SHOWN = {byte: f"\\x{byte:02x}" for byte in (*range(9), 11, 12, *range(14, 32), 127)}


class Focus(NamedTuple):
    """What is to be in the picture: which of a packet's parts, and where in it (bytes), or else what was matched."""

    part: int = 0
    span: tuple[int, int] | None = None
    match: bytes = b""


BEGINNING = Focus()


def message(request: Request, message: Message, packet: Packet, focus: Focus = BEGINNING) -> str:
    """One WebSocket message. The line's ``WEBSOCKET/13`` is RFC 6455's version."""
    first = f"{'POST' if message.direction == 'client' else 'RESPONSE'} {request.target} WEBSOCKET/13"
    frames = "1 frame" if message.frames == 1 else f"{message.frames} frames"
    deflate = ", deflate" if message.compressed else ""
    kind = message.control or message.opcode
    how = f"{message.direction} {kind}, {frames}{deflate}, {len(message.data)} bytes"
    return _compose(first, request, packet, message.data, [("Framewall-Message", how)], focus)


def exchange(
    request: Request, message: Message, packet: Packet, status: int = 0, focus: Focus = BEGINNING
) -> str:
    """One body of a fallback's HTTP request, or of the response to one (``status``)."""
    line = f"{request.method} {request.target} {request.version}"
    more = [("Framewall-Message", f"{message.direction} body, {len(message.data)} bytes")]
    if status:
        more.insert(0, ("Framewall-Response", f"status {status}"))
    return _compose(line, request, packet, message.data, more, focus)


def head(request: Request) -> str:
    """One request's head, as it came."""
    lines = [f"{request.method} {request.target} {request.version}"]
    lines += [f"{name}: {value}" for name, value in request.headers]
    if request.header("x-forwarded-for") is None and request.client_ip:
        lines.append(f"X-Forwarded-For: {request.client_ip}")
    return _shown("\n".join(lines) + "\n\n")


def packet_line(packet: Packet) -> str:
    """``socket.io/5 event namespace=/ name="new message"``."""
    line = f"{packet.framework}/{packet.version}" if packet.version else packet.framework
    line += f" {packet.kind}"
    if packet.namespace is not None:
        line += f" namespace={_one_line(packet.namespace[:_LONGEST_NAME])}"
    if packet.name is not None:
        line += f' name="{_one_line(packet.name[:_LONGEST_NAME])}"'
    return line


def _compose(
    first: str,
    request: Request,
    packet: Packet,
    data: bytes,
    more: Iterable[tuple[str, str]],
    focus: Focus,
) -> str:
    part = packet.parts[focus.part] if packet.parts else Part(data)
    body, content_type = _body(part, focus)
    lines = [
        _cut(first, _HEAD_CHARS),
        f"Host: {_cut(request.header('host') or '', _LONGEST_NAME)}",
        f"X-Forwarded-For: {request.client_ip}",
        *(f"{name}: {value}" for name, value in more),
        f"Framewall-Packet: {packet_line(packet)}",
        *([f"Framewall-Part: {focus.part + 1} of {len(packet.parts)}"] if focus.part else []),
        f"Content-Type: {content_type}",
    ]
    return "\n".join(map(_shown, lines)) + "\n\n" + body


def _body(part: Part, focus: Focus) -> tuple[str, str]:
    """The part as text, and its media type. Binary formats are shown as JSON, other bytes as ``\\x9f``."""
    text = _around(part.data, focus)
    if part.hint in _TEXT_TYPES:
        return text, _TEXT_TYPES[part.hint]
    if part.data[:BODY_CHARS].lstrip()[:1] in (b"{", b"["):
        return text, "application/json"
    if part.hint == "auto" and _is_text(part.data[:BODY_CHARS]):
        return text, "text/plain"
    for format in _core.readings(part.data, part.hint)[:_TRIED]:
        shown = readable(part.data, format, _READABLE_CHARS)
        if shown is not None:
            return _middle(_shown(shown), _place(shown, focus), "characters"), f"application/{format}"
    return text, "application/octet-stream"


def _around(data: bytes, focus: Focus) -> str:
    """The bytes as text: all, or those around the focus, with how many are left out on either side."""
    at = focus.span[0] if focus.span else max(data.find(focus.match), 0) if focus.match else 0
    start = max(0, min(at - BODY_CHARS // 2, len(data) - BODY_CHARS))
    while start and start < at and data[start] & 0xC0 == 0x80:
        start += 1  # not in the middle of a character
    end = min(len(data), start + BODY_CHARS)
    before, after = (
        _shown(each.decode("utf-8", "backslashreplace")) for each in (data[start:at], data[at:end])
    )
    text = _middle(before + after, len(before), "characters")
    head = f"[cut: {start} bytes before]\n" if start else ""
    return head + text + (f"\n[cut: {len(data) - end} more bytes]" if end < len(data) else "")


def _middle(text: str, at: int, unit: str) -> str:
    """The text around a place in it."""
    if len(text) <= BODY_CHARS:
        return text
    start = max(0, min(at - BODY_CHARS // 2, len(text) - BODY_CHARS))
    end = start + BODY_CHARS
    head = f"[cut: {start} {unit} before]\n" if start else ""
    return head + text[start:end] + (f"\n[cut: {len(text) - end} more {unit}]" if end < len(text) else "")


def _place(shown: str, focus: Focus) -> int:
    """Where what was matched stands in a document as it is shown, quoted there or not; else its beginning."""
    match = focus.match[:_MATCH_BYTES].decode("utf-8", "ignore")
    places = (shown.find(each) for each in (json.dumps(match, ensure_ascii=False)[1:-1], match) if each)
    return next((place for place in places if place >= 0), 0)


def _is_text(data: bytes) -> bool:
    """Whether it is UTF-8, but for a character that was cut at its end."""
    try:
        data.decode()
    except UnicodeDecodeError as error:
        return error.start >= len(data) - 3 and len(data) == BODY_CHARS
    return True


def _cut(text: str, chars: int) -> str:
    return text if len(text) <= chars else f"{text[:chars]}… [cut: {len(text) - chars} more characters]"


def _shown(text: str) -> str:
    return text.translate(_SHOWN)


def _one_line(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r").replace('"', '\\"')


def focused(packets: Sequence[Packet], finding: EngineFinding | None) -> tuple[Packet, Focus]:
    """The packet that a finding is about, and where in it."""
    place, part = _packet(packets, finding.part if finding else None)
    if finding is None:
        return packets[place], BEGINNING
    return packets[place], Focus(part, finding.span, finding.match)


def _packet(packets: Sequence[Packet], part: int | None) -> tuple[int, int]:
    """Which packet a part, counted over all packets, belongs to, and which of its parts it is."""
    if part is not None:
        for place, packet in enumerate(packets):
            if part < len(packet.parts):
                return place, part
            part -= len(packet.parts)
    return next((place for place, packet in enumerate(packets) if packet.parts), 0), 0
