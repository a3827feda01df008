"""The node's counters in Prometheus' text format, version 0.0.4."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from framewall.events import Counts
from framewall.watch import Snapshot
from framewall.watch.meters import BOUNDS

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_Sample = tuple[dict[str, str], float]


class Gauges(NamedTuple):
    """What is read at the moment of asking. ``screened`` is None where it is not known."""

    connections: int
    websockets: int
    jobs: int
    screened: int | None
    events: Counts


def exposition(seen: Snapshot, gauges: Gauges) -> str:
    """All metrics as text."""
    return "".join(
        [
            _family("connections", "gauge", "Connections now.", [({}, gauges.connections)]),
            _family("websockets", "gauge", "WebSockets now.", [({}, gauges.websockets)]),
            _family("jobs_waiting", "gauge", "Messages that wait for a thread.", [({}, gauges.jobs)]),
            _family(
                "messages_total",
                "counter",
                "Messages inspected.",
                [
                    ({"direction": direction, "framework": framework, "verdict": verdict}, count)
                    for (direction, framework, verdict), count in sorted(seen.messages.items())
                ],
            ),
            _family(
                "screened_total",
                "counter",
                "Messages that passed the screen.",
                [] if gauges.screened is None else [({}, gauges.screened)],
            ),
            _histogram(seen),
            _family("hits_total", "counter", "Attacks by class.", _by("attack", seen.hits)),
            _family("events_total", "counter", "Attacks.", [({}, seen.events)]),
            _family("blocked_total", "counter", "Attacks that were blocked.", [({}, seen.blocked)]),
            _family("closed_total", "counter", "WebSockets that ended.", _by("reason", seen.closed)),
            _family("limits_total", "counter", "Caps that were reached.", _by("limit", seen.limits)),
            _family(
                "events_stored_total",
                "counter",
                "What became of events.",
                _by(
                    "outcome",
                    {
                        "written": gauges.events.written,
                        "dropped": gauges.events.dropped,
                        "failed": gauges.events.failed,
                    },
                ),
            ),
        ]
    )


def _histogram(seen: Snapshot) -> str:
    name = "framewall_inspect_seconds"
    lines = [f"# HELP {name} What an inspection adds to a message.\n# TYPE {name} histogram\n"]
    total = 0
    for bound, count in zip((*BOUNDS, None), seen.inspections, strict=True):
        total += count
        lines.append(_line(f"{name}_bucket", {"le": "+Inf" if bound is None else f"{bound:g}"}, total))
    lines += [_line(f"{name}_sum", {}, seen.inspect_seconds), _line(f"{name}_count", {}, total)]
    return "".join(lines)


def _family(name: str, kind: str, help: str, samples: Iterable[_Sample]) -> str:
    full = f"framewall_{name}"
    lines = [_line(full, labels, value) for labels, value in samples]
    return "".join([f"# HELP {full} {help}\n# TYPE {full} {kind}\n", *lines]) if lines else ""


def _by(label: str, counts: dict[str, int]) -> list[_Sample]:
    return [({label: value}, count) for value, count in sorted(counts.items())]


def _line(name: str, labels: dict[str, str], value: float) -> str:
    pairs = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
    return f"{name}{{{pairs}}} {value:.12g}\n" if pairs else f"{name} {value:.12g}\n"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
