"""The text form's head. What real parsers accept is in the vectors."""

from __future__ import annotations

import pytest

from framewall.decode._socketio.packet import Head, as_node_reads, event_name, first_bracket, strict


@pytest.mark.parametrize(
    ("data", "head"),
    [
        ('42["m"]', Head(2, 0, b"/", 2)),
        ('4212["m"]', Head(2, 0, b"/", 4)),
        ('42/a,12["m"]', Head(2, 0, b"/a", 7)),
        ("40", Head(0, 0, b"/", 2)),
        ("40/a", Head(0, 0, b"/a", 4)),
        ("40/a?x=1,", Head(0, 0, b"/a?x=1", 9)),
        ('40/a,{"t":1}', Head(0, 0, b"/a", 5)),
        ("41/a,", Head(1, 0, b"/a", 5)),
        ("431[]", Head(3, 0, b"/", 3)),
        ('44"no"', Head(4, 0, b"/", 2)),
        ('452-/a,7["m"]', Head(5, 2, b"/a", 8)),
        ("461-7[]", Head(6, 1, b"/", 5)),
    ],
)
def test_the_strict_grammar(data: str, head: Head) -> None:
    """Every form that parsers agree on."""
    assert strict(data.encode()) == head


UNUSUAL = """
4 48 42x 42\u00a0["m"] 42,["m"] 42/a["m"] 42/a1["m"] 42{"m":1} 40[1] 41["m"] 45["m"] 450-["m"] 421-["m"]
42\u0661["m"] 421111111111111111[] 47["m"] 2["m"]
"""


@pytest.mark.parametrize("data", UNUSUAL.strip("\n").replace("\n", " ").split(" "))
def test_all_else_is_unusual(data: str) -> None:
    """Read in other ways, and refused."""
    assert strict(data.encode()) is None


def test_node_s_rules() -> None:
    """White space counts as digits, counts are JavaScript numbers, namespaces end at a comma."""
    assert as_node_reads('2\u00a0 1["m"]') == (Head(2, 0, b"/", 4), '["m"]')
    assert as_node_reads('50x2-["m"]') == (Head(5, 2, b"/", 5), '["m"]')
    assert as_node_reads('2/a["b",1]') == (Head(2, 0, b'/a["b"', 9), "]")
    assert [as_node_reads(text) for text in ("", "x", "7[]", "5[]", "51", "5-1-[]"[:1])] == [None] * 6


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b'["m",1]', "m"),
        (b'[ "m" ]', "m"),
        (b'["a\\u003cb\\n"]', "a<b\n"),
        ('["é😀"]'.encode(), "é😀"),
        (b'["\\ud83d\\ude00"]', "😀"),
        (b"[7,1]", "7"),
        (b"[-1.5e3]", "-1.5e3"),
        (b"[]", None),
        (b"[[1]]", None),
        (b'["broken', None),
        (b'["broken\\', None),
        (b"", None),
    ],
)
def test_event_names(data: bytes, name: str | None) -> None:
    """The first element, unescaped."""
    assert event_name(data, 0) == name


def test_the_careless_reading() -> None:
    """From the first bracket or quote on."""
    assert first_bracket(b'42/x["m"]') == b'["m"]'
    assert first_bracket(b"4") == b""
