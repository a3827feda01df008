"""aiosignalr's client: python aio_signalr.py URL TRANSPORT+PROTOCOL ARGUMENTS; calls SendMessage with each of these.

Runs in an environment of its own (requirements/aiosignalr.in), for it wants an older websockets.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from aiosignalr.client import HubConnection


async def main(url: str, way: str, arguments: list[Any]) -> None:
    transport, protocol = way.split("+")
    connection = HubConnection(protocol=protocol)
    ended = asyncio.Event()

    def closed(error: BaseException | None) -> None:
        print("closed:", error, flush=True)
        ended.set()

    connection.on_close = closed
    connection.on("ReceiveMessage", lambda *what: print("called", json.dumps(what), flush=True))
    await connection.start(f"{url}/chat", transports={transport})
    for argument in arguments:
        try:
            print("heard", json.dumps(await connection.invoke("SendMessage", "ann", argument)), flush=True)
        except Exception as error:
            print("rejected:", error, flush=True)
            await asyncio.wait_for(ended.wait(), 20)
            return
    await connection.stop()


asyncio.run(main(sys.argv[1], sys.argv[2], json.loads(sys.argv[3])))
