"""Framewall: a firewall for WebSocket messages."""

from framewall._core import __version__

__all__ = ["__version__"]
