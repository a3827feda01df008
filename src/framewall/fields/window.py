"""What a session's fields have said lately, put together: an attack may come in pieces that only add up over time.

Text that is typed, streamed or edited arrives a piece a message, and no piece need look like an attack. So the last
texts of each field (by event and place) are also judged as one. It is a help and no law: how an application puts
pieces together only it knows; what is inserted in the middle, or taken by turns from several fields, is not seen.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator
from itertools import groupby

from framewall import _core
from framewall.fields.names import name
from framewall.limits import WINDOW_BYTES, WINDOW_FIELDS, WINDOW_PART_BYTES, WINDOW_TEXTS
from framewall.model import Packet, Part, Path

PREFIX = "window."
"""Of the name of a field whose texts were put together."""

_LONGEST_NAME = 512
"""Of an event or a field: longer ones are no place where people type."""
_FORMATS = frozenset(_core.formats()) - {"text"}


class Window:
    """The last texts of each field of one direction. Not thread-safe."""

    __slots__ = ("_said",)

    def __init__(self) -> None:
        self._said: OrderedDict[tuple[str, str | None, str | None, str], deque[bytes]] = OrderedDict()

    def add(self, packets: Iterable[Packet]) -> list[Packet]:
        """What these packets' fields say together with what the same said before; a list's texts also together."""
        found: list[Packet] = []
        for packet in packets:
            parts = [part for each in packet.parts for part in self._part(packet, each)]
            if parts:
                found.append(packet._replace(parts=tuple(parts)))
        return found

    def forget(self) -> None:
        """What has been found is not found again."""
        self._said.clear()

    def _part(self, packet: Packet, part: Part) -> Iterator[Part]:
        if part.key or not part.data or len(part.data) > WINDOW_PART_BYTES.default:
            return
        if packet.name and len(packet.name) > _LONGEST_NAME:
            return
        texts = _texts(part)[: WINDOW_FIELDS.default]
        for path, text in texts:
            field = name(part.label, path)
            if len(field) > _LONGEST_NAME:
                continue
            together = self._together((packet.kind, packet.name, packet.namespace, field), text)
            if together:
                yield Part(together, "auto", False, PREFIX + field)
        for parent, group in groupby(texts, lambda each: each[0][:-1] if each[0] else None):
            pieces = [text for path, text in group if path and isinstance(path[-1], int)]
            joined = b"".join(pieces)
            if parent is not None and len(pieces) > 1 and len(joined) <= WINDOW_BYTES.default:
                yield Part(joined, "auto", False, PREFIX + name(part.label, parent))

    def _together(self, key: tuple[str, str | None, str | None, str], text: bytes) -> bytes:
        """The field's last texts as one, empty if there is but this one."""
        said = self._said.setdefault(key, deque(maxlen=WINDOW_TEXTS.default))
        self._said.move_to_end(key)
        if len(self._said) > WINDOW_FIELDS.default:
            self._said.popitem(last=False)
        said.append(text[-WINDOW_BYTES.default :])
        while sum(map(len, said)) > WINDOW_BYTES.default:
            said.popleft()
        return b"".join(said) if len(said) > 1 else b""


def _texts(part: Part) -> list[tuple[Path, bytes]]:
    """The text values of a part, each with its place. What may be anything is JSON or else one text."""
    hint = "json" if part.hint == "auto" else part.hint
    if hint not in _FORMATS or (part.data[:1] not in b"[{" and part.hint == "auto"):
        return [((), part.data)]
    leaves = _core.walk(part.data, hint)
    if part.hint == "auto" and leaves[-1][2] != "complete":
        return [((), part.data)]
    return [
        (tuple(step.decode("utf-8", "replace") if isinstance(step, bytes) else step for step in path), leaf)
        for path, role, kind, leaf, _ in leaves
        if role == "value" and kind in ("text", "binary") and leaf
    ]
