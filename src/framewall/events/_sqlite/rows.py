"""Events as rows, and the marks that they are found by."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Any

from framewall.events._read import KINDS
from framewall.events._sqlite.schema import COLUMNS
from framewall.events.record import finding_from_json, finding_json, said_from_json, said_json
from framewall.events.search import texts
from framewall.model import Action, Event, Mode

#: A mark's value is cut here; what is searched for longer values looks at the event itself.
MARK_CHARS = 200

#: Kinds by number. 0 is every event; scores are marks too, but are not counted.
TOTAL = 0
KIND = {name: number for number, name in enumerate(KINDS, 1)} | {"score": len(KINDS) + 1}
#: Kinds whose values peers choose, so that there may be any number of them.
OPEN = tuple(KIND[name] for name in ("event", "path", "field", "ip"))

SELECT = f"SELECT seq, {', '.join(COLUMNS)} FROM event"
INSERT = f"INSERT OR IGNORE INTO event ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"

Mark = tuple[int, str]


def row(event: Event) -> tuple[object, ...]:
    """The event in the order of the columns."""
    return (
        event.id,
        event.time,
        event.node,
        event.route,
        event.mode.value,
        event.action.value,
        event.close_code,
        event.score,
        event.client_ip,
        event.session,
        event.transport,
        event.path,
        event.framework,
        event.event,
        json.dumps(event.attacks),
        _list(finding_json(finding) for finding in event.findings),
        event.request,
        _list(said_json(said) for said in event.before) if event.before else "[]",
        _list(said_json(said) for said in event.after) if event.after else "[]",
    )


def event(values: Sequence[Any]) -> Event:
    """The event of a row, ``seq`` at its front."""
    fields = dict(zip(COLUMNS, values[1:], strict=True))
    fields["mode"], fields["action"] = Mode(fields["mode"]), Action(fields["action"])
    fields["attacks"] = tuple(json.loads(fields["attacks"]))
    fields["findings"] = tuple(finding_from_json(each) for each in json.loads(fields["findings"]))
    for name in ("before", "after"):
        fields[name] = tuple(said_from_json(each) for each in json.loads(fields[name]))
    return Event(**fields)


def marks(event: Event) -> list[Mark]:
    """What the event is found and counted by, each once."""
    found: dict[Mark, None] = {(KIND["score"], str(event.score)): None}
    for name in KINDS:
        for value in texts(event, name):
            found[KIND[name], value[:MARK_CHARS]] = None
    return list(found)


def key(kind: int, value: str) -> bytes | None:
    """What addresses are ordered by, so that a network is a range; None for other marks."""
    if kind != KIND["ip"]:
        return None
    try:
        return address_key(value)
    except ValueError:
        return None


def address_key(address: str) -> bytes:
    """An address as bytes that sort, version first."""
    parsed = ip_address(address)
    return bytes([parsed.version]) + parsed.packed


def group_key(event: Event, attack: str) -> bytes:
    """What the hits of one group have in common, as one short value."""
    parts = (event.client_ip, attack, event.route, event.framework, event.path, event.event)
    return hashlib.blake2b(json.dumps(parts).encode(), digest_size=16).digest()


def _list(items: Any) -> str:
    return json.dumps(list(items), ensure_ascii=False)
