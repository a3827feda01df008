"""Harmless lines by grammar: talk full of the signs that attacks are made of. Deterministic."""

from __future__ import annotations

import random
from collections.abc import Callable

Draw = random.Random

NAMES = [
    "Ann",
    "O'Brien",
    "D'Angelo",
    "bob_92",
    "Zoë",
    "Mike",
    "the cat",
    "our team",
    "my mum",
    "Tom & Jerry",
]
NOUNS = [
    "menu",
    "table",
    "list",
    "report",
    "update",
    "order",
    "file",
    "mail",
    "group",
    "union",
    "key",
    "house",
    "train",
    "server",
    "window",
    "document",
    "shell",
    "password",
    "database",
    "query",
    "view",
]
PLURALS = [
    "users",
    "tables",
    "orders",
    "tickets",
    "photos",
    "comments",
    "scripts",
    "images",
    "files",
    "friends",
]
VERBS = [
    "select",
    "drop",
    "update",
    "delete",
    "insert",
    "create",
    "join",
    "like",
    "alert",
    "kill",
    "sort",
    "find",
    "open",
    "close",
    "print",
    "echo",
    "move",
    "copy",
    "sleep",
    "cut",
    "head",
    "touch",
    "test",
]
SMILEYS = [
    ":-)",
    ";-)",
    ":(",
    ":'(",
    "<3",
    ":|",
    ":/",
    "8-)",
    "^_^",
    "(^.^)",
    "¯\\_(ツ)_/¯",
    "=)",
    ">:(",
    "\\o/",
    ":P",
    "xD",
    "-_-",
    "</3",
    "<(^_^)>",
    ";)",
]
CONTRACTIONS = [
    "don't",
    "it's",
    "I'm",
    "you'll",
    "rock 'n' roll",
    "'cause",
    "'tis",
    "o'clock",
    "y'all",
    "ma'am",
    "the '90s",
    "couldn't've",
    "James'",
    "fish 'n' chips",
    "ain't",
    "let's",
    "who'd",
    "dogs'",
]
COMMANDS = [
    "ls -la",
    "cat notes.txt",
    "git pull",
    "npm install",
    "sudo reboot",
    "cd ..",
    "make test",
    "docker ps",
    "ping 8.8.8.8",
    "grep foo",
]
PLACES = [
    "https://example.com/search?q=a+b&lang=en",
    "http://example.org/a/b.html#top",
    "x.org/?id=7&sort=asc",
    "https://en.wikipedia.org/wiki/Select_(SQL)",
    "https://shop.example/cart?item[]=1&item[]=2",
    "www.example.net",
    "mailto:bob@example.com",
    "https://maps.example/@52.5,13.4,17z",
]


def _apostrophes(draw: Draw) -> str:
    one, other = draw.choice(CONTRACTIONS), draw.choice(CONTRACTIONS)
    return draw.choice(
        [
            f"{one} {draw.randrange(1, 13)} o'clock; {other} late",
            f"{draw.choice(NAMES)} said {one} = {other} or so",
            f"{one}, {other} -- {draw.choice(NAMES)}'s {draw.choice(NOUNS)} and {draw.choice(NAMES)}'s",
            f"{one} or {other}, and {draw.randrange(9)} of 'em ({draw.choice(NOUNS)}s)",
            f"it's {draw.choice(NAMES)}'s or nobody's; {one}!",
            f"{one} {draw.choice(VERBS)} the {draw.choice(NOUNS)} where we ate, {other} # {draw.choice(NOUNS)}",
        ]
    )


def _quotes(draw: Draw) -> str:
    quote = draw.choice(["'", '"', "`", "*", "_", "“"])
    noun, verb = draw.choice(NOUNS), draw.choice(VERBS)
    return draw.choice(
        [
            f"the word {quote}{noun}{quote} or {quote}{verb}{quote} is fine",
            f"she said {quote}{verb} the {noun}{quote} and left",
            f"{quote}{noun}{quote}, {quote}{verb}{quote}, {quote}{draw.choice(PLURALS)}{quote} and so on",
            f"press {quote}{verb}{quote} -> {quote}{noun}{quote} > {quote}OK{quote}",
            f"is it {quote}{noun}{quote}? or {quote}{noun}s{quote}; who knows",
        ]
    )


def _sums(draw: Draw) -> str:
    a, b, c = (draw.randrange(1, 99) for _ in range(3))
    return draw.choice(
        [
            f"{a} < {b} and {b} > {c}",
            f"{a} + {b} = {a + b}, right?",
            f"x = {a} * {b} - {c} and y = {c}",
            f"if a > {a} or b < {b} then {c}%",
            f"{a}/{b} of {c} & ({a}-{b})",
            f"price: ${a}.{b:02} (or {c}€) + tax",
            f"{a} >= {b}; {b} <= {c}; {a} != {c}",
            f"{a}:{b:02}-{c % 24}:{a % 60:02}, room #{c}",
            f"f(x) = {a}x^2 + {b}x - {c}",
            f"[{a}, {b}, {c}] -> {{{a}: {b}}}",
        ]
    )


def _sql_talk(draw: Draw) -> str:
    noun, plural = draw.choice(NOUNS), draw.choice(PLURALS)
    return draw.choice(
        [
            f"select the best from the {noun} where we ate",
            f"drop {plural} at the {noun}, then update me",
            f"union members or {plural} like the {noun}",
            f"insert coin into the {noun} and order by {draw.randrange(5, 12)}",
            f"delete it from my {noun}; create a new {noun}",
            f"group by {noun}, having {draw.randrange(9)} {plural} or more",
            f"having fun in or between {plural}? exec says no -- {draw.choice(NAMES)}",
            f"which {plural} do you like: all or none; null and void",
            f"the {noun} is not null, and case closed when it ends",
        ]
    )


def _code_talk(draw: Draw) -> str:
    noun, verb = draw.choice(NOUNS), draw.choice(VERBS)
    return draw.choice(
        [
            f"call {noun}.{verb}() twice, not {verb}({noun})",
            f"use the {noun}[{draw.randrange(9)}] of it; see `{verb}`",
            f"`{draw.choice(COMMANDS)}` did it for me",
            f"try {draw.choice(COMMANDS)} and tell me",
            f"what does `{verb} | {draw.choice(['sort', 'less', 'wc'])}` mean?",
            f"my {noun}: {{{verb}: true}} (see {noun}.js)",
            f"the <{noun}> tag & its {verb}=yes",
            f"set {noun} to {{{noun}}} or ${noun.upper()}",
            f"it's in /home/{noun}/{verb}.txt or C:\\{noun}\\{verb}",
            f"error {draw.randrange(400, 599)}: {noun} not found @ line {draw.randrange(900)}",
            f"for each {noun} in {noun}s: {verb} it",
            f"if ({noun}) {verb}; else wait",
        ]
    )


def _markdown(draw: Draw) -> str:
    noun, verb = draw.choice(NOUNS), draw.choice(VERBS)
    return draw.choice(
        [
            f"# {noun}\n- {verb}\n- *{noun}* and **{verb}**\n1. `{noun}`",
            f"[{noun}]({draw.choice(PLACES)}) | ![{verb}](a.png)",
            f"> {noun}\n>> {verb}!\n\n--- {draw.choice(NAMES)}",
            f"| {noun} | {verb} |\n|---|---|\n| {draw.randrange(9)} | {draw.randrange(9)} |",
            f"~~{noun}~~ {verb} ```{noun} {verb}``` ok",
            f"- [ ] {verb} {noun}\n- [x] {draw.choice(VERBS)}",
        ]
    )


def _lists(draw: Draw) -> str:
    items = [f"{draw.randrange(1, 9)} {draw.choice(PLURALS)}" for _ in range(draw.randrange(2, 6))]
    sign = draw.choice([", ", "; ", " & ", " + ", "\n- ", " / ", " | ", "\n* "])
    return f"{draw.choice(['buy', 'todo', 'bring', 'we need'])}: {sign.join(items)}"


def _links(draw: Draw) -> str:
    place = draw.choice(PLACES)
    return draw.choice(
        [
            f"look: {place} ({draw.choice(NOUNS)})",
            f"{place}",
            f"<{place}> or {draw.choice(PLACES)}; {draw.choice(CONTRACTIONS)} bad",
            f'"{place}" -- {draw.choice(NAMES)}',
        ]
    )


KINDS: tuple[Callable[[Draw], str], ...] = (
    _apostrophes,
    _quotes,
    _sums,
    _sql_talk,
    _code_talk,
    _markdown,
    _lists,
    _links,
)


def lines(count: int, seed: int = 5) -> list[str]:
    """So many different lines, of all kinds alike, some with a smiley at their end."""
    draw = Draw(seed)
    made: dict[str, None] = {}
    while len(made) < count:
        line = draw.choice(KINDS)(draw)
        made[f"{line} {draw.choice(SMILEYS)}" if draw.random() < 0.3 else line] = None
    return list(made)
