"""Pictures, sounds, archives and ciphertext are nobody's attack, in a binary message or as base64 inside of JSON."""

from __future__ import annotations

import base64
import json
import random
import struct
import zlib
from collections.abc import Callable

import pytest

from framewall.detect.load import builtin_engine
from support.smalltalk import text

SIZES = (64, 256, 1024, 4096, 16384)
EACH = 60


def _png(chance: random.Random, size: int) -> bytes:
    """A picture of noise, about so many bytes."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    width = max(1, int((size / 3) ** 0.5))
    rows = b"".join(b"\0" + chance.randbytes(3 * width) for _ in range(width))
    head = struct.pack(">IIBBBBB", width, width, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


BLOBS: dict[str, Callable[[random.Random, int], bytes]] = {
    "ciphertext": lambda chance, size: chance.randbytes(size),
    "a picture": _png,
    "an archive": lambda chance, size: zlib.compress(
        " ".join(text(chance) for _ in range(size // 16 + 1)).encode()
    ),
}

WAYS: dict[str, Callable[[bytes], bytes]] = {
    "binary": lambda blob: blob,
    "base64": lambda blob: json.dumps({"file": base64.b64encode(blob).decode()}).encode(),
    "data URL": lambda blob: json.dumps(
        {"image": "data:image/png;base64," + base64.b64encode(blob).decode()}
    ).encode(),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", BLOBS)
def test_a_blob_is_no_attack(kind: str, way: str) -> None:
    chance, wrong = random.Random(f"{kind} {way}"), []
    for number in range(EACH):
        message = WAYS[way](BLOBS[kind](chance, SIZES[number % len(SIZES)]))
        report = builtin_engine().inspect([(message, "auto", False)])
        if report.score >= 5:
            wrong.append(
                [(finding.rule, finding.chain, finding.match[:60]) for finding in report.findings[:2]]
            )
    assert wrong == []


@pytest.mark.parametrize("attack", [b"<script>alert(1)</script>", b"' union select password from users -- "])
def test_an_attack_written_into_a_blob_is_found(attack: bytes) -> None:
    chance = random.Random(attack)
    for size in (64, 700, 5_000):
        message = chance.randbytes(size) + b"\0" + attack + b"\0" + chance.randbytes(size)
        assert builtin_engine().inspect([(message, "auto", False)]).score >= 5, size


@pytest.mark.parametrize("attack", [b"<script>alert(1)</script>", b"1 union select 1,2 from users"])
@pytest.mark.parametrize("spell", ["base64", "data URL", "hexadecimal"])
def test_an_attack_written_into_a_blob_is_found_in_what_spells_it(spell: str, attack: bytes) -> None:
    chance = random.Random(attack)
    for size in (64, 700, 5_000):
        blob = chance.randbytes(size) + b"\0" + attack + b"\0" + chance.randbytes(size)
        message = WAYS[spell](blob) if spell in WAYS else json.dumps({"file": blob.hex()}).encode()
        assert builtin_engine().inspect([(message, "auto", False)]).score >= 5, size


@pytest.mark.parametrize("way", ["base64", "data URL"])
def test_of_two_thousand_blobs_in_base64_hardly_one_is_found(way: str) -> None:
    chance = random.Random(way)
    blobs = (chance.randbytes(chance.choice([24, 64, 256, 1024, 4096])) for _ in range(2_000))
    found = [
        blob for blob in blobs if builtin_engine().inspect([(WAYS[way](blob), "auto", False)]).score >= 5
    ]
    assert len(found) <= 2
