"""From the file to what the relay is told."""

from __future__ import annotations

from framewall.config import from_text
from framewall.config.relay import relay_settings
from framewall.proxy import Route, Server, Settings, Upstream

FILE = """
listen = ["127.0.0.1:8080", "unix:/run/framewall.sock"]
trusted_proxies = "10.0.0.0/8"
upstream = "http://127.0.0.1:3000/"
limits = { message_bytes = "1MiB" }

[upstreams.chat]
balance = "ip_hash"
servers = ["http://10.0.0.1", { url = "unix:/run/chat.sock", weight = 3 }]

[upstreams.unused]
servers = "http://10.0.0.2"

[[routes]]
name = "chat"
host = ["chat.example", "*.chat.example"]
path = "/socket.io/"
upstream = "chat"
inspect = "both"
fail = "open"
limits = { message_bytes = "64KiB" }

[[routes]]
name = "off"
path = "/off/"
mode = "off"
inspect = "both"
"""


def test_an_upstream_alone_is_complete() -> None:
    url = "http://127.0.0.1:3000"
    assert relay_settings(from_text(f'upstream = "{url}"')) == Settings(
        upstreams=(Upstream((Server(url),), url),), routes=(Route(upstream=url),), listen=("127.0.0.1:8080",)
    )


def test_routes_groups_and_limits_are_passed_on() -> None:
    settings = relay_settings(from_text(FILE))
    assert settings.listen == ("127.0.0.1:8080", "unix:/run/framewall.sock")
    assert settings.trusted_proxies == ("10.0.0.0/8",)
    assert settings.limits == (("message_bytes", 1 << 20),)
    assert settings.upstreams == (
        Upstream((Server("http://10.0.0.1:80"), Server("unix:/run/chat.sock", 3)), "chat", "ip_hash"),
        Upstream((Server("http://127.0.0.1:3000"),), "http://127.0.0.1:3000"),
    )
    assert settings.routes == (
        Route(
            "chat",
            ("chat.example", "*.chat.example"),
            ("/socket.io/",),
            "chat",
            "both",
            "open",
            (("message_bytes", 65_536),),
        ),
        Route("off", ("*",), ("/off/",), "http://127.0.0.1:3000", "nothing"),
        Route("default", upstream="http://127.0.0.1:3000"),
    )


def test_without_an_upstream_at_the_top_there_is_no_default_route() -> None:
    settings = relay_settings(from_text('[[routes]]\nname = "a"\nhost = "a"\nupstream = "http://a"'))
    assert [route.name for route in settings.routes] == ["a"]
