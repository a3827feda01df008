"""What templates say of times, sizes and places."""

from dataclasses import replace

import pytest
from jinja2 import UndefinedError

from framewall.console.templating import (
    FOLDER,
    audited,
    beat,
    duration,
    environment,
    hits_of,
    moment,
    number,
    others,
    plain,
    pretty,
    searching,
    size,
)
from framewall.control import Allowed, Change
from framewall.events import Tally, parse
from support.events import EVENT

ALLOWED = Allowed("1", "", "xss.event-handler", "", "", "", "", "live", True)


def test_a_time_is_utc_until_the_browser_knows_better() -> None:
    said = str(moment(1_700_000_000.25))
    assert said == (
        '<time datetime="2023-11-14T22:13:20.250+00:00" data-style="long">2023-11-14 22:13:20 UTC</time>'
    )
    assert moment(None) == "never"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 s"), (59.9, "59 s"), (61, "1 min 1 s"), (90_061, "1 d 1 h"), (-5, "0 s"), (None, "for good")],
)
def test_lengths_of_time_have_two_units(seconds: float | None, said: str) -> None:
    assert duration(seconds) == said


def test_numbers_and_sizes_are_read_at_a_glance() -> None:
    assert number(1_234_567) == "1,234,567"
    assert number(None) == "–"
    assert number(0.126, 2) == "0.13"
    assert [size(count) for count in (0, 1_023, 1_536, 5 << 30)] == ["0 B", "1023 B", "1.5 KiB", "5.0 GiB"]


def test_a_search_is_an_address() -> None:
    assert (
        searching('event:"new message"', range="1h", show="")
        == "/attacks?q=event%3A%22new+message%22&range=1h"
    )


def test_json_is_laid_out_and_all_else_stays() -> None:
    assert pretty('{"a":1}') == '{\n  "a": 1\n}'
    assert pretty("a{") == "a{"
    assert pretty("[" * 100_000) == "[" * 100_000


def test_every_template_escapes_and_tells_what_it_lacks() -> None:
    made = environment()
    assert made.from_string("{{ x }}").render(x="<b>") == "&lt;b&gt;"
    with pytest.raises(UndefinedError):
        made.from_string("{{ missing }}").render()
    for name in made.list_templates():
        source = (FOLDER / name).read_text()
        assert "| safe" not in source, name
        assert "autoescape" not in source, name
        made.get_template(name)


@pytest.mark.parametrize(
    ("last", "interval", "told"),
    [
        (None, None, "none seen"),
        (970.0, None, "30 s ago"),
        (999.5, 25.04, "0 s ago, 25.0 s after the one before"),
        (1_001.0, 0.3, "0 s ago, 0.3 s after the one before"),
    ],
)
def test_a_heartbeat_is_told_by_its_age_and_its_distance(
    last: float | None, interval: float | None, told: str
) -> None:
    assert beat(last, interval, 1_000.0) == told


@pytest.mark.parametrize(
    ("what", "target", "place"),
    [
        ("rule", "xss.a b", "/rules?find=xss.a+b"),
        ("ban", "203.0.113.0/24", "/attacks?q=ip%3A203.0.113.0%2F24&show=hits"),
        ("ban", "cookie:abc", ""),
        ("session", "a/b of 203.0.113.9", "/sessions/a%2Fb"),
        ("mode", "chat", "/routes"),
        ("exception", "0123", "/exceptions"),
        ("else", "x", ""),
    ],
)
def test_a_change_leads_to_what_was_changed(what: str, target: str, place: str) -> None:
    assert audited(Change(1, 0.0, "ann", what, target, "", "")) == place


def test_a_text_that_is_json_is_itself_and_all_else_is_as_it_is() -> None:
    assert [plain(text) for text in ('"a\\nb"', '{"a": 1}', "", "nonsense", "[" * 9_999)] == [
        "a\nb", '{"a": 1}', "", "nonsense", "[" * 9_999,
    ]  # fmt: skip


def test_all_others_are_those_with_none_of_the_values_named() -> None:
    search = others([Tally("203.0.113.9", 4), Tally("198.51.100.7", 2), Tally(None, 9)], "ip")
    assert search == "-ip:203.0.113.9,198.51.100.7"
    assert not parse(search, 0).wants(EVENT)
    assert parse(others([Tally('a "b", c', 4), Tally("", 1)], "event"), 0).wants(EVENT)


@pytest.mark.parametrize(
    ("changed", "fits"),
    [
        ({}, True),
        ({"field": '*"new message"*[0]'}, True),
        ({"field": "*.args[1]"}, False),
        ({"event": "new message", "route": "chat"}, True),
        ({"event": "new*"}, False),
        ({"rule": "", "attack": "rce"}, False),
    ],
)
def test_the_hits_of_an_exception_are_those_that_it_fits(changed: dict[str, str], fits: bool) -> None:
    assert parse(hits_of(replace(ALLOWED, **changed)), 0).wants(EVENT) is fits  # type: ignore[arg-type]
