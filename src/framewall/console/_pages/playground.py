"""One message, judged before anybody sends it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Query
from starlette.requests import Request
from starlette.responses import Response

from framewall.console._pages._common import Draws, Shared, told
from framewall.console.catalogue import shipped
from framewall.console.context import as_shipped
from framewall.console.playground import judge
from framewall.console.snippets import wire
from framewall.console.story import taken_apart
from framewall.errors import InternalError
from framewall.replay import LineError

router = APIRouter(include_in_schema=False)

_SOCKET_IO = "/socket.io/?EIO=4&transport=websocket"

EXAMPLES: tuple[tuple[str, dict[str, str]], ...] = (
    (
        "Chat message with markup",
        {
            "data": '42["new message","<img src=x onerror=alert(1)>"]',
            "path": _SOCKET_IO,
        },
    ),
    (
        "Script inside base64",
        {
            "data": '42["avatar",{"image":"PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg=="}]',
            "path": _SOCKET_IO,
        },
    ),
    ("Query operator in JSON", {"data": '{"user":{"$ne":null},"password":{"$gt":""}}', "path": "/ws"}),
    (
        "SignalR call with SQL",
        {
            "data": '{"type":1,"target":"Find","arguments":["\' UNION SELECT password FROM users --"]}\x1e',
            "path": "/hub?id=abcdefgh",
        },
    ),
    (
        "An honest message",
        {
            "data": '42["new message","I <3 SQL: select * from friends"]',
            "path": _SOCKET_IO,
        },
    ),
)

Text = Annotated[str, Form(max_length=1 << 20)]
Short = Annotated[str, Form(max_length=8_192)]


@router.get("/playground")
def playground(
    request: Request,
    shared: Shared,
    draws: Draws,
    hit: Annotated[str, Query(max_length=64)] = "",
    example: Annotated[int, Query(ge=0, le=100)] = 0,
) -> Response:
    """The form, filled with a stored hit's message or an example."""
    line = dict(EXAMPLES[min(example, len(EXAMPLES) - 1)][1])
    event = shared.reader.event(hit) if hit else None
    if event:
        taken = taken_apart(event.request)
        line = {"data": wire(event, taken), "path": taken.target, "transport": event.transport}
    routes, away = told(lambda: [route.name for route in shared.node().routes()])
    routes = routes or []
    chosen = event.route if event and event.route in routes else next(iter(routes), "")
    return draws.draw(
        request, "playground.html", line=line, examples=[name for name, _ in EXAMPLES], routes=routes, away=away,
        chosen=chosen,
    )  # fmt: skip


@router.post("/playground")
def judged(
    request: Request,
    shared: Shared,
    draws: Draws,
    data: Text = "",
    base64: Annotated[bool, Form()] = False,
    path: Short = "/",
    subprotocol: Short = "",
    direction: Annotated[str, Form(pattern="^(client|server)$")] = "client",
    transport: Annotated[str, Form(pattern="^(websocket|polling)$")] = "websocket",
    content_type: Short = "",
    route: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """The verdict, and how it came about."""
    line: dict[str, Any] = {"path": path, "direction": direction, "transport": transport}
    # A text area's line breaks come as CRLF, whatever was pasted.
    line["data_b64" if base64 else "data"] = "".join(data.split()) if base64 else data.replace("\r\n", "\n")
    line |= {
        name: value for name, value in (("subprotocol", subprotocol), ("content_type", content_type)) if value
    }
    by = shared.as_node(route) if route else as_shipped()
    try:
        result, problem = judge(by.engine, line, by.policy), None
    except (LineError, InternalError) as error:
        result, problem = None, str(error)
    known = shared.rulebook.read().by_id if route else shipped().by_id
    return draws.draw(
        request, "_judged.html", result=result, problem=problem, route=route, policy=by.policy, known=known
    )
