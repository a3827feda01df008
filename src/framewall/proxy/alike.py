"""What the handshakes of many connections have in common, held once for as long as they stand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar

from framewall.model import Request, Upgrade

Value = TypeVar("Value", str, tuple[str, str], Upgrade)

MOST = 4096
"""Values that are known. One more, and it begins anew: what is held stays, and what comes is held once again."""
LONGEST = 512
"""Characters of a header whose value is worth knowing."""
_OWN = frozenset(("authorization", "cookie", "proxy-authorization", "sec-websocket-key"))
"""Headers that no two clients should have in common; of them only the name is shared."""


class Alike:
    """Gives for each value the one that was given for its like before. Any thread may ask."""

    def __init__(self) -> None:
        self._known: dict[Any, Any] = {}

    def request(self, request: Request) -> Request:
        """The same head, of shared pieces but for its target."""
        return replace(
            request,
            method=self._one(request.method),
            version=self._one(request.version),
            headers=tuple(self._header(*pair) for pair in request.headers),
            client_ip=self._one(request.client_ip),
            route=self._one(request.route),
            scheme=self._one(request.scheme),
        )

    def upgrade(self, upgrade: Upgrade) -> Upgrade:
        """The same, shared."""
        return self._one(upgrade)

    def __len__(self) -> int:
        return len(self._known)

    def _header(self, name: str, value: str) -> tuple[str, str]:
        if len(name) + len(value) > LONGEST:
            return name, value
        return (self._one(name), value) if name.lower() in _OWN else self._one((name, value))

    def _one(self, value: Value) -> Value:
        if len(self._known) >= MOST:
            self._known.clear()
        shared: Value = self._known.setdefault(value, value)
        return shared
