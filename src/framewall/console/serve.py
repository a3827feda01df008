"""The console's own server: where it may listen, and its life."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

import uvicorn

from framewall.console.app import STATIC, create_app
from framewall.console.context import Context
from framewall.console.tls import Files, Served
from framewall.errors import FramewallError

DEFAULT_LISTEN = "127.0.0.1:8081"

_BACKLOG = 128
_CONNECTIONS = 512
_DRAIN_SECONDS = 2
_PARENT_SECONDS = 0.5
_CERTIFICATE_SECONDS = 2.0


class ConsoleError(FramewallError):
    """The console cannot start; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where to listen. ``exposed``: the person has said that other machines may come without TLS."""

    listen: str = DEFAULT_LISTEN
    certificate: Path | None = None
    key: Path | None = None
    exposed: bool = False

    @property
    def secure(self) -> bool:
        """Whether TLS is spoken."""
        return self.certificate is not None

    @property
    def files(self) -> Files | None:
        """What TLS is spoken with."""
        return Files(self.certificate, self.key) if self.certificate and self.key else None


def check(place: Place) -> tuple[str, int]:
    """Host and port. Raises ConsoleError for what is not safe, or not there, CertificateError."""
    host, colon, port = place.listen.rpartition(":")
    host = host.strip("[]")
    if not colon or not port.isdigit() or int(port) > 65_535:
        raise ConsoleError(f"{place.listen!r} is no address to listen on: write for example {DEFAULT_LISTEN}")
    if (place.certificate is None) != (place.key is None):
        raise ConsoleError("TLS needs both --tls-cert and --tls-key")
    if place.files is not None:
        place.files.load()
    if not (_loopback(host) or place.secure or place.exposed):
        raise ConsoleError(
            f"{place.listen} can be reached from other machines, and passwords would travel in the clear: add "
            "--tls-cert and --tls-key, listen on 127.0.0.1, or say --without-tls where something else speaks TLS"
        )
    if not (STATIC / "vendor" / "htmx.min.js").is_file():
        raise ConsoleError("the scripts of the console's pages are missing: run `make console`")
    return host, int(port)


def listen(place: Place) -> socket.socket:
    """The listening socket. Raises ConsoleError."""
    host, port = check(place)
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        opened = socket.socket(family, kind, protocol)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind(address)
        opened.listen(_BACKLOG)
    except OSError as error:
        raise ConsoleError(
            f"the console cannot listen on {place.listen}: {error.strerror}; name another address"
        ) from None
    return opened


def url(opened: socket.socket, secure: bool) -> str:
    """The address that a browser takes."""
    host, port = opened.getsockname()[:2]
    name = f"[{host}]" if ":" in host else host
    return f"http{'s' if secure else ''}://{name}:{port}/"


def serve(context: Context, place: Place, opened: socket.socket, parent: int | None = None) -> None:
    """Serves until SIGTERM or SIGINT; with ``parent``, no longer than that process lives."""
    config = uvicorn.Config(
        create_app(context),
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=_CONNECTIONS,
        timeout_graceful_shutdown=_DRAIN_SECONDS,
        ws="none",
    )
    config.load()
    served = Served(place.files) if place.files else None
    config.ssl = served.context if served else None
    server = _Server(config)
    if served is not None:
        _each(_CERTIFICATE_SECONDS, served.look)
    if parent is not None:
        _each(_PARENT_SECONDS, lambda: server.end() if os.getppid() != parent else None)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: server.end())
    server.run(sockets=[opened])


class _Server(uvicorn.Server):
    """Ends well when it is told to: uvicorn's own would then let the signal kill it."""

    def end(self) -> None:
        self.should_exit = True

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _each(seconds: float, act: Callable[[], object]) -> None:
    """Does this again and again, for as long as the process lives."""

    def watch() -> None:
        pause = threading.Event()
        while not pause.wait(seconds):
            act()

    threading.Thread(target=watch, name="framewall-console watch", daemon=True).start()


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
