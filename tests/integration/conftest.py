"""A relay that ends with its test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest

from framewall.proxy import Relay, Route, Server, Settings, Upstream
from support.inspectors import Recorder, Said
from support.servers import Echo
from support.wire import Wire


class Running:
    """A relay in front of one server, its address and its Inspector."""

    def __init__(self, relay: Relay[Said], inspector: Recorder) -> None:
        self.relay = relay
        self.inspector = inspector
        self.address = relay.addresses[0]
        self.url = f"ws://{self.address}"

    def wire(self) -> Wire:
        return Wire(self.address)


Start = Callable[..., Running]


@pytest.fixture
def start() -> Iterator[Start]:
    """``start(server.url, limits={"message_bytes": 1000}, inspect="both")``."""
    with ExitStack() as stack:

        def go(
            url: str = "http://127.0.0.1:1", limits: dict[str, int] | None = None, **different: Any
        ) -> Running:
            inspector = different.pop("inspector", None) or Recorder()
            workers = {name: different.pop(name) for name in ("least", "most") if name in different}
            names = ("inspect", "fail")
            route = replace(Route(), **{name: different.pop(name) for name in names if name in different})
            settings = Settings(
                upstreams=(Upstream((Server(url),)),), routes=(route,), limits=tuple((limits or {}).items())
            )
            relay = Relay(replace(settings, **different), inspector, **workers)
            return Running(stack.enter_context(relay), inspector)

        yield go


@pytest.fixture
def echo() -> Iterator[Echo]:
    """An echo without compression."""
    with Echo(compression=None) as server:
        yield server
