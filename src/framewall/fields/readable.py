"""A binary document as JSON-like text for people. Never read back by anything."""

from __future__ import annotations

import json

from framewall._core import FormatError, View

_OPENS = {"map": "{", "list": "["}
_CLOSES = {"map": "}", "list": "]"}


def readable(data: bytes, format: str, longest: int) -> str | None:
    """The document as one line of text, cut at ``longest`` characters; None if it is none of this format."""
    try:
        root = View.parse(data, format)
    except (FormatError, ValueError):
        return None
    pieces: list[str] = []
    length = 0
    rest: list[View | str] = [root]
    while rest and length <= longest:
        item = rest.pop()
        piece = item if isinstance(item, str) else _opened(item, rest)
        pieces.append(piece)
        length += len(piece)
    text = "".join(pieces)
    return text if length <= longest else text[:longest] + "…"


def _opened(view: View, rest: list[View | str]) -> str:
    """A leaf's text; or a container's bracket, its content put on the stack."""
    if view.kind not in _OPENS:
        return _leaf(view)
    rest.append(_CLOSES[view.kind])
    for place, child in enumerate(reversed(list(view))):
        if place:
            rest.append(",")
        rest.append(child)
        if view.kind == "map":
            rest.append(f"{json.dumps(child.key or '', ensure_ascii=False)}:")
    return _OPENS[view.kind]


def _leaf(view: View) -> str:
    if view.kind in ("number", "bool", "null"):
        return view.text or view.kind
    if view.kind == "text":
        return json.dumps(view.text, ensure_ascii=False)
    return json.dumps(view.bytes.decode("utf-8", "backslashreplace"), ensure_ascii=False)
