"""Clients that a person has banned: addresses and networks, for a time or for good."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network


@dataclass(frozen=True, slots=True)
class Denial:
    """One ban. ``source`` is a network in its one form; ``until`` is Unix seconds, None for good."""

    source: str
    until: float | None = None

    @property
    def network(self) -> IPv4Network | IPv6Network:
        """The source, parsed."""
        return ip_network(self.source)


def source(text: str) -> str:
    """An address or network in its one form: ``203.0.113.9/32``. Raises ValueError."""
    return str(ip_network(text, strict=False))


class Denials:
    """Looks an address up by each prefix length in use: as many look-ups as there are lengths. Never changes."""

    def __init__(self, denials: Iterable[Denial] = ()) -> None:
        self._found: dict[tuple[int, int, int], Denial] = {}
        for each in denials:
            network = each.network
            self._found[network.version, network.prefixlen, int(network.network_address)] = each
        self._lengths = sorted({key[:2] for key in self._found})

    def covering(self, client: str, now: float) -> Denial | None:
        """The ban that this client is under, the widest if there are several."""
        if not self._lengths:
            return None
        try:
            address = ip_address(client)
        except ValueError:
            return None
        number = int(address)
        for version, length in self._lengths:
            if version != address.version:
                continue
            rest = address.max_prefixlen - length
            denial = self._found.get((version, length, number >> rest << rest))
            if denial and (denial.until is None or denial.until > now):
                return denial
        return None

    def __len__(self) -> int:
        return len(self._found)
