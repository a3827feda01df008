"""Loading one proxy and reading what it used."""

from __future__ import annotations

import contextlib
import json
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benches.speed.messages import Kind
from benches.speed.proxies import LOAD, Proxy, process, said

SETTLE_SECONDS = 3.0
"""For whoever gives memory back that idle connections do not need."""


@dataclass(frozen=True)
class Result:
    """One run. ``cpu``: the proxy's microseconds a message there and back; the rest: round trips, microseconds."""

    cpu: float
    p50: float
    p99: float
    p999: float
    rate: float


def run(
    proxy: Proxy, kind: Kind, file: Path, core: int, *, connections: int, window: int, seconds: int
) -> Result:
    """Keeps ``window`` messages of each connection under way."""
    before = proxy.cpu_seconds()
    command = [
        "taskset", "-c", str(core), str(LOAD), "run", proxy.address, "--path", kind.path, "--messages", str(file),
        "--connections", str(connections), "--window", str(window), "--seconds", str(seconds),
        "--deflate", str(int(kind.deflate)),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\n{done.stderr}")
    found: dict[str, Any] = json.loads(done.stdout)
    used = proxy.cpu_seconds() - before
    messages = found["messages"]
    return Result(
        used * 1e6 / messages, found["p50"], found["p99"], found["p999"], messages / found["seconds"]
    )


@dataclass(frozen=True)
class Standing:
    """Connections that stand: how many were opened, how many failed, and how long it took."""

    opened: int
    failed: int
    seconds: float


@contextlib.contextmanager
def idle(
    address: str, core: int, connections: int, *, path: str, deflate: bool = False
) -> Iterator[Standing]:
    """Connections opened at once, which stand until the block ends."""
    command = (
        str(LOAD), "idle", address, "--path", path, "--connections", str(connections),
        "--deflate", str(int(deflate)),
    )  # fmt: skip
    with process(*command, cores=str(core)) as running:
        found = json.loads(said(running, r"^(\{.*\})"))
        time.sleep(SETTLE_SECONDS)
        yield Standing(found["opened"], found["failed"], found["seconds"])
