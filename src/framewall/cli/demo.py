"""``framewall demo``: the chat of this checkout, and Framewall in front of it."""

from __future__ import annotations

import os
import shutil
import socket
import sys
import tempfile
from contextlib import ExitStack, closing
from pathlib import Path

import click

from framewall.cli import _show
from framewall.cli._children import Child, ChildError
from framewall.cli._signals import stop_on_signals
from framewall.errors import FramewallError
from framewall.events import Query, open_source

ATTACK = "<img src=x onerror=alert(document.domain)>"

_CHAT = Path("examples/chat/server.js")


class DemoError(FramewallError):
    """The demo lacks something; the text says what, and how to get it."""


@click.command("demo", short_help="Show a chat behind Framewall.")
@click.option(
    "--port", default=8080, show_default=True, help="Where Framewall listens; if taken, a free one."
)
@click.option(
    "--chat-port", default=3000, show_default=True, help="Where the chat listens; if taken, a free one."
)
@click.option(
    "--console-port", default=8081, show_default=True, help="Where the console listens; if taken, a free one."
)
def command(port: int, chat_port: int, console_port: int) -> None:
    """Show a chat behind Framewall: attack it in one browser window, and watch the other.

    Needs a checkout of Framewall (the chat is its examples/chat) and Node.js; `make demo` installs the rest.
    """
    node, server = _node(), _chat()
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="framewall-demo-"))
        stop = stop_on_signals()
        events = f"sqlite:{folder}/events.db"

        env = {"PORT": str(_free(chat_port))}
        chat = stack.enter_context(Child("The chat", [node, str(server)], env, _from_chat, stop.set))
        direct = "http://127.0.0.1:" + chat.wait_for(r"listening on (\d+)")

        run = [sys.executable, "-m", "framewall", "run", "--listen", f"127.0.0.1:{_free(port)}"]
        run += ["--upstream", direct, "--events", events, "--console", f"127.0.0.1:{_free(console_port)}"]
        wall = stack.enter_context(Child("Framewall", run, {}, _from_framewall, stop.set))
        protected = wall.wait_for(r"listening on (http://127\.0\.0\.1:\d+)")
        console = wall.wait_for(r"console at (\S+)")
        password = os.environ.get("FRAMEWALL_CONSOLE_PASSWORD") or wall.wait_for(
            r"user admin, password (\S+)"
        )

        click.echo(_welcome(protected, direct, console, password))
        with closing(open_source(events)) as source:
            for event in source.follow(Query(), stop):
                _show.console().print(_show.whole(event), soft_wrap=True)
        for child in (chat, wall):
            if not child.running:
                raise ChildError(f"{child.name} has ended. It said:\n{child.last_words()}")
    click.echo("\nStopped: the chat, Framewall, and the demo's events are gone.")


def _welcome(protected: str, direct: str, console: str, password: str) -> str:
    return f"""
  Framewall protects the chat at   {protected}
  The same chat without it is at   {direct}
  The console shows attacks at     {console}   (user admin, password {password})

  1. Open {protected} in two browser windows, join with two names, say hello.
  2. Paste this into one of them and send it:

       {ATTACK}

     Its own page draws it. The other window sees nothing, the attacker is disconnected, and the attack
     appears here.
  3. Do the same with {protected}/?transport=polling, which uses no WebSocket.
  4. Do the same at {direct}: it runs in both windows.

  Lines with "chat |" are what really reached the server. Ctrl-C ends everything.
"""


def _chat() -> Path:
    """The example chat's server, in the checkout that this file is part of, or else in the one around us."""
    for checkout in (Path(__file__).resolve().parents[3], Path.cwd()):
        server = checkout / _CHAT
        if server.is_file():
            if not (server.parent / "node_modules" / "socket.io").is_dir():
                raise DemoError(
                    f"the chat's packages are missing: run `make demo`, or `npm ci` in {server.parent}"
                )
            return server
    raise DemoError(
        f"the demo's chat ({_CHAT}) is part of Framewall's repository, and not of the package: "
        "run the demo inside a checkout of it, best by `make demo`"
    )


def _node() -> str:
    node = shutil.which("node")
    if node is None:
        raise DemoError(
            "the demo's chat needs Node.js 18 or newer: run `make demo`, which installs it, or install it"
        )
    return node


def _free(port: int) -> int:
    """The port if nobody listens there, or else 0: any free one."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return 0
    return port


def _from_chat(line: str) -> None:
    click.secho(f"chat | {_show.printable(line)}", dim=True)


def _from_framewall(line: str) -> None:
    if " ERROR " in line or " WARNING " in line:
        click.secho(_show.printable(line), fg="yellow", err=True)
