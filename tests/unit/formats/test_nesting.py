"""An attack in any format, up to three deep, is found; in one format and in JSON inside it, exactly where.

Where several readings hold (a token is also base64 of JSON lines, a table also text), one names the path.
"""

from __future__ import annotations

import itertools

import pytest

from framewall import _core
from framewall.detect.load import builtin_engine, read_rules
from support.documents import DOCUMENTS, Path, is_text

FORMATS = tuple(DOCUMENTS)
BINARY = {name for name in FORMATS if not is_text(DOCUMENTS[name](b"x\xff")[0])} - {"multipart", "text"}
TEXTUAL = {name for name in FORMATS if DOCUMENTS[name](b"\xff")[0].find(b"\xff") < 0}


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


def missed(combinations: list[tuple[tuple[str, ...], str]], *, exactly: bool) -> list[str]:
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
def test_every_attack_is_found_two_deep(outer: str) -> None:
    assert missed([((outer, inner), attack) for inner in FORMATS for attack in ATTACKS], exactly=False) == []


@pytest.mark.parametrize("outer", FORMATS)
def test_attacks_in_json_in_another_format_are_found_where_they_stand(outer: str) -> None:
    _, before = DOCUMENTS[outer](b"")
    for attack, text in ATTACKS.items():
        data, path = nested((outer, "json"), text)
        paths = [where for name, where in found(data, outer) if name == attack]
        # An unescaped reading of the JSON may come first; it is then the second document there.
        assert any(where in (path, (*before, 1, "k", 1)) for where in paths), (attack, path, paths)


@pytest.mark.parametrize("outer", FORMATS)
def test_attacks_are_found_three_deep(outer: str) -> None:
    classes = itertools.cycle(ATTACKS)
    # A binary document that holds nothing but another one is, in base64, not told from random bytes.
    pairs = [
        (middle, inner)
        for middle, inner in itertools.product(FORMATS, FORMATS)
        if not (outer in TEXTUAL and BINARY.issuperset({middle, inner}))
    ]
    assert missed([((outer, *pair), next(classes)) for pair in pairs], exactly=False) == []
