"""What a walker must find in a Python value: every key and value, in document order."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class As:
    """A value that a format shows in its own way: kind, content, and the segment it adds to the path."""

    kind: str
    content: bytes | str | None
    under: str | None = None


@dataclass(frozen=True)
class Both:
    """Leaves that stand at one path, one after another."""

    parts: tuple[Any, ...]


@dataclass(frozen=True)
class Under:
    """A value one named step further down."""

    name: str
    value: Any


@dataclass(frozen=True)
class Name:
    """A name at the path of what it belongs to."""

    text: str


def leaf(path: list[Any], role: str, kind: str, content: bytes | str | None) -> dict[str, Any]:
    row: dict[str, Any] = {"path": path, "role": role, "kind": kind}
    if isinstance(content, str):
        row["text"] = content
    elif content is not None:
        try:
            row["text"] = content.decode()
        except UnicodeDecodeError:
            row["b64"] = base64.b64encode(content).decode()
    return row


def scalar(value: Any) -> tuple[str, bytes | str | None]:
    if value is None:
        return "null", "null"
    if isinstance(value, bool):
        return "bool", "true" if value else "false"
    if isinstance(value, int):
        return "number", str(value)
    if isinstance(value, float):
        return "number", None
    if isinstance(value, str):
        return "text", value
    if isinstance(value, bytes):
        return "binary", value
    raise TypeError(f"no leaf for {type(value)}")


def leaves(value: Any, path: list[Any] | None = None, named: bool = True) -> list[dict[str, Any]]:
    """All leaves of `value`. With `named` false, names are in paths only (formats with schemas)."""
    path = path or []
    if isinstance(value, Both):
        return [row for part in value.parts for row in leaves(part, path, named)]
    if isinstance(value, Under):
        return leaves(value.value, [*path, value.name], named)
    if isinstance(value, Name):
        return [leaf(path, "key", "text", value.text)]
    if isinstance(value, As):
        return [leaf([*path, value.under] if value.under else path, "value", value.kind, value.content)]
    if isinstance(value, dict):
        rows = []
        for key, member in value.items():
            kind, content = scalar(key)
            name = content.decode("utf-8", "replace") if isinstance(content, bytes) else content
            if named:
                rows.append(leaf([*path, name], "key", kind, content))
            rows += leaves(member, [*path, name], named)
        return rows
    if isinstance(value, (list, tuple)):
        return [row for place, part in enumerate(value) for row in leaves(part, [*path, place], named)]
    row = leaf(path, "value", *scalar(value))
    return [{**row, "float": repr(value)}] if isinstance(value, float) else [row]
