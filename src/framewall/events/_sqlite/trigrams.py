"""Texts in the index: found by every three characters that stand side by side in them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from framewall.events.search import searchable
from framewall.model import Event

#: Of a longer text so many places are looked up, evenly apart; the events found are read anyway.
LOOKED_UP = 24
# Halves of characters, which no file holds.
_HALVES = re.compile("[\ud800-\udfff]")


def indexed(event: Event) -> str:
    """What the index holds of an event. SQLite's tokeniser would end at a NUL."""
    return searchable(event).replace("\0", "\ufffd")


def query(texts: Iterable[str]) -> str:
    """What an event that has all these texts fits; empty where the index can tell nothing of them.

    Events that fit need not have them: what stands side by side is not known to the index.
    """
    wanted: dict[str, None] = {}
    for text in texts:
        low = text.lower().replace("\0", "\ufffd")
        places = range(len(low) - 2)
        step = max(1, -(-len(places) // LOOKED_UP))
        found = (low[place : place + 3] for place in (*places[::step], *places[-1:]))
        wanted |= dict.fromkeys(each for each in found if not _HALVES.search(each))
    return " AND ".join('"{}"'.format(each.replace('"', '""')) for each in wanted)
