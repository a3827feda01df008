"""The text walkers beside the reference library of each format: for benign data, the same leaves."""

from __future__ import annotations

import csv
import email
import email.policy
import io
import json
import urllib.parse
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from framewall import _core

Path = tuple[str | int, ...]

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=24)
printable = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff\u2028\u2029"), max_size=24
)
scalars = st.none() | st.booleans() | st.integers() | text
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(text, inner, max_size=5),
    max_leaves=24,
)


def walked(data: bytes, format: str) -> list[tuple[Path, str, str]]:
    """Path, role and text of every leaf of a document that must be read whole."""
    *rows, end = _core.walk(data, format)
    assert end[2] == "complete", (end, data)
    assert end[4][0] == len(data)
    assert not [row for row in rows if row[1] == "anomaly"]
    return [(path, role, content.decode()) for path, role, _, content, _ in rows]  # type: ignore[misc]


def told(value: Any, path: Path = ()) -> Iterator[tuple[Path, str, str]]:
    """The same of a Python value."""
    if isinstance(value, dict):
        for key, member in value.items():
            yield (*path, key), "key", key
            yield from told(member, (*path, key))
    elif isinstance(value, list):
        for place, element in enumerate(value):
            yield from told(element, (*path, place))
    elif isinstance(value, str):
        yield path, "value", value
    else:
        yield path, "value", json.dumps(value)


@given(values, st.booleans(), st.sampled_from([None, 1, "\t"]))
def test_json_is_read_as_json_reads_it(value: Any, ascii: bool, indent: int | str | None) -> None:
    data = json.dumps(value, ensure_ascii=ascii, indent=indent).encode()

    assert walked(data, "json") == list(told(value))


@given(st.lists(st.tuples(text.filter(lambda name: "[" not in name and name != ""), text), max_size=6))
def test_forms_are_read_as_parse_qsl_reads_them(pairs: list[tuple[str, str]]) -> None:
    data = urllib.parse.urlencode(pairs)

    fields = walked(data.encode(), "form")

    expected = urllib.parse.parse_qsl(data, keep_blank_values=True)
    assert [row for row in fields if row[1] == "value"] == [
        ((name,), "value", value) for name, value in expected
    ]
    assert [row[2] for row in fields if row[1] == "key"] == [name for name, _ in expected]


cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\x00"), max_size=12)


@given(
    st.lists(st.lists(cells, min_size=2, max_size=4), min_size=1, max_size=5),
    st.sampled_from([",", ";", "\t"]),
)
def test_csv_is_read_as_csv_reads_it(rows: list[list[str]], separator: str) -> None:
    head = ["one", "two", "three"]
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows([head, *rows])
    data = out.getvalue()

    expected = list(csv.reader(io.StringIO(data, newline=""), delimiter=separator))

    assert walked(data.encode(), "csv") == list(told([head, *rows]))
    assert expected == [head, *rows]


@settings(max_examples=200)
@given(values, st.booleans(), st.sampled_from([None, '"', "'"]), st.sampled_from([True, False, None]))
def test_yaml_is_read_as_pyyaml_reads_it(
    value: Any, unicode: bool, style: str | None, flow: bool | None
) -> None:
    data = yaml.safe_dump(
        value, allow_unicode=unicode, default_style=style, default_flow_style=flow, sort_keys=False, width=60
    )
    assume(yaml.safe_load(data) == value)  # PyYAML folds a U+0085 that it has written itself

    leaves = walked(data.encode(), "yaml")

    assert leaves == list(told(value))


names = st.text("abcdefgh", min_size=1, max_size=6)
# What XML 1.0 can hold, and its parsers leave as it is.
content = st.text(
    st.characters(min_codepoint=32, exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"),
    max_size=16,
)
elements = st.recursive(
    st.tuples(names, st.dictionaries(names, content, max_size=2), content.map(lambda text: [text])),
    lambda inner: st.tuples(names, st.dictionaries(names, content, max_size=2), st.lists(inner, max_size=4)),
    max_leaves=12,
)


def as_xml(element: Any) -> str:
    name, attributes, inside = element
    head = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    body = "".join(escape(item) if isinstance(item, str) else as_xml(item) for item in inside)
    return f"<{name}{head}>{body}</{name}>"


def texts(element: ElementTree.Element) -> Iterator[str]:
    yield element.tag
    for name, value in element.attrib.items():
        yield from (name, value)
    if element.text and element.text.strip(" \t\r\n"):
        yield element.text
    for child in element:
        yield from texts(child)


@given(elements)
def test_xml_is_read_as_expat_reads_it(element: Any) -> None:
    data = as_xml(element)

    leaves = walked(data.encode(), "xml")

    assert [row[2] for row in leaves] == list(texts(ElementTree.fromstring(data)))


bodies = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40)


@given(st.lists(st.tuples(names, bodies), min_size=1, max_size=4))
def test_multipart_is_read_as_email_reads_it(fields: list[tuple[str, str]]) -> None:
    lines = [
        f'--b0undary\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{body}\r\n'
        for name, body in fields
    ]
    data = "".join(lines).encode() + b"--b0undary--\r\n"

    leaves = walked(data, "multipart")

    head = b"Content-Type: multipart/form-data; boundary=b0undary\r\n\r\n"
    message = email.message_from_bytes(head + data, policy=email.policy.HTTP)
    assert isinstance(message, EmailMessage)
    parts = [
        (part.get_param("name", header="content-disposition"), part.get_payload(decode=True))
        for part in message.iter_parts()
    ]
    assert [
        (path[0], body.encode()) for path, role, body in leaves if role == "value" and len(path) == 1
    ] == parts
