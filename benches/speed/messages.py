"""Distinct messages of each kind, from a seeded grammar. One that repeats would flatter every cache there is."""

from __future__ import annotations

import json
import random
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgpack

COUNT = 16_000
LARGE = 200
_FINAL, _COMPRESSED, _TEXT, _BINARY = 0x80, 0x40, 1, 2

_PEOPLE = [
    "Ana",
    "Björn",
    "Chidi",
    "Daniela",
    "Emre",
    "Fatima",
    "Giorgos",
    "Hana",
    "Ivan",
    "Jun",
    "Kofi",
    "Léa",
    "Marta",
    "Noor",
    "Olu",
    "Priya",
]
_ROOMS = [
    "lobby",
    "general",
    "dev-ops",
    "cats",
    "football",
    "release-notes",
    "night-shift",
    "ops",
    "help",
    "off-topic",
]
_OPENINGS = (
    "hey {who},", "good morning!", "ok", "I think", "hmm,", "yes -", "{who} said that", "sorry, can't:", "wow:",
    "by the way,", "(late, but)", "as I said:", "so", "well...", "@{who}", "honestly", "no, it's fine;", "👋",
)  # fmt: skip
_MIDDLES = (
    "the build is green again", "we're meeting at {hour}:{minute:02} in room {number}", "that's what I'd do",
    "who's going to select the winner from the list?", "it costs {number} € or so", "the train's late & crowded",
    "I've read the docs at https://docs.example.org/guide?page={number}", "there're {number} people here",
    "you can't drop that table, it's too heavy", "let's update the team when it's done", "1 < 2, isn't it",
    "my mail is {who}@mail.example", "the update went out to {number} % of users", "the cat sat on the keyboard",
    "dinner's at {who}'s place", "it was a 'great' match", "version {number}.{hour} feels faster", "see #{number}",
)  # fmt: skip
_ENDINGS = (
    "",
    ".",
    "!",
    " :-)",
    " 😀",
    "?",
    "…",
    " (just saying)",
    ", right?",
    " ;-)",
    " — thanks!",
    " 🎉🎉",
)


@dataclass(frozen=True)
class Kind:
    """Messages of one kind: where they are sent, what they are, and whether they go compressed."""

    name: str
    path: str
    make: Callable[[random.Random], bytes]
    opcode: int = _TEXT
    deflate: bool = False
    count: int = COUNT

    def write(self, folder: Path) -> Path:
        """A file of them, as the load generator reads it."""
        drawn = random.Random(self.name)
        with (folder / f"{self.name}.messages").open("wb") as file:
            for _ in range(self.count):
                payload = self.make(drawn)
                first = _FINAL | self.opcode
                if self.deflate:
                    first, payload = first | _COMPRESSED, _deflated(payload)
                file.write(struct.pack(">BI", first, len(payload)) + payload)
        return Path(file.name)


def sentence(drawn: random.Random) -> str:
    """Something that people say."""
    values = {
        "who": drawn.choice(_PEOPLE),
        "hour": drawn.randrange(24),
        "minute": drawn.randrange(60),
        "number": drawn.randrange(1, 2_000),
    }
    parts = (drawn.choice(_OPENINGS), drawn.choice(_MIDDLES))
    return " ".join(part.format(**values) for part in parts) + drawn.choice(_ENDINGS)


def said(drawn: random.Random, sentences: int = 1) -> dict[str, Any]:
    """One message of a chat as an application would send it."""
    return {
        "room": drawn.choice(_ROOMS),
        "from": drawn.choice(_PEOPLE),
        "text": " ".join(sentence(drawn) for _ in range(sentences)),
    }


def _chat(drawn: random.Random) -> bytes:
    return _json(said(drawn))


def _socketio(drawn: random.Random) -> bytes:
    return b"42" + _json(["new message", sentence(drawn)])


def _document(drawn: random.Random) -> bytes:
    """About 2 KB: a list of orders, as dashboards and shops send them."""
    order = {
        "id": drawn.randrange(10**9),
        "customer": {"name": drawn.choice(_PEOPLE), "note": sentence(drawn)},
        "lines": [
            {
                "sku": f"{drawn.randrange(16**8):08x}",
                "count": drawn.randrange(1, 9),
                "price": round(drawn.uniform(1, 500), 2),
                "comment": sentence(drawn),
                "gift": drawn.random() < 0.3,
            }
            for _ in range(12)
        ],
    }
    return _json(order)


def _packed(drawn: random.Random) -> bytes:
    packed: bytes = msgpack.packb({**said(drawn), "seq": drawn.randrange(10**6), "at": drawn.random()})
    return packed


def _transcript(drawn: random.Random) -> bytes:
    """About 64 KB."""
    lines: list[Any] = []
    size = 0
    while size < 65_000:
        lines.append(said(drawn, 2))
        size += len(_json(lines[-1]))
    return _json(lines)


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _deflated(payload: bytes) -> bytes:
    """RFC 7692, section 7.2.1: raw deflate, synced, without its last four bytes; each message by itself."""
    deflate = zlib.compressobj(6, zlib.DEFLATED, -15)
    return (deflate.compress(payload) + deflate.flush(zlib.Z_SYNC_FLUSH))[:-4]


KINDS = (
    Kind("chat", "/chat", _chat),
    Kind("socket.io", "/socket.io/?EIO=4&transport=websocket", _socketio),
    Kind("json-2k", "/orders", _document),
    Kind("msgpack", "/packed", _packed, opcode=_BINARY),
    Kind("deflate", "/chat", lambda drawn: _json(said(drawn, 4)), deflate=True),
    Kind("json-64k", "/transcript", _transcript, count=LARGE),
)
