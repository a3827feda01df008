"""``framewall events``: what was judged, as a table, in full, or for machines."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable
from contextlib import closing
from itertools import islice
from pathlib import Path

import click

from framewall.cli import _show
from framewall.cli._options import config_option, file_in_use
from framewall.cli._signals import stop_on_signals
from framewall.config import load
from framewall.config.units import parse_seconds
from framewall.events import (
    DEFAULT_URL,
    EventReader,
    Query,
    Search,
    as_json,
    open_reader,
    open_source,
    parse,
)
from framewall.model import ATTACKS, Action, Event

#: Rows of a table when nobody says how many.
ROWS = 50


class _Ago(click.ParamType[float]):
    name = "ago"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        try:
            return time.time() - parse_seconds(str(value))
        except ValueError as error:
            self.fail(f"{value!r} is not {error}", param, ctx)


@click.command("events", short_help="Show recorded attacks.")
@click.option("--events", "url", metavar="URL", help="The store to read: sqlite:PATH or jsonl:PATH.")
@config_option("Read the store that this configuration names.")
@click.option("--json", "as_lines", is_flag=True, help="One JSON object a line.")
@click.option("--full", is_flag=True, help="Each event with its findings and its request.")
@click.option("--follow", "-f", is_flag=True, help="Then show new events as they come, until Ctrl-C.")
@click.option(
    "--limit",
    "-n",
    type=click.IntRange(min=0),
    metavar="N",
    help=f"The newest N. [default: {ROWS}, with --json all]",
)
@click.option("--id", "number", metavar="ID", help="This event, in full.")
@click.option("--attack", type=click.Choice(ATTACKS), metavar="CLASS", help="Only this attack class.")
@click.option("--action", type=click.Choice([each.value for each in Action]), help="Only what ended so.")
@click.option("--route", metavar="NAME", help="Only this route.")
@click.option("--client", metavar="ADDRESS", help="Only this client.")
@click.option("--session", metavar="ID", help="Only this session.")
@click.option(
    "--search",
    metavar="WORDS",
    help="Only what this finds: 'class:sqli ip:203.0.113.0/24 score:>=10 -union'.",
)
@click.option("--since", type=_Ago(), metavar="AGO", help='Only what is younger, such as "10m" or "2h".')
def command(
    url: str | None,
    file: Path | None,
    as_lines: bool,
    full: bool,
    follow: bool,
    limit: int | None,
    number: str | None,
    attack: str | None,
    action: str | None,
    route: str | None,
    client: str | None,
    session: str | None,
    search: str | None,
    since: float | None,
) -> None:
    """Show recorded attacks, the newest last.

    The store is --events URL; or the one of --config FILE, or of ./framewall.toml; or else the one that
    `framewall run` writes if nobody says otherwise. docs/events.md tells what --search understands.
    """
    if limit is None and not as_lines:
        limit = ROWS
    query = Query(limit, since, number, attack, action, route, client, session)
    wanted = parse(search or "", time.time())
    store = url or _configured(file)
    with closing(open_source(store)) as source, closing(open_reader(store)) as reader:
        if follow:
            for event in source.follow(query, stop_on_signals()):
                if wanted.wants(event):
                    _show_one(event, as_lines, full)
            return
        events = _found(reader, wanted, query) if wanted.terms else source.read(query)
        if as_lines or full or number:
            found = _show_each(events, as_lines, full or bool(number))
        else:
            rows = list(events)
            found = len(rows)
            if rows:
                console = _show.console()
                console.print(_show.table(rows, console.width))
    if not found and not as_lines:
        everything = query == Query(limit) and not wanted.terms
        click.echo("No events." if everything else "No such events.", err=True)


def _found(reader: EventReader, wanted: Search, query: Query) -> Iterable[Event]:
    """The newest events that a search and the other options want, the oldest of them first."""
    found = (event for event in reader.export(wanted, since=query.since) if query.wants(event))
    return reversed(list(islice(found, query.limit)))


def _configured(file: Path | None) -> str:
    used = file_in_use(file)
    stores = load(used).events if used else (DEFAULT_URL,)
    return next((store for store in stores if store != "jsonl:-"), stores[0])


def _show_each(events: Iterable[Event], as_lines: bool, full: bool) -> int:
    """Show events as they are read; how many there were."""
    shown = 0
    for shown, event in enumerate(events, 1):  # noqa: B007 (the last number counts)
        _show_one(event, as_lines, full)
    return shown


def _show_one(event: Event, as_line: bool, full: bool) -> None:
    if as_line:
        sys.stdout.write(json.dumps(as_json(event), ensure_ascii=False) + "\n")
        sys.stdout.flush()
    else:
        _show.console().print(_show.whole(event) if full else _show.line(event), soft_wrap=True)
