"""What a million connections take, reckoned from what docs/speed.md has measured."""

from __future__ import annotations

import math
import re
from pathlib import Path

PAGE = Path(__file__).parent / "speed.md"
CONNECTIONS = 1_000_000
PORTS, ALL_PORTS = 60_999 - 32_768 + 1, 65_535 - 1_024 + 1
"""Source ports towards one upstream address: as Linux ships, and with ``net.ipv4.ip_local_port_range = 1024 65535``."""
EVERY_SECONDS = (60, 10, 1)


def table() -> str:
    """Rows in Markdown."""
    own, kernel = _own(), _kernel()
    upstreams = math.ceil(CONNECTIONS / PORTS), math.ceil(CONNECTIONS / ALL_PORTS)
    rows = [
        ("Framewall's memory, idle", f"{own:.1f} KiB each", _gib(own)),
        ("the kernel's, for two sockets each", f"{kernel:.1f} KiB each", _gib(kernel)),
        ("open files", "2 each", f"{2 * CONNECTIONS:,}"),
        ("upstream addresses over TCP", f"{PORTS:,} ports each as Linux ships", f"{upstreams[0]}"),
        ("the same, all ports allowed", f"{ALL_PORTS:,} ports each", f"{upstreams[1]}"),
        ("upstreams over unix sockets", "no ports", "1"),
        (
            "opening them all, one core",
            f"{_opened():,.0f} a second",
            f"{CONNECTIONS / _opened() / 60:.0f} minutes",
        ),
        *(
            (
                f"each says one {kind} message in {seconds} s, and gets one",
                f"{cpu:.1f} µs",
                _cores(cpu, seconds),
            )
            for kind in ("chat", "socket.io")
            for cpu in [_cpu(kind)]
            for seconds in EVERY_SECONDS
        ),
    ]
    head = f"| what | measured | {CONNECTIONS:,} connections |\n|---|---|---|\n"
    return head + "".join(f"| {what} | {each} | {total} |\n" for what, each, total in rows)


def _own() -> float:
    """KiB a connection with permessage-deflate agreed, as browsers ask for it."""
    return float(_found(r"^\| Framewall, block \| [\d.]+ \| ([\d.]+) \|$"))


def _kernel() -> float:
    return float(_found(r"^The kernel holds ([\d.]+) KiB"))


def _opened() -> float:
    """Connections a second, from 5,000 at once."""
    return 5_000 / float(_found(r"^\| Framewall, block \| ([\d.]+) \| \d+ \| \d+ \|"))


def _cpu(kind: str) -> float:
    """Microseconds of one core for a message there and back, one under way at a time."""
    return float(_found(rf"^\| {re.escape(kind)} \| 1 \| Framewall, block \| ([\d.]+) \|"))


def _cores(cpu: float, seconds: int) -> str:
    return f"{CONNECTIONS / seconds * cpu / 1e6:.1f} cores"


def _gib(kib: float) -> str:
    return f"{CONNECTIONS * kib / 2**20:.1f} GiB"


def _found(pattern: str) -> str:
    found = re.search(pattern, PAGE.read_text(), re.MULTILINE)
    if not found:
        raise ValueError(f"docs/speed.md has nothing like {pattern!r}")
    return found[1]
