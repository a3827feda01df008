"""Events on a terminal. All their text is hostile: it is shown, and cannot steer the terminal."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from framewall.model import Action, Event

#: Where output goes to a file or a pipe, there is no width to keep to.
PIPE_WIDTH = 200
#: From this width on, a table has all its columns.
WIDE = 140

# Controls steer terminals; format characters turn or hide text; separators break lines.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_ASCII = re.compile(r"[ -~]*")


def printable(text: str, keep: str = "") -> str:
    """The text with every character that is not seen written out, as ``\\x1b``; those in ``keep`` stay."""
    if _ASCII.fullmatch(text):
        return text
    return "".join(
        char if char in keep or unicodedata.category(char) not in _UNSEEN else _escape(char) for char in text
    )


def console() -> Console:
    """Standard output: in colour on a terminal, wide and plain elsewhere."""
    shown = Console(highlight=False, markup=False, emoji=False, soft_wrap=False)
    return (
        shown if shown.is_terminal else Console(width=PIPE_WIDTH, highlight=False, markup=False, emoji=False)
    )


def table(events: list[Event], width: int) -> Table:
    """The events as a table for this many columns, one row each.

    What is telling stays whole; a narrow terminal gets fewer columns, and the last one what is left.
    """
    wide = width >= WIDE
    routes = wide and len({event.route for event in events}) > 1
    shown = Table(box=box.SIMPLE_HEAD, padding=(0, 2, 0, 0), show_edge=False, expand=True)
    for heading in ("time", "what"):
        shown.add_column(heading, no_wrap=True)
    shown.add_column("attacks", max_width=40 if wide else 16)
    shown.add_column("client", no_wrap=True, overflow="ellipsis", max_width=39 if width >= 100 else 15)
    if routes:
        shown.add_column("route", no_wrap=True, overflow="ellipsis", max_width=16)
    if wide:
        shown.add_column("spoke", no_wrap=True, overflow="ellipsis", max_width=40)
    shown.add_column("where and what", no_wrap=True, overflow="ellipsis", ratio=1)
    for event in events:
        cells = [
            Text(shortly(event)),
            happened(event),
            Text(", ".join(map(printable, event.attacks))),
            Text(printable(event.client_ip)),
            *([Text(printable(event.route))] if routes else []),
            *([Text(spoke(event))] if wide else []),
            evidence(event),
        ]
        shown.add_row(*cells)
    return shown


def line(event: Event) -> Text:
    """The event in one line, for following."""
    parts = [
        Text(when(event), "dim"),
        happened(event),
        Text(",".join(map(printable, event.attacks)), "bold"),
        Text(printable(event.client_ip)),
        Text(spoke(event)),
        evidence(event),
    ]
    return Text("  ").join(parts)


def told(event: Event) -> str:
    """The event in one line of a log, which has the time already."""
    what = f"{happened(event).plain} {','.join(map(printable, event.attacks))}"
    who = f"from {printable(event.client_ip)} on route {printable(event.route)}"
    return f"{what} {who}: {spoke(event)} {evidence(event).plain}"


def whole(event: Event) -> Text:
    """Everything about the event, its request as a person can read it."""
    shown = Text()
    shown.append(f"{printable(event.id)}  {when(event)}  ", "dim").append_text(happened(event))
    shown.append(
        f"  score {event.score}  node {printable(event.node)}"
        f"  route {printable(event.route)} ({event.mode})\n"
    )
    shown.append(f"client {printable(event.client_ip)}  session {printable(event.session)}  {spoke(event)}\n")
    for finding in event.findings:
        shown.append(f"  {printable(finding.attack)}", "bold red")
        shown.append(f" {printable(finding.rule)} +{finding.score} in {printable(finding.field)}")
        shown.append(f" via {' > '.join(map(printable, finding.chain))}: ")
        shown.append(printable(finding.match), "red").append("\n")
    shown.append("\n")
    for text in event.request.split("\n"):
        shown.append(f"    {printable(text, keep='	')}\n")
    return shown


def when(event: Event) -> str:
    """The event's time, here."""
    return datetime.fromtimestamp(event.time).astimezone().isoformat(sep=" ", timespec="seconds")


def shortly(event: Event) -> str:
    """The event's time, here, without the year."""
    return datetime.fromtimestamp(event.time).strftime("%m-%d %H:%M:%S")


def happened(event: Event) -> Text:
    """What was done, in a few words."""
    if event.action is Action.PASS:
        return Text("recorded", "yellow")
    words = {Action.CLOSE: "blocked", Action.DROP: "dropped", Action.BAN: "banned"}
    return Text(words[event.action], "bold red")


def spoke(event: Event) -> str:
    """Transport, framework and event name."""
    name = f' "{printable(event.event)}"' if event.event is not None else ""
    over = "" if event.transport == "websocket" else f" over {printable(event.transport)}"
    return f"{printable(event.framework)}{over}{name}"


def evidence(event: Event) -> Text:
    """The strongest finding."""
    if not event.findings:
        return Text(printable(event.path))
    finding = max(event.findings, key=lambda each: each.score)
    return Text.assemble(printable(finding.field), ": ", (printable(finding.match), "red"))


def _escape(char: str) -> str:
    point = ord(char)
    return f"\\x{point:02x}" if point < 0x100 else f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}"
