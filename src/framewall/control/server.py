"""The control socket: one line of JSON there, one back. Apart from traffic: own threads, few of them, bounded.

The socket is its owner's alone, and peers of other users are turned away besides.
"""

from __future__ import annotations

import json
import logging
import os
import pwd
import socket
import struct
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from pydantic import TypeAdapter, ValidationError, validate_call

from framewall.control._api import ControlError
from framewall.control.node import QUESTIONS, Node
from framewall.control.places import reachable
from framewall.errors import FramewallError
from framewall.limits import CONTROL_BYTES, CONTROL_CONNECTIONS, CONTROL_SECONDS

log = logging.getLogger("framewall.control")

_ANY: TypeAdapter[Any] = TypeAdapter(Any)
_REFUSAL_SECONDS = 0.1
_UCRED = struct.Struct("3i")


class ControlServer:
    """``with ControlServer(path, node): …`` answers until it is left. Raises ControlError if it cannot listen."""

    def __init__(self, path: Path, node: Node) -> None:
        self.path = path
        self._answers: dict[str, Callable[..., Any]] = {
            name: validate_call(getattr(node, name)) for name in QUESTIONS
        }
        self._listener = _listen(path)
        self._file = os.stat(path).st_ino
        self._slots = threading.BoundedSemaphore(CONTROL_CONNECTIONS.default)
        self._thread = threading.Thread(target=self._accept, name="framewall-control", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Answer no more. The file of another node that has taken the place is left alone."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5.0)
        with suppress(OSError):
            if os.stat(self.path).st_ino == self._file:
                os.unlink(self.path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                if self._listener.fileno() < 0:
                    return
                time.sleep(0.1)  # out of descriptors, perhaps: traffic goes first
                continue
            if self._slots.acquire(blocking=False):
                threading.Thread(
                    target=self._serve, args=(connection,), name="framewall-control peer", daemon=True
                ).start()
            else:
                _refuse(connection, "too many ask at once; try again")

    def _serve(self, connection: socket.socket) -> None:
        try:
            with connection:
                user = _user(connection)
                if user is None:
                    return
                while (line := _line(connection)) is not None:
                    connection.settimeout(CONTROL_SECONDS.default)
                    connection.sendall(self._answer(line, user))
        except OSError:
            pass  # gone, or too slow
        except Exception:
            log.exception("the control socket failed at a request")
        finally:
            self._slots.release()

    def _answer(self, line: bytes, user: str) -> bytes:
        try:
            result = _ANY.dump_python(self._ask(line, user), mode="json")
            said: dict[str, Any] = {"ok": True, "result": result}
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))
            said = {"ok": False, "error": f"{where}: {first['msg']}"}
        except FramewallError as error:
            said = {"ok": False, "error": str(error)}
        except Exception:
            log.exception("the control socket failed at a request")
            said = {"ok": False, "error": "the node failed at this; its log says how"}
        return json.dumps(said).encode() + b"\n"

    def _ask(self, line: bytes, user: str) -> object:
        try:
            asked = json.loads(line)
        except (ValueError, RecursionError):
            raise ControlError("this is not JSON") from None
        name = asked.pop("do", None) if isinstance(asked, dict) else None
        if name not in self._answers:
            raise ControlError(f'write one object with "do", one of {", ".join(QUESTIONS)}')
        if "by" in asked and not asked["by"]:
            asked["by"] = user
        return self._answers[name](**asked)


def _line(connection: socket.socket) -> bytes | None:
    """The next line; None at the end, or where it takes too long."""
    deadline = time.monotonic() + CONTROL_SECONDS.default
    line = bytearray()
    while not line.endswith(b"\n"):
        left = deadline - time.monotonic()
        if left <= 0:
            return None
        connection.settimeout(left)
        piece = connection.recv(min(1 << 16, CONTROL_BYTES.default + 1 - len(line)))
        if not piece:
            return None
        line += piece
        if len(line) > CONTROL_BYTES.default:
            _refuse(connection, f"more than {CONTROL_BYTES.default} bytes")
            return None
    return bytes(line)


def _refuse(connection: socket.socket, why: str) -> None:
    with suppress(OSError), connection:
        connection.settimeout(_REFUSAL_SECONDS)
        connection.sendall(json.dumps({"ok": False, "error": why}).encode() + b"\n")
        connection.shutdown(socket.SHUT_WR)
        connection.recv(1 << 16)  # closed with something unread, it would take the refusal away again


def _user(connection: socket.socket) -> str | None:
    """The name of the user at the other end; None where it is neither ours nor root."""
    _, uid, _ = _UCRED.unpack(connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size))
    if uid not in (0, os.geteuid()):
        return None
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid {uid}"


def _listen(path: Path) -> socket.socket:
    """A socket for its owner alone, never open to others, put in place of what a killed node left behind."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if _answered(path):
            raise ControlError(f"another node answers at {path}; name another place with the setting control")
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".") as private:
            made = Path(private) / "s"
            with reachable(made) as address:
                listener.bind(address)
            os.chmod(made, 0o600)
            listener.listen(16)
            os.rename(made, path)
    except OSError as error:
        listener.close()
        raise ControlError(f"there can be no control socket at {path}: {error.strerror or error}") from error
    except ControlError:
        listener.close()
        raise
    return listener


def _answered(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1.0)
        try:
            with reachable(path) as address:
                probe.connect(address)
        except (FileNotFoundError, ConnectionRefusedError):
            return False
    return True
