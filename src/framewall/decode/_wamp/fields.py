"""What stands where in WAMP's messages, version 2 (basic and advanced profile) and version 1."""

from __future__ import annotations

from framewall.model import Path

Named = tuple[str, Path]

_CALL = ("type", "request", "options", "procedure", "args", "kwargs")

V2: dict[int, tuple[str, tuple[str, ...]]] = {
    1: ("hello", ("type", "realm", "details")),
    2: ("welcome", ("type", "session", "details")),
    3: ("abort", ("type", "details", "reason", "args", "kwargs")),
    4: ("challenge", ("type", "method", "extra")),
    5: ("authenticate", ("type", "signature", "extra")),
    6: ("goodbye", ("type", "details", "reason")),
    8: ("error", ("type", "kind", "request", "details", "error", "args", "kwargs")),
    16: ("publish", ("type", "request", "options", "topic", "args", "kwargs")),
    17: ("published", ("type", "request", "publication")),
    32: ("subscribe", ("type", "request", "options", "topic")),
    33: ("subscribed", ("type", "request", "subscription")),
    34: ("unsubscribe", ("type", "request", "subscription")),
    35: ("unsubscribed", ("type", "request", "details")),
    36: ("event", ("type", "subscription", "publication", "details", "args", "kwargs")),
    48: ("call", _CALL),
    49: ("cancel", ("type", "request", "options")),
    50: ("result", ("type", "request", "details", "args", "kwargs")),
    64: ("register", ("type", "request", "options", "procedure")),
    65: ("registered", ("type", "request", "registration")),
    66: ("unregister", ("type", "request", "registration")),
    67: ("unregistered", ("type", "request", "details")),
    68: ("invocation", ("type", "request", "registration", "details", "args", "kwargs")),
    69: ("interrupt", ("type", "request", "options")),
    70: ("yield", ("type", "request", "options", "args", "kwargs")),
}
V1: dict[int, tuple[str, tuple[str, ...]]] = {
    0: ("welcome", ("type", "session", "version", "server")),
    1: ("prefix", ("type", "prefix", "uri")),
    2: ("call", ("type", "call", "procedure")),
    3: ("callresult", ("type", "call", "result")),
    4: ("callerror", ("type", "call", "error", "description", "details")),
    5: ("subscribe", ("type", "topic")),
    6: ("unsubscribe", ("type", "topic")),
    7: ("publish", ("type", "topic", "event", "exclude", "eligible")),
    8: ("event", ("type", "topic", "event")),
}
_CALL_V1 = 2
SUBJECTS = ("procedure", "topic", "realm", "error", "reason")
"""Members that name the message, the first that it has."""


def version2(kind: int, path: Path) -> Named:
    """A message of version 2; ``ppt`` payloads are in ``args``, as bytes."""
    return _named(V2[kind][1], path)


def version1(kind: int, path: Path) -> Named:
    """A message of version 1; a call's arguments follow its procedure."""
    members = V1[kind][1]
    if kind == _CALL_V1 and path and isinstance(path[0], int) and path[0] >= len(members):
        return f"args[{path[0] - len(members)}]", path[1:]
    return _named(members, path)


def _named(members: tuple[str, ...], path: Path) -> Named:
    if path and isinstance(path[0], int) and path[0] < len(members):
        return members[path[0]], path[1:]
    return "message", path
