"""``framewall status``: how is the node that runs here?"""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from pathlib import Path

import click

from framewall.cli._options import config_option, file_in_use
from framewall.cli._show import printable
from framewall.config import load
from framewall.control import Control, Metrics, NodeGoneError, RouteState, Status, socket_path
from framewall.events import DEFAULT_URL


@click.command("status", short_help="Show how the running node is.")
@click.option("--control", metavar="PATH", help="The node's control socket.")
@click.option("--events", multiple=True, metavar="URL", help="Where the node keeps its events.")
@config_option("The configuration that the node runs with.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def command(control: str | None, events: tuple[str, ...], file: Path | None, as_json: bool) -> None:
    """Show how the node that runs here is: its load, what it found, what was changed live.

    The node is found by its control socket: --control PATH, or the one beside the events of --events URL, of
    --config FILE or ./framewall.toml, or else of the default store.
    """
    node = Control(_path(control, events, file))
    status, metrics, routes = node.status(), node.metrics(), node.routes()
    if as_json:
        shape = {
            "status": asdict(status),
            "metrics": asdict(metrics),
            "routes": [asdict(each) for each in routes],
        }
        click.echo(json.dumps(shape))
        return
    for line in _told(status, metrics, routes):
        click.echo(printable(line))


def _path(control: str | None, events: tuple[str, ...], file: Path | None) -> Path:
    if control:
        return Path(control)
    used = None if events else file_in_use(file)
    configuration = load(used) if used else None
    stores = configuration.events if configuration else events or (DEFAULT_URL,)
    path = socket_path(stores, configuration.control if configuration else None)
    if path is None:
        raise NodeGoneError("this configuration has no control socket; name one with --control PATH")
    return path


def _told(status: Status, metrics: Metrics, routes: tuple[RouteState, ...]) -> list[str]:
    """The node in words, a line each."""
    up = time.strftime("%Hh %Mm %Ss", time.gmtime(status.uptime % 86_400))
    days = f"{int(status.uptime // 86_400)}d " if status.uptime >= 86_400 else ""
    lines = [
        f"node {status.node}: Framewall {status.version}, process {status.pid}, up {days}{up}",
        f"listens on {', '.join(status.listen)}; {status.connections} connections, {status.websockets} WebSockets",
        f"{metrics.messages:,} messages, {metrics.messages_per_second:.1f} a second{_latency(metrics)}",
        f"{metrics.hits:,} attacks, {metrics.blocked:,} of them blocked{_classes(metrics)}",
        f"events: {status.events.written:,} written, {status.events.waiting:,} waiting, "
        f"{status.events.dropped + status.events.failed:,} lost",
    ]
    lines += [f"limit {name} reached {count:,} times" for name, count in sorted(status.limits.items())]
    for route in routes:
        live = "" if route.mode == route.configured else f" (live; {route.configured} in the configuration)"
        lines.append(f"route {route.name}: {route.mode}{live}, {route.exceptions} exceptions")
    lines.append(f"{status.changes} live changes, {status.bans} bans, {status.graylisted} on the graylist")
    return lines


def _latency(metrics: Metrics) -> str:
    if metrics.p50_ms is None or metrics.p99_ms is None:
        return ""
    return f"; an inspection takes {metrics.p50_ms:.2f} ms, 1 in 100 more than {metrics.p99_ms:.2f} ms"


def _classes(metrics: Metrics) -> str:
    counts = sorted(metrics.hits_by_class.items(), key=lambda each: -each[1])
    return f": {', '.join(f'{count:,} {name}' for name, count in counts)}" if counts else ""
