"""What was found, to take away."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response, StreamingResponse

from framewall.console._pages._common import Range, Shared, Sought, since
from framewall.console.context import Context
from framewall.console.visible import written
from framewall.events import Search, as_json, parse
from framewall.limits import CONSOLE_EXPORT_EVENTS
from framewall.model import Event

router = APIRouter(include_in_schema=False)

_COLUMNS = (
    "id", "time", "node", "route", "mode", "action", "close_code", "attacks", "score", "client_ip", "session",
    "transport", "path", "framework", "event", "rules", "fields", "matches", "request",
)  # fmt: skip
#: What a spreadsheet would take for a formula when it stands first.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@router.get("/attacks/export.{kind}")
def export(
    shared: Shared, kind: Annotated[str, Path(pattern="^(csv|json)$")], q: Sought = "", range: Range = "all"
) -> Response:
    """Every event of a search, the newest first, as they are read."""
    now = shared.clock()
    search = parse(q, now)
    write, media = (_csv, "text/csv; charset=utf-8") if kind == "csv" else (_json, "application/json")
    return StreamingResponse(
        write(_events(shared, search, since(range, now))),
        media_type=media,
        headers={"content-disposition": f'attachment; filename="framewall-attacks.{kind}"'},
    )


def _events(shared: Context, search: Search, since: float | None) -> Iterator[Event]:
    return islice(shared.reader.export(search, since=since), CONSOLE_EXPORT_EVENTS.default)


def _json(events: Iterator[Event]) -> Iterator[str]:
    """One array, an event a line."""
    before = "[\n"
    for event in events:
        yield before + json.dumps(as_json(event), ensure_ascii=False)
        before = ",\n"
    yield "\n]\n" if before == ",\n" else "[]\n"


def _csv(events: Iterator[Event]) -> Iterator[str]:
    yield ",".join(_COLUMNS) + "\r\n"
    for event in events:
        shape = as_json(event)
        shape["attacks"] = " ".join(event.attacks)
        for column, name in (("rules", "rule"), ("fields", "field"), ("matches", "match")):
            shape[column] = "\n".join(getattr(finding, name) for finding in event.findings)
        line = io.StringIO()
        csv.writer(line).writerow([_cell(shape[column]) for column in _COLUMNS])
        yield line.getvalue()


def _cell(value: object) -> object:
    """The value; text cannot act in a spreadsheet, and hides nothing."""
    if not isinstance(value, str):
        return value
    text = written(value, keep="\n\t")
    return f"'{text}" if text.startswith(_FORMULA) else text
