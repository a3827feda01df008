"""How an attack was found, told step by step: message, packet, field, each layer, what the rule saw."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from framewall._core import formats, walk
from framewall.console.undo import undo
from framewall.console.visible import Span
from framewall.model import Event, Finding

#: Leaves looked at to find where a match came from, over all layers.
_TRIED = 2_000
# A token is a layer of its own: its parts are documents.
_FORMATS = frozenset(formats()) - {"text", "jwt"}
_LAYERS = {
    "percent": "Percent-decoded, as a URL is",
    "plus": "Decoded as a form is: plus signs are blanks",
    "html": "HTML character references replaced",
    "escapes": "Backslash escapes of a program's strings replaced",
    "css": "CSS escapes replaced",
    "fold": "Look-alike letters folded to the plain ones",
    "overlong": "Overlong UTF-8 read as lax decoders do",
    "utf-16": "Read as UTF-16",
    "nul": "Control characters left out, as some parsers do",
    "utf-7": "Read as UTF-7",
    "quoted-printable": "Decoded from quoted-printable",
    "jwt": "The JSON Web Token opened",
    "token": "The JSON Web Tokens in it opened",
    "base64": "Decoded from base64",
    "hex": "Decoded from hexadecimal",
    "gzip": "Decompressed (gzip)",
    "zlib": "Decompressed (zlib)",
    "deflate": "Decompressed (deflate)",
    "zstd": "Decompressed (zstd)",
    "brotli": "Decompressed (brotli)",
    "comments": "SQL comments taken out",
    "shell": "The shell's quotes and escapes taken out",
    "concat": "Strings put together, as the program would",
    "raw": "The raw bytes",
    "text": "Read as text",
}


class Step(NamedTuple):
    """One step: what it is called, what it says, and the text as it stood there, if that can be shown."""

    name: str
    says: str
    value: str | None = None
    marks: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """A normalised request, taken apart."""

    first: str
    headers: tuple[tuple[str, str], ...]
    body: str

    def header(self, name: str) -> str:
        """The first header of this name; empty if there is none."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    @property
    def target(self) -> str:
        """The path with its query."""
        return self.first.partition(" ")[2].rpartition(" ")[0]


def taken_apart(request: str) -> Request:
    """The parts of an event's request."""
    head, _, body = request.partition("\n\n")
    first, *lines = head.split("\n")
    headers = tuple((name, value) for name, _, value in (line.partition(": ") for line in lines))
    return Request(first, headers, body)


def tell(event: Event, finding: Finding) -> list[Step]:
    """The steps from the message to what one rule saw."""
    request = taken_apart(event.request)
    steps = [_message(event, request)]
    packet = request.header("Framewall-Packet")
    if packet:
        steps.append(Step(event.framework, f"Read as {packet}"))
    layers = _layers(event, finding)
    trail = _trail(request.body, layers, finding.match) or []
    if layers and layers[0] in _FORMATS:
        steps.append(Step(layers[0], f"Parsed as {_spelt(layers[0])}"))
    steps.append(Step("field", finding.field, trail[0] if trail else None))
    # After the leaf the trail has the text behind each further layer.
    for place, name in enumerate(layers):
        if place == 0 and name in _FORMATS:
            continue
        at = place + (0 if layers[0] in _FORMATS else 1)
        says = _LAYERS.get(name, f"Parsed as {_spelt(name)}" if name in _FORMATS else f"Decoded: {name}")
        steps.append(Step(name, says, trail[at] if at < len(trail) else None))
    seen = Step(
        "match", f"{finding.rule} matches, +{finding.score}", finding.match, ((0, len(finding.match)),)
    )
    return [*(_with_mark(step, finding.match) for step in steps), seen]


def marks(event: Event) -> list[Span]:
    """Where in the request the findings are: what matched, or the encoded text that it came from."""
    start = len(event.request.partition("\n\n")[0]) + 2
    body = event.request[start:]
    found: list[Span] = []
    for finding in event.findings:
        own = _occurrence(body, finding.match, start) or _occurrence(event.request, finding.match, 0)
        if own is None:
            trail = _trail(body, _layers(event, finding), finding.match)
            own = _occurrence(body, trail[0], start) if trail else None
        if own:
            found.append(own)
    return found


def _message(event: Event, request: Request) -> Step:
    how = request.header("Framewall-Message")
    if not how:
        return Step("handshake" if event.transport == "websocket" else "request", f"{request.first}")
    over = "a WebSocket message" if event.transport == "websocket" else f"an HTTP body ({event.transport})"
    return Step("message", f"{over}: {how}")


def _layers(event: Event, finding: Finding) -> list[str]:
    """Formats and views from outside in, without the framework around them."""
    frame = {event.framework} - _FORMATS | {"websocket", "http"}
    return [name for name in finding.chain if name not in frame]


def _spelt(format: str) -> str:
    return format.upper() if format in ("json", "bson", "cbor", "xml", "yaml") else format


def _with_mark(step: Step, match: str) -> Step:
    if step.value is None or not match or step.marks:
        return step
    at = step.value.lower().find(match.lower())
    return step._replace(marks=((at, at + len(match)),)) if at >= 0 else step


def _occurrence(text: str, wanted: str, offset: int) -> Span | None:
    """Where the text stands, as it is or as JSON writes it."""
    if not wanted:
        return None
    for form in (wanted, json.dumps(wanted, ensure_ascii=False)[1:-1], json.dumps(wanted)[1:-1]):
        at = text.find(form)
        if at >= 0:
            return offset + at, offset + at + len(form)
    return None


class _Budget:
    def __init__(self) -> None:
        self.left = _TRIED


def _trail(body: str, layers: Sequence[str], match: str) -> list[str] | None:
    """The leaf that a match came from, and the text behind each of its layers; None if it cannot be told."""
    wanted = match.strip().lower()
    if not wanted or not body:
        return None
    if layers and layers[0] in _FORMATS:
        return _in_leaves(body, layers[1:], wanted, _Budget())
    return _behind(body, layers, wanted, _Budget())


def _in_leaves(document: str, layers: Sequence[str], wanted: str, budget: _Budget) -> list[str] | None:
    # Binary formats are shown as JSON in a request.
    try:
        leaves = walk(document.encode("utf-8", "surrogatepass"), "json")
    except ValueError:
        return None
    for _path, role, _kind, data, _span in leaves:
        if role not in ("key", "value"):
            continue
        budget.left -= 1
        if budget.left < 0:
            return None
        found = _behind(data.decode("utf-8", "backslashreplace"), layers, wanted, budget)
        if found:
            return found
    return None


def _behind(text: str, layers: Sequence[str], wanted: str, budget: _Budget) -> list[str] | None:
    """The text and those behind its layers, if the last one has what is wanted. As deep as there are layers."""
    trail = [text]
    for place, name in enumerate(layers):
        if name in _FORMATS:
            rest = _in_leaves(trail[-1], layers[place + 1 :], wanted, budget)
            return [*trail, *rest] if rest else None
        behind = undo(name, trail[-1])
        if behind is None:
            return None
        trail.append(behind)
    return trail if wanted in trail[-1].lower() else None
