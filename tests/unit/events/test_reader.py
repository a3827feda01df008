"""What a console asks: each store answers the same, the indexed one from its index."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from framewall.errors import StoreError
from framewall.events import KINDS, EventReader, Search, SearchError, open_reader, open_sink, parse
from framewall.events._sqlite.reader import SqliteReader
from framewall.limits import EVENT_VALUES, Limit
from framewall.model import Action, Event, Finding, Mode
from support.events import EVENT, FINDING, TIME, event, events

NOW = TIME + 100_000


def write(url: str, made: list[Event]) -> None:
    sink = open_sink(url)
    for each in made:
        assert sink.put(each)
    assert sink.close().written == len(made)


@pytest.fixture(params=["sqlite", "jsonl"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return f"{request.param}:{tmp_path / 'events'}"


def pages(reader: EventReader, search: str, limit: int) -> Iterator[list[str]]:
    cursor: str | None = None
    for _ in range(1_000):
        page = reader.page(parse(search, NOW), limit=limit, cursor=cursor)
        yield [each.id for each in page.events]
        cursor = page.next
        if cursor is None:
            return
    raise AssertionError("the pages do not end")


def varied(count: int, seed: int) -> list[Event]:
    """Events that differ in everything."""
    dice = random.Random(seed)
    made = []
    for number in range(count):
        attacks = tuple(dice.sample(["xss", "sqli", "rce", "ssti", "protocol"], dice.randint(1, 3)))
        findings = tuple(
            Finding(
                attack,
                f"{attack}.{dice.choice('ab')}",
                dice.choice(["message", 'event["x"].args[0]', "event.args[1].text", "long." + "k" * 300]),
                ("json",),
                dice.choice(["onerror=alert(1)", "union select", "a_b", "ünion ✂"]),
                5,
            )
            for attack in attacks
        )
        action = dice.choice(list(Action))
        made.append(
            event(
                number,
                attacks=attacks,
                findings=findings,
                action=action,
                mode=dice.choice([Mode.MONITOR, Mode.BLOCK]),
                close_code=1008 if action is Action.CLOSE else None,
                route=dice.choice(["chat", "admin", "a b"]),
                framework=dice.choice(["socket.io", "json", "stomp"]),
                event=dice.choice([None, "new message", "newer", "x*y", 'q"q']),
                client_ip=dice.choice(
                    ["203.0.113.9", "203.0.113.200", "198.51.100.1", "2001:db8::7", "unix:"]
                ),
                session=f"s{dice.randint(0, 9)}",
                path=dice.choice(["/socket.io/", "/ws", "/" + "p" * 300, "/" + "p" * 299 + "q"]),
                score=dice.choice([5, 7, 10, 20]),
                transport=dice.choice(["websocket", "polling"]),
                request=f"POST /{dice.choice(['one', 'two'])} X\n\n{dice.choice(['Drop TABLE', 'harmless', '42'])}",
            )
        )
    return made


SEARCHES = """
class:xss | class:xss,rce -class:sqli | rule:xss.* | -rule:*.a | field:message | field:event*args* | field:long.*
field:"long.kkk"* | event:"new message" | event:new* | event:"" | -event:"" | event:"x*y" | event:q* | ip:203.0.113.0/24
ip:203.0.113.9 | ip:2001:db8::/32 | -ip:0.0.0.0/0 | action:blocked | action:recorded route:chat | route:"a b"
framework:socket.io,stomp -transport:polling | session:s3 | session:s* | -session:s3 | node:edge-1 | node:nowhere
mode:monitor | path:/ws | path:/pp*q | score:>=10 | score:7 | score:..7 -score:5 | since:100000s until:99900s
-since:99950s | drop | "drop table" | tab | -harmless | onerror class:xss action:close | alert(1) | ünion | "a_b"
ror=al | "op tab" | nio | onerror -harm | "✂" | nothing-at-all | id:17 | id:1* | "<>" | text:42 score:20
-class:xss -class:sqli -class:rce
""".replace("\n", "|").split("|")


def test_both_stores_find_the_same_and_what_was_asked_for(tmp_path: Path) -> None:
    made = varied(400, seed=7)
    readers = []
    for scheme in ("sqlite", "jsonl"):
        write(f"{scheme}:{tmp_path / scheme}", made)
        readers.append(open_reader(f"{scheme}:{tmp_path / scheme}"))
    for text in filter(None, map(str.strip, SEARCHES)):
        search = parse(text, NOW)
        expected = [each.id for each in reversed(made) if search.wants(each)]
        for reader in readers:
            assert [id for page in pages(reader, text, 30) for id in page] == expected, text
            assert [each.id for each in reader.export(search)] == expected, text
            told = reader.histogram(search, TIME - 10, TIME + 500)
            assert (told.total, told.complete) == (len(expected), True), text


def test_both_stores_group_and_count_the_same(tmp_path: Path) -> None:
    made = varied(300, seed=8)
    told = []
    for scheme in ("sqlite", "jsonl"):
        write(f"{scheme}:{tmp_path / scheme}", made)
        reader = open_reader(f"{scheme}:{tmp_path / scheme}")
        overview = reader.overview(TIME - 20 * 86_400, TIME + 300, top=1_000)
        told.append(
            (
                [
                    sorted(map(repr, reader.groups(parse(text, NOW), limit=1_000).groups))
                    for text in ("", "class:xss ip:203.0.113.9", "-route:chat", "onerror", "action:ban")
                ],
                overview.hits,
                overview.series,
                {
                    kind: sorted((each.hits, each.value or "") for each in tallies)
                    for kind, tallies in overview.top.items()
                    if kind not in ("field", "path")  # long ones are cut in the index
                },
                {(each.value, each.hits) for each in reader.values("event", "new")},
            )
        )
    assert told[0] == told[1]
    assert sum(told[0][1]) == 300


def test_a_page_continues_where_the_last_one_ended(url: str) -> None:
    write(url, events(25))
    found = list(pages(open_reader(url), "class:xss", 10))
    assert [len(page) for page in found] == [10, 10, 5]
    assert [id for page in found for id in page] == [str(number) for number in range(24, -1, -1)]


def test_new_events_do_not_shift_pages_of_the_index(tmp_path: Path) -> None:
    url = f"sqlite:{tmp_path / 'e'}"
    write(url, events(10))
    reader = open_reader(url)
    first = reader.page(Search(), limit=4)
    write(url, [event(number) for number in range(10, 20)])
    second = reader.page(Search(), limit=4, cursor=first.next)
    assert [each.id for each in (*first.events, *second.events)] == list("98765432")


@pytest.mark.parametrize("cursor", ["", "x", "-1", "9" * 30])
def test_a_cursor_that_no_page_gave_is_told(url: str, cursor: str) -> None:
    write(url, events(2))
    with pytest.raises(SearchError):
        open_reader(url).page(Search(), cursor=cursor)


def test_a_group_is_one_clients_hits_of_one_class_on_one_target(url: str) -> None:
    hour = 3_600
    write(
        url,
        [
            event(0, action=Action.PASS),
            event(1, score=9),
            event(2, attacks=("xss",), client_ip="198.51.100.1"),
            event(3, attacks=("xss",), event="other"),
            event(2 + 2 * hour, attacks=("xss",)),
        ],
    )
    groups = open_reader(url).groups(Search()).groups
    found = {(each.client_ip, each.attack, each.event, each.hits) for each in groups}
    assert found == {
        ("203.0.113.9", "xss", "new message", 1),
        ("203.0.113.9", "xss", "new message", 2),
        ("203.0.113.9", "sqli", "new message", 2),
        ("203.0.113.9", "xss", "other", 1),
        ("198.51.100.1", "xss", "new message", 1),
    }
    assert groups[0].last == EVENT.time + 2 + 2 * hour
    pair = next(each for each in groups if each.attack == "sqli")
    assert (pair.first, pair.last, pair.score, pair.sample) == (EVENT.time, EVENT.time + 1, 9, "1")
    assert (pair.passed, pair.dropped, pair.closed, pair.banned) == (1, 0, 1, 0)


def test_a_groups_search_finds_its_events(url: str) -> None:
    write(url, varied(200, seed=9))
    reader = open_reader(url)
    for group in reader.groups(Search(), limit=30).groups:
        found = reader.page(parse(group.search, NOW), limit=300).events
        assert len(found) == group.hits
        assert found[0].id == group.sample


def test_groups_have_pages(url: str) -> None:
    write(url, [event(number, attacks=("xss",), client_ip=f"192.0.2.{number}") for number in range(25)])
    reader = open_reader(url)
    cursor, seen = None, []
    for _ in range(10):
        page = reader.groups(Search(), limit=10, cursor=cursor)
        seen += [each.client_ip for each in page.groups]
        cursor = page.next
        if cursor is None:
            break
    assert seen == [f"192.0.2.{number}" for number in range(24, -1, -1)]


def test_an_overview_counts_what_happened_in_its_range(url: str) -> None:
    write(url, [event(number, attacks=("xss",)) for number in range(0, 600, 10)])
    reader = open_reader(url)
    for since, until in (
        (TIME, TIME + 300),
        (TIME - 86_400, TIME + 86_400),
        (TIME - 90 * 86_400, TIME + 86_400),
    ):
        told = reader.overview(since, until)
        assert told.since <= since < told.since + told.step
        assert told.until - told.step < until <= told.until
        assert len(told.times) == len(told.hits) == len(told.series["class"]["xss"])
        inside = sum(told.since <= TIME + number < told.until for number in range(0, 600, 10))
        assert told.total == sum(told.hits) == sum(told.series["class"]["xss"]) == inside
        assert set(told.top) == set(KINDS)
        assert told.top["ip"][0].search == "ip:203.0.113.9"
    assert reader.overview(TIME - 10 * 86_400, TIME - 5 * 86_400).total == 0


def test_the_last_minutes_are_told_finely(url: str) -> None:
    now = time.time() // 10 * 10
    write(url, [event(number, time=now - 300 + number) for number in range(300)])
    told = open_reader(url).overview(now - 300, now)
    assert (told.step, told.hits, told.total) == (10, (10,) * 30, 300)


def test_an_event_is_shown_among_those_of_its_session(url: str) -> None:
    write(url, [event(number, session=f"s{number % 2}") for number in range(20)])
    reader = open_reader(url)
    around = reader.around("10", count=3)
    assert around
    assert [each.id for each in around.before] == ["4", "6", "8"]
    assert [each.id for each in around.after] == ["12", "14", "16"]
    assert reader.event("10") == around.event
    assert reader.around("none") is None
    assert reader.event("none") is None


def test_values_are_those_with_the_most_events_first(url: str) -> None:
    write(url, [event(number, route=["a", "ab", "ab", "b"][number % 4]) for number in range(40)])
    reader = open_reader(url)
    assert next((each.value, each.hits) for each in reader.values("route")) == ("ab", 20)
    assert {each.value for each in reader.values("route", "a")} == {"a", "ab"}
    assert len(reader.values("route", limit=1)) == 1
    with pytest.raises(SearchError, match="ask for one of"):
        reader.values("colour")


def test_a_tail_gives_what_comes_after_it_began(url: str) -> None:
    write(url, events(3))
    reader = open_reader(url)
    found, place = reader.tail(Search())
    assert found == ()
    write(url, [event(3), event(4, attacks=("rce",)), event(5)])
    found, place = reader.tail(parse("class:xss", NOW), place)
    assert [each.id for each in found] == ["3", "5"]
    assert reader.tail(Search(), place)[0] == ()


def test_what_is_stored_is_told(url: str) -> None:
    write(url, events(7))
    told = open_reader(url).stored()
    assert (told.events, told.oldest, told.newest) == (7, EVENT.time, EVENT.time + 6)


def test_no_file_is_told_with_what_to_do(url: str) -> None:
    with pytest.raises(StoreError, match=r"does not exist.*--events"):
        open_reader(url).page(Search())


def test_an_empty_store_answers(tmp_path: Path) -> None:
    url = f"sqlite:{tmp_path / 'e'}"
    write(url, [])
    reader = open_reader(url)
    assert reader.page(parse("class:xss onerror", NOW)).events == ()
    assert reader.groups(Search()).groups == ()
    assert reader.overview(TIME, TIME + 60).total == 0
    assert reader.stored().newest is None


def test_a_search_that_takes_too_long_tells_what_it_has_and_goes_on(tmp_path: Path) -> None:
    url = f"sqlite:{tmp_path / 'e'}"
    write(
        url, [*events(5), *[replace(event(number), request="other", findings=()) for number in range(5, 400)]]
    )
    reader = SqliteReader(str(tmp_path / "e"), budget=0.0)
    page = reader.page(parse('"<img"', NOW), limit=2)
    assert (page.events, page.complete) == ((), False)
    assert page.next
    eager = SqliteReader(str(tmp_path / "e"))
    assert [each.id for each in eager.page(parse('"<img"', NOW), limit=2, cursor=page.next).events] == [
        "4",
        "3",
    ]


def test_threads_may_share_a_reader_while_a_writer_writes(tmp_path: Path) -> None:
    url = f"sqlite:{tmp_path / 'e'}"
    write(url, events(50))
    reader = open_reader(url)
    wrong: list[object] = []

    def ask() -> None:
        try:
            for _ in range(20):
                page = reader.page(parse("class:xss", NOW), limit=500)
                ids = [int(each.id) for each in page.events]
                if ids != list(range(len(ids) - 1, -1, -1)) or len(ids) < 50:
                    wrong.append(ids)
                reader.groups(Search())
        except Exception as error:
            wrong.append(error)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for each in threads:
        each.start()
    write(url, [event(number) for number in range(50, 300)])
    for each in threads:
        each.join()
    assert wrong == []
    reader.close()


def test_numbers_keep_the_largest_of_many_sources_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("framewall.events._sqlite.write.EVENT_VALUES", Limit(EVENT_VALUES.name, 5, ""))
    url = f"sqlite:{tmp_path / 'e'}"
    clients = [f"10.0.{number // 200}.{number % 200}" for number in range(600)]
    for number in range(0, 600, 3):
        clients[number] = "192.0.2.1"
    write(
        url,
        [
            event(number, client_ip=client, time=TIME + number / 1_000)
            for number, client in enumerate(clients)
        ],
    )
    reader = open_reader(url)
    top = reader.overview(TIME, TIME + 60).top["ip"]
    assert (top[0].value, top[0].hits) == ("192.0.2.1", 200)
    assert top[-1].value is None
    assert sum(each.hits for each in top) == 600
    assert Counter(each.client_ip for each in reader.export(parse("ip:10.0.0.0/8", NOW))).total() == 400


def test_hostile_values_are_values(tmp_path: Path) -> None:
    url = f"sqlite:{tmp_path / 'e'}"
    hostile = "'; DROP TABLE event; -- \u202e\x00\"*\\"
    write(
        url,
        [event(1, event=hostile, route=hostile, findings=(replace(FINDING, field=hostile, match=hostile),))],
    )
    reader = open_reader(url)
    for kind in ("event", "route", "field"):
        (tally,) = reader.values(kind)
        assert tally.value == hostile
        assert len(reader.page(parse(tally.search, NOW)).events) == 1
    assert len(reader.page(parse("drop", NOW)).events) == 1
