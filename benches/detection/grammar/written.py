"""What people write beside sentences: units, scores, recipes, logs, headers, moves, chords. None of it is an attack."""

from __future__ import annotations

import json
import random
from collections.abc import Callable

Draw = random.Random

_TEAMS = ["Reds", "FC St. Pauli", "O'Neill's XI", "Bayern", "L.A. Stars", "Côte d'Ivoire", "A&M", "the 49ers"]
_FOODS = [
    "flour",
    "sugar",
    "salt & pepper",
    "baker's yeast",
    "crème fraîche",
    "eggs",
    "olive oil (extra)",
    "milk",
]
_TITLES = ["A. Smith", "Dr. O'Hara", "J.-P. d'Alembert", "Mrs. N. Ünal", "李明", "Οδυσσέας", "St. John's"]
_STREETS = [
    "Main St.",
    "Rue de l'Église",
    "O'Connell St",
    "Königstraße",
    "5th Ave",
    "King's Rd.",
    "Via dell'Orso",
]
_CITIES = ["Dublin 2", "75001 Paris", "L'Aquila (AQ)", "New York, NY 10001", "10115 Berlin", "St. John's, NL"]
_FILES = [
    "main.py",
    "app.js",
    "index.html",
    "config.yaml",
    "notes.txt",
    "server.log",
    "Makefile",
    "README.md",
]
_DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
_FACES = [
    "😀", "👍🏽", "👩‍👩‍👧‍👦", "❤️‍🔥", "🏳️‍🌈", "(╯°□°)╯︵ ┻━┻", "ʕ•ᴥ•ʔ", "(¬‿¬)", "\\(^o^)/", "( ͡° ͜ʖ ͡°)", ">_<", "T_T",
]  # fmt: skip
_HOSTS = ["www.example.com", "shop.example.org", "example.net", "docs.example.com", "a.example"]


def units(draw: Draw) -> str:
    """Measures and prices."""
    a, b, c = (draw.randrange(1, 300) for _ in range(3))
    return draw.choice(
        [
            f"{a} km/h = {b} mph, {c}°C / {a}°F; 6'{b % 12}\" tall",
            f'a {a}" x {b}" board, {c}\' long @ $4.{b % 100:02}/ft',
            f"{a}µm ± {b}%, {c} kΩ || {a} kΩ, {b}x10^-{c % 9}",
            f"{a} kB/s & {b} MB free ({c}%); {a}:1 ratio",
            f"5'{a % 12} or 6'{b % 4}, {c} lbs -- it's about {a} kg",
            f"lat 52°{a % 60}'{b % 60}\"N, lon 13°{c % 60}'E",
        ]
    )


def scores(draw: Draw) -> str:
    """Sports."""
    one, other = draw.choice(_TEAMS), draw.choice(_TEAMS)
    a, b = draw.randrange(8), draw.randrange(8)
    return draw.choice(
        [
            f"{one} {a}:{b} {other} ({a // 2}:{b // 2}), 90'+{a} red card & penalty",
            f"{one} vs. {other}: {a}-{b} (OT); {a}' Müller, {a + 40}' O'Shea",
            f"6-{a} {b}-6 7-6({a}) -- {one} or {other}?",
            f"{one} > {other} = {a} pts; {b}W/{a}D/{b}L, +{a}/-{b}",
            f"#{a} {one} @ #{b} {other} | 7pm EST | ESPN",
        ]
    )


def recipe(draw: Draw) -> str:
    """What goes in, and how."""
    one, other, more = (draw.choice(_FOODS) for _ in range(3))
    a, b = draw.randrange(1, 9), draw.randrange(1, 60)
    return draw.choice(
        [
            f"{a} 1/2 cups {one}; {b}g {other} & 1/4 tsp {more}",
            f"- {a}x {one}\n- {b} g {other}\n- {more} (to taste)\n1. mix; 2. bake @ {100 + b}°C for {b}'",
            f"{one} + {other} => stir; sleep {b} min; cut, then sort out the {more}",
            f"¼ l {one}, ½ {other} | {b}% fat | don't drop the {more}!",
        ]
    )


def apostrophes_abroad(draw: Draw) -> str:
    """Languages that write one in most lines."""
    n = draw.randrange(1, 99)
    return draw.choice(
        [
            f"l'été d'Anne; c'est l'heure, n'est-ce pas ? j'ai {n} ans, qu'il dit",
            f"dell'arte, un po' d'acqua, l'Italia; c'è {n} = tutto -- d'accordo",
            f"'s avonds om {n} uur, foto's & auto's; zo'n 'n dag",
            f"wie geht's? hab' {n} or so; 's ist gut, hast du's?",
            f"Türkiye'de {n}'inci yıl; Ankara'ya ve İzmir'e -- 'selam'",
            f"в п'ять годин, об'єкт №{n}; м'яч",
            f"d'ye ken 'im? o' {n}, th' owd un's; 'appen",
            f"Hawai'i, 'ohana, Qur'an {n}:{n}, Ta'anit & Sha'ban",
        ]
    )


def ticked(draw: Draw) -> str:
    """Code in backticks, and words about it."""
    n = draw.randrange(1, 99)
    return draw.choice(
        [
            f"set `x = {n}` and `y` to `None`, then `return x`",
            f"the type is `Map<String, List<{draw.choice(['Integer', 'User'])}>>`, not `T[{n}]`",
            f"why does `git rebase -i HEAD~{n}` say `could not apply`?",
            "`npm run build` works; `npm test` doesn't, see `package.json`",
            f"use `SELECT` with `LIMIT {n}`; `DROP` is not what you want",
            "`foo->bar` vs `foo.bar` or `*foo` & `&foo`",
            f"in `{draw.choice(_FILES)}` line {n}: `if (a && b || c)` should be `a || b`",
        ]
    )


def shell_hints(draw: Draw) -> str:
    """Help with a terminal."""
    file, n = draw.choice(_FILES), draw.randrange(1, 99)
    return draw.choice(
        [
            f"try this: tail -n {n} {file} | grep error",
            "you need sudo apt install python3-pip && pip install -U requests",
            f"run cd ~/project && make -j{n} and paste what it says",
            f"chmod +x {file}, then ./{file} > out.txt",
            f"did you try ls -la | sort | head -{n}?",
            "export PATH=$PATH:$HOME/bin in your .bashrc",
            f"find . -name '*.log' | wc -l says {n}",
            "$ git status\nOn branch main\nnothing to commit",
        ]
    )


def sql_in_prose(draw: Draw) -> str:
    """People who learn databases."""
    n = draw.randrange(1, 99)
    return draw.choice(
        [
            "what is the difference between UNION and UNION ALL, or INNER JOIN and LEFT JOIN?",
            "an index on (user_id, created_at) helps ORDER BY created_at, doesn't it?",
            f"in SQL the WHERE clause comes before GROUP BY; HAVING after. {n} points!",
            "NULL is not equal to NULL, so = NULL is never true",
            f"my insert is slow: {n}k rows, and the update isn't better",
            f"the select box 'country' or 'state' shows {n} of {n + 1} -- why?",
        ]
    )


def log_line(draw: Draw) -> str:
    """What servers write."""
    n, m = draw.randrange(1, 99), draw.randrange(1000)
    return draw.choice(
        [
            f'192.0.2.{n} - - [12/Mar/2026:10:{n % 60:02}:07 +0000] "GET /a?b={m} HTTP/1.1" 200 {m} "-" "curl/8"',
            f"2026-03-12T10:{n % 60:02}:07.{m:03}Z INFO [worker-{n}] done in {m}ms (id={m}, ok=true)",
            f"Mar 12 10:{n % 60:02}:07 web{n} sshd[{m}]: Accepted publickey for ann from 192.0.2.{n} port {m}",
            f"[ERROR] {n}: can't open '{draw.choice(_FILES)}': No such file or directory; errno={n}",
            f"kernel: [{m}.{n}] usb 1-{n}: new high-speed USB device number {n} using xhci_hcd",
            f'level=warn msg="retry #{n}" err="dial tcp: i/o timeout" took={m}ms',
        ]
    )


def address(draw: Draw) -> str:
    """Where people live."""
    n = draw.randrange(1, 200)
    street, city = draw.choice(_STREETS), draw.choice(_CITIES)
    return draw.choice(
        [
            f"{draw.choice(_TITLES)}, {n} {street}, Apt. #{n}, {city}",
            f"{n}/{n + 2} {street} c/o {draw.choice(_TITLES)}; {city}; tel. +1 (555) 01{n % 100:02}-{n:04}",
            f"Flat {n}, {street}\n{city}\nIreland",
            f"c/o {draw.choice(_TITLES)} & Co., {street} {n}-{n + 4}, {city} (2nd floor; ring 'B')",
        ]
    )


def product(draw: Draw) -> str:
    """Codes of goods."""
    n, m = draw.randrange(1, 999), draw.randrange(1, 99)
    return draw.choice(
        [
            f"SKU: AB-{n}/{m}-X'{m}; EAN 400638133{n:04}; qty>={m}",
            f"art.nr. {n}.{m}.{n}#{m} = 2 pcs. @ {m},{n % 100:02} EUR (incl. 19% VAT)",
            f"M{m % 12 + 3}x{m} DIN {n}-A2 || ISO 4762; 0x{n:04X}",
            f"ISBN 978-3-16-1484{m:02}-{m % 10}; vol. {m}, no. {m % 4}, pp. {m}--{n}",
            f"v{m}.{n % 10}.0-rc{m % 3}+build.{n} -> v{m}.{n % 10}.1",
        ]
    )


def emoji(draw: Draw) -> str:
    """Little pictures, and faces made of signs."""
    return " ".join(draw.choice(_FACES) for _ in range(draw.randrange(1, 6))) + draw.choice(
        [" !!", " ok?", "", " lol; or"]
    )


def right_to_left(draw: Draw) -> str:
    """Arabic, Hebrew, with marks of direction."""
    n = draw.randrange(1, 99)
    return draw.choice(
        [
            f"مرحبا، كيف حالك؟ ({n}%) نعم؛ لا",
            f"שלום! מה שלומך? {n} ש\"ח או ג'ירפה",
            f"\u202bהמחיר הוא {n}$\u202c and that's it",
            f"قال: «نعم» أو 'لا' = {n}",
            f"\u200fرقم #{n}\u200f; OK",
        ]
    )


def east_asian(draw: Draw) -> str:
    """Full-width signs."""
    n = draw.randrange(1, 99)
    return draw.choice(
        [
            f"価格は￥{n},000（税込）；在庫＝{n}個＆送料無料",
            f"你好，“选择”或者‘删除’？＜{n}＞",
            f"명령어 'select' 또는 {n}; 안녕하세요~",
            f"【重要】{n}月{n}日　会議：Ａ＆Ｂ｜Ｃ",
            f"ＯＫ！　それは’{n}’です；はい",
        ]
    )


def maths(draw: Draw) -> str:
    """Formulas."""
    a, b = draw.randrange(1, 30), draw.randrange(1, 30)
    return draw.choice(
        [
            f"∀x ∈ ℝ: x² ≥ 0 ∧ {a} ≤ {b + 30}; f'(x) = {a}x + {b}",
            f"f''(x) = {a} and g'(x) = {b}, so f' or g' is 0",
            f"$\\frac{{{a}}}{{{b}}} \\cdot x^{{{a}}} = \\sum_{{i=1}}^{{n}} a_i$",
            f"{a}! / ({b}! * {a}!) = C({a},{b}); log2({a}) ~ {b}",
            f"P(A|B) = P(B|A)*P(A)/P(B) > 0.{a}",
            f"(a+b)^2 = a^2 + 2ab + b^2 = {a} and {b}=b",
            f"x' = {a}x - {b}y; y' = x + {a}",
        ]
    )


def chess(draw: Draw) -> str:
    """Moves."""
    n = draw.randrange(1, 40)
    return draw.choice(
        [
            f"{n}. e4 e5 {n + 1}. Nf3 Nc6 {n + 2}. Bb5 a6 {n + 3}. O-O Be7 +/= 1/2-1/2",
            f"{n}... Qxe{n % 8 + 1}+! {n + 1}. Kh1 Rf1# 0-1",
            "rnbqkbnr/pppppppp/8/8/8/8/PPPPPPPP/RNBQKBNR w KQkq - 0 1",
            f'[White "O\'Kelly, A."]\n[Result "1-0"]\n\n1. d4 d5 {n}. c4 *',
        ]
    )


def chords(draw: Draw) -> str:
    """Songs."""
    keys = ["C#m7", "Am/G", "F#dim", "Bb7(b9)", "Dsus4", "E|", "N.C.", "G/B", "A7(#5)"]
    line = draw.choice([" | ", " - ", "  ", " / "]).join(
        draw.choice(keys) for _ in range(draw.randrange(3, 8))
    )
    return draw.choice(
        [line, f"||: {line} :|| x{draw.randrange(2, 5)}", f"[{line}]\nDon't you know, it's gonna be..."]
    )


def snippet(draw: Draw) -> str:
    """A piece of JSON that somebody asks about."""
    value = {
        "id": draw.randrange(999),
        "name": draw.choice(_TITLES),
        "tags": [draw.choice(_FOODS), draw.choice(_TEAMS)],
        "ok": draw.random() < 0.5,
        "size": {"w": draw.randrange(99), "unit": "px"},
        "note": draw.choice(["it's fine", "a < b", 'he said "no"', "50% & more"]),
    }
    text = json.dumps(value, ensure_ascii=False, indent=draw.choice([None, 2]))
    return draw.choice(
        [text, f"my config is {text}, what's wrong?", f"```json\n{text}\n```", text[: len(text) // 2] + "..."]
    )


def trace(draw: Draw) -> str:
    """Where a program ended."""
    n, file = draw.randrange(1, 400), draw.choice(_FILES)
    return draw.choice(
        [
            f"Traceback (most recent call last):\n  File \"{file}\", line {n}\n    run(a, b)\nKeyError: 'name'",
            f"TypeError: undefined (reading 'map')\n    at App (app.js:{n}:{n % 80})\n    at async Promise.all",
            f'Exception in thread "main" java.lang.NullPointerException\n\tat com.example.App.main(App.java:{n})',
            f"panic: index out of range [{n}]\n\ngoroutine 1 [running]:\nmain.main()\n\t/tmp/x.go:{n} +0x1d",
            f"thread 'main' panicked at src/main.rs:{n}:5:\ncalled `Option::unwrap()` on a `None` value",
            f"{file}({n}): error C2065: 'x': undeclared identifier",
        ]
    )


def link(draw: Draw) -> str:
    """Addresses with queries."""
    n, host = draw.randrange(1, 9999), draw.choice(_HOSTS)
    return draw.choice(
        [
            f"https://{host}/s?k=usb+c+cable&crid={n:X}&sprefix=usb%2Caps%2C{n}&ref=nb_sb_ss_1",
            f"https://{host}/watch?v=dQw4w9WgXcQ&t={n}s&list=PL{n:x}",
            f"https://{host}/a/b;v={n}/c.html?next=%2Fhome%3Ftab%3D{n}#s-{n}",
            f"http://{host}:8080/api/v1/items/{n}?fields=id,name&sort=-created_at&filter[name]=O%27Brien",
            f"https://{host}/?utm_source=mail&utm_medium=cpc&q=%22select+all%22+or+none",
            f"see {host}/wiki/Foo_(bar)#Select_'n'_go, or ftp.{host}/pub/{n}.tar.gz",
        ]
    )


def mail_headers(draw: Draw) -> str:
    """The top of a mail that is passed on."""
    n, host = draw.randrange(1, 28), draw.choice(_HOSTS)
    return draw.choice(
        [
            f"> On {draw.choice(_DAYS)}, {n} Mar 2026, {draw.choice(_TITLES)} <ann@{host}> wrote:\n>> it's ok",
            f"From: {draw.choice(_TITLES)} <ann@{host}>\nTo: bob@{host}\nSubject: Re: lunch @ {n}?\nDate: {n} Mar 2026",
            f"-----Original Message-----\nFrom: ann@{host}\nSent: {draw.choice(_DAYS)} {n}:00\nTo: 'Bob'; 'Eve'",
            f"Message-ID: <{n}.{n}@{host}>; X-Spam-Score: {n / 10}",
        ]
    )


def regex(draw: Draw) -> str:
    """Patterns that people ask about."""
    n = draw.randrange(2, 9)
    return draw.choice(
        [
            f"does ^[A-Za-z0-9._%+-]+@[a-z.-]+\\.[a-z]{{2,{n}}}$ match mails?",
            f"/(\\d{{{n}}})-(\\d+)|(foo|bar)?/gi is what I have",
            "s/foo/bar/g; s/\\s+$//; y/a-z/A-Z/",
            f"(?<=\\$)\\d+(\\.\\d{{1,{n}}})? or [^'\"]*",
            "try re.sub(r'\\b(\\w+) \\1\\b', r'\\1', text)",
        ]
    )


KINDS: tuple[Callable[[Draw], str], ...] = (
    units,
    scores,
    recipe,
    apostrophes_abroad,
    ticked,
    shell_hints,
    sql_in_prose,
    log_line,
    address,
    product,
    emoji,
    right_to_left,
    east_asian,
    maths,
    chess,
    chords,
    snippet,
    trace,
    link,
    mail_headers,
    regex,
)


def lines(count: int, seed: int = 5) -> list[str]:
    """So many lines, of all kinds alike; few of them the same."""
    draw = Draw(seed)
    return [draw.choice(KINDS)(draw) for _ in range(count)]
