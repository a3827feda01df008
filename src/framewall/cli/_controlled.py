"""A node's control: what ``framewall run`` starts beside its relay."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, nullcontext
from types import TracebackType
from typing import Self

from framewall.cli._live import state_place
from framewall.config import Configuration
from framewall.config.policies import policy
from framewall.control import ControlError, socket_path
from framewall.control.node import Node
from framewall.control.ruling import Ruleset, ruleset
from framewall.control.scrape import Scraped
from framewall.control.server import ControlServer
from framewall.control.state import State
from framewall.errors import FramewallError
from framewall.events import Counts
from framewall.pipeline import Session
from framewall.policy import Policy
from framewall.proxy import Relay
from framewall.watch import Watched

log = logging.getLogger("framewall")


class MetricsError(FramewallError):
    """The metrics cannot be served there; the text says why."""


class Controlled:
    """Live changes in force from the start, and once entered, the control socket and the metrics.

    A node that can have no control socket still protects: unless the operator has placed the socket, that is only
    logged. ``relay`` need not run yet.
    """

    def __init__(
        self,
        configuration: Configuration,
        watched: Watched,
        relay: Relay[Session],
        counts: Callable[[], Counts],
    ) -> None:
        self._configuration = configuration
        self._asked = configuration.control not in (None, "off")
        self._path = socket_path(configuration.events, configuration.control)
        self._stack = ExitStack()
        self.node: Node | None = None
        with self._excused():
            state = _state(configuration)
            if state:
                self._stack.callback(state.close)
                self.node = Node(configuration, watched, relay, counts, state)

    def decide(self, configuration: Configuration) -> Policy:
        """The policy of a configuration, with the live changes over it."""
        return self.node.decide(configuration) if self.node else policy(configuration)

    def compile(self, configuration: Configuration) -> Ruleset:
        """The rules of a configuration, with the live changes over them. Raises RuleError."""
        return self.node.compile(configuration) if self.node else ruleset(configuration, ())

    @property
    def changing(self) -> AbstractContextManager[object]:
        """While it is entered, nobody changes anything live."""
        return self.node.changing if self.node else nullcontext()

    def told(self) -> list[str]:
        """The live changes in force, in words."""
        return self.node.told() if self.node else []

    def reconfigured(self, configuration: Configuration, rules: Ruleset) -> None:
        """This configuration with these rules is in force now."""
        if self.node:
            self.node.reconfigured(configuration, rules)

    def __enter__(self) -> Self:
        try:
            if self.node and self._path:
                with self._excused():
                    self._stack.enter_context(ControlServer(self._path, self.node))
            if self.node and self._configuration.metrics != "off":
                self._stack.enter_context(self._scraped(self.node))
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def _scraped(self, node: Node) -> Scraped:
        try:
            scraped = Scraped(self._configuration.metrics, node.prometheus)
        except OSError as error:
            raise MetricsError(
                f"metrics cannot be served at {self._configuration.metrics}: {error.strerror}; "
                "write another address, or off"
            ) from None
        node.metrics_at = f"http://{scraped.address}/metrics"
        return scraped

    def _excused(self) -> _Excused:
        return _Excused(self._asked)


class _Excused:
    """Lets the node go on without its control, unless that was asked for."""

    def __init__(self, asked: bool) -> None:
        self._asked = asked

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> bool:
        if not isinstance(error, ControlError) or self._asked:
            return False
        log.warning("going on without live control: %s", error)
        return True


def _state(configuration: Configuration) -> State | None:
    path = state_place(configuration)
    return State(path) if path else None
