"""Events: what is kept of every judged attack, and where. Stores are found by URL scheme."""

from framewall.errors import StoreError
from framewall.events._api import DEFAULT_URL, Backend, Counts, EventSink, EventSource, Query
from framewall.events._read import (
    KINDS,
    Around,
    EventReader,
    Group,
    Groups,
    Histogram,
    Overview,
    Page,
    Stored,
    Tally,
)
from framewall.events._registry import backends, find, open_reader, open_sink, open_source
from framewall.events.record import as_json, redact
from framewall.events.search import FIELDS, Search, SearchError, parse, term

__all__ = [
    "DEFAULT_URL",
    "FIELDS",
    "KINDS",
    "Around",
    "Backend",
    "Counts",
    "EventReader",
    "EventSink",
    "EventSource",
    "Group",
    "Groups",
    "Histogram",
    "Overview",
    "Page",
    "Query",
    "Search",
    "SearchError",
    "StoreError",
    "Stored",
    "Tally",
    "as_json",
    "backends",
    "find",
    "open_reader",
    "open_sink",
    "open_source",
    "parse",
    "redact",
    "term",
]
