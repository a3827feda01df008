"""What was changed live on the node of a configuration, whether it runs or not."""

from __future__ import annotations

from pathlib import Path

from framewall.config import Configuration
from framewall.control import socket_path, state_path
from framewall.control.places import OFF
from framewall.control.state import Live, read_changes


def state_place(configuration: Configuration) -> Path | None:
    """The file of its live changes; None where nothing can be changed live."""
    if configuration.control == OFF and configuration.metrics == OFF:
        return None
    return state_path(configuration.events, socket_path(configuration.events, configuration.control))


def live_changes(configuration: Configuration) -> tuple[Live, ...]:
    """The live changes in force on it. Raises ControlError."""
    path = state_place(configuration)
    return read_changes(path) if path else ()
