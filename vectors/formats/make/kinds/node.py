"""Node's encoders, run by encode.mjs: one request a line."""

from __future__ import annotations

import base64
import json
import subprocess
from pathlib import Path
from typing import Any

SAFE = 2**53


def tagged(value: Any) -> Any:
    """A value as JSON that encode.mjs makes a value of again."""
    match value:
        case dict():
            pairs = [[tagged(key), tagged(member)] for key, member in value.items()]
            kind = "object" if all(isinstance(key, str) for key in value) else "map"
            return {"is": kind, "v": pairs}
        case list() | tuple():
            return {"is": "list", "v": [tagged(part) for part in value]}
        case bytes():
            return {"is": "bytes", "v": base64.b64encode(value).decode()}
        case bool() | None | str():
            return value
        case int() if -SAFE < value < SAFE:
            return value
        case int():
            return {"is": "big", "v": str(value)}
        case float():
            return {
                "is": "float",
                "v": {"inf": "Infinity", "-inf": "-Infinity", "nan": "NaN"}.get(repr(value), repr(value)),
            }
    raise TypeError(type(value))


class Node:
    """Encoders of the packages under `folder`."""

    def __init__(self, folder: Path) -> None:
        script = Path(__file__).with_name("node") / "encode.mjs"
        self.process = subprocess.Popen(
            ["node", str(script), str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def _ask(self, **request: Any) -> dict[str, Any]:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        if "error" in answer:
            raise ValueError(answer["error"])
        return answer

    def by(self, package: str) -> str:
        """The package and its version."""
        return str(self._ask(version=package)["text"])

    def encode(self, format: str, package: str, value: Any, /, **options: Any) -> bytes:
        """The value, as the package writes it."""
        answer = self._ask(format=format, package=package, value=tagged(value), options=options)
        return base64.b64decode(answer["data_b64"])

    def document(self, format: str, name: str) -> bytes:
        """A document that encode.mjs has a value of its own for."""
        return base64.b64decode(self._ask(format=format, document=name)["data_b64"])

    def close(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait()
