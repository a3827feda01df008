"""The law of the screen: it passes nothing that the Inspector would stop, and nothing that its readers must see."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable
from functools import cache
from itertools import chain, product
from pathlib import Path
from urllib.parse import quote

import pytest

from framewall._core import Screen, Split
from framewall.decode import decoders
from framewall.model import Direction, Message, Upgrade
from support.requests import SOCKETIO, binary, text, upgrade
from support.running import REPOSITORY
from support.screening import (
    KINDS,
    Beside,
    Kind,
    either_way,
    engine,
    envelopes,
    examples,
    mutated,
    packed_as,
    said_by,
    wires,
)

CORPORA = Path(os.environ.get("FRAMEWALL_CORPORA", REPOSITORY / "../shared/corpora"))
ROUNDS = 240
"""Messages of each tampered conversation."""
CALM = (
    "good morning",
    "shall we meet at noon?",
    "I'm late, sorry - 5 minutes",
    "ok",
    "see you :)",
    "50% off",
)


@cache
def corpus(name: str, field: str) -> tuple[str, ...]:
    """The texts of a development corpus, where there is one."""
    file = CORPORA / f"{name}.dev.jsonl"
    if not file.is_file():
        return ()
    rows = (json.loads(line) for line in file.read_text(encoding="utf-8").split("\n") if line)
    return tuple(row[field] for row in rows if row.get("kind", "chat") in ("chat", "form", "json"))


DISGUISES: tuple[Callable[[str], str], ...] = (
    lambda text: text,
    lambda text: quote(text.encode("utf-8", "surrogatepass"), safe=""),
    lambda text: "".join(f"\\u{ord(c):04x}" for c in text if ord(c) < 0x10000),
    lambda text: "".join(f"&#{ord(c)};" for c in text),
    lambda text: json.dumps({"inner": json.dumps(text)}),
    lambda text: text.encode("utf-8", "surrogatepass").hex(),
    lambda text: f"hello {text} and good bye",
)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_no_tampered_conversation_slips_past(kind: Kind) -> None:
    chance = random.Random(kind.name)
    attacks = examples("match")
    known = wires()
    beside = Beside(kind)
    for turn in range(ROUNDS):
        if turn % 40 == 39:
            beside = Beside(kind)
        word = chance.choice(attacks) if chance.random() < 0.3 else chance.choice(CALM)
        said = chance.choice(envelopes(word)).data if chance.random() < 0.6 else chance.choice(known)
        if chance.random() < 0.5:
            said = mutated(said, chance)
        beside.say(either_way(said, chance, kind.inspect))


@pytest.mark.parametrize(
    "kind", [KINDS[0], KINDS[2], KINDS[7], KINDS[10], KINDS[13], KINDS[17]], ids=lambda k: k.name
)
def test_every_attack_is_the_inspector_s_in_every_envelope(kind: Kind) -> None:
    # Each of the corpus's is said on one kind of connection: all on every one would take minutes.
    attacks = (*examples("match"), *corpus("attacks", "payload")[KINDS.index(kind) % 6 :: 24])
    assert len(attacks) > 100
    stopped = 0
    beside = Beside(kind)
    for place, attack in enumerate(attacks):
        # Each in a few envelopes, in turn: the kinds and the attacks begin at different ones.
        for message in envelopes(DISGUISES[place % len(DISGUISES)](attack))[place % 4 :: 4]:
            stopped += not beside.say(message)
    assert stopped > len(attacks)


Envelope = Callable[[str], Message]


def calm(texts: tuple[str, ...], envelope: Envelope, kind: Kind) -> float:
    """The share of these texts that passes without Python, on connections of 50 messages."""
    passed = 0
    for place in range(0, len(texts), 50):
        beside = Beside(kind)
        passed += sum(beside.say(envelope(each)) for each in texts[place : place + 50])
    return passed / len(texts)


def as_json(value: str) -> str:
    return json.dumps({"room": "lobby", "text": value}, ensure_ascii=False)


def as_map(value: str) -> Message:
    """As applications without a framework send it: a map of four members, one of which many a message has."""
    return binary(packed_as({"type": "message", "room": "lobby", "user": "ann", "text": value}))


def as_packet(value: str) -> Message:
    """As socket.io-msgpack-parser sends it."""
    said = {"room": "lobby", "text": value}
    return binary(
        packed_as({"type": 2, "nsp": "/", "data": ["message", said], "options": {"compress": True}})
    )


ENVELOPES: dict[str, tuple[str, Envelope]] = {
    "plain": ("plain", text),
    "json": ("plain, both sides", lambda value: text(as_json(value))),
    "msgpack": ("plain", as_map),
    "socket.io": ("socket.io 5", lambda value: text(f'42["message",{as_json(value)}]')),
    "socket.io, packed": ("socket.io 5", as_packet),
    "signalr, json": (
        "signalr, json",
        lambda value: text(f'{{"type":1,"target":"Send","arguments":[{as_json(value)}]}}\x1e'),
    ),
    "stomp": ("stomp", lambda value: text(f"SEND\ndestination:/app/chat\n\n{as_json(value)}\0")),
}


@pytest.mark.parametrize("name", ENVELOPES)
def test_nearly_all_that_people_say_never_wakes_python(name: str) -> None:
    said = corpus("benign", "text")[::24] or tuple(f"{one}, {two}" for one in CALM for two in CALM) * 4
    of, envelope = ENVELOPES[name]
    share = calm(said, envelope, next(kind for kind in KINDS if kind.name == of))
    assert share >= 0.95, share


@pytest.mark.parametrize(
    "decoder", [each for each in decoders() if not each.generic], ids=lambda each: each.name
)
def test_no_message_raises_a_claim_without_its_sign(decoder: object) -> None:
    from framewall.decode import Decoder

    assert isinstance(decoder, Decoder)
    assert decoder.signs is not None, "say by which messages it is known, or nothing is ever screened"
    way = Split("plain", list(decoder.signs)), None
    screen = Screen(engine(), way, way)
    chance = random.Random(decoder.name)
    known = [
        *wires(),
        *(m.data for m in envelopes("hello")),
        b"o",
        b"2probe",
        b'0{"sid":"x"}',
        b"CON",
        b"{",
        b"",
    ]
    requests = [
        upgrade(t)
        for t in ("/", SOCKETIO, "/echo/123/abc/websocket", "/live?EIO=4", "/_blazor", "/a/b/c/websocket")
    ]
    plain = product(requests, (said_by(side, data) for data in known for side in Direction))
    tampered = (
        (chance.choice(requests), either_way(mutated(chance.choice(known), chance), chance, "both"))
        for _ in range(1_200)
    )
    raised = 0
    for request, message in chain(plain, tampered):
        before = decoder.claim(request, Upgrade(), None)
        if decoder.claim(request, Upgrade(), message) > before:
            raised += 1
            assert (
                screen.parts(message.direction == "client", message.opcode == "text", message.data) is None
            ), message
    assert raised or not decoder.signs
