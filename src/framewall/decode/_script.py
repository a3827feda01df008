"""What a refusal writes into a script: a JSONP client's call, a value inside a script element."""

from __future__ import annotations

import re

from framewall.decode._write import Value, as_json

_NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*(?:\.[A-Za-z_$][A-Za-z0-9_$]*)*")
_LONGEST = 128
SCRIPT = "text/javascript; charset=UTF-8"


def in_script(value: Value) -> bytes:
    """JSON that is JavaScript too (it escapes all that is not ASCII), and ends no script element."""
    return as_json(value).replace(b"<", b"\\u003c")


def as_call(function: str, value: Value) -> bytes | None:
    """``/**/function(value);``, or None if that is no plain name: the client chose it, and whoever made up its URL.

    The comment in front keeps the answer from being read as another format that begins with a chosen name.
    """
    if len(function) > _LONGEST or not _NAME.fullmatch(function):
        return None
    return b"/**/" + function.encode() + b"(" + in_script(value) + b");\r\n"
