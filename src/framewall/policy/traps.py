"""Known traps: what frameworks themselves put into a handshake, and what it is taken for.

Every allowance names one field of one framework, and either the one class that its syntax resembles or the decoding
that opaque ids only seem to be made by. Whatever else is found in these fields counts.
"""

from __future__ import annotations

from framewall.policy.exceptions import Allowance


def _opaque(*names: str) -> tuple[Allowance, ...]:
    """Random ids and encrypted tokens: they are compared, never decoded, so what decodes from them is chance."""
    return tuple(
        Allowance(field=f'handshake.query["{name}"]', chain=view)
        for name in names
        for view in ("base64", "hex")
    )


_TRAPS: dict[str, tuple[Allowance, ...]] = {
    # connectionData is `[{"name":"chat"}]`: quotes, brackets and commas where a query has words.
    "signalr2": (
        Allowance(field='handshake.query["connectionData"]*', attack="sqli"),
        *_opaque("connectionToken", "groupsToken", "messageId"),
    ),
    "signalr": _opaque("id"),
    # sid is 15 random bytes in base64, t a time written in 64 digits.
    "socket.io": _opaque("sid", "t"),
    "engine.io": _opaque("sid", "t"),
}


def of(framework: str) -> tuple[Allowance, ...]:
    """The allowances built in for this framework."""
    return _TRAPS.get(framework, ())
