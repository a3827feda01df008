"""``framewall inspect``: the contract, with the real engine and rules."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from framewall.control.state import Deed, State
from framewall.model import ATTACKS
from support.command import framewall

XSS = "<img src=x onerror=alert(1)>"
SOCKET_IO = "/socket.io/?EIO=4&transport=websocket"
POLLING = "/socket.io/?EIO=4&transport=polling&sid=abcdefgh"


def say(text: str) -> str:
    """A Socket.IO event, as a text message."""
    return f'42["say",{json.dumps(text)}]'


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def inspect(
    *lines: dict[str, Any] | str, cwd: Path, arguments: tuple[str, ...] = (), status: int = 0
) -> list[dict[str, Any]]:
    """The answers to these lines."""
    sent = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
    said = framewall("inspect", *arguments, cwd=cwd, stdin=sent, status=status)
    return [json.loads(line) for line in said.stdout.splitlines()]


def test_an_answer_has_the_contracts_shape(tmp_path: Path) -> None:
    (answer,) = inspect({"data": say(XSS), "path": SOCKET_IO}, cwd=tmp_path)
    assert list(answer) == ["verdict", "score", "framework", "findings", "request"]
    assert (answer["verdict"], answer["framework"]) == ("block", "socket.io")
    assert answer["score"] >= 5
    finding = answer["findings"][0]
    assert list(finding) == ["attack", "rule", "field", "chain", "match", "score"]
    assert finding["attack"] == "xss"
    assert finding["attack"] in ATTACKS
    assert finding["field"] == 'event["say"].args[0]'
    assert finding["chain"] == ["socket.io", "json"]
    assert finding["match"] in XSS
    assert answer["request"] == (
        "POST /socket.io/?EIO=4&transport=websocket WEBSOCKET/13\n"
        "Host: localhost\n"
        "X-Forwarded-For: 127.0.0.1\n"
        "Framewall-Message: client text, 1 frame, 40 bytes\n"
        'Framewall-Packet: socket.io/5 event namespace=/ name="say"\n'
        "Content-Type: application/json\n"
        "\n"
        f'["say","{XSS}"]'
    )


def test_what_people_say_passes(tmp_path: Path) -> None:
    lines = [say(text) for text in ("hello", "don't you think 1 < 2? <3", "select one or two", "../ up")]
    answers = inspect(*({"data": line, "path": SOCKET_IO} for line in lines), cwd=tmp_path)
    assert [answer["verdict"] for answer in answers] == ["pass"] * 4
    assert all(answer == {**answer, "score": 0, "findings": [], "request": ""} for answer in answers)


@pytest.mark.parametrize(
    ("line", "framework"),
    [
        ({"data": "hello"}, "text"),
        ({"data": '{"say": "hello"}'}, "json"),
        ({"data_b64": b64(b"\x00\x01\x02\xff")}, "binary"),
        ({"data": say("hello"), "path": SOCKET_IO}, "socket.io"),
    ],
)
def test_the_framework_is_what_the_connection_speaks(
    line: dict[str, str], framework: str, tmp_path: Path
) -> None:
    assert inspect(line, cwd=tmp_path)[0]["framework"] == framework


def test_bytes_are_given_in_base64_and_the_opcode_can_be_told(tmp_path: Path) -> None:
    sent = b64(XSS.encode())
    binary, text, told = inspect(
        {"data_b64": sent},
        {"data_b64": sent, "opcode": "text"},
        {"data": XSS, "opcode": "binary"},
        cwd=tmp_path,
    )
    assert [answer["verdict"] for answer in (binary, text, told)] == ["block"] * 3
    assert "client binary, 1 frame" in binary["request"]
    assert "client text, 1 frame" in text["request"]
    assert "client binary, 1 frame" in told["request"]


def test_lines_of_one_session_are_one_connection_and_attachments_follow_their_packet(tmp_path: Path) -> None:
    header = {"data": '451-["up",{"_placeholder":true,"num":0}]', "path": SOCKET_IO, "session": "a"}
    attachment = {"data_b64": b64(XSS.encode())}
    first, second, alone = inspect(
        header, {**attachment, "session": "a"}, {**attachment, "session": "b"}, cwd=tmp_path
    )
    assert (first["verdict"], second["verdict"], alone["verdict"]) == ("pass", "block", "block")
    assert (second["framework"], alone["framework"]) == ("socket.io", "binary")
    assert second["findings"][0]["field"].startswith('event["up"].args[0]')


def test_a_block_does_not_end_the_session(tmp_path: Path) -> None:
    lines = [{"data": say(text), "path": SOCKET_IO, "session": "a"} for text in ("hi", XSS, "hi", XSS, "hi")]
    verdicts = [answer["verdict"] for answer in inspect(*lines, cwd=tmp_path)]
    assert verdicts == ["pass", "block", "pass", "block", "pass"]


@pytest.mark.parametrize(
    "line",
    [
        {"data": say(XSS), "path": POLLING, "method": "POST", "content_type": "text/plain;charset=UTF-8"},
        {
            "data": say("hi") + "\x1e" + say(XSS),
            "path": POLLING,
            "method": "POST",
            "content_type": "text/plain",
        },
        {
            "data": "d=" + "".join(f"%{byte:02x}" for byte in f"{len(say(XSS))}:{say(XSS)}".encode()),
            "path": "/socket.io/?EIO=3&transport=polling&sid=abcdefgh&j=0",
            "method": "POST",
            "content_type": "application/x-www-form-urlencoded",
        },
    ],
    ids=["one packet", "two packets", "jsonp"],
)
def test_bodies_of_polling_are_judged_like_messages(line: dict[str, str], tmp_path: Path) -> None:
    (answer,) = inspect({**line, "transport": "polling"}, cwd=tmp_path)
    assert (answer["verdict"], answer["framework"]) == ("block", "socket.io")
    assert answer["findings"][0]["field"] == 'event["say"].args[0]'
    assert answer["request"].startswith(f"POST {line['path']} HTTP/1.1\n")


def test_a_response_has_a_status_and_is_judged_too(tmp_path: Path) -> None:
    line = {"data": say(XSS), "path": POLLING, "transport": "polling", "method": "GET", "status": 200}
    (answer,) = inspect(line, cwd=tmp_path)
    assert answer["verdict"] == "block"
    assert "Framewall-Response: status 200\n" in answer["request"]


def test_the_servers_messages_are_judged_where_they_are_given(tmp_path: Path) -> None:
    (answer,) = inspect({"data": say(XSS), "path": SOCKET_IO, "direction": "server"}, cwd=tmp_path)
    assert answer["verdict"] == "block"
    assert "Framewall-Message: server text" in answer["request"]


def test_the_path_of_the_handshake_is_judged(tmp_path: Path) -> None:
    (answer,) = inspect({"data": "hi", "path": "/ws?q=<script>alert(1)</script>"}, cwd=tmp_path)
    assert answer["verdict"] == "block"
    assert answer["findings"][0]["field"].startswith('handshake.query["q"]')


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("nonsense", "not JSON"),
        ("[1]", 'not a message: write an object such as {"data": "hello"}'),
        ("[" * 100_000, "nested too deep"),
        ("{}", 'a line needs "data"'),
        ({"data": 5}, 'a line needs "data"'),
        ({"data": "x", "data_b64": "eA=="}, "one of the two"),
        ({"data_b64": "?"}, '"data_b64" is not base64'),
        ({"data": "x", "direction": "up"}, '"direction" must be one of client, server'),
        ({"data": "x", "opcode": "ping"}, '"opcode" must be one of text, binary'),
        ({"data": "x", "path": 5}, '"path" must be a string'),
        ({"data": "x", "subprotocol": ["a"]}, '"subprotocol" must be a string'),
    ],
)
def test_a_line_that_is_no_message_is_told_and_the_others_are_judged(
    line: dict[str, Any] | str, why: str, tmp_path: Path
) -> None:
    before, wrong, after = inspect({"data": "hi"}, line, {"data": XSS}, cwd=tmp_path, status=1)
    assert (before["verdict"], after["verdict"]) == ("pass", "block")
    assert wrong["line"] == 2
    assert why in wrong["error"]


def test_empty_lines_are_nothing(tmp_path: Path) -> None:
    assert len(inspect("", {"data": "hi"}, "  ", cwd=tmp_path)) == 1


def test_messages_can_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "messages.jsonl").write_text(json.dumps({"data": XSS}) + "\n")
    said = framewall("inspect", "messages.jsonl", cwd=tmp_path)
    assert json.loads(said.stdout)["verdict"] == "block"
    assert "No such file" in framewall("inspect", "none.jsonl", cwd=tmp_path, status=2).stderr


def test_lone_surrogates_and_raw_bytes_come_out_as_valid_json(tmp_path: Path) -> None:
    answers = inspect(
        r'{"data": "\ud83d' + XSS + '"}', {"data_b64": b64(b"\xff\xfe" + XSS.encode())}, cwd=tmp_path
    )
    assert [answer["verdict"] for answer in answers] == ["block", "block"]


def test_a_configuration_gives_threshold_and_exceptions(tmp_path: Path) -> None:
    (tmp_path / "w.toml").write_text(
        'upstream = "http://127.0.0.1:3000"\n[[routes]]\nname = "strict"\nhost = "a"\n'
        '[[routes]]\nname = "html"\nexceptions = [{ attack = "xss", field = "*.args[[]0]" }]\n'
        '[[routes]]\nname = "late"\n'.replace('[[routes]]\nname = "late"\n', "").replace("[[]", "[")
    )
    line = {"data": say(XSS), "path": SOCKET_IO}
    for route, verdict in (("strict", "block"), ("html", "pass")):
        (answer,) = inspect(line, cwd=tmp_path, arguments=("--config", "w.toml", "--route", route))
        assert answer["verdict"] == verdict
    said = framewall("inspect", "--config", "w.toml", "--route", "none", cwd=tmp_path, status=2)
    assert "has no route 'none'; it has strict, html" in said.stderr
    assert "add --config FILE" in framewall("inspect", "--route", "x", cwd=tmp_path, status=2).stderr


def test_what_was_changed_live_holds_with_a_configuration_unless_left_out(tmp_path: Path) -> None:
    file = tmp_path / "framewall.toml"
    file.write_text('upstream = "http://127.0.0.1:9"\n')
    rule = "[[rule]]\nid = 'own.word'\nattack = 'rce'\nscore = 5\npattern = 'opensesame'\n"
    state = State(tmp_path / "framewall-state.db")
    state.put("own", "own.word", rule, Deed("ann", 1.0), ("rule", "own.word", None))
    state.put("exception", "1", {"attack": "xss"}, Deed("ann", 1.0), ("exception", "1", None))
    state.close()

    def verdicts(*more: str) -> list[str]:
        answers = inspect(
            {"data": "opensesame"}, {"data": XSS}, cwd=tmp_path, arguments=("--config", str(file), *more)
        )
        return [each["verdict"] for each in answers]

    assert verdicts() == ["block", "pass"]
    assert verdicts("--as-written") == ["pass", "block"]
    file.write_text('upstream = "http://127.0.0.1:9"\ncontrol = "off"\n')
    assert verdicts() == ["pass", "block"]


def test_live_changes_that_cannot_be_read_are_told_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "framewall.toml").write_text('upstream = "http://127.0.0.1:9"\n')
    (tmp_path / "framewall-state.db").write_text("nonsense")
    config = ("inspect", "--config", str(tmp_path / "framewall.toml"))
    said = framewall(*config, cwd=tmp_path, stdin='{"data": "a"}\n', status=1)
    assert "--as-written judges without them" in said.stderr
    assert framewall(*config, "--as-written", cwd=tmp_path, stdin='{"data": "a"}\n').stdout
