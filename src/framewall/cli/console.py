"""``framewall console``: see the attacks, understand them, act on them."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import click

from framewall.console.accounts import FIRST, Accounts, Role
from framewall.console.context import Context, accounts_path
from framewall.console.serve import DEFAULT_LISTEN, Place, check, listen, serve, url
from framewall.events import DEFAULT_URL

_NICE = 5
"""Beside a node, the console yields to traffic."""


@click.command("console", short_help="Show the attacks in a browser.")
@click.option("--events", metavar="URL", default=DEFAULT_URL, show_default=True, help="Where the events are.")
@click.option("--control", metavar="PATH", help="The node's control socket. [default: beside the events]")
@click.option(
    "--listen",
    "address",
    metavar="HOST:PORT",
    default=DEFAULT_LISTEN,
    show_default=True,
    help="Where browsers connect.",
)
@click.option(
    "--accounts",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Who may sign in. [default: framewall-console.db beside the events]",
)
@click.option(
    "--host", "hosts", multiple=True, metavar="NAME", help="A name that browsers call the console by."
)
@click.option(
    "--tls-cert", type=click.Path(path_type=Path), metavar="FILE", help="A certificate chain (PEM)."
)
@click.option("--tls-key", type=click.Path(path_type=Path), metavar="FILE", help="Its private key (PEM).")
@click.option("--without-tls", is_flag=True, help="Listen beyond this machine in the clear all the same.")
@click.option("--set-password", metavar="USER", help="Set a password, read from standard input, and end.")
@click.option("--parent", type=int, hidden=True, help="End with this process.")
def command(
    events: str,
    control: str | None,
    address: str,
    accounts: Path | None,
    hosts: tuple[str, ...],
    tls_cert: Path | None,
    tls_key: Path | None,
    without_tls: bool,
    set_password: str | None,
    parent: int | None,
) -> None:
    """Show the attacks in a browser: search them, see how each was found, make exceptions, ban.

    It reads the events and asks the running node by its control socket; it is a process of its own, and
    traffic never depends on it. At the first start a password is made up and printed, once; or it is what
    FRAMEWALL_CONSOLE_PASSWORD says.
    """
    if set_password is not None:
        _set_password(accounts or accounts_path(events), set_password)
        return
    place = Place(address, tls_cert, tls_key, without_tls)
    check(place)
    context = Context.open(events, control, accounts, secure=place.secure, hosts=hosts)
    with listen(place) as opened:
        here = url(opened, place.secure)
        click.echo(f"framewall: console at {here}", err=True)
        made = context.accounts.first_run(os.environ.pop("FRAMEWALL_CONSOLE_PASSWORD", None))
        if made is not None:
            click.echo(
                f"framewall: first sign-in: user {FIRST}, password {made} (shown only this once)", err=True
            )
        if parent is not None:
            os.nice(_NICE)
            click.echo("framewall: console ready", err=True)
        serve(context, place, opened, parent)


def _set_password(path: Path, name: str) -> None:
    """Raises AccountError. The person is made if there is none of that name and nobody else."""
    prompt = sys.stdin.isatty()
    password = (
        click.prompt(f"New password of {name}", hide_input=True, confirmation_prompt=True)
        if prompt
        else sys.stdin.readline().rstrip("\n")
    )
    accounts = Accounts(path, time.time)
    try:
        if accounts.users():
            accounts.set_password(name, password)
        else:
            accounts.add_user(name, password, Role.OPERATOR)
    finally:
        accounts.close()
    click.echo(f"framewall: {name} signs in with the new password from now on", err=True)
