"""Lists of clients."""

from __future__ import annotations

from framewall.limits import Limit
from framewall.policy.clients import Clients, among


def test_entries_expire() -> None:
    """At their time, not before."""
    clients = Clients(Limit("few", 3, "outcome"))
    clients.add("a", 10.0)
    assert clients.until("a", 9.9) == 10.0
    assert clients.until("a", 10.0) is None
    assert len(clients) == 0


def test_adding_again_never_shortens() -> None:
    """A later end counts."""
    clients = Clients(Limit("few", 3, "outcome"))
    clients.add("a", 10.0)
    clients.add("a", 5.0)
    assert clients.until("a", 6.0) == 10.0


def test_the_list_is_capped() -> None:
    """The entry renewed longest ago leaves."""
    clients = Clients(Limit("few", 2, "outcome"))
    for name in ("a", "b", "a", "c"):
        clients.add(name, 10.0)
    assert [name for name in "abc" if clients.until(name, 1.0)] == ["a", "c"]


def test_networks() -> None:
    """Of both families; what is no address is in none."""
    assert among("203.0.113.9", ("198.51.100.0/24", "203.0.113.0/24"))
    assert among("2001:db8::5", ("2001:db8::/32",))
    assert not among("203.0.113.9", ())
    assert not among("unix:", ("0.0.0.0/0",))
