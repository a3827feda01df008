"""Mixed traffic for minutes on end, and whether the node's memory grows: ``python -m benches.speed.soak --minutes 30``.

Connections of every kind that send twenty times a second, connections that come and go, and attacks that are blocked
and recorded: well under a core's work, so that memory tells what is kept and not what waits. Exits 1 if memory still
grows after the first third: if the least that was held in the last third is more than the least in the second. What is
under way makes memory go up and down by some MiB; only what is never given back raises the least.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path

from benches.speed.messages import KINDS
from benches.speed.proxies import LOAD, Proxy, process, running_framewall, server
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

ATTACK = '{"text": "<img src=x onerror=alert(1)>"}'
EVERY_SECONDS = 5.0
CONNECTIONS = {"json-64k": 1}
"""Of a kind; 20 of those that are not here. One large message costs as much as a hundred small ones."""
PAUSE_MS = 50
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
        for kind in KINDS:
            stack.enter_context(
                process(
                    str(LOAD), "run", proxy.address, "--path", kind.path, "--messages", str(kind.write(folder)),
                    "--connections", str(CONNECTIONS.get(kind.name, 20)), "--window", "4",
                    "--pause", str(PAUSE_MS), "--seconds", str(seconds),
                    "--deflate", str(int(kind.deflate)), cores=cores,
                )
            )  # fmt: skip
        stop = threading.Event()
        attackers = threading.Thread(target=_attack, args=(proxy.address, stop), daemon=True)
        attackers.start()
        samples = _watch(proxy, seconds)
        stop.set()
        attackers.join(30)
    sys.exit(_tell(samples, seconds))


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
