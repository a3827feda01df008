"""Much of one kind, none of it an attack: what people paste, upload and log. Seeded; sizes are in bytes."""

from __future__ import annotations

import base64
import json
import random
import struct
import zlib
from collections.abc import Callable

_TEXT = (
    "the of and to in is you that it was for on are as with they at be this have from or one had by but not what all "
    "were we when can said there use each which she how their if will up other about out many then them these so some "
    "her would make like him into time has look two more write see way people my than first water been call who now "
    "don't it's O'Brien I'd café naïve"
)
_WORDS = _TEXT.split()
_ENDS = (". ", "! ", "? ", "; ", ": ", " -- ", ".\n\n", ', "no," ', " (see p. 12) ", " & ", " – ", "… ")
_OTHER = (
    "Привет, как дела? Это длинный текст о погоде и «новостях» — не так ли?",
    "明天我们在东京见面，好吗？“当然”，他说。",
    "أهلا، كيف حالك؟ هذا نص طويل عن الطقس.",
    "こんにちは、世界。今日はいい天気ですね！",
    "안녕하세요, 오늘 날씨가 좋네요.",
    "שלום לכולם, מה שלומכם היום?",
    "Γειά σου Κόσμε, τι κάνεις;",
    "สวัสดีชาวโลก วันนี้อากาศดี",
    "C'est l'été ; où êtes-vous allés ? « Là-bas » d'accord…",
)
_EVENTS = (
    "GET /api/v1/users?id={}&sort=name 200 {}ms",
    "connection to db-{}.example.com:5432 closed ({})",
    "user {} logged in; session {}",
    "retry {} of {}: timeout",
    "path C:\\Users\\app\\logs\\{}\\{}.log missing",
    "can't open 'report-{}.txt' (errno={})",
)


def _until(size: int, make: Callable[[], str]) -> str:
    out: list[str] = []
    while size > 0:
        out.append(make())
        size -= len(out[-1].encode())
    return "".join(out)


def prose(size: int, draw: random.Random) -> str:
    """Sentences with apostrophes, quotes and dashes."""

    def sentence() -> str:
        words = [draw.choice(_WORDS) for _ in range(draw.randint(4, 20))]
        return " ".join(words).capitalize() + draw.choice(_ENDS)

    return _until(size, sentence)


def log(size: int, draw: random.Random) -> str:
    """A line of JSON an event."""

    def line() -> str:
        event = {
            "ts": f"2026-11-29T16:{draw.randrange(60):02}:{draw.randrange(60):02}.{draw.randrange(1000):03}Z",
            "level": draw.choice(["info", "warn", "error"]),
            "trace": f"{draw.getrandbits(128):032x}",
            "msg": draw.choice(_EVENTS).format(draw.randrange(99), draw.randrange(9999)),
            "ctx": {
                "ua": "Mozilla/5.0 (X11; Linux x86_64)",
                "ip": f"203.0.113.{draw.randrange(255)}",
                "ok": True,
            },
        }
        return json.dumps(event) + "\n"

    return _until(size, line)


def markdown(size: int, draw: random.Random) -> str:
    """Headings, lists, tables, links, code."""

    def block() -> str:
        some = [draw.choice(_WORDS) for _ in range(12)]
        return draw.choice(
            [
                f"# {' '.join(some[:3])}\n\n",
                f"- {' '.join(some[:4])}\n- *{some[4]}* and **{some[5]}**\n",
                f"> {' '.join(some)}\n\n",
                f"| {some[0]} | {some[1]} |\n|---|---|\n| {some[2]} | {draw.randrange(99)} |\n\n",
                f"[{some[0]}](https://example.com/{draw.randrange(99)}?x={draw.randrange(99)}&y=1)\n\n",
                f"{' '.join(some)} `value` {' '.join(some)}.\n\n",
                f"<b>{some[0]}</b> &amp; {draw.randrange(99)}% of {some[1]}\n\n",
            ]
        )

    return _until(size, block)


def table(size: int, draw: random.Random) -> str:
    """CSV with quoted cells."""
    names = ["Ann O'Brien", "Bob, Jr.", "Zoë", 'the ""best""']
    notes = ["ok", "can't say", "50% off; new", "a/b & c", "see p. 3"]

    def row() -> str:
        price = f"{draw.randrange(999)}.{draw.randrange(99):02}"
        return f'{draw.randrange(10**6)},"{draw.choice(names)}",{price},"{draw.choice(notes)}"\n'

    return "id,name,price,note\n" + _until(size, row)


def other_scripts(size: int, draw: random.Random) -> str:
    """Nine languages, most in scripts of their own."""
    return _until(size, lambda: draw.choice(_OTHER) + draw.choice([" ", "\n", " 😀 "]))


def source(size: int, draw: random.Random) -> str:
    """Functions of a plain program."""

    def function() -> str:
        name, field = (
            f"{draw.choice(['read', 'load', 'keep', 'count'])}_{draw.randrange(999)}" for _ in range(2)
        )
        return (
            f"def {name}(items: list[int], limit: int = {draw.randrange(99)}) -> int:\n"
            f'    """Counts what {field} keeps, up to the limit."""\n'
            f"    total = 0\n    for item in items:\n        if item > limit and total < {draw.randrange(999)}:\n"
            f"            total += item * {draw.randrange(9)}  # more of it\n    return total\n\n\n"
        )

    return _until(size, function)


def png(size: int, draw: random.Random) -> bytes:
    """A picture of noise, as large as told at least."""
    side = max(8, int((size / 3) ** 0.5) + 1)
    rows = b"".join(b"\0" + draw.randbytes(side * 3) for _ in range(side))

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def picture(size: int, draw: random.Random) -> str:
    """A picture in a data: URL."""
    return "data:image/png;base64," + base64.b64encode(png(size * 3 // 4, draw)).decode()


KINDS: dict[str, Callable[[int, random.Random], str]] = {
    "prose": prose,
    "log": log,
    "markdown": markdown,
    "table": table,
    "other scripts": other_scripts,
    "source": source,
    "picture": picture,
}
