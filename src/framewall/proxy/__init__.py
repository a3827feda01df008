"""The Python face of the relay: configuration in, inspections out."""

from framewall.proxy.inspects import Inspects
from framewall.proxy.relay import Relay
from framewall.proxy.settings import Route, Server, Settings, Upstream

__all__ = ["Inspects", "Relay", "Route", "Server", "Settings", "Upstream"]
