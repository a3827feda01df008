"""The search language: ``class:sqli event:"new message" ip:203.0.113.0/24 score:>=10 onerror -route:admin``.

Terms stand side by side and must all hold. A term is ``field:value``, a word, or ``"several words"``; ``-`` before
it negates it. ``field:a,b`` is a or b; ``*`` in a value stands for anything, unless it is quoted. Quotes inside
quotes are written ``\\"``. Words are looked for anywhere in the request and in what the rules matched, whatever their
case: ``lert`` finds ``alert(1)``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import get_close_matches
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from framewall.errors import FramewallError
from framewall.model import ATTACKS, Action, Event, Mode

#: A longer search is refused, and one with more terms.
SEARCH_CHARS = 4_096
SEARCH_TERMS = 64

#: Words are looked for in so much of a request, and of what the rules matched.
SEARCHED_CHARS = 8_192

#: Every field, and what may be searched for in it.
FIELDS = {
    "class": "an attack class: `class:xss,sqli`",
    "rule": "a rule's id: `rule:xss.markup`, `rule:xss.*`",
    "field": 'where it was found: `field:*.args[0]`, `field:"event[\\"new message\\"].args[0]"`',
    "event": 'the event\'s name: `event:"new message"`; `event:""` is none',
    "ip": "a client or a network: `ip:203.0.113.0/24`",
    "action": "`pass`, `drop`, `close` or `ban`; `recorded` is `pass`, `blocked` all others",
    "route": "a route's name",
    "framework": "what the connection speaks: `framework:socket.io`",
    "session": "a session's id",
    "node": "the machine that judged it",
    "transport": "`websocket`, `polling` …",
    "mode": "the route's mode then: `monitor`, `safe_block`, `block`",
    "path": "the request's path: `path:/socket.io/*`",
    "score": "`score:10`, `score:>=10`, `score:5..10`",
    "since": "`since:10m`, `since:7d`, `since:2026-01-31T12:00`, or Unix seconds",
    "until": "as `since`",
    "id": "one event's id",
    "text": 'the same as a word: `text:onerror`, `text:"alert(1)"`',
}
_ALIASES = {"attack": "class", "client": "ip", "client_ip": "ip", "source": "ip", "name": "event"}
_ACTIONS = {
    **{action.value: (action.value,) for action in Action},
    "recorded": ("pass",),
    "blocked": ("drop", "close", "ban"),
}
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_AGO = re.compile(r"(\d{1,9})([smhdw])")
_UNIX = re.compile(r"\d{9,11}(?:\.\d{1,20})?")
_SCORE = re.compile(r"(>=|<=|>|<|=)?(\d{1,6})|(\d{1,6})?\.\.(\d{1,6})?")
_FIELD = re.compile(r"([A-Za-z_]+):")
_BARE = re.compile(r'[^\s",*]+')
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_PLAIN = re.compile(r'[^\s",*:\\-][^\s",*:\\]*')
_MOST_SCORE = 1_000_000


class SearchError(FramewallError):
    """A search that cannot be understood: where (characters from its start), why, and what to write instead."""

    def __init__(self, why: str, at: int, instead: str) -> None:
        super().__init__(f"at character {at + 1}: {why}; {instead}")
        self.why = why
        self.at = at
        self.instead = instead


@dataclass(frozen=True, slots=True)
class Pattern:
    """A value: its literal pieces, with anything between them. One piece is the value itself."""

    pieces: tuple[str, ...]

    @property
    def exact(self) -> str | None:
        """The value, where nothing is left open."""
        return self.pieces[0] if len(self.pieces) == 1 else None

    def fits(self, text: str) -> bool:
        """Whether the whole of ``text`` is such a value. Linear for each piece."""
        first, last = self.pieces[0], self.pieces[-1]
        if len(self.pieces) == 1:
            return text == first
        if len(text) < len(first) + len(last) or not text.startswith(first) or not text.endswith(last):
            return False
        at, end = len(first), len(text) - len(last)
        for piece in self.pieces[1:-1]:
            found = text.find(piece, at, end)
            if found < 0:
                return False
            at = found + len(piece)
        return True

    def __str__(self) -> str:
        return "*".join(_written(piece) if piece else "" for piece in self.pieces) or '""'


@dataclass(frozen=True, slots=True)
class Term:
    """One condition: ``field`` is one of :data:`FIELDS`; it holds if any of what it lists fits.

    ``values`` are the patterns of a text field, ``networks`` those of ``ip`` (whose ``values`` are clients without an
    address), ``span`` the lowest and highest
    score; ``time`` (Unix seconds) is the bound of ``since`` and ``until``.
    """

    field: str
    values: tuple[Pattern, ...] = ()
    negated: bool = False
    networks: tuple[IPv4Network | IPv6Network, ...] = ()
    span: tuple[int, int] | None = None
    time: float | None = None
    said: str = ""
    """The condition as it was written."""

    def holds(self, event: Event) -> bool:
        """Whether the event is as the term says."""
        return self._found(event) is not self.negated

    def _found(self, event: Event) -> bool:
        if self.field == "text":
            text = searchable(event)
            return all(value.pieces[0].lower() in text for value in self.values)
        if self.field == "ip":
            named = any(value.fits(event.client_ip) for value in self.values)
            return named or _within(event.client_ip, self.networks)
        if self.span:
            return self.span[0] <= event.score <= self.span[1]
        if self.time is not None:
            return event.time >= self.time if self.field == "since" else event.time < self.time
        return any(value.fits(text) for text in texts(event, self.field) for value in self.values)


@dataclass(frozen=True, slots=True)
class Search:
    """Terms that must all hold; without any, every event is meant."""

    terms: tuple[Term, ...] = ()

    def wants(self, event: Event) -> bool:
        """Whether the event is one of those searched for."""
        return all(term.holds(event) for term in self.terms)

    def also(self, *terms: Term) -> Search:
        """This search, narrowed."""
        return Search((*self.terms, *terms))

    def __str__(self) -> str:
        return " ".join(f"{'-' * term.negated}{term.said}" for term in self.terms)


def parse(text: str, now: float) -> Search:
    """The search that ``text`` writes; ``now`` (Unix seconds) is what ``since:10m`` counts from.

    Raises :class:`SearchError`, which says where and what to write instead.
    """
    return _Parser(text, now).run()


def term(name: str, value: str) -> str:
    """``field:value`` for exactly this value, quoted where it must be."""
    return f"{name}:{_written(value)}"


def texts(event: Event, name: str) -> Sequence[str]:
    """What an event has in a text field: one value, or several of ``class``, ``rule`` and ``field``."""
    match name:
        case "class":
            return event.attacks
        case "rule":
            return [finding.rule for finding in event.findings]
        case "field":
            return [finding.field for finding in event.findings]
        case "event":
            return (event.event or "",)
        case "ip":
            return (event.client_ip,)
        case "mode" | "action":
            return (getattr(event, name).value,)
        case _:
            return (str(getattr(event, name)),)


def searchable(event: Event) -> str:
    """What words are looked for in, in lower case: what was matched and where, the event's name, the request."""
    matches = "\n".join(f"{finding.match}\n{finding.field}" for finding in event.findings)[:SEARCHED_CHARS]
    return f"{matches}\n{event.event or ''}\n{event.request[:SEARCHED_CHARS]}".lower()


class _Parser:
    def __init__(self, text: str, now: float) -> None:
        self.text = text
        self.now = now
        self.at = 0

    def run(self) -> Search:
        if len(self.text) > SEARCH_CHARS:
            raise SearchError(
                f"longer than {SEARCH_CHARS} characters", SEARCH_CHARS, "search for less at once"
            )
        terms: list[Term] = []
        while True:
            while self.text[self.at : self.at + 1].isspace():
                self.at += 1
            if self.at >= len(self.text):
                return Search(tuple(terms))
            if len(terms) == SEARCH_TERMS:
                raise SearchError(f"more than {SEARCH_TERMS} conditions", self.at, "search for less at once")
            terms.append(self.term())

    def term(self) -> Term:
        start = self.at
        negated = self.text.startswith("-", self.at)
        self.at += negated
        named = _FIELD.match(self.text, self.at)
        name, where = "text", self.at
        if named:
            name = named[1].lower()
            name = _ALIASES.get(name, name)
            if name not in FIELDS:
                close = get_close_matches(name, FIELDS, n=1)
                instead = f"did you mean {close[0]}:?" if close else f"write one of {', '.join(FIELDS)}"
                quote = f', or quote it to search for the text: "{named[0]}…"'
                raise SearchError(f'there is no field "{named[1]}"', where, instead + quote)
            self.at = named.end()
        values = self.values(name)
        made = Term(
            name, tuple(value for value, _, _ in values), negated, said=self.text[start + negated : self.at]
        )
        return self.checked(made, values)

    def values(self, name: str) -> list[tuple[Pattern, str, int]]:
        """The values of one term, each with how it was written and where."""
        found = []
        while True:
            where = self.at
            pattern = self.pattern(literal=name == "text")
            raw = self.text[where : self.at]
            if not raw:
                instead = FIELDS[name] if name != "text" else 'write a word, "several words" or field:value'
                raise SearchError("a value is missing", where, instead)
            found.append((pattern, raw, where))
            if name == "text" or not self.text.startswith(",", self.at):
                return found
            self.at += 1

    def pattern(self, literal: bool) -> Pattern:
        """A value up to a blank or a comma: bare text, quoted text and stars, glued together."""
        pieces = [""]
        while self.at < len(self.text):
            char = self.text[self.at]
            if char == '"':
                quoted = _QUOTED.match(self.text, self.at)
                if quoted is None:
                    raise SearchError("a quote is not closed", self.at, 'end it with "')
                pieces[-1] += re.sub(r"\\(.)", r"\1", quoted[1], flags=re.DOTALL)
                self.at = quoted.end()
            elif char == "*" and not literal:
                pieces.append("")
                self.at += 1
            elif char.isspace() or (char == "," and not literal):
                break
            else:
                bare = _BARE.match(self.text, self.at)
                length = bare.end() - self.at if bare else 1
                pieces[-1] += self.text[self.at : self.at + length]
                self.at += length
        return Pattern(tuple(pieces))

    def checked(self, made: Term, values: list[tuple[Pattern, str, int]]) -> Term:
        """The term with what its field's values mean."""
        check = _CHECKS.get(made.field)
        return check(made, values, self.now) if check else made


_Values = list[tuple[Pattern, str, int]]


def _known(names: Sequence[str], noun: str) -> Callable[[Term, _Values, float], Term]:
    def check(made: Term, values: _Values, now: float) -> Term:
        del now
        for pattern, raw, where in values:
            if not any(pattern.fits(name) for name in names):
                close = get_close_matches(raw, names, n=1)
                instead = f"did you mean {close[0]}?" if close else f"write one of {', '.join(names)}"
                raise SearchError(f'"{raw}" is no {noun}', where, instead)
        return made

    return check


def _actions(made: Term, values: _Values, now: float) -> Term:
    _known(tuple(_ACTIONS), "action")(made, values, now)
    names = [name for word, names in _ACTIONS.items() for p, _, _ in values if p.fits(word) for name in names]
    return _with(made, values=tuple(Pattern((name,)) for name in dict.fromkeys(names)))


def _networks(made: Term, values: _Values, now: float) -> Term:
    del now
    networks, others = [], []
    for pattern, raw, where in values:
        try:
            networks.append(ip_network(pattern.exact or "", strict=False))
        except ValueError:
            if not raw.startswith('"'):
                raise SearchError(f'"{raw}" is no address', where, FIELDS["ip"]) from None
            others.append(pattern)  # of a client that has none, behind a unix socket
    return _with(made, networks=tuple(networks), values=tuple(others))


def _scores(made: Term, values: _Values, now: float) -> Term:
    del now
    pattern, raw, where = values[0]
    found = _SCORE.fullmatch(pattern.exact or "")
    if found is None or len(values) > 1:
        raise SearchError(f'"{raw}" is no score', where, FIELDS["score"])
    if found[2] is None:
        return _with(made, span=(int(found[3] or 0), int(found[4] or _MOST_SCORE)))
    number = int(found[2])
    spans = {
        ">=": (number, _MOST_SCORE), ">": (number + 1, _MOST_SCORE), "<=": (0, number), "<": (0, number - 1),
    }  # fmt: skip
    return _with(made, span=spans.get(found[1] or "=", (number, number)))


def _times(made: Term, values: _Values, now: float) -> Term:
    pattern, raw, where = values[0]
    text = pattern.exact or ""
    ago = _AGO.fullmatch(text)
    if ago and len(values) == 1:
        return _with(made, time=now - int(ago[1]) * _SECONDS[ago[2]])
    if _UNIX.fullmatch(text) and len(values) == 1:
        return _with(made, time=float(text))
    try:
        return _with(made, time=datetime.fromisoformat(text).timestamp())
    except (ValueError, OverflowError, OSError):
        raise SearchError(f'"{raw}" is no time', where, FIELDS["since"]) from None


_CHECKS: dict[str, Callable[[Term, _Values, float], Term]] = {
    "class": _known(ATTACKS, "attack class"),
    "mode": _known([mode.value for mode in Mode], "mode"),
    "action": _actions,
    "ip": _networks,
    "score": _scores,
    "since": _times,
    "until": _times,
}


def _with(made: Term, **changed: object) -> Term:
    return replace(made, **changed)  # type: ignore[arg-type]


def _within(client: str, networks: Sequence[IPv4Network | IPv6Network]) -> bool:
    try:
        address = ip_address(client)
    except ValueError:
        return False
    return any(address in network for network in networks)


def _written(text: str) -> str:
    """The text as a value that means it literally."""
    if _PLAIN.fullmatch(text):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
