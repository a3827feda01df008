"""Events: what is kept of every judged attack, and where. Stores are found by URL scheme."""

from framewall.errors import StoreError
from framewall.events._api import DEFAULT_URL, Backend, Counts, EventSink, EventSource, Query
from framewall.events._registry import backends, find, open_sink, open_source
from framewall.events.record import as_json, redact

__all__ = [
    "DEFAULT_URL",
    "Backend",
    "Counts",
    "EventSink",
    "EventSource",
    "Query",
    "StoreError",
    "as_json",
    "backends",
    "find",
    "open_sink",
    "open_source",
    "redact",
]
