"""What a client writes into a GraphQL query's arguments is read like its variables."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from urllib.parse import quote

import pytest

from framewall._core import Settings
from framewall.detect import builtin_engine

# Each is found as a field of its own, and only so: the query around it hides where it begins.
ATTACKS = {
    "sqli": "admin'--",
    "rce": "; cat /etc/passwd",
    "path_traversal": "/etc/passwd",
    "ssrf": "http://127.0.0.1:2375/containers/json",
    "deserialization": '{"py/object": "__main__.Shell"}',
}


def found(body: str, hint: str = "auto") -> list[tuple[str, tuple[str | int, ...]]]:
    """Class and path of every finding."""
    report = builtin_engine().inspect([(body.encode(), hint, False)], Settings())
    return [(finding.attack, tuple(finding.path)) for finding in report.findings]


def query(value: str) -> str:
    return f"query Find($first: Int = 1) {{ users(first: $first, where: {{name: {json.dumps(value)}}}) {{ id }} }}"


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize(
    "envelope",
    [
        lambda text: text,
        lambda text: json.dumps({"type": "subscribe", "id": "1", "payload": {"query": text}}),
        lambda text: "query=" + quote(text),
        lambda text: base64.b64encode(text.encode()).decode(),
    ],
    ids=["text", "json", "form", "base64"],
)
def test_an_attack_in_an_argument_is_found_below_its_name(
    attack: str, envelope: Callable[[str], str]
) -> None:
    places = [path for name, path in found(envelope(query(ATTACKS[attack]))) if name == attack]
    assert any("name" in path for path in places), places


def test_a_block_string_is_read_too() -> None:
    assert ("path_traversal", ("body",)) in found('mutation { post(body: """/etc/passwd""") { id } }')


@pytest.mark.parametrize(
    "value",
    ["Ann O'Neil", "select one or two", "cats & dogs; and more", "https://example.com/a", 'say "hi"', "a\nb"],
)
def test_harmless_arguments_pass(value: str) -> None:
    assert found(query(value)) == []
