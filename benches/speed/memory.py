"""Memory of connections that stand idle: what is the proxy's own, over how many there are."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path

from benches.speed.load import idle
from benches.speed.proxies import PROXIES, TUNNELS, server

CONNECTIONS = 3_000
WARM = 20
"""Opened and closed first: what a proxy sets up once is no connection's. Few, as what they leave to the next ones is
not counted."""


def table(cores: tuple[int, int], proxies: list[str]) -> list[str]:
    """Rows in Markdown."""
    lines = ["| proxy | KiB a connection | with permessage-deflate |", "|---|---|---|"]
    for name in proxies:
        if name == "direct":
            continue
        plain, deflated = (_each(name, cores, deflate=deflate) for deflate in (False, True))
        lines.append(f"| {name} | {plain} | {deflated} |")
    return [
        *lines,
        "",
        f"The kernel holds {_kernel(cores):.1f} KiB more for a tunnel's two sockets, whatever the proxy.",
    ]


def _kernel(cores: tuple[int, int]) -> float:
    """KiB of the kernel's own for a tunnel in the proxy: half of what load, proxy and server hold together."""
    proxy_core, load_core = cores
    tunnels = TUNNELS - WARM
    with server(str(load_core)) as upstream, PROXIES["Framewall, off"](upstream, proxy_core) as proxy:
        with idle(proxy.address, load_core, WARM, path="/chat"):
            before = _slab()
        with idle(proxy.address, load_core, tunnels, path="/chat") as standing:
            return (_slab() - before) / standing.opened / 2


def _slab() -> int:
    """KiB in the kernel's own caches."""
    found = re.findall(
        r"^(?:SUnreclaim|SReclaimable):\s+(\d+) kB", Path("/proc/meminfo").read_text(), re.MULTILINE
    )
    return sum(map(int, found))


def _each(name: str, cores: tuple[int, int], *, deflate: bool) -> str:
    proxy_core, load_core = cores
    with contextlib.ExitStack() as stack:
        upstream = stack.enter_context(server(str(load_core)))
        proxy = stack.enter_context(PROXIES[name](upstream, proxy_core))
        with idle(proxy.address, load_core, WARM, path="/chat", deflate=deflate):
            pass
        before = proxy.memory()
        with idle(proxy.address, load_core, CONNECTIONS, path="/chat", deflate=deflate) as standing:
            each = (proxy.memory() - before) / max(standing.opened, 1) / 1024
            return f"{each:.1f}" + (
                f" ({standing.failed} of {CONNECTIONS} failed)" if standing.failed else ""
            )
