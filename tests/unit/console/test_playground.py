"""The playground judges as ``framewall inspect`` does, and shows what it read."""

from __future__ import annotations

import base64

import pytest

from framewall.config.settings import engine_settings
from framewall.console.playground import LEAVES, Judged, judge
from framewall.detect import builtin_engine
from framewall.policy import RoutePolicy
from framewall.replay import LineError, Lines

SOCKET_IO = "/socket.io/?EIO=4&transport=websocket"
LINES = [
    {"data": '42["new message","<img src=x onerror=alert(1)>"]', "path": SOCKET_IO},
    {"data": "hello"},
    {"data_b64": base64.b64encode(b"\x82\xa4user\x81\xa3$ne\xc0\xa4pass\x01").decode()},
    {"data": '4{"a":1}', "path": "/socket.io/?EIO=4&transport=polling&sid=a", "transport": "polling"},
    {"data": "broken \ud800 surrogate"},
    {"data": ""},
]


def judged(line: dict[str, object]) -> Judged:
    return judge(builtin_engine(), line)


@pytest.mark.parametrize("line", LINES)
def test_the_answer_is_the_command_lines(line: dict[str, object]) -> None:
    assert judged(line).answer == Lines(builtin_engine(), engine_settings).judge(line)


def test_every_value_has_its_name_and_its_packet() -> None:
    (branch,) = judged({"data": '42["move",{"x":1,"to":"<b>"}]', "path": SOCKET_IO}).tree
    assert branch.packet == 'socket.io/5 event namespace / "move"'
    assert branch.format == "json"
    values = {leaf.field: leaf.value for leaf in branch.leaves if leaf.role == "value"}
    assert values == {"event.name": "move", 'event["move"].args[0].x': "1", 'event["move"].args[0].to': "<b>"}


def test_a_huge_message_shows_its_first_values_and_says_how_many_more() -> None:
    (branch,) = judged({"data": "[" + ",".join(["1"] * (LEAVES + 7)) + "]"}).tree
    assert (len(branch.leaves), branch.left_out) == (LEAVES, 7)


def test_a_long_value_is_cut_and_says_so() -> None:
    (branch,) = judged({"data": "x" * 50_000}).tree
    assert branch.leaves[0].value.endswith("… (50,000 bytes)")


def test_a_route_decides() -> None:
    line = {"data": "<script>alert(1)</script>"}
    assert judge(builtin_engine(), line, RoutePolicy(threshold=1_000)).answer["verdict"] == "pass"


def test_what_is_no_message_is_told() -> None:
    with pytest.raises(LineError, match="base64"):
        judged({"data_b64": "!"})
