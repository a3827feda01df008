"""One STOMP frame as parts: its command, every header's name and value, its body (STOMP 1.2)."""

from __future__ import annotations

import json
import re
from typing import NamedTuple

from framewall.limits import FRAME_HEADERS
from framewall.model import Part

CLIENT = "CONNECT STOMP SEND SUBSCRIBE UNSUBSCRIBE BEGIN COMMIT ABORT ACK NACK DISCONNECT"
SERVER = "CONNECTED MESSAGE RECEIPT ERROR"
COMMANDS = frozenset((*CLIENT.encode().split(), *SERVER.encode().split()))

_KNOWN = frozenset(
    b"accept-version ack content-length content-type destination heart-beat host id login message message-id "
    b"passcode receipt receipt-id selector server session subscription transaction version".split()
)
"""Names that say nothing of their own."""
_ESCAPE = re.compile(rb"\\([nrc\\])")
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"c": b":", b"\\": b"\\"}
_ESCAPES = {plain: b"\\" + code for code, plain in _ESCAPED.items()}
_UNSAFE = re.compile(rb"[\n\r:\\]")


class Head(NamedTuple):
    """A frame's first lines. ``odd``: written as only some servers read it."""

    command: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    length: int | None
    odd: str

    def first(self, name: bytes) -> bytes | None:
        """A header's value as the text has it: of several the first."""
        return next((unescaped(value) for key, value in self.headers if key == name), None)


def head(data: bytes) -> Head:
    """The lines before the empty one."""
    command, *lines = (line.rstrip(b"\r") for line in data.split(b"\n"))
    pairs = []
    odd = ""
    for line in lines:
        name, colon, value = line.partition(b":")
        if not colon:
            odd = "a header without a colon"
        pairs.append((name, value))
    lengths = [(name, value) for name, value in pairs if name.strip().lower() == b"content-length"]
    length = None
    if lengths:
        name, value = lengths[0]
        if name == b"content-length" and value.isdigit() and len(value) < 10 and len(set(lengths)) == 1:
            length = int(value)
        else:
            odd = "a content-length that servers read in different ways"
    if command not in COMMANDS:
        known = command.strip().upper() in COMMANDS
        odd = "a command in a form of its own" if known else "no STOMP command"
    return Head(command, tuple(pairs), length, odd)


def unescaped(data: bytes) -> bytes:
    """Version 1.2's escapes, which 1.1 has but for ``\\r``, and 1.0 not at all."""
    return _ESCAPE.sub(lambda found: _ESCAPED[found[1]], data) if b"\\" in data else data


def escaped(data: bytes) -> bytes:
    """A header's value as version 1.2 writes it."""
    return _UNSAFE.sub(lambda found: _ESCAPES[found[0]], data.replace(b"\0", b""))


def parts(found: Head, body: bytes) -> tuple[Part, ...]:
    """Everything that a server could act on. With too many headers, all that fit and the rest as one text."""
    made: list[Part] = []
    if found.command not in COMMANDS:
        made.append(Part(found.command, "auto", True, "command"))
    for name, value in found.headers[: FRAME_HEADERS.default]:
        made += _header(name, value)
    rest = found.headers[FRAME_HEADERS.default :]
    if rest:
        made.append(Part(b"\n".join(b":".join(pair) for pair in rest), "text", False, "headers"))
    if body:
        made.append(Part(body, "auto", False, "body"))
    return tuple(made)


def _header(name: bytes, value: bytes) -> list[Part]:
    """Escapes are read and left, as versions differ."""
    made: list[Part] = []
    if name not in _KNOWN:
        made += [Part(each, "text", True, "headers") for each in dict.fromkeys((name, unescaped(name)))]
    shown = unescaped(name).decode("utf-8", "replace")
    label = f"headers[{json.dumps(shown, ensure_ascii=False)}]"
    if value:
        made += [Part(each, "text", False, label) for each in dict.fromkeys((unescaped(value), value))]
    return made
