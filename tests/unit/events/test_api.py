"""What every store promises, whichever it is: each test runs for each store that can be read back."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from framewall.errors import StoreError
from framewall.events import Query, backends, open_sink, open_source
from framewall.events.record import from_json
from framewall.model import Action, Event
from support.events import EVENT, event, events
from support.running import REPOSITORY

TESTS = REPOSITORY / "tests"
READABLE = sorted(scheme for scheme, backend in backends().items() if backend.source)

# Another process: writes events 0, 1, 2 … and tells how many are surely written, until it is killed.
WRITE_FOR_EVER = """
import sys
sys.path.insert(0, sys.argv[2])
from support.events import event
from framewall.events import open_sink
sink = open_sink(sys.argv[1])
number = 0
while True:
    for number in range(number, number + 50):
        sink.put(event(number))
    number += 1
    while sink.counts().waiting:
        pass
    print(number, flush=True)
"""


@pytest.fixture(params=READABLE)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return f"{request.param}:{tmp_path / 'events'}"


def read(url: str, query: Query | None = None) -> list[Event]:
    source = open_source(url)
    try:
        return list(source.read(query or Query()))
    finally:
        source.close()


def write(url: str, what: list[Event]) -> None:
    sink = open_sink(url)
    for each in what:
        assert sink.put(each)
    assert sink.close().written == len(what)


def test_there_are_stores_to_test() -> None:
    assert {"sqlite", "jsonl"} <= set(READABLE)


def test_what_was_written_is_read_back_as_it_was(url: str) -> None:
    write(url, events(1_200))
    assert read(url) == events(1_200)


def test_a_second_run_adds_to_the_first(url: str) -> None:
    write(url, [event(1)])
    write(url, [event(2)])
    assert read(url) == [event(1), event(2)]


def test_limit_gives_the_newest_the_oldest_of_them_first(url: str) -> None:
    write(url, events(10))
    assert read(url, Query(limit=3)) == events(10)[-3:]
    assert read(url, Query(limit=0)) == []


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        (Query(attack="sqli"), "0 1"),
        (Query(attack="rce"), "2"),
        (Query(attack="ssti"), ""),
        (Query(since=EVENT.time + 1), "1 2"),
        (Query(id="2"), "2"),
        (Query(action="pass"), "1"),
        (Query(route="admin"), "0"),
        (Query(client_ip="198.51.100.1"), "1"),
        (Query(session="s2"), "2"),
        (Query(attack="sqli", action="close"), "0"),
        (Query(attack="sqli", limit=1), "1"),
        (Query(id="' OR 1=1 --"), ""),
    ],
)
def test_a_query_finds_what_it_asks_for(url: str, query: Query, ids: str) -> None:
    write(
        url,
        [
            event(0, route="admin"),
            event(1, action=Action.PASS, close_code=None, client_ip="198.51.100.1"),
            event(2, attacks=("rce",), session="s2", event=None),
        ],
    )
    assert [each.id for each in read(url, query)] == ids.split()


def test_hostile_text_comes_back_as_it_went_in(url: str) -> None:
    hostile = event(1, request="\x00\x1b[2J\r\n\u2028'\"; DROP TABLE event; --\U0001f600", event="")
    write(url, [hostile])
    assert read(url) == [hostile]


def test_an_empty_place_is_told_with_what_to_do(url: str) -> None:
    with pytest.raises(StoreError, match=r"does not exist.*--events"):
        read(url)


def test_an_unwritable_place_is_told_when_it_is_opened(url: str) -> None:
    with pytest.raises(StoreError, match=r"cannot be written.*nowhere"):
        open_sink(url.replace("events", "nowhere/events"))


def test_two_processes_at_once_lose_nothing(url: str) -> None:
    first, second = open_sink(url), open_sink(url)
    for number in range(300):
        first.put(event(number))
        second.put(event(1_000 + number))
    assert first.close().written == second.close().written == 300
    assert len({each.id for each in read(url)}) == 600


def test_a_follower_gets_what_is_there_and_then_what_comes_from_another_process(url: str) -> None:
    write(url, events(5))
    stop = threading.Event()
    source = open_source(url)
    followed = source.follow(Query(limit=2, attack="xss"), stop)
    assert [next(followed).id for _ in range(2)] == ["3", "4"]
    with subprocess.Popen(
        [sys.executable, "-c", WRITE_FOR_EVER, url, str(TESTS)], stdout=subprocess.PIPE
    ) as other:
        assert other.stdout
        other.stdout.readline()
        other.kill()
    expected = ["0", "1", "2"] if url.startswith("jsonl") else ["5", "6", "7"]  # SQLite knows 0 to 4 already
    assert [next(followed).id for _ in range(3)] == expected
    stop.set()
    followed.close()  # type: ignore[attr-defined]
    source.close()


def test_a_follower_can_come_before_the_first_event(url: str) -> None:
    stop = threading.Event()
    source = open_source(url)
    seen: list[Event] = []

    def follow() -> None:
        for each in source.follow(Query(), stop):
            seen.append(each)
            stop.set()

    follower = threading.Thread(target=follow)
    follower.start()
    time.sleep(0.3)
    write(url, [event(7)])
    follower.join(10)
    assert seen == [event(7)]


def test_a_follower_that_is_stopped_ends(url: str) -> None:
    stop = threading.Event()
    stop.set()
    assert list(open_source(url).follow(Query(), stop)) == []


@pytest.fixture
def killed_writer(url: str) -> int:
    """Kills a process in the middle of writing; tells how many events it had surely written."""
    with subprocess.Popen(
        [sys.executable, "-c", WRITE_FOR_EVER, url, str(TESTS)], stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout
        written = 0
        while written < 500:
            written = int(writer.stdout.readline())
        time.sleep(0.013)
        writer.send_signal(signal.SIGKILL)
        rest = writer.stdout.read().split()
    return int(rest[-1]) if rest else written


def test_kill_9_loses_nothing_that_was_written(url: str, killed_writer: int) -> None:
    kept = read(url)
    assert [each.id for each in kept[:killed_writer]] == [str(number) for number in range(killed_writer)]
    assert all(each == event(int(each.id)) for each in kept)
    write(url, [event(10_000_000)])
    assert read(url)[-1] == event(10_000_000)


def test_events_on_standard_output_are_json_lines() -> None:
    program = (
        f"import sys; sys.path.insert(0, {str(TESTS)!r})\n"
        "from support.events import events\nfrom framewall.events import open_sink\n"
        "sink = open_sink('jsonl:-')\nfor each in events(3): sink.put(each)\nsink.close()"
    )
    said = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout
    assert [from_json(json.loads(line)) for line in said.splitlines()] == events(3)
