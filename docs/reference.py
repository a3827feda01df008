"""Writes the tables of these pages from the code, or with ``--check`` only compares them."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import click
from million import table as million
from peers import table
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from framewall.cli import framewall
from framewall.config import schema
from framewall.config.schema import PROCESS_LIMITS, Configuration, Decisions
from framewall.config.values import FIXED_LIMITS
from framewall.decode import Decoder, decoders
from framewall.events import FIELDS
from framewall.limits import ALL, Limit
from framewall.policy import RoutePolicy

PAGES = Path(__file__).parent
VECTORS = PAGES.parent / "vectors" / "decode"
WIDTH = 96

_BLOCK = re.compile(r"(<!-- begin (.+?) -->\n).*?(<!-- end \2 -->)", re.DOTALL)


def write(page: str) -> str:
    """The page with its generated blocks made anew."""
    return _BLOCK.sub(lambda block: f"{block[1]}{_block(block[2])}{block[3]}", page)


def _block(what: str) -> str:
    kind, _, name = what.partition(" ")
    match kind:
        case "settings":
            return settings(getattr(schema, name))
        case "limits":
            return limits()
        case "search":
            return search()
        case "commands":
            return commands()
        case "frameworks":
            return frameworks()
        case "peers":
            return table()
        case "million":
            return million()
        case _:
            raise ValueError(f"nothing is called {what!r}")


def settings(table: type[BaseModel]) -> str:
    """A row for each setting of a table, those it shares with every route left out."""
    shared = set(Decisions.model_fields) if table is not Decisions else set()
    rows = [
        f"| `{name}` | {_default(table, name, field.default)} | {field.description} |\n"
        for name, field in table.model_fields.items()
        if name not in shared
    ]
    return "".join(["| setting | default | meaning |\n|---|---|---|\n", *rows])


def _default(table: type[BaseModel], name: str, default: Any) -> str:
    if table is Decisions and hasattr(RoutePolicy(), name):
        shipped = getattr(RoutePolicy(), name)
        return _written(shipped) if isinstance(shipped, str | int) else ""
    if (table, name) == (Configuration, "node"):
        return "the host's name"
    if default is PydanticUndefined:
        return "needed" if table is not Configuration else ""
    return _written(default)


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if value in (None, (), {}, ""):
        return ""
    if isinstance(value, tuple):
        return ", ".join(_written(each) for each in value)
    return f'`"{value}"`' if isinstance(value, str) else f"`{value}`"


def limits() -> str:
    """A row for each limit."""
    rows = [f"| `{limit.name}` | {amount(limit)} | {_scope(limit)} | {limit.outcome} |\n" for limit in ALL]
    return "".join(["| limit | default | of | reaching it |\n|---|---|---|---|\n", *rows])


def search() -> str:
    """A row for each field that events can be searched by."""
    rows = [f"| `{name}:` | {meaning} |\n" for name, meaning in FIELDS.items()]
    return "".join(["| field | is |\n|---|---|\n", *rows])


def _scope(limit: Limit) -> str:
    if limit.name in FIXED_LIMITS:
        return "fixed"
    return "process" if limit.name in PROCESS_LIMITS else "route"


def amount(limit: Limit) -> str:
    """The default as people write it."""
    words = limit.name.split("_")
    if "bytes" in words:
        for unit, size in (("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)):
            if limit.default % size == 0:
                return f'`"{limit.default // size}{unit}"`'
    if "ms" in words:
        return f'`"{limit.default}ms"`'
    return f'`"{limit.default}s"`' if "seconds" in words else f"`{limit.default}`"


def frameworks() -> str:
    """A row for each framework, with the peers that its vectors were made with."""
    rows = [
        f"| {decoder.name} | {decoder.versions} | {', '.join(decoder.transports)} | {peers(decoder)} |\n"
        for decoder in decoders()
        if not decoder.generic
    ]
    return "".join(["| framework | versions | transports | tested with |\n|---|---|---|---|\n", *rows])


def peers(decoder: Decoder) -> str:
    """The packages that wrote or read the decoder's vectors, as the generators recorded them."""
    folder = VECTORS / type(decoder).__module__.rpartition(".")[2]
    found: dict[str, None] = {}
    for file in sorted(folder.glob("*.json")):
        recorded = json.loads(file.read_text())
        if isinstance(recorded, dict) and "by" in recorded:
            found |= dict.fromkeys(_packages("", recorded["by"]))
    return ", ".join(found) or "vectors of its own"


def _packages(name: str, recorded: Any) -> list[str]:
    """A version with its package's name, which it may have already."""
    if isinstance(recorded, dict):
        return [each for key, value in recorded.items() for each in _packages(key, value)]
    if isinstance(recorded, list):
        return [each for value in recorded for each in _packages("", value)]
    return [recorded if " " in recorded else f"{name} {recorded}"]


def commands() -> str:
    """The help of each command, as it prints it."""
    context = click.Context(framewall, info_name="framewall", max_content_width=WIDTH, terminal_width=WIDTH)
    return "\n".join(["", *_helps(framewall, context), ""])


def _helps(group: click.Group, context: click.Context) -> list[str]:
    """One block for each command of a group, and for those below it."""
    blocks = []
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        under = click.Context(
            command, info_name=name, parent=context, max_content_width=WIDTH, terminal_width=WIDTH
        )
        text = re.sub(r"[ \t]+$", "", command.get_help(under), flags=re.MULTILINE)
        blocks.append(f"### {under.command_path}\n\n```text\n{text.strip()}\n```\n")
        if isinstance(command, click.Group):
            blocks += _helps(command, under)
    return blocks


def main() -> int:
    """Rewrite the pages, or with ``--check`` only tell which are stale."""
    stale = []
    for page in sorted(PAGES.glob("*.md")):
        have = page.read_text()
        wanted = write(have)
        if have != wanted:
            stale.append(page.name)
            if "--check" not in sys.argv:
                page.write_text(wanted)
    print(*(f"{name}: {'stale' if '--check' in sys.argv else 'written'}" for name in stale), sep="\n")
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
