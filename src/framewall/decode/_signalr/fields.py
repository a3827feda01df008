"""What the fields of hub messages are called, alike in JSON and MessagePack."""

from __future__ import annotations

import json
import re

from framewall.model import Path

Named = tuple[str, Path]

PING, CLOSE = 6, 7
KINDS = {
    1: "invocation",
    2: "stream item",
    3: "completion",
    4: "stream invocation",
    5: "cancel invocation",
    PING: "ping",
    CLOSE: "close",
    8: "ack",
    9: "sequence",
}
NAMED = frozenset((1, 4))
"""Kinds with a target."""
ITEM, COMPLETION = 2, 3
ANSWERS = frozenset((ITEM, COMPLETION))
"""Kinds that belong to a call or a stream begun before."""

_MEMBERS = {
    1: ("type", "headers", "invocationId", "target", "arguments", "streamIds"),
    2: ("type", "headers", "invocationId", "item"),
    3: ("type", "headers", "invocationId", "resultKind", "result"),
    4: ("type", "headers", "invocationId", "target", "arguments", "streamIds"),
    5: ("type", "headers", "invocationId"),
    PING: ("type",),
    CLOSE: ("type", "error", "allowReconnect"),
    8: ("type", "sequenceId"),
    9: ("type", "sequenceId"),
}
_PLAIN = re.compile(r"[A-Za-z]+")
ERROR_RESULT = 1


def text(path: Path) -> Named:
    """A record that is a JSON object."""
    match path:
        case ("arguments", int(place), *rest):
            return f"args[{place}]", tuple(rest)
        case ("headers", str(name), *rest):
            return f"headers[{json.dumps(name, ensure_ascii=False)}]", tuple(rest)
        case (str(name), *rest) if _PLAIN.fullmatch(name):
            return ("args" if name == "arguments" else name), tuple(rest)
    return "message", path


def packed(kind: int, result: int | None, path: Path) -> Named:
    """A record that is a MessagePack array; ``result`` says what a completion's last element is."""
    members = _MEMBERS.get(kind, ())
    if path and isinstance(path[0], int) and path[0] < len(members):
        name = members[path[0]]
        if name == "result" and result == ERROR_RESULT:
            name = "error"
        return text((name, *path[1:]))
    return "message", path
