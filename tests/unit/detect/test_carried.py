"""What applications carry passes, as a message of its own and as a text in one; an attack in it does not."""

from __future__ import annotations

import json
import random
from collections.abc import Callable

import pytest
from benches.detection.grammar import carried

from framewall.config.settings import engine_settings
from framewall.detect import builtin_engine
from framewall.policy import RoutePolicy


def score(message: str) -> int:
    """What is found in a message whose framework and format nobody knows."""
    return builtin_engine().inspect([(message.encode(), "auto", False)]).score


@pytest.mark.parametrize("kind", carried.KINDS)
def test_what_applications_carry_passes(kind: Callable[[random.Random], str]) -> None:
    draw = random.Random(kind.__name__)
    made = [kind(draw) for _ in range(120)]
    assert [text for text in made if score(text) or score(json.dumps({"type": "msg", "text": text}))] == []


def test_rich_text_passes_where_people_write_it() -> None:
    draw = random.Random("rich text")
    settings = engine_settings(RoutePolicy(writes_markup=True))
    made = [(carried.rich_text(draw).encode(), "auto", False) for _ in range(120)]
    assert [text for text in made if builtin_engine().inspect([text], settings).score] == []


@pytest.mark.parametrize(
    "attack",
    [
        "SIP/2.0 200 OK\r\nSet-Cookie: a=b\r\n\r\n",
        "Path: x\r\nLocation: https://evil.example/\r\n",
        "a\r\nContent-Type: text/html\r\n\r\nhello",
        "a\r\nHost: evil.example\r\n\r\n",
        "!!python/object/apply:os.system ['id']",
        "!!javax.script.ScriptEngineManager []",
        "%YAML 1.1\n%TAG !! tag:yaml.org,2002:python/object/apply:os.\n---\na: !!system [id]",
        '<svg xmlns="http://www.w3.org/2000/svg" width="9">',
        '<img src="https://example.com/a.png" onerror="alert(1)">',
        "<script> alert(1)",
        "<script> location = name",
        "<script>words",
        "<script> words and more</script>",
        "`id`/x",
        "`cat /etc/passwd`/`pong`",
        "\\\\evil.example\\plans.docx",
        "\\\\files\\..\\plans.docx",
        '" or "a',
        "1&' or '&1",
        "1 and @a:=1",
        "pg_sleep",
        "xp_cmdshell 'dir'",
        "return document.cookie",
        "x=document.cookie",
        "[x](../../etc/passwd)",
        "[x](../../../../../x)",
        "see (../../x)",
        "{{range(9)}}",
        "{{ include('x') }}",
        "$a(1)",
        "/e?c/p?sswd",
        "//bin/c?t /etc/passwd",
    ],
)
def test_an_attack_that_looks_like_it_is_found(attack: str) -> None:
    assert score(attack) >= 5
    assert score(json.dumps({"type": "msg", "text": attack})) >= 5
