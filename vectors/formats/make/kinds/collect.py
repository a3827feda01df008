"""What the makers hand in: cases with their leaves, and who made them."""

from __future__ import annotations

import base64
import json
import re
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

from leaves import leaves

FOLDER = Path(__file__).resolve().parent.parent.parent
PYTHON = f"CPython {sys.version.split()[0]}"
RUN = re.compile(rb"(.)\1{999,}", re.DOTALL)

Rows = list[dict[str, Any]]


def package(name: str) -> str:
    """A Python package and its version."""
    return f"{name} {version(name)} (Python)"


def pieces(data: bytes) -> list[dict[str, Any]]:
    """The data, long runs of one byte as that byte and a count."""
    found, at = [], 0
    for run in RUN.finditer(data):
        found += [(data[at : run.start()], 1), (run[1], len(run[0]))]
        at = run.end()
    found.append((data[at:], 1))
    return [
        {"b64": base64.b64encode(part).decode(), **({"times": times} if times > 1 else {})}
        for part, times in found
        if part
    ]


def shorter(row: dict[str, Any]) -> dict[str, Any]:
    """A leaf whose long run of one letter is that letter and a count."""
    text = row.get("text", "")
    return {**row, "text": text[0], "times": len(text)} if len(text) >= 1000 and len(set(text)) == 1 else row


def plain(value: Any) -> Any:
    """A value to compare: whole numbers as such, whichever way they are kept, members in any order."""
    match value:
        case dict():
            return sorted(((repr(key), plain(part)) for key, part in value.items()), key=lambda pair: pair[0])
        case list():
            return [plain(part) for part in value]
        case float() if value.is_integer():
            return int(value)
    return value


def read_back(name: str, seen: Any, value: Any) -> Any:
    """What another decoder found, in which JavaScript's numbers may be whole or not; it must be the value."""
    if repr(plain(seen)) != repr(plain(value)):
        raise ValueError(f"{name}: {seen!r} is not {value!r}")
    return seen


class Vectors:
    """The cases of one format."""

    def __init__(self, format: str) -> None:
        self.format = format
        self.golden: list[dict[str, Any]] = []
        self.cut: list[dict[str, Any]] = []
        self.made_with: list[str] = []

    def add(self, by: str, name: str, data: bytes, rows: Rows, *, sniffed: bool = True) -> None:
        """One golden case, made by `by` (a name, then its version); `sniffed` if its bytes alone tell the format."""
        if by not in self.made_with:
            self.made_with.append(by)
        head = {"name": f"{name} ({by.split(' ')[0]})"}
        parts = pieces(data)
        body: dict[str, Any] = {"data": parts}
        if not any("times" in part for part in parts):
            body = {"data_b64": base64.b64encode(data).decode()}
        self.golden.append(
            {
                **head,
                **body,
                "leaves": [shorter(row) for row in rows],
                **({} if sniffed else {"sniffed": False}),
            }
        )

    def value(self, by: str, name: str, data: bytes, value: Any, *, sniffed: bool = True) -> None:
        """One golden case whose leaves are those of `value`."""
        self.add(by, name, data, leaves(value), sniffed=sniffed)

    def cuts(self, name: str, data: bytes, *, ends_itself: bool) -> None:
        """One document for the runner to cut."""
        row = {"name": name, "data_b64": base64.b64encode(data).decode(), "ends_itself": ends_itself}
        self.cut.append(row)

    def write(self) -> None:
        """Puts the cases into the format's files, in the place of those of the same names."""
        put(FOLDER / self.format / "golden.json", self.golden, self.made_with)
        if self.cut:
            put(FOLDER / self.format / "truncated.json", self.cut)


def put(path: Path, cases: list[dict[str, Any]], made_with: list[str] | None = None) -> None:
    """Puts cases into a vector file; those of other names stay."""
    kept: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {"cases": []}
    names = [case["name"] for case in cases]
    assert len(set(names)) == len(names), f"{path}: a name twice"
    rows = [case for case in kept["cases"] if case["name"] not in names] + cases
    head = {}
    if made_with is not None:
        packages = {by.split(" ")[0] for by in made_with}
        head["made_with"] = [
            by for by in kept.get("made_with", []) if by.split(" ")[0] not in packages
        ] + made_with
    start = json.dumps(head, ensure_ascii=False)[1:-1]
    lines = ",\n  ".join(json.dumps(row, ensure_ascii=False) for row in rows)
    path.write_text("{" + (start + ",\n " if start else "") + f'"cases": [\n  {lines}\n]}}\n')
