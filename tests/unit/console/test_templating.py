"""What templates say of times, sizes and places."""

import pytest
from jinja2 import UndefinedError

from framewall.console.templating import (
    FOLDER,
    duration,
    environment,
    moment,
    number,
    pretty,
    searching,
    size,
)


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
