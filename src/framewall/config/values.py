"""Single values of the configuration: from what people write to what Framewall uses, or why not.

Each function takes what stands in the file and gives it back in its one form. What cannot be used raises
:func:`wrong`, which says why and what to write instead.
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationInfo
from pydantic_core import PydanticCustomError

from framewall.config.units import parse_bytes, parse_milliseconds, parse_seconds
from framewall.errors import StoreError
from framewall.events import find
from framewall.limits import BY_NAME, CONSOLE
from framewall.model import ATTACKS
from framewall.policy.handshake import OPAQUE, ORIGIN, SAME_ORIGIN

#: The name under which :func:`wrong` travels through pydantic.
WRONG = "framewall"

#: Caps that no configuration changes.
FIXED_LIMITS = frozenset(
    {
        "attachments",
        "payload_packets",
        "record_bytes",
        "frame_headers",
        "curie_prefixes",
        "sessions",
        "session_idle_seconds",
        "graylist_clients",
        "banned_clients",
        "event_bytes",
        "event_findings",
        "event_values",
        "nearby_messages",
        "nearby_bytes",
        "live_changes",
        "audit_entries",
        "control_connections",
        "control_bytes",
        "control_seconds",
        *(limit.name for limit in CONSOLE),
    }
)

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_BAN_COOKIE = re.compile(f"cookie:{_TOKEN.pattern}")
_HOST = re.compile(r"(?:\*\.)?[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d+)?|\[[0-9a-f:.]+\](?::\d+)?")


def wrong(why: str, instead: str, at: tuple[str | int, ...] = ()) -> PydanticCustomError:
    """The error for a value that cannot be used; ``at`` leads from the table at hand to the key."""
    return PydanticCustomError(WRONG, "{why}", {"why": why, "instead": instead, "at": at})


def suggest(text: str, known: list[str]) -> str:
    """What to write instead of ``text``: the closest of ``known``, or all of them if none is close."""
    close = get_close_matches(text, known, n=1, cutoff=0.6)
    return f'did you mean "{close[0]}"?' if close else f"write one of {', '.join(known)}"


def quoted(value: Any) -> str:
    """A value as TOML would write it, near enough, for a message."""
    if isinstance(value, dict | list | tuple):
        return "a table" if isinstance(value, dict) else "a list"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return json.dumps(value if len(value) <= 200 else f"{value[:200]}…", ensure_ascii=False)
    return str(value)


def as_list(value: Any) -> Any:
    """A lone value stands for a list of one."""
    return value if isinstance(value, list | tuple) else [value]


def as_seconds(value: Any) -> int:
    """``"10m"`` or a number of seconds."""
    return _quantity(value, parse_seconds, "duration")


def _quantity(value: Any, parse: Callable[[Any], int], noun: str, at: tuple[str, ...] = ()) -> int:
    try:
        return parse(value)
    except ValueError as error:
        raise wrong(f"{quoted(value)} is not a {noun}", f"write {error}", at) from None


def as_limits(value: Any) -> dict[str, int]:
    """Limits by name, each in the unit its name says."""
    if not isinstance(value, dict):
        raise wrong("limits are a table", 'write for example limits = { message_bytes = "1MiB" }')
    return {name: as_limit(name, amount) for name, amount in value.items()}


def as_limit(name: str, value: Any) -> int:
    """One limit's value."""
    if name not in BY_NAME:
        raise wrong(f'there is no limit "{name}"', suggest(name, sorted(BY_NAME)), (name,))
    if name in FIXED_LIMITS:
        raise wrong(f"{name} is fixed at {BY_NAME[name].default:,}", "leave it out", (name,))
    if "bytes" in name.split("_"):
        amount = _quantity(value, parse_bytes, "size", (name,))
    elif "seconds" in name.split("_"):
        amount = _quantity(value, parse_seconds, "duration", (name,))
    elif "ms" in name.split("_"):
        amount = _quantity(value, parse_milliseconds, "duration", (name,))
    elif isinstance(value, int) and not isinstance(value, bool):
        amount = value
    else:
        raise wrong(f"{quoted(value)} is not a whole number", f"write for example {name} = 100", (name,))
    if amount < 1:
        raise wrong(f"{quoted(value)} would let nothing through", "write 1 or more", (name,))
    return amount


def as_address(value: Any) -> str:
    """Where to listen: ``HOST:PORT`` or ``unix:/PATH``."""
    text = value if isinstance(value, str) else ""
    if text.startswith("unix:") and len(text) > len("unix:"):
        return text
    host, colon, port = text.rpartition(":")
    if not colon and text.isdigit():
        raise wrong(f"{quoted(value)} does not say on which address", f'write "127.0.0.1:{text}"')
    if "://" in text:
        raise wrong(f"{quoted(value)} is a URL", f'write "{text.partition("://")[2].rstrip("/")}"')
    if not colon or not host or not port.isdigit() or int(port) > 65_535 or ("[" not in host and ":" in host):
        raise wrong(f"{quoted(value)} is not HOST:PORT", 'write for example "127.0.0.1:8080" or "[::1]:8080"')
    return text


def as_toggle_address(value: Any) -> str:
    """``HOST:PORT``, or ``off``."""
    return "off" if value in ("off", False) else as_address(value)


def as_url(value: Any) -> str:
    """An upstream server: ``http://HOST:PORT`` or ``unix:/PATH``."""
    text = value if isinstance(value, str) else ""
    example = 'write for example "http://127.0.0.1:3000" or "unix:/run/app.sock"'
    if text.startswith("unix:") and len(text) > len("unix:"):
        return text
    if text and "://" not in text and ":" in text:
        raise wrong(f"{quoted(value)} lacks its scheme", f'write "http://{text}"')
    try:
        url = urlsplit(text)
        port = url.port
    except ValueError:
        raise wrong(f"{quoted(value)} is not a URL", example) from None
    if url.scheme in ("ws", "wss"):
        scheme = {"ws": "http", "wss": "https"}[url.scheme]
        raise wrong(f"{quoted(value)} is a WebSocket URL", f'write "{scheme}://{url.netloc}"')
    if url.scheme == "https":
        raise wrong(
            f"{quoted(value)}: TLS towards upstreams is not there yet",
            f'write "http://{url.netloc}" and keep the way private',
        )
    if url.scheme != "http" or not url.hostname:
        raise wrong(f"{quoted(value)} is not an upstream server's URL", example)
    if url.path not in ("", "/") or url.query or url.fragment or "@" in url.netloc:
        raise wrong(
            f"{quoted(value)} holds more than a server",
            f'write "http://{url.netloc.rpartition("@")[2]}"; requests keep their own path',
        )
    host = f"[{url.hostname}]" if ":" in url.hostname else url.hostname
    return f"http://{host}:{port or 80}"


def as_server(value: Any) -> Any:
    """A server of a group: its URL alone, or a table with ``url`` and ``weight``."""
    return {"url": value} if isinstance(value, str) else value


def as_network(value: Any) -> str:
    """An address or a network, as ``203.0.113.9`` or ``203.0.113.0/24``."""
    try:
        return str(ipaddress.ip_network(value if isinstance(value, str) else "", strict=False))
    except ValueError:
        raise wrong(
            f"{quoted(value)} is no IP address or network", 'write for example "10.0.0.0/8" or "203.0.113.9"'
        ) from None


def as_host(value: Any) -> str:
    """A host to match: ``chat.example``, ``*.chat.example`` or ``*``."""
    text = value.lower() if isinstance(value, str) else ""
    if text == "*" or _HOST.fullmatch(text):
        return text
    raise wrong(f"{quoted(value)} is no host", 'write for example "chat.example" or "*.chat.example"')


def as_path(value: Any) -> str:
    """A path to match, with everything below it."""
    if isinstance(value, str) and value.startswith("/") and not re.search(r"[\s?#]", value):
        return value
    raise wrong(f"{quoted(value)} is no path", 'write for example "/" or "/socket.io/"')


def as_attack(value: Any) -> str:
    """An attack class."""
    if value in ATTACKS:
        return str(value)
    raise wrong(f"{quoted(value)} is no attack class", suggest(str(value), list(ATTACKS)))


def as_rule(value: Any) -> str:
    """A rule's id; whether there is one is asked where all rules are known."""
    if not isinstance(value, str):
        raise wrong(f"{quoted(value)} is no rule", 'write its id, as findings tell it: "xss.markup"')
    return value


def as_origin(value: Any) -> str:
    """An origin, with or without its scheme: ``https://chat.example``, ``*.chat.example``, ``same-origin``."""
    text = value.lower() if isinstance(value, str) else ""
    if text in (SAME_ORIGIN, OPAQUE) or ORIGIN.fullmatch(text):
        return text
    if ORIGIN.fullmatch(text.rstrip("/")):
        raise wrong(f"{quoted(value)} has a path", f'write "{text.rstrip("/")}"')
    raise wrong(f"{quoted(value)} is no origin", 'write "same-origin", or for example "https://chat.example"')


def as_token(value: Any) -> str:
    """A subprotocol's name (RFC 6455 section 4.1, RFC 9110 section 5.6.2)."""
    if isinstance(value, str) and _TOKEN.fullmatch(value):
        return value
    raise wrong(f"{quoted(value)} is no subprotocol", 'write for example "v12.stomp", or "none"')


def as_ban(value: Any) -> str:
    """What a client is known again by: ``ip`` or ``cookie:NAME``."""
    if value == "ip" or (isinstance(value, str) and _BAN_COOKIE.fullmatch(value)):
        return str(value)
    raise wrong(
        f"{quoted(value)} says nothing about a client", 'write "ip", or for example "cookie:sessionid"'
    )


def as_refusal_text(value: Any) -> str:
    """One line for people, short enough for every framework's refusal."""
    return _line(value, 200)


def as_close_reason(value: Any) -> str:
    """One line of at most 123 bytes (RFC 6455 section 5.5)."""
    return _line(value, 123)


def as_close_code(value: Any) -> int:
    """A code that may stand in a Close (RFC 6455 section 7.4)."""
    if type(value) is int and (1000 <= value <= 1003 or 1007 <= value <= 1014 or 3000 <= value <= 4999):
        return value
    raise wrong(f"{quoted(value)} is no close code", "write 1008, or a number from 4000 to 4999 of your own")


def _line(value: Any, most: int) -> str:
    if not isinstance(value, str) or not value.isprintable():
        raise wrong(f"{quoted(value)} is no line of text", 'write for example "Blocked"')
    if len(value.encode()) > most:
        raise wrong(f"it has {len(value.encode())} bytes", f"write at most {most}")
    return value


def as_contents(value: Any, info: ValidationInfo) -> bytes:
    """What is in a file, whose place is relative to the configuration's."""
    if isinstance(value, bytes):
        return value
    if not isinstance(value, str) or not value:
        raise wrong(f"{quoted(value)} is no file", 'write for example "chat.binpb"')
    folder: Path = (info.context or {}).get("folder", Path())
    try:
        return (folder / value).read_bytes()
    except OSError as error:
        raise wrong(
            f"{quoted(value)} cannot be read: {error.strerror}", "name a file that is there"
        ) from None


def as_registry(value: Any, info: ValidationInfo) -> dict[int, bytes]:
    """Files by their numbers in a schema registry."""
    example = 'write for example registry = { 1 = "say.avsc" }'
    if not isinstance(value, dict):
        raise wrong("a registry is a table", example)
    if unfit := next((name for name in value if not re.fullmatch(r"\d{1,9}", str(name))), None):
        raise wrong(f"{quoted(unfit)} is no number of a schema", example, (unfit,))
    return {int(name): as_contents(file, info) for name, file in value.items()}


def as_store(value: Any) -> str:
    """An event store's URL."""
    try:
        find(value if isinstance(value, str) else "")
    except StoreError as error:
        why, _, instead = str(error).partition("; ")
        raise wrong(why, instead) from None
    return str(value)
