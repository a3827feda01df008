"""``framewall inspect``, line by line, with the rules that come with Framewall."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest

from framewall.detect import builtin_engine
from framewall.replay import LineError, Lines
from support.msgpack import pack
from support.requests import POLLING, SOCKETIO

ATTACK = "<img src=x onerror=alert(1)>"


def b64(data: bytes) -> str:
    """As a line carries bytes."""
    return b64encode(data).decode()


@pytest.fixture
def lines() -> Lines:
    """A fresh judge."""
    return Lines(builtin_engine())


def test_the_contract_s_example(lines: Lines) -> None:
    """Every key of an answer."""
    answer = lines.judge({"data": f'42["new message","{ATTACK}"]', "path": SOCKETIO})
    assert list(answer) == ["verdict", "score", "framework", "findings", "request"]
    assert (answer["verdict"], answer["framework"]) == ("block", "socket.io")
    finding = answer["findings"][0]
    assert list(finding) == ["attack", "rule", "field", "chain", "match", "score"]
    assert finding["attack"] == "xss"
    assert finding["field"] == 'event["new message"].args[0]'
    assert finding["chain"] == ["socket.io", "json"]
    assert answer["request"].startswith(f"POST {SOCKETIO} WEBSOCKET/13\n")


@pytest.mark.parametrize(
    ("line", "verdict", "framework"),
    [
        ({"data": "hello"}, "pass", "text"),
        ({"data": ATTACK}, "block", "text"),
        ({"data": '{"text":"hello"}'}, "pass", "json"),
        ({"data": f'{{"text":"{ATTACK}"}}'}, "block", "json"),
        ({"data_b64": b64(b"\x00\x01")}, "pass", "binary"),
        ({"data_b64": b64(f'{{"text":"{ATTACK}"}}'.encode())}, "block", "json"),
        ({"data_b64": b64(pack({"text": ATTACK}))}, "block", "binary"),
        ({"data": f'42["m","{ATTACK}"]'}, "block", "socket.io"),
        ({"data": '42["m","don\'t"]'}, "pass", "socket.io"),
        ({"data": "2", "path": SOCKETIO}, "pass", "socket.io"),
        ({"data": f'42["m","{ATTACK}"]', "direction": "server"}, "block", "socket.io"),
        ({"data": f'42["m","{ATTACK}"]', "path": POLLING, "transport": "polling"}, "block", "socket.io"),
        (
            {"data": "ok", "path": POLLING, "transport": "polling", "method": "POST", "status": 200},
            "pass",
            "socket.io",
        ),
        (
            {"data": f'42["m","{ATTACK}"]', "path": POLLING, "transport": "polling", "status": 200},
            "block",
            "socket.io",
        ),
        (
            {"data_b64": b64(pack({"type": 2, "data": ["m", ATTACK], "nsp": "/"})), "path": SOCKETIO},
            "block",
            "socket.io",
        ),
        ({"data": "hi", "path": "/ws?x=%3Cscript%3Ealert(1)%3C/script%3E"}, "block", "text"),
    ],
)
def test_lines(lines: Lines, line: dict[str, Any], verdict: str, framework: str) -> None:
    """Each on its own."""
    answer = lines.judge(line)
    assert (answer["verdict"], answer["framework"]) == (verdict, framework)


def test_an_attack_does_not_end_its_session(lines: Lines) -> None:
    """The next line is judged on its own merits."""
    first = lines.judge({"data": f'42["m","{ATTACK}"]', "path": SOCKETIO, "session": "s"})
    second = lines.judge({"data": '42["m","hello"]', "path": SOCKETIO, "session": "s"})
    assert (first["verdict"], second["verdict"]) == ("block", "pass")


def test_a_session_remembers(lines: Lines) -> None:
    """An attachment belongs to the packet before it; in another session nobody announced it."""
    head = '451-["m",{"_placeholder":true,"num":0}]'
    assert lines.judge({"data": head, "path": SOCKETIO, "session": "s"})["verdict"] == "pass"
    answer = lines.judge({"data_b64": b64(ATTACK.encode()), "path": SOCKETIO, "session": "s"})
    assert answer["findings"][0]["field"].startswith('event["m"].args[0]')
    other = lines.judge({"data_b64": b64(b"hello"), "path": SOCKETIO, "session": "t"})
    assert other["findings"][0]["rule"] == "socketio.attachments"


def test_a_session_is_one_over_its_transports(lines: Lines) -> None:
    """Whatever its requests name it; here they name none."""
    head = '451-["m",{"_placeholder":true,"num":0}]'
    assert (
        lines.judge({"data": head, "path": POLLING, "transport": "polling", "session": "s"})["verdict"]
        == "pass"
    )
    polled = {"data": "b" + b64(ATTACK.encode()), "path": POLLING, "transport": "polling", "session": "s"}
    assert lines.judge(polled)["findings"][0]["field"].startswith('event["m"].args[0]')
    lines.judge({"data": head, "path": POLLING, "transport": "polling", "session": "s"})
    answer = lines.judge({"data_b64": b64(ATTACK.encode()), "path": SOCKETIO, "session": "s"})
    assert answer["findings"][0]["field"].startswith('event["m"].args[0]')


@pytest.mark.parametrize(
    "line",
    [
        {},
        {"data": 1},
        {"data": "a", "data_b64": "YQ=="},
        {"data_b64": "%"},
        {"data": "a", "opcode": "ping"},
        {"data": "a", "direction": 1},
        {"data": "a", "path": 1},
        {"data": "a", "subprotocol": 1},
        {"data": "a", "session": ["s"]},
        {"data": "a", "transport": "polling", "status": "200"},
    ],
)
def test_lines_that_are_no_message(lines: Lines, line: dict[str, Any]) -> None:
    """The error says what to write."""
    with pytest.raises(LineError, match=r'".+"'):
        lines.judge(line)
