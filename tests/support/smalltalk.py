"""What people and their programs say all day, none of it an attack: seeded, varied, without code in it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

_NAMES = (
    "Ann", "Bob", "Seán O'Brien", "Miles D'Arcy", "Zoë Müller-Lüdenscheidt", "李小龍", "Николай Иванов",
    "José María de la Cruz", "Ayşe Yılmaz", "محمد علي", "Nguyễn Văn An", "Thorbjørn Ø.", "ひろし", "김민준",
    "Anne-Marie (mobile)", "Dr. Strange, PhD", "select_star", "admin2", "drop.table.92", "x__X__x", "J. R. R.",
)  # fmt: skip
_PLACES = (
    "Berlin", "New York", "São Paulo", "Łódź", "東京", "Москва", "the office", "room #4", "table 5", "gate B12",
    "10 Downing St.", "Aix-en-Provence", "C:\\ drive corner", "the \"Old\" Mill", "Stratford-upon-Avon",
)  # fmt: skip
_THINGS = (
    "pizza", "the quarterly report", "a union rep", "the select committee", "our drop-off", "an order of fries",
    "the script for act two", "my alert settings", "a table for 4", "tickets (2x)", "the update", "50% off coupons",
    "C# course", "R&D budget", "Q&A session", "salt & pepper", "a null result", "the truth", "version 2.0.1",
    "insert cards", "the evaluation form", "shell pasta", "cat pictures", "ping-pong", "an echo dot", "the boss's car",
)  # fmt: skip
_EMOJI = (
    "😀",
    "👍🏽",
    "🎉🎉",
    "<3",
    ":-)",
    ";)",
    "¯\\_(ツ)_/¯",
    "❤️",
    "👩‍👩‍👧‍👦",
    "XD",
    "=)",
    ":'(",
    "^_^",
    "",
)
_LINES: tuple[Callable[[random.Random], str], ...] = (
    lambda r: f"Hi {_name(r)}, how are you? {_emoji(r)}",
    lambda r: f"I'm at {_place(r)} - can't find {_thing(r)}!",
    lambda r: f'{_name(r)} said "{_thing(r)}" & left at {r.randrange(24):02}:{r.randrange(60):02}',
    lambda r: f"Is 1 < {r.randrange(2, 99)}? I think {r.randrange(9)} > 3, don't you {_emoji(r)}",
    lambda r: (
        f"https://www.example.com/{r.choice(('news', 'a/b', 'p'))}?id={r.randrange(10**6)}&ref=mail#top"
    ),
    lambda r: f"see http://example.org/search?q={r.choice(('cats', 'how+to+cook', 'caf%C3%A9'))} please",
    lambda r: f"{_name(r)} <{r.choice(('ann', 'bob.smith', 'info'))}@example.com> wrote about {_thing(r)}",
    lambda r: f"Das ist nicht wahr, {_name(r)}! Übermorgen in {_place(r)}, um {r.randrange(24)} Uhr?",
    lambda r: f"¿Qué tal? Mañana en {_place(r)}... ¡{_thing(r)}! {_emoji(r)}",
    lambda r: f"C'est l'été à {_place(r)}, n'est-ce pas ? J'ai {r.randrange(100)} ans.",
    lambda r: f"明天我们在{_place(r)}见面，好吗？{_emoji(r)}",
    lambda r: f"Привет, {_name(r)}! Как дела? {r.randrange(100)}%",
    lambda r: f"أهلا {_name(r)}، كيف حالك؟ {_emoji(r)}",
    lambda r: f"こんにちは、{_name(r)}さん。{_thing(r)}をください。",
    lambda r: (
        f"It costs ${r.randrange(1000)}.{r.randrange(100):02} (or {r.randrange(99)}€), {_thing(r)} included"
    ),
    lambda r: f"{_emoji(r)}{_emoji(r)} {_thing(r)}",
    lambda r: f"to do:\n- {_thing(r)}\n- {_thing(r)}\n* ring {_name(r)}",
    lambda r: f"+49 30 {r.randrange(10**7)} / ext. {r.randrange(99)}; ask for {_name(r)}",
    lambda r: f"{r.randrange(2000, 2030)}-{r.randrange(1, 13):02}-{r.randrange(1, 29):02}T12:00:00Z",
    lambda r: f"{r.getrandbits(128):032x}",
    lambda r: f"{_name(r)}: {_thing(r)} and {_thing(r)} or {_thing(r)}, whichever you like",
    lambda r: "ok",
    lambda r: "y" * r.randrange(1, 60),
    lambda r: " ".join(_thing(r) for _ in range(r.randrange(5, 40))),
)


def _name(r: random.Random) -> str:
    return r.choice(_NAMES)


def _place(r: random.Random) -> str:
    return r.choice(_PLACES)


def _thing(r: random.Random) -> str:
    return r.choice(_THINGS)


def _emoji(r: random.Random) -> str:
    return r.choice(_EMOJI)


def text(r: random.Random) -> str:
    """One line of chat."""
    return r.choice(_LINES)(r)


def value(r: random.Random, depth: int = 0) -> Any:
    """What an application sends: a line, a form, a document."""
    match r.randrange(8 if depth < 3 else 4):
        case 0:
            return r.choice((None, True, False, 0, -1, r.randrange(10**9), r.random() * 1000, ""))
        case 1 | 2 | 3:
            return text(r)
        case 4:
            return [value(r, depth + 1) for _ in range(r.randrange(4))]
        case 5:
            return {"name": _name(r), "city": _place(r), "age": r.randrange(120), "note": text(r)}
        case 6:
            return {
                "user": {"id": r.randrange(10**6), "name": _name(r), "tags": [_thing(r), _thing(r)]},
                "message": {"text": text(r), "to": [_name(r)], "sent": 1_700_000_000 + r.randrange(10**7)},
            }
    return {_thing(r).replace(" ", "_"): value(r, depth + 1), "type": "note", "ok": True}


def values(seed: int, count: int) -> Iterator[tuple[random.Random, Any]]:
    """So many values, the same for the same seed, each with the die it was thrown with."""
    r = random.Random(seed)
    for _ in range(count):
        yield r, value(r)
