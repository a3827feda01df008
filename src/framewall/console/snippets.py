"""One attack as something to paste: as it is, for curl, websocat or Python, or as a test vector."""

from __future__ import annotations

import json
import shlex
from typing import NamedTuple

from framewall.console.story import Request, taken_apart
from framewall.model import Event

_OWN = frozenset(
    {
        "host",
        "x-forwarded-for",
        "framewall-message",
        "framewall-packet",
        "framewall-response",
        "content-length",
    }
)
_HANDSHAKE = frozenset(
    {"connection", "upgrade", "sec-websocket-key", "sec-websocket-version", "sec-websocket-extensions"}
)
_PYTHON = """\
# pip install websockets
import asyncio
import websockets

MESSAGE = {message}


async def main() -> None:
    async with websockets.connect({url}{subprotocols}) as socket:
{opening}        await socket.send(MESSAGE)
        print(await asyncio.wait_for(socket.recv(), 5))


asyncio.run(main())
"""


class Snippet(NamedTuple):
    """``kind`` names it in addresses, ``name`` for people."""

    kind: str
    name: str
    text: str


def snippets(event: Event) -> tuple[Snippet, ...]:
    """Every form. Secrets are redacted in what is stored, and so in these."""
    request = taken_apart(event.request)
    message = wire(event, request)
    return (
        Snippet("raw", "Raw", event.request),
        Snippet("curl", "curl", _curl(event, request, message)),
        Snippet("websocat", "websocat", _websocat(event, request, message)),
        Snippet("python", "Python", _python(event, request, message)),
        Snippet("vector", "Test vector", _vector(event, request, message)),
    )


def wire(event: Event, request: Request) -> str:
    """The message as it was sent, put together again from its packet; the body where that says no more."""
    packet = request.header("Framewall-Packet")
    body = request.body
    if event.framework.startswith("socket.io") and " event " in f"{packet} ":
        space = packet.partition(" namespace=")[2].partition(" ")[0]
        place = f"{space}," if space not in ("", "/") else ""
        return f"42{place}{body}" if event.framework == "socket.io" else body
    if event.framework == "engine.io":
        return f"4{body}"
    if event.framework == "signalr" and body[:1] == "{":
        return f"{body}\x1e"
    return body


def _curl(event: Event, request: Request, message: str) -> str:
    host = request.header("Host") or "localhost"
    if event.transport == "websocket" and request.header("Framewall-Message"):
        line = json.dumps(_line(event, request, message), ensure_ascii=False)
        return (
            "# curl sends no WebSocket messages: this asks the console to judge the message again.\n"
            'curl --silent "$CONSOLE/api/inspect" --header "Authorization: Bearer $FRAMEWALL_TOKEN" \\\n'
            f"  --header 'Content-Type: application/json' --data {shlex.quote(line)}\n"
        )
    method = request.first.partition(" ")[0] or "GET"
    parts = [f"curl --include --request {method} {shlex.quote(f'http://{host}{request.target}')}"]
    parts += [f"--header {shlex.quote(f'{name}: {value}')}" for name, value in _headers(request)]
    if request.body:
        parts.append(f"--data-binary {shlex.quote(message)}")
    return " \\\n  ".join(parts) + "\n"


def _websocat(event: Event, request: Request, message: str) -> str:
    lines = [*_opening(event), message]
    sent = "\\n".join(line.replace("\\", "\\\\").replace("\n", "\\n").replace("%", "%%") for line in lines)
    return f"printf {shlex.quote(sent + chr(92) + 'n')} | websocat {shlex.quote(_url(request))}\n"


def _python(event: Event, request: Request, message: str) -> str:
    opening = "".join(
        f"        await socket.send({line!r})\n        await socket.recv()\n" for line in _opening(event)
    )
    offered = request.header("Sec-WebSocket-Protocol")
    subprotocols = f", subprotocols={[part.strip() for part in offered.split(',')]!r}" if offered else ""
    return _PYTHON.format(
        message=repr(message), url=repr(_url(request)), opening=opening, subprotocols=subprotocols
    )


def _opening(event: Event) -> list[str]:
    """What the framework wants to hear first."""
    if event.framework == "socket.io":
        return ["40"]
    if event.framework == "signalr":
        return ['{"protocol":"json","version":1}\x1e']
    return []


def _vector(event: Event, request: Request, message: str) -> str:
    """A line for ``framewall inspect``, with the verdict that it had."""
    line = _line(event, request, message)
    expected = {"verdict": "block", "attacks": list(event.attacks)}
    return json.dumps({**line, "expect": expected}, ensure_ascii=False) + "\n"


def _line(event: Event, request: Request, message: str) -> dict[str, object]:
    line: dict[str, object] = {"data": message, "path": request.target or event.path}
    if event.transport != "websocket":
        line |= {"transport": "polling", "method": request.first.partition(" ")[0] or "POST"}
    if request.header("Framewall-Message").startswith("server"):
        line["direction"] = "server"
    offered = request.header("Sec-WebSocket-Protocol")
    return line | ({"subprotocol": offered} if offered else {})


def _headers(request: Request) -> list[tuple[str, str]]:
    skipped = _OWN | _HANDSHAKE
    return [(name, value) for name, value in request.headers if name.lower() not in skipped]


def _url(request: Request) -> str:
    return f"ws://{request.header('Host') or 'localhost'}{request.target}"
