"""``framewall inspect``: messages in, verdicts out, offline."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import click

from framewall.cli._live import live_changes
from framewall.cli._options import config_option
from framewall.config import Configuration, load
from framewall.config.settings import engine_settings
from framewall.control import ControlError
from framewall.control.overlay import effective
from framewall.control.ruling import ruleset
from framewall.control.state import Live
from framewall.detect import builtin_engine
from framewall.errors import InternalError
from framewall.policy import RoutePolicy
from framewall.replay import LineError, Lines


@click.command("inspect", short_help="Judge messages offline.")
@click.argument("lines", type=click.File("rb"), default="-", metavar="[MESSAGES]")
@config_option("Judge as this configuration does: rules, threshold, sensitivity, exceptions, limits.")
@click.option("--route", "name", metavar="NAME", help="Judge as this route of --config does.")
@click.option("--as-written", is_flag=True, help="Leave out what was changed live on the node of --config.")
@click.pass_context
def command(
    ctx: click.Context, lines: BinaryIO, file: Path | None, name: str | None, as_written: bool
) -> None:
    """Judge messages offline: one JSON object a line in, its verdict out, in order.

    MESSAGES is a file, or - (the default) for standard input. A line holds "data" (text) or "data_b64"
    (base64 of bytes), and may hold "path", "subprotocol", "opcode", "direction" and "session"; for a body of
    HTTP long-polling "transport": "polling" with "method", "content_type" or "status". See docs/cli.md.

    With --config the verdicts are those of its node: rules and exceptions that were changed live, over the control
    socket or in the console, hold here as well.

    A line that is no message is answered by {"line": number, "error": why}, and the rest is judged all the
    same. The exit status is 0 if every line was judged, and 1 otherwise.
    """
    configuration = load(file) if file else None
    changes = _live(configuration) if configuration and not as_written else ()
    rules = ruleset(configuration, changes).engine if configuration else builtin_engine()
    judge = Lines(rules, engine_settings, _route(configuration, changes, file, name))
    failed = False
    for answer in answers(judge, lines):
        failed = failed or "error" in answer
        click.echo(encode(answer))
    if failed:
        ctx.exit(1)


def answers(judge: Lines, lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """An answer for each line that is not empty: its verdict, or its number and what is wrong with it."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield judge.judge(_message(line))
        except (LineError, InternalError) as error:
            yield {"line": number, "error": str(error)}


def encode(answer: dict[str, Any]) -> bytes:
    """The answer as one line of UTF-8; what UTF-8 cannot hold (lone surrogates) as JSON escapes."""
    try:
        return json.dumps(answer, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return json.dumps(answer).encode()


def _message(line: bytes) -> dict[str, Any]:
    try:
        message = json.loads(line)
    except ValueError as error:
        raise LineError(f"not JSON: {error}") from None
    except RecursionError:
        raise LineError("not a message: it is nested too deep") from None
    if not isinstance(message, dict):
        raise LineError('not a message: write an object such as {"data": "hello"}')
    return message


def _live(configuration: Configuration) -> tuple[Live, ...]:
    try:
        return live_changes(configuration)
    except ControlError as error:
        raise ControlError(f"{error}; --as-written judges without them") from error


def _route(
    configuration: Configuration | None, changes: Iterable[Live], file: Path | None, name: str | None
) -> RoutePolicy:
    """The decisions to judge by."""
    if configuration is None:
        if name is not None:
            raise click.UsageError("--route names a route of a configuration: add --config FILE")
        return RoutePolicy()
    decided = effective(configuration, changes)
    if name is None:
        return decided.routes[0]
    if name not in {route.name for route in decided.routes}:
        known = ", ".join(route.name for route in decided.routes)
        raise click.UsageError(f"{file} has no route {name!r}; it has {known}")
    return decided.route(name)
