"""Pages from templates. Everything is escaped; what peers sent goes through ``visible`` besides."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from framewall import __version__
from framewall.console.lessons import lesson, link
from framewall.console.visible import line, shown, written
from framewall.control import Allowed, Change
from framewall.events import Tally, term

FOLDER = Path(__file__).parent / "templates"
THEMES = ("dark", "light")

#: What happened, in the words that people use.
ACTIONS = {"pass": "Recorded", "drop": "Dropped", "close": "Blocked", "ban": "Banned"}
NAVIGATION = (
    ("/", "Overview", "overview"),
    ("/attacks", "Attacks", "attacks"),
    ("/sessions", "Sessions", "sessions"),
    ("/playground", "Playground", "playground"),
    ("/rules", "Rules", "rules"),
    ("/exceptions", "Exceptions", "exceptions"),
    ("/routes", "Routes", "routes"),
    ("/audit", "Audit log", "audit"),
    ("/settings", "Settings", "settings"),
)


def environment() -> Environment:
    """The templates, with what they may use."""
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "shown": shown,
        "line": line,
        "written": written,
        "moment": moment,
        "beat": beat,
        "span": duration,
        "number": number,
        "bytes": size,
        "plain": plain,
        "path": lambda text: quote(str(text), safe=""),
    }
    made.globals |= {
        "navigation": NAVIGATION,
        "actions": ACTIONS,
        "version": __version__,
        "link_to": link,
        "lesson": lesson,
        "searching": searching,
        "term": term,
        "pretty": pretty,
        "others": others,
        "hits_of": hits_of,
        "audited": audited,
    }
    return made


class Pages:
    """Draws templates for requests."""

    def __init__(self) -> None:
        self._environment = environment()

    def draw(self, request: Request, template: str, /, code: int = 200, **values: Any) -> HTMLResponse:
        """The page for whoever asks."""
        theme = request.cookies.get("framewall_theme")
        text = self._environment.get_template(template).render(
            identity=getattr(request.state, "identity", None),
            theme=theme if theme in THEMES else None,
            path=request.url.path,
            partial="hx-request" in request.headers,
            **values,
        )
        return HTMLResponse(text, code)


def searching(query: str = "", **more: Any) -> str:
    """The address of a search among the attacks."""
    wanted = {"q": query, **more}
    return "/attacks?" + urlencode({key: value for key, value in wanted.items() if value not in ("", None)})


def audited(change: Change) -> str:
    """The page on which what was changed can be seen; empty where there is none."""
    match change.what:
        case "rule":
            return f"/rules?{urlencode({'find': change.target})}"
        case "ban" if not change.target.startswith("cookie:"):
            return searching(term("ip", change.target), show="hits")
        case "session":
            return f"/sessions/{quote(change.target.partition(' ')[0], safe='')}"
        case "mode":
            return "/routes"
        case "exception":
            return "/exceptions"
    return ""


def plain(text: str) -> str:
    """A text that is written as a JSON string, itself; other JSON as it is."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return said if isinstance(said, str) else text


def others(tallies: Iterable[Tally], kind: str) -> str:
    """The search for what has none of these values."""
    named = [term(kind, each.value).partition(":")[2] for each in tallies if each.value is not None]
    return f"-{kind}:{','.join(named)}"


def hits_of(allowed: Allowed) -> str:
    """The search for stored hits that an exception fits, as nearly as the search language can say it."""
    said = [
        term(name, value)
        for name, value in (
            ("rule", allowed.rule),
            ("class", allowed.attack),
            ("event", allowed.event),
            ("route", allowed.route),
        )
        if value
    ]
    if allowed.field:
        pieces = (
            term("field", piece).partition(":")[2] if piece else "" for piece in allowed.field.split("*")
        )
        said.append(f"field:{'*'.join(pieces)}")
    return " ".join(said)


def moment(time: float | None, style: str = "long") -> Markup:
    """A point in time (Unix seconds): UTC in the page, which the browser turns into its own zone."""
    if time is None:
        return Markup("never")
    at = datetime.fromtimestamp(time, UTC)
    said = at.strftime("%Y-%m-%d %H:%M:%S UTC")
    return Markup('<time datetime="{}" data-style="{}">{}</time>').format(
        at.isoformat(timespec="milliseconds"), style, said
    )


def duration(seconds: float | None) -> str:
    """``3 d 4 h``, ``12 min``, ``8 s``: the two largest units."""
    if seconds is None:
        return "for good"
    left = max(int(seconds), 0)
    pieces = []
    for name, length in (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)):
        if left >= length:
            pieces.append(f"{left // length} {name}")
            left %= length
    return " ".join(pieces[:2]) or "0 s"


def beat(last: float | None, interval: float | None, now: float) -> str:
    """``5 s ago, 25.0 s after the one before``: a side's last heartbeat."""
    if last is None:
        return "none seen"
    after = "" if interval is None else f", {interval:.1f} s after the one before"
    return f"{duration(now - last)} ago{after}"


def number(value: float | None, digits: int = 0) -> str:
    """Thousands apart; a dash for nothing."""
    return "–" if value is None else f"{value:,.{digits}f}"


def size(count: int) -> str:
    """Bytes as people say them."""
    value = float(count)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if value < 1_024 or unit == "GiB":
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1_024
    raise AssertionError


def pretty(text: str) -> str:
    """JSON with breaks and blanks where it is JSON; anything else as it is."""
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return text
