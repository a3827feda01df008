"""An attack in any format, up to three deep, is found, and named where it stands.

Where several readings hold (a token is also base64 of JSON lines, a table also text), each names its path; of very
many readings not every one is kept.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence

import pytest

from framewall import _core
from framewall.detect.load import builtin_engine, read_rules
from support.documents import DOCUMENTS, Path

FORMATS = tuple(DOCUMENTS)
# A file whose one text is a token: so many readings hold that this one may be beyond those that are kept.
CROWDED = {("avro", "jwt")}
# Of three deep, how many of one outer format's 361 may be named by other readings alone.
ELSEWHERE = 20


def found(data: bytes, hint: str = "auto") -> set[tuple[str, Path]]:
    """Attack and path of every finding."""
    findings = builtin_engine().inspect([(data, hint, False)]).findings
    return {(finding.attack, tuple(finding.path)) for finding in findings}


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


def missed(combinations: Sequence[tuple[tuple[str, ...], str]], *, exactly: bool) -> list[str]:
    """The combinations whose attack is not found, or not where it stands."""
    missing = []
    for formats, attack in combinations:
        data, path = nested(formats, ATTACKS[attack])
        findings = found(data, formats[0])
        if (attack, path) not in findings if exactly else attack not in {attack for attack, _ in findings}:
            missing.append(f"{attack} in {' in '.join(reversed(formats))} at {path}: {findings}")
    return missing


def test_every_format_has_a_document_here() -> None:
    assert sorted(FORMATS) == sorted(_core.formats())


def test_every_class_that_a_text_can_hold_has_an_attack() -> None:
    assert len(ATTACKS) >= 18, sorted(ATTACKS)


@pytest.mark.parametrize("format", FORMATS)
def test_every_attack_is_found_in_every_format_where_it_stands(format: str) -> None:
    assert missed([((format,), attack) for attack in ATTACKS], exactly=True) == []


@pytest.mark.parametrize("outer", FORMATS)
def test_every_attack_is_found_two_deep_where_it_stands(outer: str) -> None:
    pairs = [(outer, inner) for inner in FORMATS]
    assert missed([(pair, attack) for pair in pairs for attack in ATTACKS], exactly=False) == []
    assert (
        missed([(pair, attack) for pair in pairs if pair not in CROWDED for attack in ATTACKS], exactly=True)
        == []
    )


@pytest.mark.parametrize("outer", FORMATS)
def test_attacks_are_found_three_deep_where_they_stand(outer: str) -> None:
    classes = itertools.cycle(ATTACKS)
    combinations = [((outer, *pair), next(classes)) for pair in itertools.product(FORMATS, FORMATS)]
    assert missed(combinations, exactly=False) == []
    elsewhere = missed(combinations, exactly=True)
    assert len(elsewhere) <= ELSEWHERE, elsewhere


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
