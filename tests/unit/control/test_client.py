"""The client of the control socket, where there is no node to answer."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

import pytest

from framewall.control import Control, ControlError, NodeGoneError


def test_no_node_is_told_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NodeGoneError, match=r"no node answers at .*`framewall run`"):
        Control(tmp_path / "none.sock").status()


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (b"", "hung up"),
        (b"nonsense\n", "not understood"),
        (b'{"ok": true}\n', "not understood"),
        (b'{"ok": true, "result": {"node": 1}}\n', "not understood"),
        (b'{"ok": false, "error": "not today"}\n', "not today"),
    ],
)
def test_answers_that_are_none_are_errors(tmp_path: Path, answer: bytes, told: str) -> None:
    path = tmp_path / "a.sock"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(1_000)
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        with pytest.raises(ControlError, match=told):
            Control(path).status()
        thread.join(5)
