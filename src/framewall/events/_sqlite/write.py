"""Writing a batch: rows, the index, counts and groups, in one transaction."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from framewall.events._buckets import LEVELS
from framewall.events._scan import GAP_SECONDS
from framewall.events._sqlite import rows
from framewall.events._sqlite.rows import KIND, OPEN, TOTAL, Mark
from framewall.events._sqlite.trigrams import indexed
from framewall.events._writer import Item, Later
from framewall.events.record import said_json
from framewall.limits import EVENT_VALUES
from framewall.model import Action, Event

#: Marks whose numbers are remembered.
_CACHED = 20_000
#: Events that are indexed at once where all are.
_AT_ONCE = 1_000

_Bucket = tuple[int, int, int]


@dataclass
class _Hits:
    """What a batch adds to one group."""

    event: Event
    attack: str
    first: float
    last: float
    score: int
    sample: str
    actions: Counter[Action] = field(default_factory=Counter)


class Writing:
    """Writes through one connection, on one thread. Everything happens in the caller's transaction."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._marks: dict[Mark, int] = {}
        self._version = 0

    def forget(self) -> None:
        """What was remembered of the file may no longer be so."""
        self._marks.clear()

    def write(self, items: Sequence[Item]) -> None:
        """Store what is new of a batch; an event that is there already came with a batch that was offered twice."""
        self._look()
        stored: list[tuple[int, Event]] = []
        for item in items:
            if isinstance(item, Later):
                self._index(stored)
                stored = []
                self._append(item)
                continue
            added = self._db.execute(rows.INSERT, rows.row(item))
            if added.rowcount and added.lastrowid:
                stored.append((added.lastrowid, item))
        self._index(stored)

    def index_everything(self) -> None:
        """Index, count and group all events of a file that has none of that yet."""
        for batch in self._everything():
            self._index(batch)

    def index_texts(self) -> None:
        """Index the texts of all events of a file that has everything else."""
        for batch in self._everything():
            self._index_texts(batch)

    def _everything(self) -> Iterator[list[tuple[int, Event]]]:
        last = 0
        while batch := self._db.execute(
            f"{rows.SELECT} WHERE seq > ? ORDER BY seq LIMIT ?", (last, _AT_ONCE)
        ).fetchall():
            yield [(each[0], rows.event(each)) for each in batch]
            last = batch[-1][0]

    def _index_texts(self, stored: Sequence[tuple[int, Event]]) -> None:
        self._db.executemany(
            "INSERT INTO event_text (rowid, text) VALUES (?, ?)",
            [(seq, indexed(event)) for seq, event in stored],
        )

    def _look(self) -> None:
        """Another connection may have changed what is remembered."""
        (version,) = self._db.execute("PRAGMA data_version").fetchone()
        if version != self._version:
            self._version = version
            self.forget()

    def _append(self, later: Later) -> None:
        said = json.dumps(said_json(later.said), ensure_ascii=False)
        self._db.execute(
            "UPDATE event SET after = json_insert(after, '$[#]', json(?)) WHERE id = ?", (said, later.id)
        )

    def _index(self, stored: Sequence[tuple[int, Event]]) -> None:
        if not stored:
            return
        pairs: list[tuple[int, int]] = []
        hits: Counter[int] = Counter()
        counts: Counter[tuple[int, int, int, int]] = Counter()
        for seq, event in stored:
            buckets = [(level, int(event.time // each.seconds)) for level, each in enumerate(LEVELS)]
            for level, bucket in buckets:
                counts[level, TOTAL, bucket, 0] += 1
            for mark in rows.marks(event):
                number = self._mark(mark)
                pairs.append((number, seq))
                hits[number] += 1
                if mark[0] != KIND["score"]:
                    for level, bucket in buckets:
                        counts[level, mark[0], bucket, number] += 1
        run = self._db.executemany
        run("INSERT OR IGNORE INTO event_mark (mark, seq) VALUES (?, ?)", sorted(pairs))
        run("UPDATE mark SET hits = hits + ? WHERE id = ?", [(count, mark) for mark, count in hits.items()])
        run(
            "INSERT INTO rollup (level, kind, bucket, mark, hits) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT DO UPDATE SET hits = hits + excluded.hits",
            [(*place, count) for place, count in sorted(counts.items())],
        )
        self._bound({place[:3] for place in counts if place[1] in OPEN})
        self._index_texts(stored)
        self._group(event for _, event in stored)

    def _mark(self, mark: Mark) -> int:
        number = self._marks.get(mark)
        if number is None:
            self._db.execute(
                "INSERT OR IGNORE INTO mark (kind, value, key) VALUES (?, ?, ?)", (*mark, rows.key(*mark))
            )
            (number,) = self._db.execute("SELECT id FROM mark WHERE kind = ? AND value = ?", mark).fetchone()
            if len(self._marks) >= _CACHED:
                self._marks.clear()
            self._marks[mark] = number
        return number

    def _bound(self, buckets: Iterable[_Bucket]) -> None:
        """Keep the values with the most events apart, of those that peers choose; count the rest together.

        There may be twice as many between two prunings, so that one which comes late can still become large.
        """
        most = EVENT_VALUES.default
        for place in buckets:
            (count,) = self._db.execute(
                "SELECT count(*) FROM rollup WHERE (level, kind, bucket) = (?, ?, ?)", place
            ).fetchone()
            if count <= 2 * most:
                continue
            rest = self._db.execute(
                "SELECT mark, hits FROM rollup WHERE (level, kind, bucket) = (?, ?, ?) AND mark != 0 "
                "ORDER BY hits DESC, mark LIMIT -1 OFFSET ?",
                (*place, most),
            ).fetchall()
            self._db.executemany(
                "DELETE FROM rollup WHERE (level, kind, bucket, mark) = (?, ?, ?, ?)",
                [(*place, mark) for mark, _ in rest],
            )
            self._db.execute(
                "INSERT INTO rollup (level, kind, bucket, mark, hits) VALUES (?, ?, ?, 0, ?) "
                "ON CONFLICT DO UPDATE SET hits = hits + excluded.hits",
                (*place, sum(hits for _, hits in rest)),
            )

    def _group(self, events: Iterable[Event]) -> None:
        for key, hits in _grouped(events):
            found = self._db.execute(
                "SELECT id FROM hit_group WHERE key = ? AND last >= ? AND first <= ? ORDER BY last DESC LIMIT 1",
                (key, hits.first - GAP_SECONDS, hits.last + GAP_SECONDS),
            ).fetchone()
            actions = [
                hits.actions[action] for action in (Action.PASS, Action.DROP, Action.CLOSE, Action.BAN)
            ]
            counts = [hits.actions.total(), *actions]
            if found:
                self._db.execute(
                    "UPDATE hit_group SET hits = hits + ?, passed = passed + ?, dropped = dropped + ?, "
                    "closed = closed + ?, banned = banned + ?, score = max(score, ?), first = min(first, ?), "
                    "sample = CASE WHEN ? >= last THEN ? ELSE sample END, last = max(last, ?) WHERE id = ?",
                    (*counts, hits.score, hits.first, hits.last, hits.sample, hits.last, *found),
                )
                continue
            event = hits.event
            target = (event.client_ip, hits.attack, event.route, event.framework, event.path, event.event)
            self._db.execute(
                "INSERT INTO hit_group (key, client_ip, attack, route, framework, path, event, hits, passed, dropped, "
                f"closed, banned, score, first, last, sample) VALUES ({', '.join('?' * 16)})",
                (key, *target, *counts, hits.score, hits.first, hits.last, hits.sample),
            )


def _grouped(events: Iterable[Event]) -> list[tuple[bytes, _Hits]]:
    """The hits of a batch by group, more than one for a key whose hits are far apart."""
    groups: list[tuple[bytes, _Hits]] = []
    open_: dict[bytes, _Hits] = {}
    for event in events:
        for attack in event.attacks:
            key = rows.group_key(event, attack)
            hits = open_.get(key)
            if hits is None or not hits.first - GAP_SECONDS <= event.time <= hits.last + GAP_SECONDS:
                hits = open_[key] = _Hits(event, attack, event.time, event.time, 0, event.id)
                groups.append((key, hits))
            if event.time >= hits.last:
                hits.last, hits.sample = event.time, event.id
            hits.first = min(hits.first, event.time)
            hits.score = max(hits.score, event.score)
            hits.actions[event.action] += 1
    return groups
