"""Server-sent events (HTML Living Standard, section 9.2), as far as a stream's bytes are in them."""

from __future__ import annotations

import re

_LINE_ENDS = re.compile(rb"\r\n|\n|\r")
_STARTS = (b"data:", b":", b"event:", b"id:", b"retry:")


def events(body: bytes) -> list[bytes] | None:
    """The data of each event; None if the body is no event stream."""
    if not body.lstrip(b"\r\n").startswith(_STARTS):
        return None
    found: list[bytes] = []
    lines: list[bytes] = []
    for line in (*_LINE_ENDS.split(body), b""):
        if line.startswith(b"data:"):
            lines.append(line[5:].removeprefix(b" "))
        elif not line and lines:
            found.append(b"\n".join(lines))
            lines = []
    return found


def event_data(body: bytes) -> bytes | None:
    """The data of all events, one after another; None if the body is no event stream."""
    found = events(body)
    return None if found is None else b"".join(found)
