"""Streamed fallbacks where the server's messages are judged too: they flow, each once it is judged."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.framewall import Framewall
from support.running import REPOSITORY, Running

FOLDER = REPOSITORY / "tests" / "e2e" / "frameworks"
GREETING = "Hello, don't you think 1 < 2? <3"


@pytest.mark.parametrize(
    ("kind", "transport"), [("sockjs", "xhr-streaming"), ("signalr", "ServerSentEvents+json")]
)
def test_a_stream_reaches_its_client_as_it_comes(kind: str, transport: str, tmp_path: Path) -> None:
    """sockjs-client's and @microsoft/signalr's: each message is sent once the one before has been heard."""
    with Running(["node", str(FOLDER / "server.js"), kind]) as server:
        port = server.wait_for(r"listening on (\d+)").group(1)
        file = tmp_path / "framewall.toml"
        file.write_text(f'upstream = "http://127.0.0.1:{port}"\ninspect = "both"\n')
        with (
            Framewall(f"http://127.0.0.1:{port}", tmp_path, "--config", str(file)) as framewall,
            Running(
                [
                    "node",
                    str(FOLDER / "client.js"),
                    kind,
                    f"http://{framewall.address}",
                    transport,
                    GREETING,
                    "two",
                ]
            ) as client,
        ):
            client.wait_for(r"heard .*1 < 2[\s\S]*heard .*two")
            assert framewall.events() == []
