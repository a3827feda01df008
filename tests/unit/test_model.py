"""The nouns."""

from __future__ import annotations

import re
from dataclasses import FrozenInstanceError

import pytest

from framewall.model import ATTACKS, Request
from support.running import REPOSITORY

REQUEST = Request(
    1,
    "GET",
    "/socket.io/?EIO=4&x=a?b",
    "HTTP/1.1",
    (("Host", "a"), ("HOST", "b"), ("X-Empty", "")),
    "192.0.2.1",
)


def test_a_target_is_a_path_and_a_query() -> None:
    assert (REQUEST.path, REQUEST.query) == ("/socket.io/", "EIO=4&x=a?b")


def test_a_header_is_found_whatever_its_case_and_the_first_one_counts() -> None:
    assert (REQUEST.header("host"), REQUEST.header("x-empty"), REQUEST.header("cookie")) == ("a", "", None)


def test_nouns_are_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        REQUEST.method = "POST"  # type: ignore[misc]


def test_python_and_rust_have_the_same_attack_classes_in_the_same_order() -> None:
    source = (REPOSITORY / "crates/framewall-core/src/engine/attack.rs").read_text()
    assert tuple(re.findall(r'^    [A-Z]\w+ = "(\w+)", ', source, re.MULTILINE)) == ATTACKS
