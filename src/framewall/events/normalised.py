"""An attack as a request that a person can read, the protocol in its first line. Not yet redacted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from framewall import _core
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
_TRIED = 2
"""Formats that a binary part is tried to be shown as."""

_SHOWN = {byte: f"\\x{byte:02x}" for byte in (*range(9), 11, 12, *range(14, 32), 127)}


def message(request: Request, message: Message, packet: Packet) -> str:
    """One WebSocket message. The line's ``WEBSOCKET/13`` is RFC 6455's version."""
    first = f"{'POST' if message.direction == 'client' else 'RESPONSE'} {request.target} WEBSOCKET/13"
    frames = "1 frame" if message.frames == 1 else f"{message.frames} frames"
    deflate = ", deflate" if message.compressed else ""
    kind = message.control or message.opcode
    how = f"{message.direction} {kind}, {frames}{deflate}, {len(message.data)} bytes"
    return _compose(first, request, packet, message.data, [("Framewall-Message", how)])


def exchange(request: Request, message: Message, packet: Packet, status: int = 0) -> str:
    """One body of a fallback's HTTP request, or of the response to one (``status``)."""
    line = f"{request.method} {request.target} {request.version}"
    more = [("Framewall-Message", f"{message.direction} body, {len(message.data)} bytes")]
    if status:
        more.insert(0, ("Framewall-Response", f"status {status}"))
    return _compose(line, request, packet, message.data, more)


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
    first: str, request: Request, packet: Packet, data: bytes, more: Iterable[tuple[str, str]]
) -> str:
    part = packet.parts[0] if packet.parts else Part(data)
    body, content_type = _body(part)
    lines = [
        first,
        f"Host: {request.header('host') or ''}",
        f"X-Forwarded-For: {request.client_ip}",
        *(f"{name}: {value}" for name, value in more),
        f"Framewall-Packet: {packet_line(packet)}",
        f"Content-Type: {content_type}",
    ]
    return "\n".join(map(_shown, lines)) + "\n\n" + body


def _body(part: Part) -> tuple[str, str]:
    """The part as text, and its media type. Binary formats are shown as JSON, other bytes as ``\\x9f``."""
    data = part.data[: EVENT_BYTES.default]
    cut = "" if len(part.data) == len(data) else f"\n[cut: {len(part.data) - len(data)} more bytes]"
    text = _shown(data.decode("utf-8", "backslashreplace")) + cut
    if part.hint in _TEXT_TYPES:
        return text, _TEXT_TYPES[part.hint]
    if data.lstrip()[:1] in (b"{", b"["):
        return text, "application/json"
    if part.hint == "auto" and _is_text(data):
        return text, "text/plain"
    for format in _core.readings(part.data, part.hint)[:_TRIED]:
        shown = readable(part.data, format, EVENT_BYTES.default)
        if shown is not None:
            return _shown(shown), f"application/{format}"
    return text, "application/octet-stream"


def _is_text(data: bytes) -> bool:
    """Whether it is UTF-8, but for a character that was cut at its end."""
    try:
        data.decode()
    except UnicodeDecodeError as error:
        return error.start >= len(data) - 3 and len(data) == EVENT_BYTES.default
    return True


def _shown(text: str) -> str:
    return text.translate(_SHOWN)


def _one_line(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r").replace('"', '\\"')


def subject(packets: Sequence[Packet], part: int | None) -> Packet:
    """The packet that part ``part``, counted over all packets, belongs to; else the first with parts."""
    if part is not None:
        for packet in packets:
            if part < len(packet.parts):
                return packet
            part -= len(packet.parts)
    return next((packet for packet in packets if packet.parts), packets[0])
