"""The fields of an HTTP request's head: path, query, headers, cookies.

Headers that software writes by itself have grammars full of what attacks are made of (``;``, ``*``, quotes,
URLs). A value that fits its header's plain grammar says nothing; one that does not is judged whole.
"""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from framewall.decode import _base64
from framewall.fields.names import member, quoted
from framewall.model import Part, Request

_PLAIN_VALUE = re.compile(r"[A-Za-z0-9-]{0,8}")
"""Too short to carry anything, encoded or not."""
_UNRESERVED_PATH = re.compile(r"(?:/[A-Za-z0-9_~-]+(?:\.[A-Za-z0-9_~-]+)*)*/?")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[A-Za-z0-9_.:\[\]-]+((?:/[^?#]*)?)(?:\?([^#]*))?(?:#(.*))?")

_TOKEN = r"[A-Za-z0-9_.+/*-]+"
_LIST = re.compile(rf"{_TOKEN}(?:=(?:{_TOKEN}))?(?:\s*[,;]\s*{_TOKEN}(?:=(?:{_TOKEN}|\"[\w .-]*\"))?)*")
_COMMENT_WORD = r"(?:[A-Za-z0-9_.:,+@-]+(?:/[A-Za-z0-9_.+-]+)*|\+?https?://[A-Za-z0-9_./-]+)"
_COMMENT = rf"\(\s*{_COMMENT_WORD}(?:;?\s+{_COMMENT_WORD})*;?\s*\)"
_PRODUCT = r"[A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.+-]+)?"
_AGENT = re.compile(rf"(?:{_PRODUCT}|{_COMMENT})(?:\s+(?:{_PRODUCT}|{_COMMENT}))*")
_ADDRESS = re.compile(
    r"(?:null|(?:[A-Za-z][A-Za-z0-9+.-]*://)?[A-Za-z0-9_.:\[\]%-]+)(?:\s*,\s*[A-Za-z0-9_.:\[\]-]+)*"
)
_BRANDS = re.compile(
    r"(?:\?[01]|\"[\w .()/;:?=-]*\"(?:;\s?v=\"[\w.]*\")?(?:,\s*\"[^\"<>'&|$`\\]*\"(?:;\s?v=\"[\w.]*\")?)*)"
)
_CREDENTIALS = re.compile(r"(?:[A-Za-z]+\s+)?[A-Za-z0-9._~+/-]+=*")

_LONGEST_PLAIN = 1_024
"""No software writes longer values of these by itself."""

_PLAIN_HEADERS: dict[str, re.Pattern[str]] = {
    "user-agent": _AGENT,
    "origin": _ADDRESS,
    "host": _ADDRESS,
    "x-forwarded-for": _ADDRESS,
    "x-forwarded-host": _ADDRESS,
    "x-real-ip": _ADDRESS,
    "sec-ch-ua": _BRANDS,
    "sec-ch-ua-platform": _BRANDS,
    "sec-ch-ua-mobile": _BRANDS,
    "sec-websocket-key": _CREDENTIALS,
}
_LIST_HEADERS = frozenset(
    {
        "accept",
        "accept-encoding",
        "accept-language",
        "accept-charset",
        "cache-control",
        "connection",
        "content-length",
        "content-type",
        "dnt",
        "if-modified-since",
        "if-none-match",
        "keep-alive",
        "pragma",
        "priority",
        "sec-fetch-dest",
        "sec-fetch-mode",
        "sec-fetch-site",
        "sec-fetch-user",
        "sec-gpc",
        "sec-websocket-extensions",
        "sec-websocket-protocol",
        "sec-websocket-version",
        "te",
        "transfer-encoding",
        "upgrade",
        "upgrade-insecure-requests",
        "x-forwarded-proto",
        "x-forwarded-port",
        "x-requested-with",
    }
)


def parts(request: Request) -> list[Part]:
    """Everything in the head that a client chooses freely."""
    found: list[Part] = []
    path = request.path
    if not _UNRESERVED_PATH.fullmatch(path):
        found.append(_part(path, "handshake.path"))
    if request.query:
        _pairs(found, request.query, "&", "handshake.query")
    for name, value in request.headers:
        lower = name.lower()
        if lower == "cookie":
            _pairs(found, value, ";", f"handshake.headers{quoted(lower)}")
        elif lower in ("referer", "referrer"):
            _url(found, value, lower)
        elif lower == "authorization":
            _credentials(found, value, lower)
        elif value and not _says_nothing(lower, value):
            found.append(_part(value, f"handshake.headers{quoted(lower)}"))
    return found


def _says_nothing(name: str, value: str) -> bool:
    if len(value) > _LONGEST_PLAIN or ".." in value:
        return False
    if _PLAIN_VALUE.fullmatch(value):
        return True
    grammar = _PLAIN_HEADERS.get(name)
    if grammar is None and name in _LIST_HEADERS:
        grammar = _LIST
    return grammar is not None and grammar.fullmatch(value) is not None


def _pairs(found: list[Part], text: str, separator: str, label: str) -> None:
    """``name=value`` pairs: values under their names, names as keys. Queries are percent-decoded once."""
    cookie = separator == ";"
    for pair in text.split(separator):
        name, equals, value = (pair.strip() if cookie else pair).partition("=")
        key = _bytes(name) if cookie else _unquoted(name)
        shown = key.decode("utf-8", "replace")
        if not _PLAIN_VALUE.fullmatch(shown):
            found.append(_part(key, label, key=True))
        if equals and not _PLAIN_VALUE.fullmatch(value):
            decoded = _bytes(value.strip('"')) if cookie else _unquoted(value)
            found.append(_part(decoded, label + (member(shown) if cookie else quoted(shown))))


def _unquoted(text: str) -> bytes:
    return unquote_to_bytes(_bytes(text.replace("+", " ")))


def _credentials(found: list[Part], value: str, name: str) -> None:
    """Basic credentials are base64 of what a user typed (RFC 7617); other schemes carry tokens."""
    scheme, _, token = value.partition(" ")
    if scheme.lower() == "basic":
        found.append(
            Part(_base64.node(token.encode()), "text", False, f"handshake.headers{quoted(name)}.basic")
        )
    elif not _CREDENTIALS.fullmatch(value) or "eyJ" in value:
        found.append(_part(value, f"handshake.headers{quoted(name)}"))


def _url(found: list[Part], value: str, name: str) -> None:
    """A Referer is a URL by nature: its path and query are judged, that it is a URL is not."""
    label = f"handshake.headers{quoted(name)}"
    url = _URL.fullmatch(value)
    if url is None:
        found.append(_part(value, label))
        return
    path, query, fragment = url.groups()
    if path and not _UNRESERVED_PATH.fullmatch(path):
        found.append(_part(path, f"{label}.path"))
    if query:
        _pairs(found, query, "&", f"{label}.query")
    if fragment:
        found.append(_part(fragment, f"{label}.fragment"))


def _part(text: str | bytes, label: str, *, key: bool = False) -> Part:
    return Part(text if isinstance(text, bytes) else _bytes(text), "auto", key, label)


def _bytes(text: str) -> bytes:
    """What stood on the wire: drivers read heads as Latin-1."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
