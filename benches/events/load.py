"""Makes a large store quickly: by SQL, in the order of its trees, with what the writer would have counted.

A thousand made-up events repeat block by block over ninety days; runs of two hundred come from one client each.
"""

from __future__ import annotations

import random
import time
from dataclasses import replace
from pathlib import Path

from framewall.events._buckets import LEVELS
from framewall.events._sqlite import rows
from framewall.events._sqlite.rows import KIND, TOTAL
from framewall.events._sqlite.schema import COLUMNS, connect
from framewall.events._sqlite.trigrams import indexed
from framewall.limits import EVENT_VALUES
from framewall.model import ATTACKS, Action, Event, Finding, Mode

BLOCK = 1_000
RUN = 200
CLIENTS = 20_000
DAYS = 90

_TARGETS = 40


def templates() -> list[Event]:
    """A thousand different events on forty targets."""
    dice = random.Random(1)
    targets = [
        (
            dice.choice(["chat", "admin", "api", "live"]),
            dice.choice(["socket.io", "signalr", "stomp", "json"]),
            dice.choice(["/socket.io/", "/hub", "/ws", "/stomp"]),
            dice.choice(["new message", "join", "SendMessage", "publish", None]),
            dice.choice(ATTACKS[:12]),
        )
        for _ in range(_TARGETS)
    ]
    made = []
    for number in range(BLOCK):
        route, framework, path, name, attack = dice.choice(targets)
        finding = Finding(
            attack,
            f"{attack}.{dice.choice(['markup', 'script', 'union', 'tautology', 'command'])}",
            f'event["{name}"].args[{dice.randint(0, 3)}].{dice.choice(["text", "html", "name", "id"])}',
            (framework, "json"),
            f"onerror=alert({number})",
            5,
        )
        body = f'["{name}",{{"text":"<img src=x onerror=alert({number})> word{dice.randint(0, 500)}"}}]'
        head = f"POST {path}?EIO=4&transport=websocket WEBSOCKET/13\nHost: chat.example\nX-Forwarded-For: 0.0.0.0"
        more = f"Framewall-Message: client text, 1 frame, {len(body)} bytes\nContent-Type: application/json"
        made.append(
            Event(
                id="", time=0.0, node="edge-1", route=route, mode=Mode.BLOCK,
                action=dice.choices([Action.PASS, Action.CLOSE, Action.BAN], [2, 6, 1])[0],
                close_code=1008, attacks=(attack,), score=dice.choice([5, 5, 5, 10, 15]), client_ip="", session="",
                transport="websocket", path=path, framework=framework, event=name, findings=(finding,),
                request=f"{head}\n{more}\n\n{body}",
            )
        )  # fmt: skip
    return made


class Loading:
    """Fills one new file with ``count`` events, a multiple of :data:`BLOCK`, the last of them now."""

    def __init__(self, path: Path, count: int) -> None:
        self.db = connect(path)
        self.count = count
        self.step = DAYS * 86_400 / count
        self.start = time.time() - DAYS * 86_400
        self.made = templates()
        self.marks: dict[rows.Mark, int] = {}

    def run(self) -> None:
        """All of it."""
        db = self.db
        db.execute("PRAGMA synchronous = OFF")
        db.execute("PRAGMA cache_size = -1000000")
        db.execute("PRAGMA temp_store = MEMORY")
        for step in (self._plan, self._events, self._marks, self._rollups, self._groups, self._words):
            began = time.monotonic()
            db.execute("BEGIN")
            step()
            db.execute("COMMIT")
            print(f"  {step.__name__.strip('_')}: {time.monotonic() - began:.0f} s", flush=True)
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        db.close()

    def _plan(self) -> None:
        """Temporary tables: the blocks, the templates with their marks, the client of each run."""
        db = self.db
        db.execute("CREATE TEMP TABLE block (n INTEGER PRIMARY KEY)")
        db.executemany("INSERT INTO block VALUES (?)", ((n,) for n in range(self.count // BLOCK)))
        db.execute(f"CREATE TEMP TABLE template (t INTEGER PRIMARY KEY, {', '.join(COLUMNS)}, text)")
        db.execute("CREATE TEMP TABLE template_mark (mark, kind, t, PRIMARY KEY (mark, t)) WITHOUT ROWID")
        for number, each in enumerate(self.made):
            text = indexed(replace(each, client_ip=""))
            db.execute(
                f"INSERT INTO template VALUES (?{', ?' * len(COLUMNS)}, ?)", (number, *rows.row(each), text)
            )
            for mark in rows.marks(each):
                if mark[0] != KIND["ip"]:
                    db.execute(
                        "INSERT INTO template_mark VALUES (?, ?, ?)", (self._mark(mark), mark[0], number)
                    )
        dice = random.Random(2)
        clients = [f"{n % 223 + 1}.{n // 223 % 256}.{n * 7 % 256}.{n * 13 % 256}" for n in range(CLIENTS)]
        marks = [self._mark((KIND["ip"], client)) for client in clients]
        db.execute("CREATE TEMP TABLE run (n INTEGER PRIMARY KEY, client_ip, mark)")
        picked = (min(int(dice.paretovariate(0.6)) - 1, CLIENTS - 1) for _ in range(self.count // RUN))
        db.executemany(
            "INSERT INTO run VALUES (?, ?, ?)", ((n, clients[p], marks[p]) for n, p in enumerate(picked))
        )

    def _mark(self, mark: rows.Mark) -> int:
        if mark not in self.marks:
            self.marks[mark] = len(self.marks) + 1
            self.db.execute(
                "INSERT INTO mark (id, kind, value, key) VALUES (?, ?, ?, ?)",
                (self.marks[mark], *mark, rows.key(*mark)),
            )
        return self.marks[mark]

    def _events(self) -> None:
        special = {
            "id": "printf('%012x', b.n * 1000 + t.t)",
            "time": f"{self.start!r} + {self.step!r} * (b.n * 1000 + t.t)",
            "client_ip": "r.client_ip",
            "session": f"printf('s%d', (b.n * 1000 + t.t) / {RUN // 10})",
        }
        picked = ", ".join(special.get(name, f"t.{name}") for name in COLUMNS)
        self.db.execute(
            f"INSERT INTO event (seq, {', '.join(COLUMNS)}) SELECT b.n * 1000 + t.t + 1, {picked} "
            f"FROM block b CROSS JOIN template t CROSS JOIN run r WHERE r.n = (b.n * 1000 + t.t) / {RUN}"
        )

    def _marks(self) -> None:
        for number in sorted({mark for (kind, _), mark in self.marks.items() if kind != KIND["ip"]}):
            self.db.execute(
                "INSERT INTO event_mark SELECT ?, b.n * 1000 + m.t + 1 FROM block b CROSS JOIN template_mark m "
                "WHERE m.mark = ?",
                (number, number),
            )
        self.db.execute(
            "WITH RECURSIVE within (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM within WHERE i < ?) "
            "INSERT INTO event_mark SELECT r.mark, r.n * ? + i FROM run r CROSS JOIN within ORDER BY r.mark, r.n, i",
            (RUN, RUN),
        )
        self.db.execute("UPDATE mark SET hits = (SELECT count(*) FROM event_mark m WHERE m.mark = mark.id)")

    def _rollups(self) -> None:
        now = time.time()
        for level, (seconds, kept) in enumerate(LEVELS):
            first = max(0, int((now - kept - self.start) / self.step / BLOCK))
            at = f"CAST(({self.start!r} + {self.step!r} * b.n * 1000) / {seconds} AS INTEGER)"
            self.db.execute(
                f"INSERT INTO rollup SELECT {level}, m.kind, {at}, m.mark, sum(m.hits) FROM block b CROSS JOIN "
                "(SELECT kind, mark, count(*) AS hits FROM template_mark GROUP BY 1, 2) m "
                f"WHERE b.n >= {first} AND m.kind != {KIND['score']} GROUP BY 1, 2, 3, 4"
            )
            self.db.execute(
                f"INSERT INTO rollup SELECT {level}, {TOTAL}, {at}, 0, count(*) * {BLOCK} FROM block b "
                f"WHERE b.n >= {first} GROUP BY 1, 2, 3, 4"
            )
            at = f"CAST(({self.start!r} + {self.step!r} * r.n * {RUN}) / {seconds} AS INTEGER)"
            self.db.execute(
                f"INSERT INTO rollup SELECT {level}, {KIND['ip']}, bucket, mark, hits FROM (SELECT bucket, mark, hits, "
                "row_number() OVER (PARTITION BY bucket ORDER BY hits DESC) AS place FROM "
                f"(SELECT {at} AS bucket, r.mark AS mark, count(*) * {RUN} AS hits FROM run r "
                f"WHERE r.n >= {first * BLOCK // RUN} GROUP BY 1, 2)) WHERE place <= {2 * EVENT_VALUES.default}"
            )

    def _groups(self) -> None:
        target = "t.attacks, t.route, t.framework, t.path, t.event"
        self.db.execute(
            "INSERT INTO hit_group (key, client_ip, attack, route, framework, path, event, hits, passed, dropped, "
            "closed, banned, score, first, last, sample) "
            "SELECT randomblob(16), r.client_ip, json_extract(t.attacks, '$[0]'), t.route, t.framework, t.path, "
            "t.event, count(*), sum(t.action = 'pass'), 0, sum(t.action = 'close'), sum(t.action = 'ban'), "
            "max(t.score), "
            f"{self.start!r} + {self.step!r} * r.n * {RUN}, {self.start!r} + {self.step!r} * (r.n + 1) * {RUN}, "
            f"printf('%012x', r.n * {RUN} + max(t.t) % {RUN}) "
            f"FROM run r CROSS JOIN template t WHERE t.t / {RUN} = r.n % {BLOCK // RUN} GROUP BY r.n, {target}"
        )

    def _words(self) -> None:
        self.db.execute(
            "INSERT INTO event_text (rowid, text) SELECT b.n * 1000 + t.t + 1, t.text "
            "FROM block b CROSS JOIN template t"
        )
