"""Which target an item or a completion belongs to: records name it only where a call or a stream begins."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable

from framewall._core import View
from framewall.limits import OPEN_CALLS
from framewall.model import Direction

_Key = tuple[Direction, str]
_LONGEST = 200
"""Characters of a target or an id; nobody shows longer ones, and a thousand of them are to be small."""


class Calls:
    """The calls of one connection that were not completed yet, by whoever will name them, and the id."""

    def __init__(self) -> None:
        self._targets: OrderedDict[_Key, str] = OrderedDict()

    def begin(self, caller: Direction, target: str, call: View | None, streams: Iterable[View]) -> None:
        """The other side answers by the call's id; the caller's own streams have ids of their own."""
        other = Direction.SERVER if caller is Direction.CLIENT else Direction.CLIENT
        if call is not None and call.kind == "text":
            self._remember((other, call.text), target)
        for stream in streams:
            if stream.kind == "text":
                self._remember((caller, stream.text), target)

    def target(self, side: Direction, call: View | None, *, ends: bool) -> str | None:
        """What ``side`` speaks of by this id; forgotten if it ``ends``."""
        if call is None or call.kind != "text":
            return None
        key = side, call.text
        return self._targets.pop(key, None) if ends else self._targets.get(key)

    def _remember(self, key: _Key, target: str) -> None:
        if len(target) > _LONGEST or len(key[1]) > _LONGEST:
            return
        self._targets[key] = target
        while len(self._targets) > OPEN_CALLS.default:
            self._targets.popitem(last=False)
