"""Server-sent events (HTML Living Standard, section 9.2), as far as a stream's bytes are in them."""

from __future__ import annotations

import re

_LINE_ENDS = re.compile(rb"\r\n|\n|\r")
_STARTS = (b"data:", b":", b"event:", b"id:", b"retry:")


def event_data(body: bytes) -> bytes | None:
    """The data of all events, one after another; None if the body is no event stream."""
    if not body.lstrip(b"\r\n").startswith(_STARTS):
        return None
    found = bytearray()
    first = True
    for line in _LINE_ENDS.split(body):
        if not line:
            first = True
        elif line.startswith(b"data:"):
            found += (b"" if first else b"\n") + line[5:].removeprefix(b" ")
            first = False
    return bytes(found)
