"""A message that is whole in one binary format, and could be the beginning of something else in another."""

from __future__ import annotations

import cbor2
import pytest

from framewall.detect import builtin_engine

CALLS = (
    {"name": "محمد علي", "city": "room #4", "age": 119, "note": "Is 1 < 87? I think 3 > 3, don't you :'("},
    [
        "こんにちは、Ayşe Yılmazさん。",
        {"name": "admin2", "city": "東京", "age": 25, "note": "Is 1 < 34? I think 2 > 3"},
    ],
)
# In CBOR ``.`` and ``/`` are small numbers; in MessagePack this is a list whose third is a text, and a number too many.
PATH = b"../" * 8


def numbers() -> bytes:
    head = b"\x18\xd9\x18" + PATH
    tail = b"\x01\x02\x03\x04\x05\x06"
    data = b"\x98\x1f" + head + tail
    assert cbor2.loads(data)[:2] == [0xD9, PATH[0]]
    return data


def rules(data: bytes, hint: str) -> list[str]:
    return [finding.rule for finding in builtin_engine().inspect([(data, hint, False)]).findings]


@pytest.mark.parametrize("said", CALLS)
@pytest.mark.parametrize("hint", ["auto", "cbor", "cbor!"])
def test_debris_of_a_wrong_reading_is_no_attack(said: object, hint: str) -> None:
    assert rules(cbor2.dumps([48, 12, {}, "com.example.say", [said]]), hint) == []


@pytest.mark.parametrize("hint", ["auto", "cbor"])
def test_a_text_that_only_another_format_shows_is_judged(hint: str) -> None:
    assert "path_traversal.path" in rules(numbers(), hint)


def test_what_is_whole_in_the_format_that_the_server_chose_is_nothing_else() -> None:
    assert rules(numbers(), "cbor!") == []
    assert rules(numbers() + b"\x80", "cbor!") != []
    assert rules(cbor2.dumps(["../../../../etc/passwd"]), "cbor!") != []
