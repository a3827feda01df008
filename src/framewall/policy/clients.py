"""Clients that Framewall remembers: the graylist, the banned. In memory, capped, expiring."""

from __future__ import annotations

from collections import OrderedDict
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from threading import Lock

from framewall.limits import Limit


class Clients:
    """Addresses with the time (Unix seconds) at which each leaves the list. Thread-safe."""

    def __init__(self, limit: Limit) -> None:
        self._limit = limit
        self._until: OrderedDict[str, float] = OrderedDict()
        self._lock = Lock()

    def add(self, client: str, until: float) -> None:
        """Puts a client on the list until then; at the cap, the entry renewed longest ago leaves."""
        with self._lock:
            self._until[client] = max(until, self._until.pop(client, until))
            while len(self._until) > self._limit.default:
                self._until.popitem(last=False)

    def remove(self, client: str) -> None:
        """Takes a client off the list."""
        with self._lock:
            self._until.pop(client, None)

    def until(self, client: str, now: float) -> float | None:
        """When this client leaves the list; None if it is not on it."""
        until = self._until.get(client)
        if until is None:
            return None
        if until > now:
            return until
        self.remove(client)
        return None

    def entries(self, now: float, most: int) -> list[tuple[str, float]]:
        """Up to ``most`` clients that are on the list, with the time at which each leaves it; the newest first."""
        with self._lock:
            everything = list(self._until.items())
        return [(client, until) for client, until in reversed(everything) if until > now][:most]

    def __len__(self) -> int:
        return len(self._until)


def among(client: str, networks: tuple[str, ...]) -> bool:
    """Whether an address is in one of these networks."""
    if not networks:
        return False
    try:
        address = ip_address(client)
    except ValueError:
        return False
    return any(address in network for network in map(_network, networks))


@cache
def _network(text: str) -> IPv4Network | IPv6Network:
    return ip_network(text, strict=False)
