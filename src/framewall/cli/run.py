"""``framewall run``: protect."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import click

from framewall.cli import _show
from framewall.cli._beside import Beside
from framewall.cli._controlled import Controlled
from framewall.cli._logging import log_to_stderr
from framewall.cli._options import config_option, file_in_use
from framewall.cli._reloading import Reloading
from framewall.cli._signals import reload_on_signal, stop_on_signals
from framewall.config import Configuration, load
from framewall.config.policies import policy, process_limits, routes
from framewall.config.relay import relay_settings
from framewall.config.rules import engine
from framewall.config.settings import engine_settings
from framewall.control import socket_path
from framewall.control.places import OFF
from framewall.errors import ConfigError, FramewallError
from framewall.events import Counts, EventSink, open_sink
from framewall.model import Event
from framewall.pipeline import Inspector, Session
from framewall.policy import Policy
from framewall.proxy import Relay
from framewall.watch import Meters, Watched

log = logging.getLogger("framewall")

_LOOK_SECONDS = 0.5
"""Between two looks at the rule files, and at whether SIGHUP came."""


class StartError(FramewallError):
    """The relay could not start; the text says why and what to do."""


@click.command("run", short_help="Protect an application.")
@config_option("A configuration; ./framewall.toml if neither this nor --upstream is given.")
@click.option(
    "--listen", multiple=True, metavar="HOST:PORT", help="Where clients connect. [default: 127.0.0.1:8080]"
)
@click.option("--upstream", metavar="URL", help="The application: http://HOST:PORT or unix:/PATH.")
@click.option(
    "--mode", metavar="MODE", help="off, monitor, safe_block or block, for every route. [default: block]"
)
@click.option(
    "--events", multiple=True, metavar="URL", help="Where events go: sqlite:PATH, jsonl:PATH or jsonl:-."
)
@click.option("--control", metavar="PATH|off", help="The control socket. [default: beside the events]")
@click.option("--metrics", metavar="HOST:PORT|off", help="Where Prometheus finds /metrics. [default: off]")
@click.option("--console", metavar="HOST:PORT|off", help="Where the console listens. [default: off]")
@click.option("--console-tls-cert", metavar="FILE", help="The console's certificate chain (PEM).")
@click.option("--console-tls-key", metavar="FILE", help="Its private key (PEM).")
@click.option(
    "--console-host",
    "console_hosts",
    multiple=True,
    metavar="NAME",
    help="A name that browsers call the console by.",
)
@click.option(
    "--console-without-tls",
    is_flag=True,
    help="Let the console listen beyond this machine in the clear all the same.",
)
def command(
    file: Path | None,
    listen: tuple[str, ...],
    upstream: str | None,
    mode: str | None,
    events: tuple[str, ...],
    control: str | None,
    metrics: str | None,
    console: str | None,
    console_tls_cert: str | None,
    console_tls_key: str | None,
    console_hosts: tuple[str, ...],
    console_without_tls: bool,
) -> None:
    """Protect an application: listen, judge every message, and drop the socket of whoever attacks.

    `framewall run --upstream http://127.0.0.1:3000` is complete. Options replace what the configuration says.
    SIGTERM or Ctrl-C ends it well: connections get Close 1001, and every event is written. SIGHUP reads the
    configuration and the rules again, and drops nobody; files of your own rules are also read when they change.
    """
    used = file if file or upstream else file_in_use(None)
    if used is None and upstream is None:
        raise click.UsageError(
            "there is nothing to protect: add --upstream http://127.0.0.1:3000 with your application's "
            "address, or --config FILE"
        )
    options = {
        "listen": listen or None,
        "upstream": upstream,
        "mode": mode,
        "events": events or None,
        "control": control,
        "metrics": metrics,
        "console": console,
        "console_tls_cert": console_tls_cert,
        "console_tls_key": console_tls_key,
        "console_hosts": console_hosts or None,
        "console_without_tls": console_without_tls or None,
    }
    protect(lambda: load(used, options))


def protect(read: Callable[[], Configuration]) -> None:
    """Run until SIGTERM or SIGINT. Raises FramewallError if it cannot start.

    ``read`` gives the configuration, and on SIGHUP again as it is written then.
    """
    configuration = read()
    log_to_stderr(configuration.log_level)
    stop = stop_on_signals()
    sink = open_sink(configuration.events, process_limits(configuration))
    try:
        with _console(configuration) as console:
            _serve(configuration, read, sink, stop, console)
    finally:
        _account_for(sink.close())


def _console(configuration: Configuration) -> AbstractContextManager[Beside | None]:
    """The console, if there is to be one, over the first store that it can read."""
    if configuration.console == "off":
        return nullcontext()
    stores = [url for url in configuration.events if not url.endswith(":-")]
    if not stores:
        raise ConfigError(
            "the console has no events to show",
            key="console",
            instead="add a store such as sqlite:PATH to events",
        )
    store = min(stores, key=lambda url: not url.startswith("sqlite:"))
    control = socket_path(configuration.events, configuration.control)
    arguments = ["--listen", configuration.console, "--events", store, "--control", str(control or OFF)]
    if configuration.console_tls_cert and configuration.console_tls_key:
        arguments += [
            "--tls-cert",
            configuration.console_tls_cert,
            "--tls-key",
            configuration.console_tls_key,
        ]
    for name in configuration.console_hosts:
        arguments += ["--host", name]
    if configuration.console_without_tls:
        arguments.append("--without-tls")
    return Beside(arguments)


def _serve(
    configuration: Configuration,
    read: Callable[[], Configuration],
    sink: EventSink,
    stop: threading.Event,
    console: Beside | None,
) -> None:
    meters = Meters()
    inspector = Inspector(
        policy(configuration),
        engine(configuration),
        _telling(sink.put, meters.event),
        clock=time.time,
        node=configuration.node,
        settings=engine_settings,
        follow=sink.follow,
    )
    watched = Watched(inspector, meters)
    relay = Relay(relay_settings(configuration), watched)
    controlled = Controlled(configuration, watched, relay, sink.counts)
    try:
        _start(relay)
        with controlled:
            reloading = Reloading(configuration, read, inspector, relay, controlled)
            again = reload_on_signal()
            click.echo(_banner(configuration, inspector.policy, relay.addresses), err=True)
            for line in controlled.told():
                click.echo(f"framewall: live: {line}", err=True)
            if console is not None:
                console.tell()
            while not stop.wait(_LOOK_SECONDS):
                if again.is_set():
                    again.clear()
                    reloading.reload()
                else:
                    reloading.look()
            log.info("stopping: connections get Close 1001")
    finally:
        relay.stop()


def _start(relay: Relay[Session]) -> None:
    try:
        relay.start()
    except OSError as error:
        advice = "name another address with --listen, or end what listens there"
        raise StartError(f"{error}; {advice}") from None


def _banner(configuration: Configuration, decided: Policy, addresses: list[str]) -> str:
    """What is listened on and protected, for people and for whoever waits for it."""
    lines = [f"framewall: listening on {_address(address)}" for address in addresses]
    for route in routes(configuration):
        where = "" if route.takes_everything else f"{'|'.join(route.host)} {'|'.join(route.path)} -> "
        lines.append(
            f"framewall: route {route.name}: {where}{route.upstream}, {decided.route(route.name).mode}"
        )
    lines.append(f"framewall: events go to {', '.join(configuration.events)}")
    return "\n".join(lines)


def _address(address: str) -> str:
    return address if address.startswith("unix:") else f"http://{address}"


def _telling(*takers: Callable[[Event], object]) -> Callable[[Event], None]:
    """Events to whoever takes them, and a line of each into the log."""

    def record(event: Event) -> None:
        for take in takers:
            take(event)
        if log.isEnabledFor(logging.INFO):
            log.info("%s", _show.told(event))

    return record


def _account_for(counts: Counts) -> None:
    lost = counts.dropped + counts.failed
    if lost:
        log.error("%d of %d events could not be written", lost, counts.put)
    log.info("%d events written", counts.written)
