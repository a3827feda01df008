"""Every page draws, every number leads somewhere, and nobody sees any of it without signing in."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from framewall.console.app import create_app
from framewall.console.context import Context
from framewall.console.gate import Gate
from framewall.model import Action, Direction, Mode, Said
from support.console import console, sign_in
from support.events import event

NOW = 1_700_000_100.0
PAGES = (
    "/", "/live", "/attacks", "/attacks?show=hits", "/attacks/bars", "/hits/3", "/hits/3/exception", "/sessions",
    "/playground", "/playground?hit=3", "/rules", "/rules/xss.markup", "/rules/edit", "/rules/edit?rule=xss.markup",
    "/exceptions", "/routes", "/audit", "/settings",
)  # fmt: skip
RULE = """\
[[rule]]
id = "own.word"
attack = "rce"
score = 5
pattern = "opensesame"
examples = { match = ["say opensesame"], pass = ["open, sesame"] }
"""
HOSTILE = "\"><img src=x onerror=alert(1)>'--\u202e\x00"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Context, TestClient, str]]:
    said = (Said(NOW, Direction.CLIENT, "text", 5, f"hello {HOSTILE}"),)
    events = [
        *(event(number, before=said) for number in range(60)),
        event(
            70,
            action=Action.PASS,
            mode=Mode.MONITOR,
            attacks=("sqli",),
            client_ip="198.51.100.4",
            route="admin",
        ),
    ]
    context, client = console(tmp_path_factory.mktemp("console"), events, NOW)
    yield context, client, sign_in(client)
    context.close()


@pytest.fixture
def client(made: tuple[Context, TestClient, str]) -> TestClient:
    return made[1]


class Links(HTMLParser):
    """Where a page leads, and what in it could act."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.acts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("href", "action", "src", "hx-get") and value and value.startswith("/"):
                self.links.append(value)
            if name.startswith("on") or name in ("style", "srcdoc", "hx-on"):
                self.acts.append(f"{tag} {name}")
        if tag in ("img", "iframe", "object", "embed", "base", "style") or (
            tag == "script" and not dict(attrs).get("src")
        ):
            self.acts.append(tag)


def routes(context: Context) -> list[APIRoute]:
    gate = create_app(context)
    assert isinstance(gate, Gate)
    app = gate._app
    assert isinstance(app, FastAPI)
    return [route for route in _flat(app.routes) if isinstance(route, APIRoute)]


def _flat(found: object) -> Iterator[object]:
    for route in found:  # type: ignore[attr-defined]
        inner = getattr(route, "original_router", None)
        if inner is None:
            yield route
        else:
            yield from _flat(inner.routes)


def test_without_signing_in_no_route_answers_but_the_sign_in(tmp_path: Path) -> None:
    context, client = console(tmp_path, [event(3)])
    swept = 0
    for route in routes(context):
        path = re.sub(r"{[^}]*}", "3", route.path)
        for method in route.methods or ():
            answer = client.request(method, path)
            if path == "/sign-in":
                continue
            swept += 1
            assert answer.status_code in (401, 303), (method, path)
            assert answer.headers.get("location", "/sign-in").startswith("/sign-in")
            assert "203.0.113.9" not in answer.text
    assert swept > 50
    for path in ("/api/openapi.json", "/docs", "/redoc", "/nothing"):
        assert client.get(path).status_code in (401, 303), path
    context.close()


@pytest.mark.parametrize("page", PAGES)
def test_every_page_draws_and_nothing_in_it_acts(client: TestClient, page: str) -> None:
    answer = client.get(page)
    assert answer.status_code == 200, answer.text
    assert Links(answer.text).acts == []
    assert "\u202e" not in re.sub(r'data-plain="[^"]*"', "", answer.text)


def test_there_are_no_dead_ends(client: TestClient) -> None:
    seen: set[str] = set()
    waiting = [page for page in PAGES if page != "/live"]
    while waiting and len(seen) < 80:
        page = waiting.pop()
        if page in seen:
            continue
        seen.add(page)
        answer = client.get(page)
        assert answer.status_code == 200 or answer.headers.get("location") == "/", page
        if "text/html" in answer.headers["content-type"]:
            waiting += [link.partition("#")[0] for link in Links(answer.text).links if "/static/" not in link]
    assert len(seen) > 40


def test_what_is_not_there_is_told_so(client: TestClient) -> None:
    for page in ("/hits/nothing", "/rules/nothing", "/rules/edit?rule=nothing", "/nothing"):
        answer = client.get(page)
        assert (answer.status_code, "<h1>Not here</h1>" in answer.text) == (404, True)
    assert client.get("/api/events/nothing").json() == {"detail": "there is no such event"}


def test_a_search_narrows_and_a_mistake_is_shown_where_it_is(client: TestClient) -> None:
    assert client.get("/attacks?show=hits&q=class:sqli+ip:198.51.100.0/24").text.count("<tr data-row>") == 1
    wrong = client.get("/attacks", params={"q": "class:xss colour:red"}).text
    assert 'role="alert"' in wrong
    assert "<mark>colour:red</mark>" in wrong
    answer = client.get("/api/events", params={"q": "class:xss colour:red"})
    assert (answer.status_code, answer.json()["at"]) == (422, 10)


def test_pages_follow_one_another_until_all_is_seen(client: TestClient) -> None:
    seen, address = 0, "/attacks?show=hits"
    while address:
        text = client.get(address, headers={"hx-request": "true"} if "cursor" in address else {}).text
        seen += text.count("<tr data-row>")
        more = re.findall(r'hx-get="(/attacks[^"]*cursor[^"]*)"', text)
        address = more[0].replace("&amp;", "&") if more else ""
    assert seen == 61


def test_an_export_has_every_event_and_nothing_that_a_spreadsheet_runs(client: TestClient) -> None:
    shapes = json.loads(client.get("/attacks/export.json").text)
    assert len(shapes) == 61
    answer = client.get("/attacks/export.csv?q=class:sqli+-class:xss")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["client_ip"] for row in rows] == ["198.51.100.4"]
    assert answer.headers["content-disposition"] == 'attachment; filename="framewall-attacks.csv"'


def test_formulas_are_quoted(tmp_path: Path) -> None:
    context, client = console(tmp_path, [event(1, event="=HYPERLINK(1)", path="@x")])
    sign_in(client)
    (row,) = csv.DictReader(io.StringIO(client.get("/attacks/export.csv").text))
    assert (row["event"], row["path"]) == ("'=HYPERLINK(1)", "'@x")
    context.close()


def test_the_hit_tells_the_whole_story(client: TestClient) -> None:
    text = client.get("/hits/3").text
    assert "<mark>onerror=alert(1)</mark>" in text
    for expected in (
        "Cross-site scripting",
        "The socket was closed with 1008",
        "What ends it",
        "hello ",
        "websocat",
        "Ban 203.0.113.9",
    ):
        assert expected in text, expected


def test_the_narrowest_exception_is_proposed_with_what_else_it_lets_through(client: TestClient) -> None:
    text = client.get("/hits/3/exception").text
    assert "xss.event-handler" in text
    assert "would have let through <b>60</b>" in text.replace("\n", " ") or "<b>61</b>" in text


def test_without_a_node_pages_say_what_is_missing(made: tuple[Context, TestClient, str]) -> None:
    _, client, csrf = made
    for page in ("/sessions", "/exceptions", "/routes"):
        assert "The node does not answer" in client.get(page).text
    answer = client.post("/hits/3/ban", headers={"x-csrf-token": csrf, "hx-request": "true"})
    assert (answer.status_code, "start it with" in answer.text) == (503, True)


def test_an_empty_store_says_what_to_do_next(tmp_path: Path) -> None:
    context, client = console(tmp_path)
    sign_in(client)
    assert "No attacks yet" in client.get("/attacks").text
    assert "playground" in client.get("/").text
    context.close()


def test_a_store_of_json_lines_shows_the_same_and_says_what_it_has_not(tmp_path: Path) -> None:
    made = [event(1), event(2, action=Action.PASS, mode=Mode.MONITOR)]
    context, client = console(tmp_path, made, NOW, scheme="jsonl")
    sign_in(client)
    for page in ("/", "/attacks", "/attacks?show=hits", "/attacks/bars", "/hits/1/exception", "/settings"):
        assert client.get(page).status_code == 200, page
    assert client.get("/attacks?show=hits&q=nerror").text.count("<tr data-row>") == 2
    assert "not what came after" in client.get("/hits/2").text
    assert "not what came after" not in client.get("/hits/1").text
    context.close()


def test_people_and_tokens_are_managed(tmp_path: Path) -> None:
    context, client = console(tmp_path)
    headers = {"x-csrf-token": sign_in(client)}

    def send(path: str, **data: str) -> int:
        return int(client.post(path, data=data, headers=headers).status_code)

    assert send("/settings/users", name="bob", password="long enough", role="viewer") == 204
    assert send("/settings/users", name="bob", password="long enough", role="viewer") == 422
    assert send("/settings/users/bob/role", role="operator") == 204
    assert send("/settings/users/bob/remove") == 204
    token = client.post("/settings/tokens", data={"name": "ci", "role": "viewer"}, headers=headers)
    (secret,) = re.findall(r"fw_[\w-]{20,}(?=<)", token.text)
    assert client.get("/api/me", headers={"authorization": f"Bearer {secret}"}).json()["name"] == "token ci"
    assert send(f"/settings/tokens/{context.accounts.tokens()[0].id}/revoke") == 204
    assert send("/settings/password", old="wrong", new="long enough too") == 422
    assert send("/settings/password", old="correct horse battery", new="long enough too") == 204
    assert client.get("/").status_code == 303
    done = [note.what for note in context.accounts.notes(20)]
    assert done == [
        "password",
        "token revoked",
        "token added",
        "user removed",
        "role",
        "user added",
        "sign-in",
    ]
    context.close()


def test_views_are_kept_and_forgotten(made: tuple[Context, TestClient, str]) -> None:
    context, client, csrf = made
    headers = {"x-csrf-token": csrf}
    client.post("/views", data={"name": "Scripts <b>", "q": "class:xss"}, headers=headers)
    assert "Scripts &lt;b&gt;" in client.get("/attacks").text
    client.post(f"/views/{context.accounts.views()[0].id}/remove", headers=headers)
    assert context.accounts.views() == []


def test_a_rule_is_tried(made: tuple[Context, TestClient, str]) -> None:
    _, client, csrf = made
    headers = {"x-csrf-token": csrf}
    found = client.post("/playground/rule/xss.markup", data={"text": "<script>"}, headers=headers)
    assert "xss.markup finds" in found.text
    passed = client.post("/playground/rule/xss.markup", data={"text": "<3"}, headers=headers)
    assert "finds nothing" in passed.text


def test_rules_are_tried_while_they_are_written(made: tuple[Context, TestClient, str]) -> None:
    _, client, csrf = made

    def tried(text: str, data: str = "") -> str:
        answer = client.post(
            "/playground/rules", data={"text": text, "data": data}, headers={"x-csrf-token": csrf}
        )
        assert answer.status_code == 200
        shown: str = answer.text
        assert Links(shown).acts == []
        return shown

    assert "It can be used" in tried(RULE)
    assert "found, as it should" in tried(RULE)
    assert "Nothing is found in it" in tried(RULE, "hello")
    assert "through json" in tried(RULE, '{"a": "opensesame"}')
    assert "1 of 2 examples does not hold" in tried(RULE.replace("open, sesame", "opensesame"))
    assert "Line 4" in tried(RULE.replace("score = 5", "score = -5"))
    assert "built-in" in tried(RULE.replace("own.word", "xss.markup"))
    for hostile in (HOSTILE, RULE.replace("own.word", "<img src=x onerror=alert(1)>")):
        assert "It cannot be used so" in tried(hostile)
    assert "&lt;img src=x" in tried(RULE.replace("opensesame", "<img src=x onerror=alert(1)>"))


def test_a_rule_needs_the_node_to_be_saved_and_says_so(made: tuple[Context, TestClient, str]) -> None:
    _, client, csrf = made
    headers = {"x-csrf-token": csrf, "hx-request": "true"}
    answer = client.post("/rules", data={"text": RULE}, headers=headers)
    assert (answer.status_code, "start it with" in answer.text) == (503, True)
    answer = client.post("/rules", data={"text": RULE.replace("5", "x")}, headers=headers)
    assert (answer.status_code, "It cannot be used so" in answer.text) == (200, True)


def test_who_only_looks_may_try_rules_and_change_none(tmp_path: Path) -> None:
    context, client = console(tmp_path)
    headers = {"x-csrf-token": sign_in(client, "victor")}
    for page in ("/rules", "/rules/xss.markup", "/rules/edit"):
        text = client.get(page).text
        assert "Save and use" not in text
        assert "Write a rule" not in text
    for path in ("/playground/rules", "/playground/rule/xss.markup"):
        assert client.post(path, data={"text": RULE}, headers=headers).status_code == 200
    assert client.post("/api/inspect/rules", json={"text": RULE}, headers=headers).status_code == 200
    for method, path in (
        ("POST", "/rules"), ("POST", "/rules/own.word/remove"), ("POST", "/rules/own.word/restore"),
        ("POST", "/rules/xss.markup/switch"), ("POST", "/api/rules"), ("DELETE", "/api/rules/own.word"),
        ("POST", "/api/rules/own.word/restore"), ("PUT", "/api/rules/own.word"),
    ):  # fmt: skip
        assert client.request(method, path, headers=headers).status_code == 403, path
    assert client.post("/rules", data={"text": RULE}).status_code == 403
    context.close()


def test_the_api_tells_every_mistake_of_a_rule(made: tuple[Context, TestClient, str]) -> None:
    _, client, csrf = made
    headers = {"x-csrf-token": csrf}
    tried = client.post(
        "/api/inspect/rules", json={"text": RULE, "data": "opensesame"}, headers=headers
    ).json()
    assert [each["holds"] for each in tried["examples"]] == [True, True]
    assert [each["rule"] for each in tried["findings"]] == ["own.word"]
    wrong = RULE.replace("5", "-1").replace("rce", "rc")
    answer = client.post("/api/rules", json={"text": wrong}, headers=headers)
    assert answer.status_code == 422
    assert [(each["line"], each["rule"]) for each in answer.json()["mistakes"]] == [
        (3, "own.word"),
        (4, "own.word"),
    ]


def test_the_api_judges_as_the_command_line_does(made: tuple[Context, TestClient, str]) -> None:
    _, client, csrf = made
    answer = client.post(
        "/api/inspect", json={"data": "<script>alert(1)</script>"}, headers={"x-csrf-token": csrf}
    )
    assert answer.json()["verdict"] == "block"
    for wrong in ({}, {"data": "a", "data_b64": "YQ=="}, {"data": "a", "transport": "pigeon"}):
        assert client.post("/api/inspect", json=wrong, headers={"x-csrf-token": csrf}).status_code == 422


def test_the_api_is_described(client: TestClient) -> None:
    paths = client.get("/api/openapi.json").json()["paths"]
    assert {"/api/events", "/api/overview", "/api/inspect", "/api/bans", "/api/exceptions"} <= paths.keys()
    assert all(path.startswith("/api/") for path in paths)
