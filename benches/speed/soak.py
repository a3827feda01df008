"""Mixed traffic for minutes on end, and whether the node's memory grows: ``python -m benches.speed.soak --minutes 30``.

Connections of every kind that send twenty times a second, connections that come and go, and attacks that are blocked
and recorded: well under a core's work, so that memory tells what is kept and not what waits. Exits 1 if memory still
grows after the first third: if the least that was held in the last third is more than the least in the second. What is
under way makes memory go up and down by some MiB; only what is never given back raises the least. Before that, half a
minute of as much as can be under way at once, so that every thread there may be has been there, and has its tables.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from benches.speed.messages import KINDS, Kind
from benches.speed.proxies import LOAD, Proxy, process, running_framewall, server
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

ATTACK = '{"text": "<img src=x onerror=alert(1)>"}'
EVERY_SECONDS = 5.0
CONNECTIONS = {"json-64k": 1}
"""Of a kind; 20 of those that are not here. One large message costs as much as a hundred small ones."""
PAUSE_MS = 50
FLOOD_SECONDS = 30
GROWTH_KIB_A_MINUTE = 64
"""More than this is growth."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=30)
    options = parser.parse_args()
    cores = ",".join(map(str, sorted(os.sched_getaffinity(0))))
    seconds = int(options.minutes * 60)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was started ends too
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        upstream = stack.enter_context(server(cores))
        proxy = stack.enter_context(running_framewall("block", upstream, cores))
        files = [(kind, kind.write(folder)) for kind in KINDS]
        with contextlib.ExitStack() as flood:
            for kind, file in files:
                flood.enter_context(_load(proxy, kind, file, cores, 20, 0, FLOOD_SECONDS))
            time.sleep(FLOOD_SECONDS)
        for kind, file in files:
            connections = CONNECTIONS.get(kind.name, 20)
            stack.enter_context(_load(proxy, kind, file, cores, connections, PAUSE_MS, seconds))
        stop = threading.Event()
        attackers = threading.Thread(target=_attack, args=(proxy.address, stop), daemon=True)
        attackers.start()
        samples = _watch(proxy, seconds)
        stop.set()
        attackers.join(30)
    sys.exit(_tell(samples, seconds))


def _load(
    proxy: Proxy, kind: Kind, file: Path, cores: str, connections: int, pause: int, seconds: int
) -> contextlib.AbstractContextManager[subprocess.Popen[str]]:
    """Messages of one kind, four under way a connection, with so many milliseconds between."""
    return process(
        str(LOAD), "run", proxy.address, "--path", kind.path, "--messages", str(file), "--connections",
        str(connections), "--window", "4", "--pause", str(pause), "--seconds", str(seconds),
        "--deflate", str(int(kind.deflate)), cores=cores,
    )  # fmt: skip


def _attack(address: str, stop: threading.Event) -> None:
    """Connections that come, say hello, attack, and are dropped."""
    while not stop.wait(0.05):
        with contextlib.suppress(WebSocketException, OSError), connect(f"ws://{address}/chat") as client:
            client.send('{"text": "hello"}')
            client.recv(10)
            client.send(ATTACK)
            client.recv(10)


def _watch(proxy: Proxy, seconds: int) -> list[tuple[float, int]]:
    """``(seconds, bytes)`` until shortly before the load ends."""
    began = time.monotonic()
    samples = []
    while (at := time.monotonic() - began) < seconds - 1:
        samples.append((at, proxy.memory()))
        if len(samples) % 12 == 1:
            size = samples[-1][1] / 2**20
            print(f"{at / 60:6.1f} min {size:8.1f} MiB {proxy.threads():4} threads", flush=True)
        time.sleep(EVERY_SECONDS)
    return samples


def _tell(samples: list[tuple[float, int]], seconds: int) -> int:
    thirds = [[size for at, size in samples if at // (seconds / 3) == third] for third in range(3)]
    _, second, last = (min(sizes) / 1024 for sizes in thirds)
    growth = (last - second) / (seconds / 3 / 60)
    print(
        f"at least {second / 1024:.1f} MiB in the second third, {last / 1024:.1f} MiB in the last: "
        f"{growth:+.1f} KiB a minute"
    )
    return int(growth > GROWTH_KIB_A_MINUTE)


if __name__ == "__main__":
    main()
