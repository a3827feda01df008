"""Prometheus' text format."""

from __future__ import annotations

import re

from framewall.control.prometheus import Gauges, exposition
from framewall.events import Counts
from framewall.watch import Meters
from framewall.watch.meters import BOUNDS
from support.events import event

LINE = re.compile(r'[a-z_]+(\{[a-z]+="(?:[^"\\\n]|\\.)*"(,[a-z]+="(?:[^"\\\n]|\\.)*")*\})? [0-9.e+-]+')


def lines(meters: Meters, screened: int | None = None) -> list[str]:
    text = exposition(meters.snapshot(), Gauges(3, 2, 1, screened, Counts(put=5, written=4, dropped=1)))
    return text.splitlines()


def test_every_line_is_a_comment_or_a_sample() -> None:
    meters = Meters()
    meters.message("client", 'x"\\\n{', "pass", 0.001)
    meters.event(event(1))
    for line in lines(meters, 7):
        assert line.startswith(("# HELP framewall_", "# TYPE framewall_")) or LINE.fullmatch(line), line


def test_the_contracts_names_are_there() -> None:
    meters = Meters()
    meters.message("client", "json", "pass", 0.001)
    meters.event(event(1))
    meters.closed("closed by the client")
    meters.limit("message_bytes")
    assert {
        "framewall_connections 3",
        'framewall_messages_total{direction="client",framework="json",verdict="pass"} 1',
        "framewall_screened_total 7",
        "framewall_inspect_seconds_count 1",
        'framewall_hits_total{attack="xss"} 1',
        'framewall_closed_total{reason="closed by the client"} 1',
        'framewall_limits_total{limit="message_bytes"} 1',
        'framewall_events_stored_total{outcome="dropped"} 1',
    } <= set(lines(meters, 7))


def test_buckets_are_cumulative_and_end_with_everything() -> None:
    meters = Meters()
    for seconds in (0.0, BOUNDS[3], 1_000.0):
        meters.message("client", "json", "pass", seconds)
    found = [line for line in lines(meters) if "_bucket" in line]
    assert len(found) == len(BOUNDS) + 1
    counts = [int(line.rpartition(" ")[2]) for line in found]
    assert counts == sorted(counts)
    assert (counts[0], counts[2], counts[3], counts[-1]) == (1, 1, 2, 3)
    assert 'le="+Inf"' in found[-1]


def test_what_is_not_known_is_left_out() -> None:
    assert not [line for line in lines(Meters()) if "screened" in line]
