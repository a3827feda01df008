# ruff: noqa: E501 (the exact words)
"""Every mistake is told with its line, its key, and what to write instead: the exact words."""

from __future__ import annotations

import pytest

from framewall.config import BadConfiguration, from_text

UP = 'upstream = "http://127.0.0.1:3000"\n'

CASES: list[tuple[str, str, str]] = [
    (
        "nothing to protect",
        'mode = "block"',
        'w.toml: there is no upstream to protect; write upstream = "http://127.0.0.1:3000" with your '
        "application's address",
    ),
    ("a mistyped key", UP + "\nmod = 1", 'w.toml:3: mod: there is no setting "mod" here; did you mean "mode"?'),
    (
        "an unknown key in a server",
        '[upstreams.a]\nservers = [{ url = "http://a", weigth = 2 }]\n[[routes]]\nname = "a"\nupstream = "a"',
        'w.toml:2: upstreams.a.servers[0].weigth: there is no setting "weigth" here; did you mean "weight"?',
    ),
    (
        "a mistyped mode",
        UP + 'mode = "blok"',
        'w.toml:2: mode: "blok" is not possible here; did you mean "block"?',
    ),
    (
        "a mode from nowhere",
        UP + 'mode = "xyz"',
        'w.toml:2: mode: "xyz" is not possible here; write one of off, monitor, safe_block, block',
    ),
    (
        "text without quotes",
        UP + "mode = block",
        'w.toml:2: not TOML: Invalid value; text needs quotes: write mode = "block"',
    ),
    (
        "an address without quotes",
        "upstream = http://127.0.0.1:3000",
        'w.toml:1: not TOML: Invalid value; text needs quotes: write upstream = "http://127.0.0.1:3000"',
    ),
    (
        "a string that does not end",
        UP + 'mode = "block\n',
        'w.toml:2: not TOML: Illegal character \'\\n\'; the line is: mode = "block',
    ),
    ("a key twice", UP + UP, f"w.toml:2: not TOML: Cannot overwrite a value; the line is: {UP.strip()}"),
    (
        "a number as text",
        UP + 'threshold = "5"',
        'w.toml:2: threshold: "5" is not a whole number; write for example threshold = 5',
    ),
    ("a number too small", UP + "threshold = 0", "w.toml:2: threshold: 0 is too small; write 1 or more"),
    ("a number too large", UP + "sensitivity = 9", "w.toml:2: sensitivity: 9 is too large; write 3 or less"),
    ("true for a number", UP + "threshold = true", "w.toml:2: threshold: true is not a whole number; write for example threshold = 5"),
    (
        "a mistyped limit",
        UP + "[limits]\nmessage_bites = 5",
        'w.toml:3: limits.message_bites: there is no limit "message_bites"; did you mean "message_bytes"?',
    ),
    (
        "a size that is none",
        UP + '[limits]\nmessage_bytes = "4 apples"',
        'w.toml:3: limits.message_bytes: "4 apples" is not a size; write a size, such as "4MiB", "64KiB" or a '
        "number of bytes",
    ),
    ("a limit of nothing", UP + "limits = { decode_layers = 0 }", "w.toml:2: limits.decode_layers: 0 would let nothing through; write 1 or more"),
    (
        "a process limit in a route",
        UP + '[[routes]]\nname = "a"\n[routes.limits]\nevent_queue = 5',
        "w.toml:5: routes[0].limits.event_queue: event_queue is a limit of the whole process, not of a route; move it "
        "to [limits] at the top of the file",
    ),
    (
        "a limit that is fixed",
        UP + "limits.sessions = 5",
        "w.toml:2: limits.sessions: sessions is fixed at 100,000; leave it out",
    ),
    (
        "a duration that is none",
        UP + 'ban_seconds = "soon"',
        'w.toml:2: ban_seconds: "soon" is not a duration; write a duration, such as "30s", "10m", "1h" or a '
        "number of seconds",
    ),
    (
        "a port alone",
        UP + "listen = 8080",
        'w.toml:2: listen: 8080 is not HOST:PORT; write for example "127.0.0.1:8080" or "[::1]:8080"',
    ),
    (
        "a port alone, as text",
        UP + 'listen = "8080"',
        'w.toml:2: listen: "8080" does not say on which address; write "127.0.0.1:8080"',
    ),
    (
        "a URL to listen on",
        UP + 'listen = ["127.0.0.1:8080",\n  "http://127.0.0.1:8081/"]',
        'w.toml:3: listen[1]: "http://127.0.0.1:8081/" is a URL; write "127.0.0.1:8081"',
    ),
    (
        "an upstream with a path",
        'upstream = "http://u:p@127.0.0.1:3000/app"',
        'w.toml:1: upstream: "http://u:p@127.0.0.1:3000/app" holds more than a server; write '
        '"http://127.0.0.1:3000"; requests keep their own path',
    ),
    (
        "an upstream without scheme",
        'upstream = "127.0.0.1:3000"',
        'w.toml:1: upstream: "127.0.0.1:3000" lacks its scheme; write "http://127.0.0.1:3000"',
    ),
    (
        "a WebSocket URL",
        'upstream = "ws://127.0.0.1:3000"',
        'w.toml:1: upstream: "ws://127.0.0.1:3000" is a WebSocket URL; write "http://127.0.0.1:3000"',
    ),
    (
        "an upstream with TLS",
        'upstream = "https://app.example"',
        'w.toml:1: upstream: "https://app.example": TLS towards upstreams is not there yet; write "http://app.example" and keep the way private',
    ),
    (
        "a mistyped group",
        'upstream = "chta"\n[upstreams.chat]\nservers = "unix:/run/chat.sock"',
        'w.toml:1: upstream: there is no upstream group "chta"; did you mean "chat"?',
    ),
    (
        "a group that is missing",
        '[[routes]]\nname = "a"\nupstream = "chat"',
        'w.toml:3: routes[0].upstream: there is no upstream group "chat"; write a URL such as '
        '"http://127.0.0.1:3000", or add a group: [upstreams.chat]',
    ),
    ("a group of nobody", UP + "[upstreams.a]\nservers = []", 'w.toml:3: upstreams.a.servers: it is empty; write servers = ["http://127.0.0.1:3000"]'),
    (
        "a route that no request reaches",
        UP + '[[routes]]\nname = "a"\n[[routes]]\nname = "b"\npath = "/b"',
        'w.toml:4: routes[1]: route "a" before it takes everything; move it above route "a"',
    ),
    (
        "a route that leads nowhere",
        '[[routes]]\nname = "a"',
        'w.toml:1: routes[0]: route "a" has no upstream; write upstream = "http://127.0.0.1:3000" in it, or at '
        "the top of the file",
    ),
    (
        "a route without a name",
        UP + '[[routes]]\npath = "/"',
        'w.toml:2: routes[0]: "name" is missing; write name = "chat"',
    ),
    (
        "two routes of one name",
        UP + '[[routes]]\nname = "a"\n[[routes]]\nname = "a"',
        'w.toml:5: routes[1].name: another route is named "a" already; give each its own: events tell routes by it',
    ),
    (
        "routes that are none",
        UP + "routes = 5",
        'w.toml:2: routes: 5 is not a list; write [[routes]] with name = "chat" below it',
    ),
    (
        "a path that is none",
        UP + '[[routes]]\nname = "a"\npath = "socket.io"',
        'w.toml:4: routes[0].path: "socket.io" is no path; write for example "/" or "/socket.io/"',
    ),
    (
        "an exception for everything",
        UP + 'exceptions = [{ rule = "x" }, {}]',
        "w.toml:2: exceptions[1]: an exception without a condition would allow everything; write at least one of "
        'rule, attack, field, event; to allow everything write mode = "off"',
    ),
    (
        "a mistyped rule",
        UP + 'exceptions = [{ rule = "xss.markupp" }]',
        'w.toml:2: exceptions[0].rule: there is no rule "xss.markupp"; did you mean "xss.markup"?',
    ),
    (
        "a mistyped attack",
        UP + 'exceptions = [{ attack = "sql" }]',
        'w.toml:2: exceptions[0].attack: "sql" is no attack class; did you mean "sqli"?',
    ),
    (
        "a network that is none",
        UP + 'trusted_proxies = ["10.0.0.0/99"]',
        'w.toml:2: trusted_proxies[0]: "10.0.0.0/99" is no IP address or network; write for example "10.0.0.0/8" '
        'or "203.0.113.9"',
    ),
    (
        "an unknown store",
        UP + 'events = "sqlit:x"',
        "w.toml:2: events: 'sqlit:x' names no event store; write one of: jsonl:events.jsonl, "
        "sqlite:framewall-events.db",
    ),
    ("a nameless node", UP + 'node = ""', 'w.toml:2: node: it is empty; write node = "edge-1"'),
]  # fmt: skip


@pytest.mark.parametrize(("document", "told"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_mistake_is_told_with_what_to_write_instead(document: str, told: str) -> None:
    with pytest.raises(BadConfiguration) as caught:
        from_text(document, "w.toml")
    assert str(caught.value) == told


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file() -> None:
    with pytest.raises(BadConfiguration) as caught:
        from_text('mode = "blok"\n[[routes]]\nnam = "x"\nsensitivity = 0\n[limits]\nx = 1\n', "w.toml")
    assert [problem.line for problem in caught.value.problems] == [1, 2, 3, 4, 6]
    assert len(str(caught.value).splitlines()) == 5


def test_a_mistake_on_the_command_line_names_its_option() -> None:
    with pytest.raises(BadConfiguration) as caught:
        from_text("", "", {"upstream": "http://a", "listen": ("8080",), "mode": "blok"})
    assert sorted(str(caught.value).splitlines()) == [
        '--listen: "8080" does not say on which address; write "127.0.0.1:8080"',
        '--mode: "blok" is not possible here; did you mean "block"?',
    ]
