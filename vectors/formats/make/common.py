"""What the makers of golden vectors share: expected leaves from Python values, and writing the files."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent.parent

Leaf = dict[str, Any]
Steps = tuple[str | int, ...]


def leaf(path: Steps, role: str, kind: str, content: str | bytes | None) -> Leaf:
    """One expected leaf; ``None`` for content that the encoder is free to choose."""
    row: Leaf = {"path": list(path), "role": role, "kind": kind}
    if isinstance(content, str):
        row["text"] = content
    elif isinstance(content, bytes):
        try:
            row["text"] = content.decode()
        except UnicodeDecodeError:
            row["b64"] = base64.b64encode(content).decode()
    return row


class Pairs(list[tuple[str, Any]]):
    """A map whose order and duplicates matter."""


def leaves(value: Any, path: Steps = ()) -> Iterator[Leaf]:
    """The leaves of a JSON-like value, in order."""
    match value:
        case dict() | Pairs():
            for key, member in value.items() if isinstance(value, dict) else value:
                yield leaf((*path, key), "key", "text", key)
                yield from leaves(member, (*path, key))
        case list() | tuple():
            for place, element in enumerate(value):
                yield from leaves(element, (*path, place))
        case bool():
            yield leaf(path, "value", "bool", "true" if value else "false")
        case None:
            yield leaf(path, "value", "null", None)
        case int():
            yield leaf(path, "value", "number", str(value))
        case float():
            yield leaf(path, "value", "number", None)
        case str():
            yield leaf(path, "value", "text", value)
        case bytes():
            yield leaf(path, "value", "binary", value)
        case _:
            raise TypeError(type(value))


def case(name: str, data: bytes, expected: Iterable[Leaf], **more: Any) -> dict[str, Any]:
    """One golden case."""
    return {"name": name, "data_b64": base64.b64encode(data).decode(), "leaves": list(expected), **more}


def hostile(name: str, *pieces: bytes | tuple[bytes, int], outcome: str, **more: Any) -> dict[str, Any]:
    """One hostile case: pieces joined, repeated where a count stands with them."""
    data = [piece if isinstance(piece, tuple) else (piece, 1) for piece in pieces]
    return {
        "name": name,
        "data": [{"b64": base64.b64encode(text).decode(), "times": times} for text, times in data],
        "outcome": outcome.split("|"),
        **more,
    }


def whole(name: str, data: bytes, *, ends_itself: bool = False) -> dict[str, Any]:
    """One document for the runner to cut."""
    return {"name": name, "data_b64": base64.b64encode(data).decode(), "ends_itself": ends_itself}


def write(format: str, file: str, cases: list[dict[str, Any]], made_with: list[str] | None = None) -> None:
    """Write one vector file."""
    folder = FOLDER / format
    folder.mkdir(exist_ok=True)
    head = {"made_with": made_with} if made_with else {}
    rows = ",\n  ".join(json.dumps(row, ensure_ascii=True) for row in cases)
    text = json.dumps(head)[1:-1]
    comma = ",\n" if text else ""
    (folder / f"{file}.json").write_text(f'{{{text}{comma} "cases": [\n  {rows}\n]}}\n')
