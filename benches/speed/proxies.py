"""The proxies that are compared, each one process on one core, in front of the same server."""

from __future__ import annotations

import contextlib
import os
import re
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
LOAD = REPOSITORY / "target/release/framewall-load"
MITMPROXY = REPOSITORY / ".venv-mitmproxy/bin/mitmdump"
TICKS = os.sysconf("SC_CLK_TCK")
FILES = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
"""Open files that a process may have here; a tunnel takes two of its proxy's."""
TUNNELS = min(40_000, (FILES - 500) // 2)

NGINX = """
daemon off; master_process off; worker_processes 1; worker_rlimit_nofile {files};
pid {folder}/pid; error_log stderr error;
events {{ worker_connections {files}; }}
http {{
  access_log off; client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
  uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
  server {{
    listen 127.0.0.1:{port} backlog=16384;
    location / {{
      proxy_pass http://{upstream}; proxy_http_version 1.1; proxy_set_header Host $host;
      proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade; proxy_buffering off;
      proxy_read_timeout 1h; proxy_send_timeout 1h;
    }}
  }}
}}
"""

HAPROXY = """
global
  nbthread 1
  maxconn {tunnels}
defaults
  mode http
  timeout connect 5s
  timeout client 1h
  timeout server 1h
  timeout tunnel 1h
frontend all
  bind 127.0.0.1:{port} backlog 16384
  default_backend app
backend app
  server one {upstream}
"""

FRAMEWALL = """
listen = "127.0.0.1:0"
upstream = "http://{upstream}"
mode = "{mode}"
events = "jsonl:/dev/null"
log_level = "warning"
[limits]
connections = {tunnels}
client_connections = {tunnels}
"""


@dataclass(frozen=True)
class Proxy:
    """One that runs."""

    pid: int
    address: str

    def cpu_seconds(self) -> float:
        """User and system time of all its threads so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(") ")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory(self) -> int:
        """Resident bytes that are its own."""
        text = Path(f"/proc/{self.pid}/smaps_rollup").read_text()
        return 1024 * sum(int(kib) for kib in re.findall(r"^Private_\w+:\s+(\d+) kB", text, re.MULTILINE))

    def threads(self) -> int:
        """Threads that it has now."""
        return len(list(Path(f"/proc/{self.pid}/task").iterdir()))


Start = Callable[[str, int], contextlib.AbstractContextManager[Proxy]]
"""``(upstream as HOST:PORT, core)``."""


@contextlib.contextmanager
def process(*command: str, cores: str) -> Iterator[subprocess.Popen[str]]:
    """One that is pinned to cores (``0`` or ``0,1``) and ends with the block."""
    running = subprocess.Popen(
        ["taskset", "-c", cores, *command],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=REPOSITORY,
        preexec_fn=_many_files,
    )  # fmt: skip
    try:
        yield running
    finally:
        running.send_signal(signal.SIGTERM)
        try:
            running.wait(30)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()


def _many_files() -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, FILES))


def said(running: subprocess.Popen[str], pattern: str) -> str:
    """The first group of the first line that matches."""
    assert running.stdout is not None
    lines = []
    for line in running.stdout:
        lines.append(line)
        if found := re.search(pattern, line):
            return found.group(1)
    raise SystemExit(f"{running.args!r} did not start; it said:\n{''.join(lines)}")


@contextlib.contextmanager
def server(cores: str) -> Iterator[str]:
    """The echo server; its address."""
    with process(str(LOAD), "echo", cores=cores) as running:
        yield said(running, r"(127\.0\.0\.1:\d+)")


@contextlib.contextmanager
def direct(upstream: str, core: int) -> Iterator[Proxy]:
    """No proxy at all: what the others add to. Its CPU is of no interest."""
    del core
    yield Proxy(os.getpid(), upstream)


@contextlib.contextmanager
def nginx(upstream: str, core: int) -> Iterator[Proxy]:
    """Debian's, with what tunnels need and nothing else."""
    with _configured("nginx.conf", NGINX, upstream) as (file, port):
        command = ("/usr/sbin/nginx", "-p", str(file.parent), "-c", str(file))
        with process(*command, cores=str(core)) as running:
            yield Proxy(running.pid, _listening(port))


@contextlib.contextmanager
def haproxy(upstream: str, core: int) -> Iterator[Proxy]:
    """Debian's, one thread."""
    with (
        _configured("haproxy.cfg", HAPROXY, upstream) as (file, port),
        process("/usr/sbin/haproxy", "-f", str(file), cores=str(core)) as running,
    ):
        yield Proxy(running.pid, _listening(port))


@contextlib.contextmanager
def mitmproxy(upstream: str, core: int) -> Iterator[Proxy]:
    """The peer that reads frames."""
    port = _free()
    command = (str(MITMPROXY), "-q", "--mode", f"reverse:http://{upstream}", "--set", f"listen_port={port}")
    with process(*command, "--set", "listen_host=127.0.0.1", cores=str(core)) as running:
        yield Proxy(running.pid, _listening(port))


def framewall(mode: str) -> Start:
    """``framewall run`` with every rule, as installed."""

    @contextlib.contextmanager
    def start(upstream: str, core: int) -> Iterator[Proxy]:
        with running_framewall(mode, upstream, str(core)) as proxy:
            yield proxy

    return start


@contextlib.contextmanager
def running_framewall(mode: str, upstream: str, cores: str, more: str = "") -> Iterator[Proxy]:
    """``framewall run`` on these cores."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "framewall.toml")
        file.write_text(FRAMEWALL.format(upstream=upstream, mode=mode, tunnels=TUNNELS) + more)
        command = (sys.executable, "-m", "framewall", "run", "--config", str(file))
        with process(*command, cores=cores) as running:
            yield Proxy(running.pid, said(running, r"listening on http://(\S+)"))


@contextlib.contextmanager
def _configured(name: str, text: str, upstream: str) -> Iterator[tuple[Path, int]]:
    port = _free()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, name)
        file.write_text(
            text.format(folder=folder, port=port, upstream=upstream, files=FILES, tunnels=TUNNELS)
        )
        yield file, port


def _free() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _listening(port: int) -> str:
    for _ in range(400):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return f"127.0.0.1:{port}"
        time.sleep(0.05)
    raise SystemExit(f"nothing listens on port {port}")


PROXIES: dict[str, Start] = {
    "direct": direct,
    "nginx": nginx,
    "HAProxy": haproxy,
    "Framewall, off": framewall("off"),
    "Framewall, monitor": framewall("monitor"),
    "Framewall, block": framewall("block"),
    "mitmproxy": mitmproxy,
}
