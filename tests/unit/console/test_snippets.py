"""What is copied can be run: it is the attack, quoted for where it goes."""

from __future__ import annotations

import ast
import json
import shlex

from framewall.console.snippets import Snippet, snippets, wire
from framewall.console.story import taken_apart
from framewall.model import Event
from support.events import event

HOSTILE = 'it\'s $(touch /tmp/x) `id` "q" %s \\n <img src=x onerror=alert(1)>'
BODY = json.dumps(["new message", HOSTILE])
REQUEST = (
    "POST /socket.io/?EIO=4&transport=websocket WEBSOCKET/13\nHost: chat.example\nX-Forwarded-For: 203.0.113.9\n"
    "Framewall-Message: client text, 1 frame, 62 bytes\n"
    f'Framewall-Packet: socket.io/5 event namespace=/admin name="new message"\nContent-Type: application/json\n\n{BODY}'
)


def all_of(made: Event) -> dict[str, Snippet]:
    return {each.kind: each for each in snippets(made)}


def test_the_message_is_put_together_as_it_was_sent() -> None:
    assert wire(event(1), taken_apart(REQUEST)) == f"42/admin,{BODY}"
    root = REQUEST.replace("namespace=/admin", "namespace=/")
    assert wire(event(1), taken_apart(root)) == f"42{BODY}"
    assert wire(event(1, framework="json"), taken_apart(REQUEST)) == BODY


def test_raw_is_the_request() -> None:
    assert all_of(event(1, request=REQUEST))["raw"].text == REQUEST


def test_the_shell_gets_one_word() -> None:
    text = all_of(event(1, request=REQUEST))["websocat"].text
    words = shlex.split(text)
    assert words[0] == "printf"
    assert words[2:] == ["|", "websocat", "ws://chat.example/socket.io/?EIO=4&transport=websocket"]
    sent = words[1].replace("%%", "%").encode().decode("unicode_escape").split("\n")
    assert sent == ["40", f"42/admin,{BODY}", ""]


def test_python_is_python_and_has_the_message() -> None:
    tree = ast.parse(all_of(event(1, request=REQUEST))["python"].text)
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    assert f"42/admin,{BODY}" in texts


def test_curl_repeats_a_request_of_the_fallback() -> None:
    polling = REQUEST.replace("WEBSOCKET/13", "HTTP/1.1").replace(
        "Framewall-Message: client text", "Framewall-Message: client body"
    )
    words = shlex.split(all_of(event(1, request=polling, transport="polling"))["curl"].text)
    assert words[:5] == [
        "curl",
        "--include",
        "--request",
        "POST",
        "http://chat.example/socket.io/?EIO=4&transport=websocket",
    ]
    assert words[-2:] == ["--data-binary", f"42/admin,{BODY}"]
    assert "Content-Type: application/json" in words
    assert not [word for word in words if word.startswith("Framewall-")]


def test_the_vector_is_judged_as_the_attack_was() -> None:
    line = json.loads(all_of(event(1, request=REQUEST))["vector"].text)
    assert line["data"] == f"42/admin,{BODY}"
    assert line["path"] == "/socket.io/?EIO=4&transport=websocket"
    assert line["expect"] == {"verdict": "block", "attacks": ["xss", "sqli"]}
