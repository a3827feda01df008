"""Where attachments go."""

from __future__ import annotations

import pytest

from framewall.decode._socketio.placeholders import find

HOLE = '{"_placeholder":true,"num":0}'


@pytest.mark.parametrize(
    ("body", "count", "places", "illegal"),
    [
        (f'["m",{HOLE}]', 1, {0: (1,)}, False),
        (f'["m",{{"a":[{HOLE}]}}]', 1, {0: (1, "a", 0)}, False),
        (f'["m",{HOLE},{HOLE}]', 1, {0: (1,)}, False),
        ('["m",{"num":1,"_placeholder":true},{"_placeholder":true,"num":0}]', 2, {1: (1,), 0: (2,)}, False),
        ('["m",{"_placeholder":true,"num":0,"num":1}]', 2, {0: (1,), 1: (1,)}, False),
        ('["m",{"_placeholder":true,"num":1}]', 1, {}, True),
        ('["m",{"_placeholder":true,"num":-1}]', 1, {}, True),
        ('["m",{"_placeholder":true,"num":"0"}]', 1, {}, True),
        ('["m",{"_placeholder":true,"num":true}]', 1, {}, True),
        ('["m",{"_placeholder":true,"num":0.5}]', 1, {}, True),
        ('["m",{"_placeholder":true,"num":' + "9" * 5000 + "}]", 1, {}, True),
        ('["m",{"_placeholder":1,"num":0}]', 1, {0: (1,)}, False),
        ('["m",{"_placeholder":false,"num":9}]', 1, {}, False),
        ('["m",{"_placeholder":true}]', 1, {}, False),
        ("[" * 100_000, 1, {}, False),
        ("not JSON", 1, {}, False),
    ],
)
def test_find(body: str, count: int, places: dict[int, tuple[str | int, ...]], illegal: bool) -> None:
    """The first place of each, and whether one asks for what will not come."""
    assert find(body.encode(), count) == (places, illegal)
