"""What is the JSON lines' own: rotation, cut lines, lines of others."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from framewall.errors import StoreError
from framewall.events import Query
from framewall.events.jsonl import JsonlSink, JsonlSource, encode
from framewall.limits import Limits
from support.events import event


def test_a_line_cut_by_a_crash_spoils_neither_itself_nor_the_next(tmp_path: Path) -> None:
    place = tmp_path / "events"
    place.write_bytes(encode(event(1)) + encode(event(2))[:50])
    sink = JsonlSink(str(place), Limits())
    sink.put(event(3))
    sink.close()
    assert list(JsonlSource(str(place)).read(Query())) == [event(1), event(3)]


def test_lines_that_are_no_events_are_passed_over(tmp_path: Path) -> None:
    place = tmp_path / "events"
    place.write_bytes(b'\n[]\n{"id": 1}\n\xff\xfe\n"x"\n' + encode(event(1)) + b"null\n")
    assert list(JsonlSource(str(place)).read(Query())) == [event(1)]


def test_a_rotated_file_is_left_and_a_new_one_begun(tmp_path: Path) -> None:
    place = tmp_path / "events"
    sink = JsonlSink(str(place), Limits())
    sink.put(event(1))
    while sink.counts().waiting:
        pass
    place.rename(tmp_path / "events.1")
    sink.put(event(2))
    sink.close()
    assert list(JsonlSource(str(tmp_path / "events.1")).read(Query())) == [event(1)]
    assert list(JsonlSource(str(place)).read(Query())) == [event(2)]


def test_a_follower_goes_on_in_the_new_file_after_rotation(tmp_path: Path) -> None:
    place = tmp_path / "events"
    place.write_bytes(encode(event(1)))
    followed = JsonlSource(str(place)).follow(Query(), threading.Event())
    assert next(followed) == event(1)
    with place.open("ab") as file:
        file.write(encode(event(2)))
    place.rename(tmp_path / "events.1")
    place.write_bytes(encode(event(3)))
    assert [next(followed), next(followed)] == [event(2), event(3)]


def test_a_follower_goes_on_after_the_file_was_cut_short(tmp_path: Path) -> None:
    place = tmp_path / "events"
    place.write_bytes(encode(event(1)) + encode(event(2)))
    followed = JsonlSource(str(place)).follow(Query(limit=1), threading.Event())
    assert next(followed) == event(2)
    place.write_bytes(encode(event(3)))
    assert next(followed) == event(3)


def test_a_follower_waits_for_the_rest_of_a_line(tmp_path: Path) -> None:
    place = tmp_path / "events"
    line = encode(event(1))
    place.write_bytes(line[:30])
    followed = JsonlSource(str(place)).follow(Query(), threading.Event())
    timer = threading.Timer(0.3, lambda: place.open("ab").write(line[30:]))
    timer.start()
    assert next(followed) == event(1)
    timer.join()


def test_a_batch_that_could_not_be_written_whole_is_continued(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "events"
    sink = JsonlSink(str(place), Limits())
    real, calls = os.write, 0

    def full_disk(file: int, data: bytes) -> int:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise OSError(28, "No space left on device")
        return real(file, data[:100])

    monkeypatch.setattr(os, "write", full_disk)
    sink.put(event(1))
    sink.put(event(2))
    assert sink.close().written == 2
    assert place.read_bytes() == encode(event(1)) + encode(event(2))


def test_standard_output_cannot_be_read_back() -> None:
    with pytest.raises(StoreError, match="name a file"):
        JsonlSource("-")
