"""The command ``framewall``. A subcommand is a module of this folder with a ``command``."""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
from pathlib import Path
from typing import NoReturn

import click

from framewall import __version__
from framewall.errors import FramewallError

#: Exit statuses. Success is 0, a misused command line 2 (click's own), Ctrl-C 130 (the shell's own).
FAILED = 1
INTERRUPTED = 130


class _Commands(click.Group):
    """Finds subcommands in this folder, and imports only the one that is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        modules = pkgutil.iter_modules([str(Path(__file__).parent)])
        return sorted(module.name for module in modules if not module.name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        found = importlib.import_module(f"{__name__}.{cmd_name}").command
        assert isinstance(found, click.Command)
        return found


@click.group(
    cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, message="%(prog)s %(version)s")
def framewall() -> None:
    """A firewall for WebSocket messages.

    It stands between clients and an application, judges every message, and drops the socket of whoever
    attacks. `framewall run --upstream http://127.0.0.1:3000` alone protects.
    """


def main() -> NoReturn:
    """The entry point. A user's mistake is a line on standard error with what to do, never a traceback."""
    try:
        status = framewall.main(prog_name="framewall", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except FramewallError as error:
        for line in str(error).splitlines():
            click.echo(f"framewall: {line}", err=True)
        sys.exit(FAILED)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # Whoever read our output (`head`) has left. Python would complain when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.exit(FAILED)
    sys.exit(status if isinstance(status, int) else 0)
