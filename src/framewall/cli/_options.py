"""Options that several subcommands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from framewall.config import DEFAULT_FILE

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def config_option(why: str) -> Decorator:
    """``--config FILE``; ``why`` says what is taken from it."""
    return click.option("--config", "file", type=click.Path(path_type=Path), metavar="FILE", help=why)


def file_in_use(file: Path | None) -> Path | None:
    """The configuration that is named, or else ``framewall.toml`` here if there is one."""
    return file or (DEFAULT_FILE if DEFAULT_FILE.is_file() else None)
