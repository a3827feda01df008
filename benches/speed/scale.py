"""Many connections: ten thousand idle beside busy ones, thousands at once, and a second core."""

from __future__ import annotations

import contextlib
from pathlib import Path

from benches.speed.load import idle, run
from benches.speed.messages import Kind
from benches.speed.proxies import (
    LOAD,
    TUNNELS,
    Start,
    framewall,
    nginx,
    process,
    running_framewall,
    said,
    server,
)

BUSY = 500
IDLE = min(10_000, TUNNELS - BUSY)
"""Ten thousand, or what the system's limit of open files leaves."""
BURST = 5_000


def standing(cores: tuple[int, int], kind: Kind, file: Path) -> list[str]:
    """Idle connections beside busy ones, and a burst of new ones, for nginx and Framewall in turn."""
    proxy_core, load_core = cores
    lines = [
        f"| proxy | {BURST:,} connections opened in, s | failed | p50 µs of {BUSY} busy, alone | p99 | "
        f"p50 beside {IDLE:,} idle | p99 | own memory, MiB |",
        "|---|---|---|---|---|---|---|---|",
    ]
    starts: dict[str, Start] = {"nginx": nginx, "Framewall, block": framewall("block")}
    for name, start in starts.items():
        with server(str(load_core)) as upstream, start(upstream, proxy_core) as proxy:
            with idle(proxy.address, load_core, BURST, path=kind.path) as burst:
                pass
            alone = run(proxy, kind, file, load_core, connections=BUSY, window=1, seconds=5)
            with idle(proxy.address, load_core, IDLE, path=kind.path) as held:
                beside = run(proxy, kind, file, load_core, connections=BUSY, window=1, seconds=5)
                memory = proxy.memory() / 2**20
            lines.append(
                f"| {name} | {burst.seconds:.2f} | {burst.failed + held.failed} | {alone.p50:.0f} | {alone.p99:.0f} | "
                f"{beside.p50:.0f} | {beside.p99:.0f} | {memory:.0f} |"
            )
    return lines


def cores(both: tuple[int, int], kind: Kind, file: Path) -> list[str]:
    """Messages a second with one core for the proxy and with two.

    Load and server share those cores with it, so less than double is to be had; nginx would show the same.
    """
    lines = ["| cores | messages/s | proxy CPU µs a message |", "|---|---|---|"]
    for count in (1, 2):
        cpus = ",".join(map(str, both[:count]))
        with contextlib.ExitStack() as stack:
            upstream = stack.enter_context(server(f"{both[0]},{both[1]}"))
            proxy = stack.enter_context(running_framewall("block", upstream, cpus))
            before = proxy.cpu_seconds()
            loads = [
                stack.enter_context(
                    process(
                        str(LOAD), "run", proxy.address, "--path", kind.path, "--messages", str(file),
                        "--connections", "50", "--window", "8", "--seconds", "5", cores=f"{both[0]},{both[1]}",
                    )
                )
                for _ in range(2)
            ]  # fmt: skip
            messages = sum(int(said(load, r'"messages": (\d+)')) for load in loads)
            used = proxy.cpu_seconds() - before
            lines.append(f"| {count} | {messages / 5:.0f} | {used * 1e6 / messages:.2f} |")
    return lines
