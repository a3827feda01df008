"""Who has sessions open, by what a client may be banned as: a ban ends them all, not only the one that attacked."""

from __future__ import annotations

from collections.abc import Iterable
from threading import Lock
from weakref import ref

from framewall.sessions import Conversation

Kept = ref[Conversation]


class Presence:
    """Sessions by their clients' names, as long as somebody else keeps them. Thread-safe.

    Most clients have one session, and there may be a million of them: only who has more gets a set.
    """

    def __init__(self) -> None:
        self._by_name: dict[str, Kept | set[Kept]] = {}
        self._lock = Lock()

    def add(self, names: Iterable[str], conversation: Conversation) -> None:
        """A client that goes by these names takes part in a session."""
        with self._lock:
            for name in names:
                self._add(name, ref(conversation))
            self._forget()

    def of(self, names: Iterable[str]) -> list[Conversation]:
        """The sessions of a client that goes by any of these names, each once, in no order."""
        with self._lock:
            found = {id(each): each for name in names for each in _alive(self._by_name.get(name))}
        return list(found.values())

    def _add(self, name: str, kept: Kept) -> None:
        known = self._by_name.get(name)
        if isinstance(known, set):
            known.add(kept)
            if len(known).bit_count() == 1:
                # Of those that have ended something is left; looked for each time that they are twice as many.
                known.intersection_update([each for each in known if each() is not None])
        elif known is None or known() is None:
            self._by_name[name] = kept
        elif known != kept:
            self._by_name[name] = {known, kept}

    def _forget(self) -> None:
        """Drops names that nobody goes by any more, looking at a few a call: more than a call adds."""
        for name in [name for name, _ in zip(self._by_name, range(4), strict=False)]:
            known = self._by_name.pop(name)
            if _alive(known):
                self._by_name[name] = known

    def __len__(self) -> int:
        """Names."""
        return len(self._by_name)


def _alive(known: Kept | set[Kept] | None) -> list[Conversation]:
    each = known if isinstance(known, set) else () if known is None else (known,)
    return [conversation for one in each if (conversation := one()) is not None]
