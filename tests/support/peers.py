"""Framewall between a real client and a real server, with a recorder on either side of it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from framewall.events import Query, as_json, open_source
from support.framewall import Framewall
from support.recording import Exchange, Recorder, wait_for_same
from support.running import REPOSITORY, Running

FOLDER = REPOSITORY / "tests" / "e2e" / "frameworks"

ATTACK = "<img src=x onerror=alert(1)>"
MARK = "onerror=alert"
"""What of the attack has to be nowhere behind Framewall, however it is escaped around it."""

GREETINGS = (
    "Hello, don't you think 1 < 2? <3",
    "plain words",
    'quotes " and \\ back',
    "Grüße, 你好, 👋🏽",
    "",
)
"""Harmless, and none of it plain for an encoder."""


class Between:
    """Clients connect to ``url``; what they say is in ``front``, what reaches the server in ``back``."""

    def __init__(self, framewall: Framewall, front: Recorder, back: Recorder) -> None:
        self.framewall = framewall
        self.front = front
        self.back = back
        self.url = front.url

    def unchanged(self) -> list[Exchange]:
        """What was said, once it is the same on both sides and nothing of it was an event. Fails otherwise."""
        said = wait_for_same(self.front, self.back)
        assert said, "nothing was said"
        self.events(0)
        return said

    def blocked(self, attacks: int = 1, seconds: float = 60) -> list[dict[str, Any]]:
        """The events of so many attacks, no byte of which is behind Framewall. Fails otherwise."""
        events = self.events(attacks, seconds)
        for exchange in self.back.snapshot():
            arrived = exchange.target.encode() + bytes(exchange.sent)
            assert MARK.encode() not in arrived, f"it arrived: {arrived[-300:]!r}"
        return events

    def events(self, wanted: int, seconds: float = 10) -> list[dict[str, Any]]:
        """So many events, the oldest first."""
        deadline = time.monotonic() + seconds
        source = open_source(self.framewall.events_url)
        try:
            while len(found := list(source.read(Query()))) < wanted and time.monotonic() < deadline:
                time.sleep(0.02)
        finally:
            source.close()
        assert len(found) == wanted, found
        return [as_json(event) for event in found]


@contextmanager
def between(server: Running | int, folder: Path, *arguments: str) -> Iterator[Between]:
    """Framewall in front of a server that said its port, or is on this one."""
    port = server if isinstance(server, int) else int(server.wait_for(r"listening on (\d+)").group(1))
    with ExitStack() as stack:
        back = stack.enter_context(Recorder(port))
        framewall = stack.enter_context(Framewall(back.url, folder, *arguments))
        front = stack.enter_context(Recorder(int(framewall.address.rpartition(":")[2])))
        yield Between(framewall, front, back)


def found(events: list[dict[str, Any]]) -> set[tuple[str, str | None, str]]:
    """Framework, event's name, and the fields of the strongest findings."""
    return {(event["framework"], event["event"], event["findings"][0]["field"]) for event in events}


def node(script: str, *arguments: Any) -> Running:
    """A peer written in JavaScript; what is no text is handed over as JSON."""
    words = [each if isinstance(each, str) else json.dumps(each) for each in arguments]
    return Running(["node", str(FOLDER / script), *words])
