"""Where a node's control socket and its live changes are, from the place of its events."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from framewall.events import find

OFF = "off"
#: What ``sun_path`` of unix(7) holds, its end included.
ADDRESS_BYTES = 108


def socket_path(stores: Iterable[str], setting: str | None = None) -> Path | None:
    """The control socket of a node that keeps its events there; None if it has none.

    ``setting`` is the configuration's ``control``: a path, ``off``, or None for a private folder beside the events.
    """
    if setting == OFF:
        return None
    if setting:
        return Path(setting)
    store = _file(stores)
    return store.with_name(f"{_stem(store)}-control") / "node.sock" if store else None


def state_path(stores: Iterable[str], socket: Path | None = None) -> Path | None:
    """The file of live changes: beside the events, or else beside the socket."""
    store = _file(stores)
    if store:
        return store.with_name(f"{_stem(store)}-state.db")
    return socket.with_name(f"{socket.stem}-state.db") if socket else None


@contextmanager
def reachable(path: Path) -> Iterator[str]:
    """The path as a socket's address takes it: one that is too long goes by way of its open folder."""
    if len(os.fsencode(path)) < ADDRESS_BYTES:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


def _file(stores: Iterable[str]) -> Path | None:
    """The file that the events are in; an indexed one if there are several."""
    places = [(backend.reader is None, place) for backend, place in map(find, stores) if place != "-"]
    return Path(min(places)[1]) if places else None


def _stem(store: Path) -> str:
    """``framewall`` for ``framewall-events.db``."""
    return store.stem.removesuffix("-events") or store.stem
