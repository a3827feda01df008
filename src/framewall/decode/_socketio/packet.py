"""The text form of a Socket.IO packet: ``<type>[<n>-][<namespace>,][<ack id>][JSON]``.

Protocol texts: socketio/socket.io-protocol, versions 4 and 5. The strict grammar is one pattern. What it
does not fit is read the way Node's parser does (JavaScript numbers, white space as an ack id), and then the
way the most careless parser could: everything from the first bracket on.
"""

from __future__ import annotations

import re
from json import JSONDecoder
from typing import NamedTuple

from framewall.decode._jsnumber import WHITE_SPACE, js_integer

CONNECT, DISCONNECT, EVENT, ACK, ERROR, BINARY_EVENT, BINARY_ACK = range(7)
KINDS = ("connect", "disconnect", "event", "ack", "connect_error", "event", "ack")

_STRICT = re.compile(
    rb'4(?:([0-4])|([56])([1-9][0-9]{0,8})-)(?:(/[^,\["{]*)(?:,|\Z))?[0-9]{0,15}(?=[\[{"]|\Z)'
)
_OPENS = (b"{", b"", b"[", b"[", b'"{', b"[", b"[")
_NAME = re.compile(rb'\[\s*"([^"\\\x00-\x1f]*)"')
_NAME_ESCAPED = re.compile(rb'\[\s*"')
_NUMBER_NAME = re.compile(rb"\[\s*(-?[0-9][0-9.eE+-]*)\s*[,\]]")
_JS_DIGITS = re.compile(f"[0-9{WHITE_SPACE}]*")
_LENIENT = JSONDecoder(strict=False)
_BRACKET = re.compile(rb'[\[{"]')


class Head(NamedTuple):
    """What stands before a packet's JSON, which begins at byte ``at`` of the message."""

    kind: int
    attachments: int
    namespace: bytes
    at: int


def strict(data: bytes) -> Head | None:
    """The head of an Engine.IO message packet, where every known parser reads it alike."""
    found = _STRICT.match(data)
    if not found:
        return None
    plain, binary, count, namespace = found.groups()
    kind, at = int(plain or binary), found.end()
    opens = data[at : at + 1]
    if opens and opens not in _OPENS[kind]:
        return None
    return Head(kind, int(count) if count else 0, namespace or b"/", at)


def as_node_reads(text: str) -> tuple[Head, str] | None:
    """The head of a packet by socket.io-parser's rules, and the rest; ``text`` has no Engine.IO digit.

    None where that parser throws before it looks at the JSON.
    """
    kind = js_integer(text[:1]) if text else None
    if kind is None or not 0 <= kind <= BINARY_ACK:
        return None
    at, attachments = 1, 0
    if kind >= BINARY_EVENT:
        dash = text.find("-", 1)
        count = js_integer(text[1:dash]) if dash > 0 else None
        if count is None or count < 0:
            return None
        at, attachments = dash + 1, count
    namespace = "/"
    if text[at : at + 1] == "/":
        comma = text.find(",", at)
        end = len(text) if comma < 0 else comma
        namespace, at = text[at:end], min(end + 1, len(text))
    at = _JS_DIGITS.match(text, at).end()  # type: ignore[union-attr]
    return Head(kind, attachments, namespace.encode("utf-8", "surrogatepass"), at), text[at:]


def first_bracket(data: bytes) -> bytes:
    """Everything from the first ``[``, ``{`` or ``"`` on; empty if there is none."""
    found = _BRACKET.search(data)
    return data[found.start() :] if found else b""


def event_name(data: bytes, at: int) -> str | None:
    """The first element of the JSON array that begins at ``at``, if it can be an event's name."""
    found = _NAME.match(data, at)
    if found:
        return found[1].decode("utf-8", "replace")
    found = _NAME_ESCAPED.match(data, at)
    if found:
        try:
            return str(_LENIENT.raw_decode(data[found.end() - 1 :].decode("utf-8", "replace"))[0])
        except ValueError:
            return None
    found = _NUMBER_NAME.match(data, at)
    return found[1].decode() if found else None
