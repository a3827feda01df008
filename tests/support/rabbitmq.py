"""RabbitMQ with its STOMP-over-WebSocket plugin: a node of the tests' own, on free ports, in a folder of its own."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from support.running import Running

DEBIANS = "/usr/lib/rabbitmq/bin"
CONFIGURATION = """\
listeners.tcp = none
stomp.listeners.tcp = none
web_stomp.tcp.ip = 127.0.0.1
web_stomp.tcp.port = {port}
log.console = true
log.console.level = info
log.file = false
"""


def free_ports(count: int) -> list[int]:
    """Ports that nobody listened on a moment ago."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [each.getsockname()[1] for each in sockets]


@contextmanager
def rabbitmq(folder: Path) -> Iterator[int]:
    """The port on which STOMP is at ``/ws``. The node and its port mapper end with the test."""
    program = shutil.which("rabbitmq-server", path=f"{DEBIANS}:{os.environ['PATH']}")
    mapper = shutil.which("epmd")
    assert program, "RabbitMQ is missing: `make test` installs it, or apt-get install rabbitmq-server"
    assert mapper
    port, distribution, mapping = free_ports(3)
    (folder / "rabbitmq.conf").write_text(CONFIGURATION.format(port=port))
    (folder / "plugins").write_text("[rabbitmq_web_stomp].\n")
    environment = {
        "HOME": str(folder),
        "RABBITMQ_NODENAME": f"framewall-{secrets.token_hex(4)}@localhost",
        "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_LOGS": "-",
        "RABBITMQ_PID_FILE": str(folder / "pid"),
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
        "RABBITMQ_DIST_PORT": str(distribution),
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 1:1 +sbwt none +sbwtdcpu none +sbwtdio none",
        "ERL_EPMD_PORT": str(mapping),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
    }
    with ExitStack() as stack:
        stack.enter_context(Running([mapper, "-port", str(mapping)], env=environment))
        node = stack.enter_context(Running([program], env=environment))
        node.wait_for("Server startup complete", 90)
        yield port
