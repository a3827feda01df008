"""The relay beside nginx: proxy CPU a message and round trips, for the same load, in one run.

Each proxy is one process pinned to one core; load generator and echo server share the other. The proxies take
turns, several rounds, and medians are compared: the machine's own noise is larger than many differences, so
quote the ratios. Run it with ``make bench`` or ``python benches/relay/run.py [--rounds N] [--seconds N]``.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
LOAD = REPOSITORY / "target/release/framewall-load"
TICKS = os.sysconf("SC_CLK_TCK")
NGINX = """
daemon off; master_process off; worker_processes 1; pid {folder}/pid; error_log stderr error;
events {{ worker_connections 4096; }}
http {{
  access_log off; client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
  uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://{upstream}; proxy_http_version 1.1; proxy_set_header Host $host;
      proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade; proxy_buffering off;
    }}
  }}
}}
"""


@dataclass(frozen=True)
class Result:
    """One run: proxy CPU microseconds a message there and back; round trips in microseconds."""

    cpu: float
    p50: float
    p99: float
    rate: float


@dataclass(frozen=True)
class Proxy:
    """A proxy that runs: its processes' CPU is counted together."""

    pid: int
    address: str

    def cpu_seconds(self) -> float:
        """User and system time of all its threads so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(") ")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS


@contextlib.contextmanager
def process(*command: str, core: int) -> Iterator[subprocess.Popen[str]]:
    """One that is pinned to a core and ends with the block."""
    running = subprocess.Popen(
        ["taskset", "-c", str(core), *command], stdout=subprocess.PIPE, text=True, cwd=REPOSITORY
    )
    try:
        yield running
    finally:
        running.terminate()
        running.wait(10)


def first_line(running: subprocess.Popen[str]) -> str:
    """What it says first: its address."""
    assert running.stdout is not None
    line = running.stdout.readline().strip()
    if not line:
        raise SystemExit(f"{running.args!r} did not start")
    return line


@contextlib.contextmanager
def nginx(upstream: str, core: int) -> Iterator[Proxy]:
    """Debian's, with what tunnels need and nothing else."""
    import socket
    import time

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "nginx.conf")
        file.write_text(NGINX.format(folder=folder, port=port, upstream=upstream))
        with process("/usr/sbin/nginx", "-p", folder, "-c", str(file), core=core) as running:
            for _ in range(100):
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                    break
                time.sleep(0.05)
            yield Proxy(running.pid, f"127.0.0.1:{port}")


@contextlib.contextmanager
def framewall(upstream: str, core: int, kind: str) -> Iterator[Proxy]:
    """The relay in a Python process, one event loop."""
    script = str(REPOSITORY / "benches/relay/proxy.py")
    with process(sys.executable, script, f"http://{upstream}", kind, core=core) as running:
        yield Proxy(running.pid, first_line(running))


def measure(proxy: Proxy, core: int, connections: int, window: int, seconds: int, size: int) -> Result:
    """Loads one proxy."""
    before = proxy.cpu_seconds()
    command = [str(LOAD), "run", proxy.address, str(connections), str(window), str(seconds), str(size)]
    said = subprocess.run(
        ["taskset", "-c", str(core), *command], check=True, capture_output=True, text=True
    ).stdout
    found = json.loads(said)
    used = proxy.cpu_seconds() - before
    return Result(
        used * 1e6 / found["messages"], found["p50"], found["p99"], found["messages"] / found["seconds"]
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=50)
    parser.add_argument("--windows", type=int, nargs="*", default=[1, 32])
    parser.add_argument("--bytes", type=int, default=80)
    options = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        raise SystemExit("two cores are needed: one for the proxy, one for the load")
    subprocess.run(
        ["cargo", "build", "--release", "--quiet", "--locked", "-p", "framewall-load"],
        check=True,
        cwd=REPOSITORY,
    )
    proxy_core, load_core = cores[0], cores[1]
    results: dict[tuple[str, int], list[Result]] = {}
    with process(str(LOAD), "echo", core=load_core) as echo, contextlib.ExitStack() as stack:
        upstream = first_line(echo)
        proxies = {"nginx": stack.enter_context(nginx(upstream, proxy_core))}
        for kind in ("off", "screened", "pass", "inspect"):
            proxies[f"framewall {kind}"] = stack.enter_context(framewall(upstream, proxy_core, kind))
        for _ in range(options.rounds):
            for window in options.windows:
                for name, proxy in proxies.items():
                    result = measure(
                        proxy, load_core, options.connections, window, options.seconds, options.bytes
                    )
                    results.setdefault((name, window), []).append(result)
    show(results, options)


def show(results: dict[tuple[str, int], list[Result]], options: argparse.Namespace) -> None:
    """Medians, and each beside nginx's."""
    counts = (options.connections, options.bytes, options.rounds)
    print("{} connections, {} bytes a message, {} rounds; medians".format(*counts))
    head = ("proxy", "window", "cpu µs/msg", "p50 µs", "p99 µs", "msg/s", "× nginx")
    print("{:<18} {:>6} {:>11} {:>8} {:>8} {:>9} {:>8}".format(*head))
    for (name, window), found in sorted(results.items(), key=lambda item: item[0][1]):
        cpu, p50, p99, rate = (
            statistics.median(getattr(one, field) for one in found) for field in ("cpu", "p50", "p99", "rate")
        )
        base = statistics.median(one.cpu for one in results["nginx", window])
        print(f"{name:<18} {window:>6} {cpu:>11.2f} {p50:>8.0f} {p99:>8.0f} {rate:>9.0f} {cpu / base:>8.2f}")


if __name__ == "__main__":
    main()
