"""Layers are taken off for people, as the engine takes them off to judge."""

import base64
import gzip
import zlib

import pytest

from framewall.console.undo import SHOWN_BYTES, undo

SCRIPT = "<script>alert(1)</script>"


@pytest.mark.parametrize(
    ("view", "text"),
    [
        ("base64", base64.b64encode(SCRIPT.encode()).decode()),
        ("base64", base64.urlsafe_b64encode(SCRIPT.encode()).decode().rstrip("=")),
        ("base64", "data:text/html;base64," + base64.b64encode(SCRIPT.encode()).decode()),
        ("percent", "%3Cscript%3Ealert(1)%3C/script%3E"),
        ("plus", "%3Cscript%3Ealert(1)%3C%2Fscript%3E"),
        ("html", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("escapes", "\\u003cscript\\x3ealert(1)\\u{3c}/script\\076"),
        ("hex", SCRIPT.encode().hex()),
        ("fold", "＜script＞alert(1)＜/script＞"),
        ("nul", "<scr\x00ipt>alert(1)</script>"),
        ("utf-7", "+ADw-script+AD4-alert(1)+ADw-/script+AD4-"),
        ("quoted-printable", "=3Cscript=3Ealert(1)=3C/script=3E"),
        ("comments", "<script>/* x */alert(1)</script>"),
    ],
)
def test_a_layer_comes_off(view: str, text: str) -> None:
    assert undo(view, text) == SCRIPT


@pytest.mark.parametrize(
    ("view", "packed"),
    [("gzip", gzip.compress(SCRIPT.encode())), ("zlib", zlib.compress(SCRIPT.encode()))],
)
def test_what_is_compressed_is_opened_from_base64(view: str, packed: bytes) -> None:
    behind = undo("base64", base64.b64encode(packed).decode())
    assert behind is not None
    assert undo(view, behind) == SCRIPT


def test_a_token_shows_what_it_claims() -> None:
    token = "eyJhbGciOiJub25lIn0.eyJzdWIiOiI8c2NyaXB0PiJ9."
    for layer in ("jwt", "token"):
        assert undo(layer, token) == '{"alg":"none"}\n{"sub":"<script>"}'


def test_a_bomb_stays_small() -> None:
    bomb = base64.b64encode(zlib.compress(b"0" * 10_000_000)).decode()
    behind = undo("base64", bomb)
    assert behind is not None
    shown = undo("zlib", behind)
    assert shown is not None
    assert len(shown) <= SHOWN_BYTES


@pytest.mark.parametrize("view", ["base64", "gzip", "hex", "jwt", "token", "nothing known", "utf-7", "json"])
def test_what_is_not_such_a_layer_is_none(view: str) -> None:
    assert undo(view, "häh?") is None


def test_a_layer_that_changes_nothing_is_none() -> None:
    assert undo("percent", "plain") is None
