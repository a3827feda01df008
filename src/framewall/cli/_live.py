"""What was changed live on the node of a configuration, whether it runs or not."""

from __future__ import annotations

from framewall.config import Configuration
from framewall.control import socket_path, state_path
from framewall.control.state import Live, read_changes


def live_changes(configuration: Configuration) -> tuple[Live, ...]:
    """The live changes kept beside its events. Raises ControlError."""
    path = state_path(configuration.events, socket_path(configuration.events, configuration.control))
    return read_changes(path) if path else ()
