"""Where the keys of a TOML document stand."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from framewall.config.lines import Path, key_lines, line_of

EVERYTHING = '''# a comment with [brackets], = and "quotes
top = "a # b = [c]"   # comment
"quoted key" = 'literal \\'
"esc\\u0061ped" = 1
dotted . key = true
multi = """
[not.a.table]
key = 1 \\""" still ""
""""
raw = \'\'\'
x = 1 \\\'\'\'
empty = ""
list = [
  1,  # one
  "two]", [3, 4],

  { inline = 5, deep = { er = [6] } },
]
[table]
key = 1979-05-27T07:32:00Z
[table.below."with.dot"]
key = 0x10
[ spaced . out ]
key = 1
[[routes]]
name = "a"
[routes.limits]
message_bytes = 1
[[routes]]
name = "b"
[[routes.exceptions]]
rule = "x"
[[routes.exceptions]]
rule = "y"
inline = {}
none = []
'''


def paths(value: Any, path: Path = ()) -> list[Path]:
    """Every path of a parsed document."""
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for key, inner in below for found in [(*path, key), *paths(inner, (*path, key))]]


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_every_key_of_every_kind_of_toml_is_found(ending: str) -> None:
    document = EVERYTHING.replace("\n", ending)
    assert set(key_lines(document)) == set(paths(tomllib.loads(document)))


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_key_stands_where_it_is_written(ending: str) -> None:
    lines = key_lines(EVERYTHING.replace("\n", ending))
    texts = EVERYTHING.split("\n")
    starts: dict[Path, str] = {
        ("top",): "top =",
        ("quoted key",): '"quoted key" =',
        ("escaped",): '"esc',
        ("dotted", "key"): "dotted . key",
        ("multi",): "multi =",
        ("raw",): "raw =",
        ("list", 0): "  1,",
        ("list", 1): '  "two]"',
        ("list", 2, 1): '  "two]"',
        ("list", 3, "deep", "er", 0): "  { inline",
        ("table", "key"): "key = 1979",
        ("table", "below", "with.dot"): "[table.below",
        ("spaced", "out", "key"): "key = 1",
        ("routes", 0, "name"): 'name = "a"',
        ("routes", 0, "limits", "message_bytes"): "message_bytes",
        ("routes", 1, "name"): 'name = "b"',
        ("routes", 1, "exceptions", 1, "rule"): 'rule = "y"',
    }
    for path, start in starts.items():
        assert texts[lines[path] - 1].startswith(start), path


def test_a_missing_key_is_told_at_what_is_around_it() -> None:
    lines = key_lines('a = 1\n[[routes]]\nname = "x"\n')
    assert line_of(("routes", 0, "missing"), lines) == 2
    assert line_of(("nowhere",), lines) == 0


def test_an_empty_document_has_no_keys() -> None:
    assert key_lines("") == key_lines("# nothing\n\n") == {}
