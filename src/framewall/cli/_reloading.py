"""A configuration in force, and putting a changed one in its place while everything runs."""

from __future__ import annotations

import logging
from collections.abc import Callable

from framewall.cli._controlled import Controlled
from framewall.config import Configuration
from framewall.config.relay import relay_settings
from framewall.config.rules import stamp
from framewall.errors import FramewallError
from framewall.pipeline import Inspector, Session
from framewall.proxy import Relay

log = logging.getLogger("framewall")

#: What only a restart changes.
_FIXED = (
    "listen", "events", "node", "console", "console_tls_cert", "console_tls_key", "console_hosts",
    "console_without_tls", "control", "metrics",
)  # fmt: skip


class Reloading:
    """Reads the configuration again when told to, and the operator's rules when their files change.

    What is wrong with a changed one is logged, and the one in force stays.
    """

    def __init__(
        self,
        configuration: Configuration,
        read: Callable[[], Configuration],
        inspector: Inspector,
        relay: Relay[Session],
        controlled: Controlled,
    ) -> None:
        """``read`` gives the configuration as it is written now."""
        self._controlled = controlled
        self.configuration = configuration
        self._read = read
        self._inspector = inspector
        self._relay = relay
        self._rules = self._seen = stamp(configuration)

    def reload(self) -> bool:
        """Takes everything anew: rules, routes, upstreams, decisions. False if it cannot be used."""
        with self._controlled.changing:
            try:
                configuration = self._read()
                stamped = stamp(configuration)
                rules = self._controlled.compile(configuration)
                decided = self._controlled.decide(configuration)
                self._relay.reload(relay_settings(configuration, decided))
            except (FramewallError, ValueError) as error:
                log.error("not reloaded, the configuration in force stays:\n%s", error)
                return False
            self._inspector.engine = rules.engine
            self._inspector.policy = decided
            self._controlled.reconfigured(configuration, rules)
        self._rules = self._seen = stamped
        for name in _FIXED:
            if getattr(configuration, name) != getattr(self.configuration, name):
                log.warning("%s has changed: that needs a restart", name)
        self.configuration = configuration
        log.info("reloaded: %d rules, %d routes", len(rules.states), len(self._inspector.policy.routes))
        return True

    def look(self) -> bool:
        """Takes the operator's rules anew if their files have changed and been let alone since the last look."""
        now = stamp(self.configuration)
        settled, self._seen = now == self._seen, now
        if now == self._rules or not settled:
            return False
        self._rules = now
        with self._controlled.changing:
            try:
                rules = self._controlled.compile(self.configuration)
            except FramewallError as error:
                log.error("the rules in force stay:\n%s", error)
                return False
            self._inspector.engine = rules.engine
            self._controlled.reconfigured(self.configuration, rules)
        log.info("rules reloaded: %d", len(rules.states))
        return True
