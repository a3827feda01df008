"""What Framewall's own memory a connection costs that has spoken and now stands idle."""

from __future__ import annotations

import re
import resource
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from support.framewall import Framewall
from support.servers import Echo
from support.wire import TEXT, Wire, frame

FIRST, MORE = 200, 1000
"""What the first ones take is mostly no connection's own: pages for each size of piece, and code that has run."""
SETTLE_SECONDS = 3
"""Memory that is no longer needed is given back within two."""


def private_bytes(pid: int) -> int:
    """Resident, and no other process's."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return 1024 * sum(int(kib) for kib in re.findall(r"^Private_\w+:\s+(\d+) kB", text, re.MULTILINE))


def stand(stack: ExitStack, framewall: Framewall, count: int, extension: str) -> None:
    """So many connections that have said one thing and heard it back."""
    for _ in range(count):
        wire = stack.enter_context(Wire(framewall.address))
        wire.upgrade("/chat", extension)
        wire.send(frame(TEXT, b'{"text": "hello"}'))
        assert wire.frame()[0] == TEXT


@pytest.mark.parametrize(
    ("mode", "compression", "most_kib"), [("off", None, 8), ("block", None, 12), ("block", "deflate", 12)]
)
def test_an_idle_connection_holds_little(
    mode: str, compression: str | None, most_kib: int, tmp_path: Path
) -> None:
    """Ceilings, not what it takes: docs/performance.md has that."""
    _, files = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    extension = "Sec-WebSocket-Extensions: permessage-deflate\r\n" if compression else ""
    with (
        Echo(compression=compression) as echo,
        Framewall(echo.url, tmp_path, "--mode", mode) as framewall,
        ExitStack() as stack,
    ):
        stand(stack, framewall, FIRST, extension)
        time.sleep(SETTLE_SECONDS)
        before = private_bytes(framewall.pid)
        stand(stack, framewall, MORE, extension)
        time.sleep(SETTLE_SECONDS)
        each = (private_bytes(framewall.pid) - before) / MORE / 1024
        print(f"{each:.1f} KiB a connection")
    assert each < most_kib
