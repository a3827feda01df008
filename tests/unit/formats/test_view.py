"""The lazy view: what decoders read of a document, in any format."""

from __future__ import annotations

import json

import pytest

from framewall._core import FormatError, View


def test_a_socket_io_event_is_read_by_place_and_name() -> None:
    data = b'["new \\u006dessage",{"text":"hi","file":{"_placeholder":true,"num":0}},[1]]'
    event = View.parse(data)

    assert event.kind == "list"
    assert len(event) == 3
    assert (event[0].kind, event[0].text) == ("text", "new message")
    assert event[1]["text"].bytes == b"hi"
    assert event[-1].raw == b"[1]"
    start, end = event[1].span
    assert json.loads(data[start:end])["file"]["num"] == 0
    assert [found["num"].int for found in event.find("_placeholder")] == [0]
    assert [argument.kind for argument in event] == ["text", "map", "list"]


def test_every_member_of_a_name_is_reached_and_the_last_one_wins() -> None:
    view = View.parse(b'{"a":1,"\\u0061":2,"b":null}')

    assert [member.int for member in view.get_all("a")] == [1, 2]
    assert view["a"].int == 2
    assert view.get("c") is None
    assert [member.key for member in view] == ["a", "a", "b"]


def test_a_lone_surrogate_and_a_huge_number_are_read() -> None:
    view = View.parse(b'["\\ud800x",1e999,' + b"9" * 5000 + b"]")

    assert view[0].bytes == b"\xed\xa0\x80x"
    assert view[0].text.endswith("x")
    assert view[1].int is None
    assert len(view[2].bytes) == 5000


def test_msgpack_is_viewed_like_json() -> None:
    # {"type": 2, "data": ["ev", "<b>"], "nsp": "/"}
    data = b"\x83\xa4type\x02\xa4data\x92\xa2ev\xa3<b>\xa3nsp\xa1/"
    view = View.parse(data + b"tail", "msgpack")

    assert view.consumed == len(data)
    assert view["type"].int == 2
    assert [item.text for item in view["data"]] == ["ev", "<b>"]
    assert view["nsp"].text == "/"


@pytest.mark.parametrize(
    ("data", "outcome"),
    [
        (b'{"a":', "truncated"),
        (b"", "truncated"),
        (b"hello", "invalid"),
        (b'{"a":1}}', "invalid"),
        (b"[1][2]", "invalid"),
        (b"[" * 100 + b"]" * 100, "exhausted"),
    ],
)
def test_what_is_not_one_document_says_why(data: bytes, outcome: str) -> None:
    with pytest.raises(FormatError) as raised:
        View.parse(data)
    assert raised.value.outcome == outcome


def test_documents_in_a_row_are_all_viewed() -> None:
    assert [view.kind for view in View.parse_all(b'{"a":1}\n[2]\n"x"')] == ["map", "list", "text"]


def test_an_unknown_format_is_the_callers_mistake() -> None:
    with pytest.raises(ValueError, match="no format is called"):
        View.parse(b"{}", "no-such-format")


def test_places_and_names_that_are_not_there_raise_as_in_python() -> None:
    view = View.parse(b'[{"a":1}]')
    with pytest.raises(IndexError):
        view[1]
    with pytest.raises(KeyError):
        view[0]["b"]
    with pytest.raises(TypeError):
        view[None]  # type: ignore[index]
