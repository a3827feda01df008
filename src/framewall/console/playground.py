"""One message judged offline, as ``framewall inspect`` judges it, and everything that was made of it on the way."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from framewall._core import Engine, readings, walk
from framewall.config.settings import engine_settings
from framewall.console.story import Step, tell
from framewall.decode import Readings
from framewall.fields.names import name
from framewall.model import (
    Action,
    Direction,
    Event,
    Finding,
    Message,
    Mode,
    Opcode,
    Packet,
    Part,
    Request,
    Upgrade,
)
from framewall.policy import RoutePolicy
from framewall.replay import Lines

#: Leaves shown of one message.
LEAVES = 500
VALUE_CHARS = 2_000

_TRYING = RoutePolicy(sensitivity=3, leaks=True)
_TEXT_FORMATS = frozenset({"json", "xml", "form", "yaml", "multipart"})


@dataclass(frozen=True, slots=True)
class Leaf:
    """One named value: what the rules are run on."""

    field: str
    role: str
    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Branch:
    """One packet, and its leaves."""

    packet: str
    format: str
    leaves: tuple[Leaf, ...]
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Judged:
    """``answer`` is the line that ``framewall inspect`` gives."""

    answer: dict[str, Any]
    tree: tuple[Branch, ...]
    steps: tuple[tuple[Finding, list[Step]], ...]


def judge(engine: Engine, line: dict[str, Any], route: RoutePolicy | None = None) -> Judged:
    """Judges one line (see docs/cli.md) as a route does. Raises LineError for one that says no message."""
    answer = Lines(engine, engine_settings, route).judge(line)
    findings = [_finding(each) for each in answer["findings"]]
    event = _event(line, answer, findings)
    steps = tuple((finding, tell(event, finding)) for finding in findings[:20])
    return Judged(answer, tuple(_tree(line)), steps)


def found_by(engine: Engine, text: str) -> list[dict[str, Any]]:
    """What the engine's rules find in a text, whatever their class and sensitivity. Raises LineError."""
    # A leak is looked for in what servers send, everything else in it as well.
    found = Lines(engine, engine_settings, _TRYING).judge({"data": text, "direction": "server"})["findings"]
    return list(found)


def _tree(line: dict[str, Any]) -> Iterable[Branch]:
    """The readings that were judged, packet by packet. Polling bodies are read as their messages would be."""
    data = _bytes(line)
    subprotocol = line.get("subprotocol") or None
    direction = Direction(line.get("direction") or "client")
    opcode = Opcode(line.get("opcode") or ("binary" if "data_b64" in line else "text"))
    polling = line.get("transport", "websocket") != "websocket"
    headers = (("Content-Type", str(line["content_type"])),) if line.get("content_type") else ()
    method = str(line.get("method") or ("POST" if polling else "GET"))
    request = Request(1, method, line.get("path") or "/", "HTTP/1.1", headers, "", upgrade=not polling)
    kept = Readings(request, Upgrade(subprotocol))
    message = Message(direction, opcode, data)
    reading = kept.body(request, message) if polling else kept.message(message)
    for packet in reading.packets:
        yield _branch(packet)


def _branch(packet: Packet) -> Branch:
    leaves: list[Leaf] = []
    left_out = 0
    formats: list[str] = []
    for part in packet.parts:
        format, found = _leaves(part)
        formats.append(format)
        room = LEAVES - len(leaves)
        leaves += found[:room]
        left_out += len(found[room:])
    what = [packet.framework + (f"/{packet.version}" if packet.version else ""), packet.kind]
    if packet.namespace is not None:
        what.append(f"namespace {packet.namespace}")
    if packet.name is not None:
        what.append(f'"{packet.name}"')
    return Branch(" ".join(what), ", ".join(dict.fromkeys(formats)) or "empty", tuple(leaves), left_out)


def _leaves(part: Part) -> tuple[str, list[Leaf]]:
    """The part's likeliest format, and its leaves by their names."""
    plain = _is_plain(part.data)
    likely = (name for name in readings(part.data, part.hint) if not plain or name in _TEXT_FORMATS)
    format = next(likely, "text")
    try:
        rows = walk(part.data, format)
    except ValueError:
        rows = []
    found = [
        Leaf(_field(part, path), role, kind, _text(data))
        for path, role, kind, data, _ in rows
        if role in ("key", "value")
    ]
    if not found and part.data:
        return ("text", [Leaf(_field(part, ()), "key" if part.key else "value", "text", _text(part.data))])
    return format, found


def _is_plain(data: bytes) -> bool:
    """Whether it is text, which some binary format can always be read into."""
    try:
        return data.decode().isprintable()
    except UnicodeDecodeError:
        return False


def _field(part: Part, path: Iterable[str | bytes | int]) -> str:
    steps = tuple(
        step.decode("utf-8", "backslashreplace") if isinstance(step, bytes) else step for step in path
    )
    try:
        return name(part.label, steps)
    except (IndexError, TypeError, ValueError):
        return "message"


def _text(data: bytes) -> str:
    text = data[:VALUE_CHARS].decode("utf-8", "backslashreplace")
    return text if len(data) <= VALUE_CHARS else f"{text}… ({len(data):,} bytes)"


def _bytes(line: dict[str, Any]) -> bytes:
    if "data_b64" in line:
        try:
            return base64.b64decode(line["data_b64"])
        except binascii.Error:
            return b""
    return str(line.get("data", "")).encode("utf-8", "surrogatepass")


def _finding(shape: dict[str, Any]) -> Finding:
    return Finding(**{**shape, "chain": tuple(shape["chain"])})


def _event(line: dict[str, Any], answer: dict[str, Any], findings: list[Finding]) -> Event:
    """The event that a node would record of it."""
    return Event(
        id="", time=0.0, node="", route="default", mode=Mode.BLOCK,
        action=Action.CLOSE if answer["verdict"] == "block" else Action.PASS,
        close_code=None, attacks=tuple(dict.fromkeys(each.attack for each in findings)), score=answer["score"],
        client_ip="", session="", transport=str(line.get("transport") or "websocket"),
        path=str(line.get("path") or "/"), framework=answer["framework"], event=None,
        findings=tuple(findings), request=answer["request"],
    )  # fmt: skip
