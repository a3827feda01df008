"""``/metrics`` for Prometheus and ``/health`` for whoever watches the node, over HTTP, apart from traffic."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, Self

from framewall.control.prometheus import CONTENT_TYPE
from framewall.limits import CONTROL_CONNECTIONS, CONTROL_SECONDS

log = logging.getLogger("framewall.control")


class Scraped:
    """``with Scraped("127.0.0.1:9100", node.prometheus): …``. Raises OSError if it cannot listen."""

    def __init__(self, address: str, text: Callable[[], str]) -> None:
        host, _, port = address.rpartition(":")
        self._server = _Server((host.strip("[]"), int(port)), text)
        bound, number = self._server.server_address[:2]
        self.address = f"[{bound!s}]:{number}" if ":" in str(bound) else f"{bound!s}:{number}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, name="framewall-metrics", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5.0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Server(HTTPServer):
    """A thread a request, few at once: one more is closed unanswered."""

    request_queue_size = 16

    def __init__(self, address: tuple[str, int], text: Callable[[], str]) -> None:
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.text = text
        self._slots = threading.BoundedSemaphore(CONTROL_CONNECTIONS.default)
        super().__init__(address, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        if not self._slots.acquire(blocking=False):
            self.shutdown_request(request)
            return
        threading.Thread(
            target=self._answer, args=(request, client_address), name="framewall-metrics peer", daemon=True
        ).start()

    def _answer(self, request: Any, client_address: Any) -> None:
        try:
            self.finish_request(request, client_address)
        except OSError:
            pass  # gone, or too slow
        except Exception:
            log.exception("the metrics failed")
        finally:
            self.shutdown_request(request)
            self._slots.release()


class _Handler(BaseHTTPRequestHandler):
    timeout = CONTROL_SECONDS.default
    server: _Server
    server_version = "framewall"
    sys_version = ""

    def do_GET(self) -> None:
        if self.path == "/metrics":
            self._say(200, CONTENT_TYPE, self.server.text())
        elif self.path == "/health":
            self._say(200, "text/plain; charset=utf-8", "ok\n")
        else:
            self._say(404, "text/plain; charset=utf-8", "there are /metrics and /health\n")

    def log_message(self, format: str, *args: Any) -> None:
        log.debug("metrics: %s", format % args)

    def _say(self, status: int, kind: str, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)
