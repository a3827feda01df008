"""Nothing passes the gate that should not, whatever page it is for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from framewall.console.accounts import Role
from framewall.console.context import Context
from framewall.console.gate import COOKIE, HEADERS
from framewall.limits import CONSOLE_BODY_BYTES, CONSOLE_SIGN_IN_TRIES
from support.console import PASSWORD, console, sign_in


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Context, TestClient]]:
    context, client = console(tmp_path_factory.mktemp("console"), hosts=("wall.example",))
    yield context, client
    context.close()


@pytest.fixture
def made(shared: tuple[Context, TestClient]) -> tuple[Context, TestClient]:
    """A browser that has not been here."""
    shared[1].cookies.clear()
    return shared


@pytest.fixture
def client(made: tuple[Context, TestClient]) -> TestClient:
    return made[1]


def test_a_person_is_led_to_the_sign_in_and_back(client: TestClient) -> None:
    answer = client.get("/attacks?q=class:xss")
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "/sign-in?next=/attacks%3Fq%3Dclass%3Axss",
    )
    form = client.get(answer.headers["location"]).text
    assert 'name="next" value="/attacks?q=class:xss"' in form


@pytest.mark.parametrize(
    "place",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "/%2fevil.example",
        "/\t/evil.example",
        "javascript:x",
    ],
)
def test_back_is_never_elsewhere(client: TestClient, place: str) -> None:
    assert 'name="next" value="/"' in client.get("/sign-in", params={"next": place}).text


def test_a_program_is_told_401(client: TestClient) -> None:
    answer = client.get("/api/events")
    assert (answer.status_code, answer.json()) == (401, {"detail": "sign in first"})
    assert client.get("/attacks", headers={"hx-request": "true"}).headers["hx-redirect"] == "/sign-in"


def test_every_answer_keeps_hostile_text_inert(client: TestClient) -> None:
    sign_in(client)
    for path in (
        "/",
        "/sign-in",
        "/static/console.css",
        "/api/events",
        "/no/such/page",
        "/api/nothing",
        "/attacks?range=x",
    ):
        headers = client.get(path).headers
        for name, value in HEADERS:
            assert headers[name.decode()] == value.decode(), path
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'self';")
        assert "unsafe" not in policy
        assert headers.get("cache-control") == (None if path.startswith("/static/") else "no-store")


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "", "evil.example:8081", "a b", "[::1"]
)
def test_a_name_that_is_not_ours_is_refused(client: TestClient, host: str) -> None:
    assert client.get("/sign-in", headers={"host": host}).status_code == 421


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:8081", "127.0.0.1:8081", "[::1]:8081", "192.0.2.1", "wall.example:1"]
)
def test_addresses_and_our_names_are_taken(client: TestClient, host: str) -> None:
    assert client.get("/sign-in", headers={"host": host}).status_code == 200


def test_the_cookie_is_out_of_reach(client: TestClient) -> None:
    form = client.get("/sign-in")
    token = form.cookies["framewall_form"]
    answer = client.post("/sign-in", data={"user": "alice", "password": PASSWORD, "token": token})
    cookie = next(value for value in answer.headers.get_list("set-cookie") if value.startswith(COOKIE))
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Path=/" in cookie
    assert "Secure" not in cookie


def test_with_tls_it_is_secure_and_stays_so(tmp_path: Path) -> None:
    _, client = console(tmp_path, secure=True)
    form = client.get("/sign-in")
    assert "Secure" in form.headers["set-cookie"]
    assert form.headers["strict-transport-security"] == "max-age=31536000"


def test_a_sign_in_from_another_site_is_refused(client: TestClient) -> None:
    said = {"user": "alice", "password": PASSWORD}
    assert client.post("/sign-in", data=said).status_code == 403
    assert client.post("/sign-in", data=said | {"token": "guess"}).status_code == 403
    token = client.get("/sign-in").cookies["framewall_form"]
    right = said | {"token": token}
    for headers in (
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
    ):
        assert client.post("/sign-in", data=right, headers=headers).status_code == 403
    assert (
        client.post(
            "/sign-in", data=right, headers={"sec-fetch-site": "same-origin", "origin": "null"}
        ).status_code
        == 303
    )


def test_wrong_passwords_make_wait_also_for_the_right_one(made: tuple[Context, TestClient]) -> None:
    context, client = made
    token = client.get("/sign-in").cookies["framewall_form"]

    def tried(password: str) -> int:
        client.cookies.set("framewall_form", token)
        said = {"user": "alice", "password": password, "token": str(token)}
        return int(client.post("/sign-in", data=said).status_code)

    assert [tried("wrong") for _ in range(CONSOLE_SIGN_IN_TRIES.default + 1)][-2:] == [401, 429]
    assert tried(PASSWORD) == 429
    context.clock.now += 60  # type: ignore[attr-defined]
    assert tried(PASSWORD) == 303


def test_a_change_needs_the_pages_own_token(client: TestClient) -> None:
    csrf = sign_in(client)
    for headers in ({}, {"x-csrf-token": "guess"}, {"x-csrf-token": csrf, "sec-fetch-site": "cross-site"}):
        assert client.post("/views", data={"name": "a"}, headers=headers).status_code == 403
    assert client.post("/views", data={"name": "a"}, headers={"x-csrf-token": csrf}).status_code == 204


def test_a_viewer_looks_and_changes_nothing(made: tuple[Context, TestClient]) -> None:
    context, client = made
    headers = {"x-csrf-token": sign_in(client, "victor")}
    assert client.get("/attacks").status_code == 200
    for path in (
        "/bans",
        "/exceptions",
        "/rules/xss.markup/switch",
        "/routes/chat/mode",
        "/settings/users",
        "/settings/tokens",
    ):
        answer = client.post(path, headers=headers)
        assert (answer.status_code, "ask an operator" in answer.text) == (403, True), path
    assert client.post("/playground", data={"data": "x"}, headers=headers).status_code == 200
    assert len(context.accounts.users()) == 2


def test_a_token_signs_a_program_in_by_its_role(made: tuple[Context, TestClient]) -> None:
    context, client = made
    looks, acts = (context.accounts.add_token("t", role, "alice") for role in (Role.VIEWER, Role.OPERATOR))
    assert client.get("/api/me", headers={"authorization": f"Bearer {looks}"}).json() == {
        "name": "token t",
        "role": "viewer",
    }
    said = {"data": "x"}
    assert (
        client.post("/api/inspect", json=said, headers={"authorization": f"bearer {looks}"}).status_code
        == 200
    )
    ban = {"source": "203.0.113.9"}
    assert client.post("/api/bans", json=ban, headers={"authorization": f"Bearer {looks}"}).status_code == 403
    assert client.post("/api/bans", json=ban, headers={"authorization": f"Bearer {acts}"}).status_code == 503
    for wrong in ("fw_guess", looks[3:], ""):
        assert client.get("/api/me", headers={"authorization": f"Bearer {wrong}"}).status_code == 401


def test_a_body_over_the_cap_is_refused_also_where_its_length_is_not_told(client: TestClient) -> None:
    headers = {"x-csrf-token": sign_in(client)}
    most = CONSOLE_BODY_BYTES.default
    assert client.post("/playground", content=b"x" * (most + 1), headers=headers).status_code == 413
    for path, kind in (
        ("/playground", "application/x-www-form-urlencoded"),
        ("/api/inspect", "application/json"),
    ):
        pieces = (b"x" * 65_536 for _ in range(most // 65_536 + 2))
        chunked = client.post(path, content=pieces, headers={**headers, "content-type": kind})
        assert chunked.status_code == 413, path
    assert client.get("/", headers={"content-length": "-1"}).status_code == 413


def test_signing_out_ends_it(client: TestClient) -> None:
    csrf = sign_in(client)
    cookie = client.cookies[COOKIE]
    assert client.post("/sign-out", headers={"x-csrf-token": csrf}).headers["hx-redirect"] == "/sign-in"
    client.cookies.set(COOKIE, cookie)
    assert client.get("/").status_code == 303
