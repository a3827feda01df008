"""Configuration: ``framewall.toml`` and the command line, to policies and to the relay's settings."""

from framewall.config.load import DEFAULT_FILE, BadConfiguration, from_text, load
from framewall.config.schema import Configuration, Route, Upstream

__all__ = ["DEFAULT_FILE", "BadConfiguration", "Configuration", "Route", "Upstream", "from_text", "load"]
