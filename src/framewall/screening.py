"""What the relay may pass without asking: native screens of what the readers of a session have settled.

The law: a screen passes no message that the Inspector would stop, and none that would change what its readers
know. Whatever may change that (another message of the session, on any transport, or another policy) ends the permit
first.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from framewall import _core
from framewall._core import Era, Permit, Screen
from framewall.decode import Split
from framewall.limits import SCREEN_BYTES, SCREEN_WORK
from framewall.model import Direction, Mode
from framewall.policy import RoutePolicy
from framewall.sessions import Conversation

_UNJUDGED = Split("unjudged")

Kind = tuple[int, Split | None, Split | None]
"""A route by its identity, and both sides' splits."""


class Screening:
    """Makes permits; one screen for all connections that are alike. Thread-safe.

    Engines that are not the native one (tests have such) cannot be asked without Python: then there are none.
    """

    def __init__(self, settings: Callable[[RoutePolicy, Direction], _core.Settings] | None) -> None:
        self._settings = settings
        self._now = (Era(), dict[Kind, tuple[RoutePolicy, Screen]]())

    @property
    def era(self) -> Era:
        """The present one. Take it before the policy and the engine that a permit goes by."""
        return self._now[0]

    def renew(self) -> None:
        """After a change of policy or rules: no permit that went by the old ones counts any more."""
        (old, _), self._now = self._now, (Era(), {})
        old.end()

    def permit(
        self, route: RoutePolicy, engine: object, conversation: Conversation, era: Era
    ) -> Permit | None:
        """What may pass on a connection from now on; None: nothing. ``route`` and ``engine`` are of ``era``
        or later."""
        if not isinstance(engine, _core.Engine):
            return None
        if route.mode is Mode.OFF:
            screen = self._screen(route, engine, era, _UNJUDGED, _UNJUDGED)
            return Permit(screen, era) if screen else None
        if route.window or route.schemas:
            # What is put together of several messages, or read by a description, is put together in Python.
            return None
        with conversation.lock:
            conversation.recall()
            if conversation.blocked or conversation.nearby.waits:
                return None
            client, server = (_as_heard(route, conversation.readings.split(side)) for side in Direction)
            screen = self._screen(route, engine, era, client, server)
            conversation.permit = Permit(screen, era) if screen else None
            return conversation.permit

    def _screen(
        self, route: RoutePolicy, engine: _core.Engine, era: Era, client: Split | None, server: Split | None
    ) -> Screen | None:
        if not (client or server):
            return None
        now, known = self._now
        kind = (id(route), client, server)
        found = known.get(kind) if now is era else None
        if found is None:
            limits = route.limits[SCREEN_BYTES], route.limits[SCREEN_WORK]
            of_client = self._way(route, Direction.CLIENT, client)
            screen = Screen(engine, of_client, self._way(route, Direction.SERVER, server), limits)
            # The route is kept with it, so that no other one can have its identity.
            found = route, screen
            if now is era:
                known[kind] = found
        return found[1]

    def _way(
        self, route: RoutePolicy, side: Direction, split: Split | None
    ) -> tuple[_core.Split, _core.Settings | None] | None:
        native = _native(split)
        return (native, self._settings(route, side) if self._settings else None) if native else None


def _as_heard(route: RoutePolicy, split: Split | None) -> Split | None:
    """A side's split on a route that inspects this side alone, or both."""
    return split._replace(name=split.both) if split and split.both and route.inspect == "both" else split


@lru_cache(maxsize=256)
def _native(split: Split | None) -> _core.Split | None:
    return _core.Split(split.name, list(split.signs), _native(split.inner)) if split else None
