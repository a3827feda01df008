"""Server-sent events."""

from __future__ import annotations

import pytest

from framewall.decode._sse import event_data, events


@pytest.mark.parametrize(
    ("body", "data"),
    [
        (b"data: a\r\n\r\ndata: b\r\n\r\n", b"ab"),
        (b"data:a\ndata:b\n\n", b"a\nb"),
        (b": hello\n\nevent: x\rdata:  a\r\r", b" a"),
        (b"\r\ndata: a\r\n\r\n", b"a"),
        (b'{"data":1}', None),
        (b"", None),
    ],
)
def test_event_data(body: bytes, data: bytes | None) -> None:
    """Any line ends; one space after the colon is none of it; lines of one event are joined."""
    assert event_data(body) == data


def test_events_stay_apart() -> None:
    """One or several."""
    assert events(b"data: a\r\n\r\n: x\r\ndata: b\r\ndata: c\r\n\r\n") == [b"a", b"b\nc"]
    assert events(b"a[1]\n") is None
