"""``framewall check``: is this configuration right, and what does it say?"""

from __future__ import annotations

from pathlib import Path

import click

from framewall.cli._live import live_changes
from framewall.config import load
from framewall.config.policies import policy, routes
from framewall.control.overlay import told
from framewall.control.ruling import ruleset


@click.command("check", short_help="Validate a configuration.")
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
def command(file: Path) -> None:
    """Validate a configuration and its rules: every mistake with its line, and what to write instead.

    Tells also what has been changed live, over the control socket or in the console.

    The exit status is 0 if FILE can be used, and 1 if it cannot.
    """
    configuration = load(file)
    changes = live_changes(configuration)
    rules = ruleset(configuration, changes)
    click.echo(f"{file}: fine")
    click.echo(
        f"listens on {', '.join(configuration.listen)}; events go to {', '.join(configuration.events)}"
    )
    if configuration.rules:
        click.echo(f"{len(rules.states)} rules, with those of {', '.join(configuration.rules)}")
    for route, decided in zip(routes(configuration), policy(configuration).routes, strict=True):
        where = f"{'|'.join(route.host)} {'|'.join(route.path)}"
        click.echo(f"route {route.name}: {where} -> {route.upstream}, {decided.mode}")
    for line in told(changes):
        click.echo(f"live: {line}")
    for own in rules.own:
        if own.problem:
            click.echo(f"live: rule {own.id} takes no part: {own.problem}")
