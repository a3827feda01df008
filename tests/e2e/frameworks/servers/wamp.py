"""A small WAMP router on Autobahn's own transport, in every serialization that Autobahn has, batched or not.

It answers every call with the call's arguments, and hands events back to whoever published and subscribed them:
its clients are many at once and none is to hear of the others.
"""

from __future__ import annotations

import asyncio
import itertools
from typing import Any

from autobahn.asyncio.websocket import WampWebSocketServerFactory
from autobahn.wamp import message, role
from autobahn.wamp.serializer import CBORSerializer, JsonSerializer, MsgPackSerializer, UBJSONSerializer

WRITERS = (JsonSerializer, MsgPackSerializer, CBORSerializer, UBJSONSerializer)
ROLES = {"broker": role.RoleBrokerFeatures(), "dealer": role.RoleDealerFeatures()}
NUMBERS = itertools.count(1)


class Session:
    """One client. The transport wants to know who it is, which nobody here is."""

    _authid = _session_id = None

    def onOpen(self, transport: Any) -> None:
        self._transport = transport
        self._subscribed: dict[str, int] = {}

    def onClose(self, clean: bool) -> None:
        pass

    def onMessage(self, said: Any) -> None:
        send = self._transport.send
        match said:
            case message.Hello():
                send(message.Welcome(next(NUMBERS), ROLES))
            case message.Goodbye():
                send(message.Goodbye("wamp.close.goodbye_and_out"))
                self._transport.close()
            case message.Subscribe():
                number = self._subscribed[said.topic] = next(NUMBERS)
                send(message.Subscribed(said.request, number))
            case message.Publish():
                print("got", said.topic, repr(said.args), repr(said.kwargs), flush=True)
                if subscription := self._subscribed.get(said.topic):
                    send(message.Event(subscription, next(NUMBERS), args=said.args, kwargs=said.kwargs))
                if said.acknowledge:
                    send(message.Published(said.request, next(NUMBERS)))
            case message.Call():
                print("got", said.procedure, repr(said.args), repr(said.kwargs), flush=True)
                send(message.Result(said.request, args=said.args, kwargs=said.kwargs))


async def main() -> None:
    """Until somebody ends it."""
    serializers = [writer(batched=batched) for writer in WRITERS for batched in (True, False)]
    factory = WampWebSocketServerFactory(Session, serializers=serializers)
    server = await asyncio.get_running_loop().create_server(factory, "127.0.0.1", 0)
    print(f"listening on {server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


asyncio.run(main())
