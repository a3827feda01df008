"""Events as JSON lines: ``jsonl:PATH`` appends to a file, ``jsonl:-`` writes to standard output.

A line is the event of the outside contract. The file may be moved away by a log rotator at any time.
"""

from __future__ import annotations

import json
import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from threading import Event as Flag
from typing import BinaryIO

from framewall.errors import StoreError
from framewall.events._api import Backend, Counts, Query
from framewall.events._writer import BatchWriter, Item
from framewall.events.record import as_json, from_json
from framewall.limits import Limits
from framewall.model import Event, Said

STDOUT = "-"

_FOLLOW_SECONDS = 0.1


def encode(event: Event) -> bytes:
    """The event as one line, newline included."""
    return json.dumps(as_json(event), ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


class JsonlSink:
    """The writing end."""

    def __init__(self, place: str, limits: Limits) -> None:
        self._path = None if place == STDOUT else Path(place)
        self._rest = b""  # of a batch that could not be written whole
        self._file = os.dup(1) if self._path is None else _append(self._path)
        self._writer = BatchWriter(self._write, self._release, f"jsonl:{place}", limits)

    def put(self, event: Event) -> bool:
        """Accept the event without blocking; False if it had to be dropped, which is counted."""
        return self._writer.put(event)

    def follow(self, id: str, said: Said) -> None:
        """Nothing: a line that is written stays as it is."""

    def counts(self) -> Counts:
        """What became of the events so far."""
        return self._writer.counts()

    def close(self, timeout: float = 10.0) -> Counts:
        """Write what waits, at most ``timeout`` seconds long."""
        return self._writer.close(timeout)

    def _write(self, items: Sequence[Item]) -> None:
        if not self._rest:
            self._reopen_if_moved()
            self._rest = b"".join(encode(item) for item in items if isinstance(item, Event))
        while self._rest:
            self._rest = self._rest[os.write(self._file, self._rest) :]

    def _reopen_if_moved(self) -> None:
        if self._path is None or _same_file(self._path, self._file):
            return
        moved, self._file = self._file, _append(self._path)
        os.close(moved)

    def _release(self) -> None:
        os.close(self._file)


class JsonlSource:
    """The reading end. Lines that are no events (cut by a crash, written by others) are passed over."""

    def __init__(self, place: str) -> None:
        if place == STDOUT:
            raise StoreError("jsonl:- is standard output and cannot be read back: name a file, jsonl:PATH")
        self._path = Path(place)

    def read(self, query: Query) -> Iterator[Event]:
        """The newest events asked for, the oldest of them first, as they are read. Raises StoreError."""
        try:
            with self._path.open("rb") as file:
                yield from _newest(_events(file, bytearray()), query)
        except FileNotFoundError:
            raise StoreError(
                f"there are no events at jsonl:{self._path}: the file does not exist. "
                "Is Framewall writing somewhere else? Name the place with --events jsonl:PATH"
            ) from None
        except OSError as error:
            raise StoreError(f"jsonl:{self._path} cannot be read: {error.strerror}") from error

    def follow(self, query: Query, stop: Flag) -> Iterator[Event]:
        """What :meth:`read` gives, then new events as they come, until ``stop`` is set. Raises StoreError."""
        first = True
        while not stop.is_set():
            try:
                file = self._path.open("rb")
            except FileNotFoundError:
                first = False
                stop.wait(_FOLLOW_SECONDS)
                continue
            except OSError as error:
                raise StoreError(f"jsonl:{self._path} cannot be read: {error.strerror}") from error
            with file:
                yield from self._follow_file(file, query, stop, first)
            first = False

    def _follow_file(self, file: BinaryIO, query: Query, stop: Flag, first: bool) -> Iterator[Event]:
        """Events of one file until it was moved away or cut short and all of it was read."""
        partial = bytearray()
        if first:
            yield from _newest(_events(file, partial), query)
        while True:
            ended = not _same_file(self._path, file.fileno()) or file.tell() > os.fstat(file.fileno()).st_size
            yield from (event for event in _events(file, partial) if query.wants(event))
            if ended or stop.wait(_FOLLOW_SECONDS):
                return

    def close(self) -> None:
        """Nothing is held open between reads."""


def _append(path: Path) -> int:
    try:
        file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640)
    except OSError as error:
        raise StoreError(f"events cannot be written to jsonl:{path}: {error.strerror}") from error
    size = os.fstat(file).st_size
    if size and os.pread(file, 1, size - 1) != b"\n":
        os.write(file, b"\n")  # a crash cut the last line: ours must not be glued to it
    return file


def _same_file(path: Path, file: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(file))
    except FileNotFoundError:
        return False


def _events(file: BinaryIO, partial: bytearray) -> Iterator[Event]:
    """The events from here on; what follows the last newline is kept in ``partial`` for the next call."""
    for line in file:
        partial += line
        if not partial.endswith(b"\n"):
            return
        complete = bytes(partial)
        partial.clear()
        try:
            yield from_json(json.loads(complete))
        except (ValueError, KeyError, TypeError):
            continue


def _newest(events: Iterator[Event], query: Query) -> Iterable[Event]:
    wanted = (event for event in events if query.wants(event))
    return wanted if query.limit is None else deque(wanted, maxlen=query.limit)


backend = Backend("jsonl", JsonlSink, JsonlSource, "jsonl:events.jsonl")
