"""An attack in any format, up to three deep, is found, and the first finding of its class names where it stands.

``make test-nesting`` tries every class in all three-deep combinations.
"""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Iterable, Iterator

import pytest

from framewall import _core
from framewall.detect.load import builtin_engine, read_rules
from framewall.model import ATTACKS as CLASSES
from support.documents import DOCUMENTS, PLACES, Path

FORMATS = tuple(DOCUMENTS)
PROTECTED = "isAdmin"
EVERYTHING = _core.Settings(classes=list(CLASSES), protected_fields=[PROTECTED])


def found(data: bytes, hint: str = "auto") -> list[tuple[str, Path]]:
    """Attack and path of every finding, in order."""
    findings = builtin_engine().inspect([(data, hint, False)], EVERYTHING).findings
    return [(finding.attack, tuple(finding.path)) for finding in findings]


# Names that attack by standing where a name stands.
NAMES = {"nosqli": "$ne", "prototype_pollution": "__proto__", "mass_assignment": PROTECTED}
# Names that so many other readings find too that one of theirs is named first.
CROWDED_NAMES = 10
# Documents that are bombs by how they are made.
BOMBS = {
    "json": b"[" * 2000,
    "xml": b"<a>" * 2000,
    "yaml": b"- " * 2000,
    "msgpack": b"\x91" * 2000,
    "cbor": b"\x81" * 2000,
    "ubjson": b"[$Z#l\x05\xf5\xe1\x00",
    "bjdata": b"[${i\x01zZ}#l\x00\x00\x00\x40",
    "smile": b":)\n\x00" + b"\xf8" * 2000,
}


def attacks() -> dict[str, str]:
    """For each class, the first example of its rules that is found in a lone string."""
    chosen: dict[str, str] = {}
    for rule in read_rules():
        for example in rule.get("examples", {}).get("match", []):
            if rule["attack"] not in chosen and (rule["attack"], ()) in found(example.encode(), "text"):
                chosen[rule["attack"]] = example
    return chosen


ATTACKS = attacks()


def nested(formats: tuple[str, ...], attack: str) -> tuple[bytes, Path]:
    """The attack in the last format, that in the one before, and so on; and where it then stands."""
    data: bytes = attack.encode()
    path: Path = ()
    for format in reversed(formats):
        data, outer = DOCUMENTS[format](data)
        path = outer + path
    return data, path


def astray(combinations: Iterable[tuple[tuple[str, ...], str]]) -> tuple[list[str], list[str]]:
    """The combinations whose attack is not found, and those whose first place of it is another."""
    missed, elsewhere = [], []
    for formats, attack in combinations:
        data, path = nested(formats, ATTACKS[attack])
        places = [place for name, place in found(data, formats[0]) if name == attack]
        case = f"{attack} in {' in '.join(reversed(formats))} at {path}: {places[:2]}"
        if not places:
            missed.append(case)
        # An attack that is a document itself may be named by what in it attacks.
        elif path not in places or places[0][: len(path)] != path:
            elsewhere.append(case)
    return missed, elsewhere


def test_every_format_has_a_document_here() -> None:
    assert sorted(FORMATS) == sorted(_core.formats())


def test_every_class_that_a_text_can_hold_has_an_attack() -> None:
    assert len(ATTACKS) >= 20, sorted(ATTACKS)


def test_every_attack_is_found_in_every_format_where_it_stands() -> None:
    assert astray(itertools.product([(format,) for format in FORMATS], ATTACKS)) == ([], [])


def test_every_attack_is_found_two_deep_where_it_stands() -> None:
    pairs = itertools.product(FORMATS, FORMATS)
    assert astray(itertools.product(pairs, ATTACKS)) == ([], [])


def test_attacks_are_found_three_deep_where_they_stand() -> None:
    triples = itertools.product(FORMATS, FORMATS, FORMATS)
    assert astray(zip(triples, itertools.cycle(ATTACKS), strict=False)) == ([], [])


@pytest.mark.parametrize("place", PLACES)
def test_every_kind_of_place_is_judged_and_named(place: str) -> None:
    format, write = PLACES[place]
    data, path = write(ATTACKS["xss"].encode())
    assert ("xss", path) in found(data, format)
    assert ("xss", path) in found(data)


def nests() -> Iterator[tuple[str, ...]]:
    """Nothing, every format, and every format in every format."""
    yield ()
    for deep in (1, 2):
        yield from itertools.product(FORMATS, repeat=deep)


@pytest.mark.parametrize("attack", NAMES)
def test_a_name_that_attacks_is_found_in_every_format_in_any_two_others(attack: str) -> None:
    name, elsewhere = NAMES[attack], []
    for place, (format, write) in PLACES.items():
        document, inner = write(name.encode())
        if not place.endswith(("key", "name")) or inner[-1] != name:
            continue
        for formats in nests():
            data, path = document, inner
            for outer in reversed(formats):
                data, around = DOCUMENTS[outer](data)
                path = around + path
            places = [where for found_as, where in found(data, (*formats, format)[0]) if found_as == attack]
            case = f"{place} in {' in '.join(reversed(formats))} at {path}: {places[:2]}"
            assert path in places, case
            if places[0] != path:
                elsewhere.append(case)
    assert len(elsewhere) <= CROWDED_NAMES, elsewhere


@pytest.mark.parametrize("format", BOMBS)
def test_a_bomb_is_one_in_any_two_formats(format: str) -> None:
    for formats in nests():
        data = BOMBS[format]
        for outer in reversed(formats):
            data, _ = DOCUMENTS[outer](data)
        attacks = {attack for attack, _ in found(data, (*formats, format)[0])}
        assert "data_bomb" in attacks, formats


def test_of_equal_findings_the_most_exact_comes_first() -> None:
    data, path = nested(("json", "csv"), ATTACKS["xss"])
    findings = builtin_engine().inspect([(data, "json", False)]).findings
    strongest = [finding for finding in findings if finding.score == findings[0].score]
    assert tuple(strongest[0].path) == path
    assert [len(finding.path) for finding in strongest] == sorted(
        (len(f.path) for f in strongest), reverse=True
    )


def test_places_of_one_finding_add_no_score() -> None:
    compared = 0
    for text in ATTACKS.values():
        plain = builtin_engine().inspect([(json.dumps([text]).encode(), "json", False)])
        inside = builtin_engine().inspect([(nested(("json", "csv"), text)[0], "json", False)])
        if {finding.rule for finding in plain.findings} == {finding.rule for finding in inside.findings}:
            compared += len(inside.findings) > len(plain.findings)
            assert inside.score == plain.score
    assert compared >= 5


if __name__ == "__main__":
    tried = list(itertools.product(itertools.product(FORMATS, FORMATS, FORMATS), ATTACKS))
    missed, elsewhere = astray(tried)
    print(*missed, *elsewhere, sep="\n")
    print(f"{len(tried)} tried, {len(missed)} missed, {len(elsewhere)} not named first where they stand")
    sys.exit(1 if missed else 0)
