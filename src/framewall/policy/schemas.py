"""Descriptors that the operator gave: they name the fields of formats that have no names in their data."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase

from framewall.model import Part


@dataclass(frozen=True, slots=True)
class Schema:
    """One descriptor, and whose data it describes.

    ``format`` is ``protobuf`` or ``avro``; ``files`` are the descriptors' bytes, each with its number in a schema
    registry or None; ``message`` is protobuf's message type by its full name; ``event`` is a glob over the packet's
    event name, empty for all.
    """

    format: str
    files: tuple[tuple[int | None, bytes], ...]
    message: str = ""
    event: str = ""

    def describes(self, part: Part, event: str | None) -> bool:
        """Whether this part, in a packet of this event, is read by it."""
        return (
            not part.key
            and part.hint in ("auto", self.format)
            and (not self.event or (event is not None and fnmatchcase(event, self.event)))
        )


def hint(schemas: tuple[Schema, ...], part: Part, event: str | None) -> str:
    """The part's hint for the engine: the first descriptor that fits it, or what its decoder said."""
    for place, schema in enumerate(schemas):
        if schema.describes(part, event):
            return f"schema:{place}"
    return f"{part.hint}!" if part.settled else part.hint
