"""Field names."""

from __future__ import annotations

import pytest

from framewall.fields.names import name
from framewall.model import Label, Path


@pytest.mark.parametrize(
    ("label", "path", "wanted"),
    [
        ("message", (), "message"),
        ("message", ("a", 0, "b"), "message.a[0].b"),
        ("message", ("odd key",), 'message["odd key"]'),
        ("message", ('quo"te',), 'message["quo\\"te"]'),
        ("message", ("",), 'message[""]'),
        ("message", ("1",), 'message["1"]'),
        ("message", ("é",), 'message["é"]'),
        (lambda path: ("start", path[1:]), (0, "a"), "start.a"),
    ],
)
def test_name(label: Label, path: Path, wanted: str) -> None:
    """Dots where that is unmistakable, brackets elsewhere."""
    assert name(label, path) == wanted
