"""Autobahn for Python: ``wamp.py URL SERIALIZATION CALLS``, each of them a procedure, arguments and keywords.

It subscribes, calls, publishes the same, and leaves when all of it came back.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from autobahn.asyncio.wamp import ApplicationRunner, ApplicationSession
from autobahn.wamp.serializer import CBORSerializer, JsonSerializer, MsgPackSerializer, UBJSONSerializer
from autobahn.wamp.types import PublishOptions

WRITERS = {
    "json": JsonSerializer,
    "msgpack": MsgPackSerializer,
    "cbor": CBORSerializer,
    "ubjson": UBJSONSerializer,
}


class Client(ApplicationSession):
    """What is said and heard."""

    async def onJoin(self, details: Any) -> None:
        calls = json.loads(sys.argv[3])
        left = asyncio.Semaphore(0)

        def heard(*given: Any, **named: Any) -> None:
            print("heard", "event", given, named, flush=True)
            left.release()

        await self.subscribe(heard, "com.example.chat")
        for procedure, given, named in calls:
            print("heard", "result", await self.call(procedure, *given, **named), flush=True)
            options = PublishOptions(acknowledge=True, exclude_me=False)
            await self.publish("com.example.chat", *given, options=options, **named)
            await left.acquire()
        self.leave()

    def onDisconnect(self) -> None:
        print("closed", flush=True)
        asyncio.get_event_loop().stop()


name, _, batched = sys.argv[2].partition(".")
serializer = WRITERS[name](batched=bool(batched))
ApplicationRunner(sys.argv[1].replace("http", "ws"), "realm1", serializers=[serializer]).run(Client)
