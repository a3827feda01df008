"""What handshakes have in common is held once."""

from __future__ import annotations

import pytest

from framewall.model import Request, Upgrade
from framewall.proxy import alike
from framewall.proxy.alike import LONGEST, Alike


def request(key: str = "one", agent: str = "Browser") -> Request:
    """As if it had just come: no piece is another's."""
    headers = (("Host", "chat.example"), ("User-Agent", agent), ("Sec-WebSocket-Key", key))
    fresh = tuple((bytes(name, "ascii").decode(), bytes(value, "ascii").decode()) for name, value in headers)
    return Request(1, "GET", "/chat", "HTTP/1.1", fresh, bytes("10.0.0.1", "ascii").decode(), upgrade=True)


def test_two_heads_share_what_is_alike() -> None:
    known = Alike()
    first, second = known.request(request("one")), known.request(request("two"))
    assert first == request("one")
    assert second == request("two")
    assert first.headers[0] is second.headers[0]
    assert first.headers[1] is second.headers[1]
    assert first.client_ip is second.client_ip


def test_what_is_one_clients_own_is_not_kept_for_others() -> None:
    """The key is as it came; its header's name is shared."""
    known = Alike()
    first, second = known.request(request()), known.request(request())
    assert first.headers[2][0] is second.headers[2][0]
    assert first.headers[2][1] is not second.headers[2][1]


def test_long_headers_are_not_kept() -> None:
    known = Alike()
    first, second = (known.request(request(agent="x" * LONGEST)) for _ in range(2))
    assert first == second
    assert first.headers[1] is not second.headers[1]


def test_what_was_agreed_is_shared() -> None:
    known = Alike()
    assert known.upgrade(Upgrade("chat")) is known.upgrade(Upgrade("chat"))


def test_a_flood_of_values_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was given out before stays as it is."""
    monkeypatch.setattr(alike, "MOST", 20)
    known = Alike()
    heads = [known.request(request(agent=f"Browser {number}")) for number in range(100)]
    assert heads == [request(agent=f"Browser {number}") for number in range(100)]
    assert len(known) <= 20
