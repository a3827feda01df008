"""What is kept of an event: the payload, and no secret of its head."""

from __future__ import annotations

import json
import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framewall.events.record import (
    REDACTED,
    as_json,
    from_json,
    redact,
    redact_header,
    redact_headers,
    redact_query,
    redact_request,
    redact_target,
)
from framewall.limits import EVENT_BYTES, EVENT_FINDINGS
from support.events import EVENT, FINDING

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dBjftJeZ4CVP-mB92K27uhbUJU1p1r"


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("token=abc&room=1", f"token={REDACTED}&room=1"),
        ("a=1&access_token=abc", f"a=1&access_token={REDACTED}"),
        ("EIO=4&transport=polling&sid=Zq-3xAbcd", f"EIO=4&transport=polling&sid={REDACTED}"),
        ("jwt=x;user=y", f"jwt={REDACTED};user=y"),
        (
            "apiKey=k&API-KEY=k&api_key=k&key=k",
            "&".join(f"{n}={REDACTED}" for n in ("apiKey", "API-KEY", "api_key", "key")),
        ),
        ("accesstoken=k&PHPSESSID=k", f"accesstoken={REDACTED}&PHPSESSID={REDACTED}"),
        ("%74oken=abc", f"%74oken={REDACTED}"),
        ("%2574oken=abc", f"%2574oken={REDACTED}"),
        ("auth[token]=abc&user.password=p", f"auth[token]={REDACTED}&user.password={REDACTED}"),
        ("password=", "password="),
        ("token=a=b=c", f"token={REDACTED}"),
        (f"{JWT}", REDACTED),
        (f"t={JWT}", f"t={REDACTED}"),
        (f"next=%2Fa%3Fx%3D{JWT}", f"next=%2Fa%3Fx%3D{REDACTED}"),
        ("t=eyJ.short&u=eyJhbGciOiJIUzI1NiJ9", "t=eyJ.short&u=eyJhbGciOiJIUzI1NiJ9"),
        ("author=ann&keyword=x&monkey=y&tokens_of_love", "author=ann&keyword=x&monkey=y&tokens_of_love"),
        ("q=<script>alert(1)</script>", "q=<script>alert(1)</script>"),
        ("", ""),
    ],
)
def test_secrets_of_a_query_are_taken_out_and_the_rest_stays(query: str, kept: str) -> None:
    assert redact_query(query) == kept


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("Authorization", "Bearer abc.def", f"Bearer {REDACTED}"),
        ("authorization", "Basic dTpw", f"Basic {REDACTED}"),
        ("Authorization", "my secret words", REDACTED),
        ("Authorization", "abcdef", REDACTED),
        ("Proxy-Authorization", "Digest username=x", f"Digest {REDACTED}"),
        ("Cookie", "a=1; session=xyz;b=", f"a={REDACTED}; session={REDACTED}; b="),
        ("Cookie", "novalue", REDACTED),
        ("Set-Cookie", "io=abc; Path=/; HttpOnly", f"io={REDACTED}; Path=/; HttpOnly"),
        ("Sec-WebSocket-Protocol", "graphql-transport-ws", "graphql-transport-ws"),
        ("Sec-WebSocket-Protocol", "access_token, s3cr3t", f"access_token, {REDACTED}"),
        ("Sec-WebSocket-Protocol", f"v12.stomp,{JWT}", f"v12.stomp, {REDACTED}"),
        ("X-Api-Key", "k", REDACTED),
        ("X-CSRF-Token", "k", REDACTED),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQ=="),
        ("Referer", "https://u:p@a.b/x?token=1&b=2", f"https://{REDACTED}@a.b/x?token={REDACTED}&b=2"),
        ("Origin", "https://a.example", "https://a.example"),
        ("User-Agent", "Mozilla/5.0 (X11; rv:1)", "Mozilla/5.0 (X11; rv:1)"),
        ("X-Whatever", f"see {JWT}", f"see {REDACTED}"),
        ("Framewall-Packet", "connect namespace=/a?token=1 x", f"connect namespace=/a?token={REDACTED} x"),
    ],
)  # fmt: skip
def test_secrets_of_a_header_are_taken_out(name: str, value: str, kept: str) -> None:
    assert redact_header(name, value) == kept


def test_a_route_can_name_subprotocols_of_its_own() -> None:
    offered = "my-game.v2, hunter2"
    assert redact_header("Sec-WebSocket-Protocol", offered, {"my-game.v2"}) == f"my-game.v2, {REDACTED}"


def test_headers_keep_their_order() -> None:
    headers = (("Host", "a"), ("Cookie", "b=c"), ("Host", "d"))
    assert redact_headers(headers) == (("Host", "a"), ("Cookie", f"b={REDACTED}"), ("Host", "d"))


def test_userinfo_and_a_bare_jwt_in_the_path_are_taken_out() -> None:
    assert redact_target(f"ws://u:p@host/live/{JWT}?x=1") == f"ws://{REDACTED}@host/live/{REDACTED}?x=1"


def test_the_payload_of_a_request_stays_visible() -> None:
    body = f'40{{"token":"{JWT}"}}\n\nCookie: a=b'
    kept = redact_request(f"POST /?token=abc WEBSOCKET/13\nHost: a\nCookie: x=y\n\n{body}")
    assert kept == f"POST /?token={REDACTED} WEBSOCKET/13\nHost: a\nCookie: x={REDACTED}\n\n{body}"


@pytest.mark.parametrize("secret", ['ab"cd', "ab cd", "ab?cd", "ab\tcd", "ab#cd", "ab=cd"])
def test_no_character_in_a_secret_ends_its_redaction(secret: str) -> None:
    kept = redact_request(f"GET /?a=1&token={secret} HTTP/1.1\nHost: a\n\n")
    assert kept == f"GET /?a=1&token={REDACTED} HTTP/1.1\nHost: a\n\n"


def test_a_folded_header_hides_no_secret() -> None:
    kept = redact_request("GET / HTTP/1.1\nCookie: a=b;\n c=secret\nX: 1\n\n")
    assert "secret" not in kept
    assert "X: 1" in kept


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "eyJ",
        "=",
        "&",
        "a=",
        "://",
        "://a@",
        "?",
        "eyJaaaaaaaa.",
        "A",
        "aA",
        "%",
        "\n ",
        "\n",
        "\nCookie:",
    ],
)
def test_redacting_is_linear_whatever_the_head(piece: str) -> None:
    head = "GET /?" + piece * 200_000 + " HTTP/1.1\nX: " + piece * 200_000
    started = time.monotonic()
    redact_request(head)
    assert time.monotonic() - started < 10


@given(st.text(max_size=300))
def test_redacting_twice_changes_nothing(text: str) -> None:
    once = redact_request(text)
    assert redact_request(once) == once


@given(st.text(alphabet=st.characters(codec="ascii", categories=["L", "N"]), min_size=8, max_size=40))
def test_no_secret_outlives_redaction_wherever_it_stands_in_the_head(secret: str) -> None:
    secret = "zq" + secret
    head = (
        f"GET /a?x=1&token={secret}&y=2 HTTP/1.1\nAuthorization: Bearer {secret}\n"
        f"Cookie: a={secret}; b={secret}\nSec-WebSocket-Protocol: {secret}, {secret}\n"
        f"Referer: https://a.example/?password={secret}\nX-Auth-Token: {secret}"
    )
    assert secret not in redact_request(head)


def test_an_event_is_redacted_bounded_and_storable() -> None:
    hostile = replace(
        EVENT,
        path="/?token=abc",
        event="\ud83d",
        findings=(replace(FINDING, match="x" * 100_000),) * (EVENT_FINDINGS.default + 1),
        request="GET / HTTP/1.1\n\n" + "\udc80" + "y" * EVENT_BYTES.default,
    )
    kept = redact(hostile)
    assert kept.path == f"/?token={REDACTED}"
    assert kept.event == "\\ud83d"
    assert len(kept.findings) == EVENT_FINDINGS.default
    assert len(kept.findings[0].match) < 5_000
    assert "\\udc80" in kept.request
    assert kept.request.endswith("more characters]")
    assert len(kept.request) < EVENT_BYTES.default + 100
    json.dumps(as_json(kept)).encode()
    assert redact(EVENT) == EVENT


def test_the_json_is_the_contracts_event_in_its_order() -> None:
    shape = as_json(EVENT)
    assert ", ".join(shape) == (
        "id, time, node, route, mode, action, close_code, attacks, score, client_ip, session, transport, "
        "path, framework, event, findings, request, before, after"
    )
    assert shape["mode"] == "block"
    assert shape["findings"] == [
        {
            "attack": "xss",
            "rule": "xss.event-handler",
            "field": 'event["new message"].args[0]',
            "chain": ["socket.io", "json"],
            "match": "onerror=alert(1)",
            "score": 5,
        }
    ]
    assert from_json(json.loads(json.dumps(shape))) == EVENT
