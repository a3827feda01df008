"""From the file to what the Inspector goes by."""

from __future__ import annotations

from framewall.config import from_text
from framewall.config.policies import policy, process_limits
from framewall.limits import DECODE_LAYERS, EVENT_QUEUE, FORMAT_DEPTH, MESSAGE_BYTES
from framewall.model import Mode
from framewall.policy import Allowance, Policy, RoutePolicy

FILE = """
upstream = "http://127.0.0.1:3000"
mode = "monitor"
threshold = 7
ban_seconds = "10m"
exceptions = [{ rule = "everywhere" }]

[limits]
message_bytes = "1MiB"
format_depth = 32
event_queue = 7

[[routes]]
name = "chat"
path = "/socket.io/"
mode = "block"
transports = ["websocket"]
exceptions = [{ attack = "xss", field = "*.args[0].html", event = "post" }]
limits = { message_bytes = "64KiB", decode_layers = 2 }

[[routes]]
name = "rest"
fail = "open"
"""


def decided(file: str) -> Policy:
    return policy(from_text(file))


def test_an_upstream_alone_is_complete_and_decides_as_framewall_ships() -> None:
    plain = decided('upstream = "http://127.0.0.1:3000"')
    assert plain == Policy(routes=(RoutePolicy(),), default=RoutePolicy())


def test_a_route_replaces_what_stands_at_the_top_and_inherits_the_rest() -> None:
    chat, rest = decided(FILE).routes
    assert (chat.name, chat.mode, chat.threshold, chat.ban_seconds) == ("chat", Mode.BLOCK, 7, 600)
    assert (rest.name, rest.mode, rest.fail, chat.fail) == ("rest", Mode.MONITOR, "open", "closed")
    assert (chat.transports, rest.transports) == (frozenset({"websocket"}), None)


def test_exceptions_add_up() -> None:
    chat, rest = decided(FILE).routes
    everywhere = Allowance(rule="everywhere")
    assert rest.exceptions == (everywhere,)
    assert chat.exceptions == (everywhere, Allowance(field="*.args[0].html", event="post", attack="xss"))


def test_limits_are_changed_one_by_one() -> None:
    chat, rest = decided(FILE).routes
    assert [chat.limits[each] for each in (MESSAGE_BYTES, FORMAT_DEPTH, DECODE_LAYERS)] == [65_536, 32, 2]
    assert [rest.limits[each] for each in (MESSAGE_BYTES, FORMAT_DEPTH, DECODE_LAYERS)] == [1 << 20, 32, 8]
    assert process_limits(from_text(FILE))[EVENT_QUEUE] == 7


def test_the_same_file_decides_the_same_so_that_a_reload_can_compare() -> None:
    assert decided(FILE) == decided(FILE)
