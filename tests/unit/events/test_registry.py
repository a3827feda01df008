"""Stores by URL."""

from __future__ import annotations

from pathlib import Path

import pytest

from framewall.errors import StoreError
from framewall.events import Counts, Query, find, open_sink, open_source
from support.events import event


@pytest.mark.parametrize("url", ["", "events.db", "sqllite:events.db", "postgresql://x/y", ":x"])
def test_an_unknown_url_is_told_with_every_known_form(url: str) -> None:
    with pytest.raises(StoreError, match=r"names no event store; write one of: jsonl:.*sqlite:"):
        find(url)


def test_a_url_without_a_place_is_told() -> None:
    with pytest.raises(StoreError, match=r"does not say where; write for example sqlite:"):
        find("sqlite:")


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("sqlite:a.db", "a.db"),
        ("sqlite:/a/b.db", "/a/b.db"),
        ("sqlite:///a/b.db", "/a/b.db"),
        ("JSONL:-", "-"),
    ],
)
def test_the_place_is_what_follows_the_scheme(url: str, place: str) -> None:
    assert find(url)[1] == place


def test_several_stores_get_every_event(tmp_path: Path) -> None:
    urls = [f"sqlite:{tmp_path}/a", f"jsonl:{tmp_path}/b"]
    sink = open_sink(urls)
    assert sink.put(event(1))
    assert sink.close() == Counts(put=2, written=2)
    assert [list(open_source(url).read(Query())) for url in urls] == [[event(1)], [event(1)]]


def test_one_store_that_cannot_be_opened_closes_the_others(tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        open_sink([f"jsonl:{tmp_path}/b", "nonsense:x"])
