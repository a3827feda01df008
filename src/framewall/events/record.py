"""An event as it may be kept: secrets of the request's head taken out, sizes bounded, text storable.

Redaction lives here and nowhere else. It covers what stands in the head of a request: secrets in queries,
credentials, cookie values and tokens smuggled in ``Sec-WebSocket-Protocol``. The payload stays visible: it
is what the operator has to read. It is idempotent, so redacting twice changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import asdict, replace
from typing import Any
from urllib.parse import unquote_plus

from framewall.limits import EVENT_BYTES, EVENT_FINDINGS
from framewall.model import Action, Direction, Event, Finding, Mode, Said

REDACTED = "[redacted]"

#: A longer value of a finding (field, match) is cut; these are quoted, not measured.
VALUE_CHARS = 4 * 1024

_NEARBY = ("before", "after")
_CUT = "… [cut: {} more characters]"

# Words that make a query parameter or a header a secret, wherever they stand in its name.
_SECRET_WORDS = frozenset(
    """
    token jwt secret secrets password passwd pass passphrase pw pwd auth authorization bearer credential
    credentials apikey key sig signature session sessionid sid otp pin
    """.split()  # noqa: SIM905 (a table of words)
)
# The same glued to other words: accesstoken, PHPSESSID.
_SECRET_ENDINGS = (
    "token",
    "secret",
    "password",
    "passwd",
    "apikey",
    "accesskey",
    "privatekey",
    "jwt",
    "sessionid",
    "sessid",
    "signature",
    "credential",
    "credentials",
)
# Named like secrets, and none: RFC 6455 section 11.3 nonces, and a retry's label.
_HARMLESS_HEADERS = frozenset({"sec-websocket-key", "sec-websocket-accept", "idempotency-key"})
_AUTH_SCHEMES = frozenset(
    """
    basic bearer digest negotiate ntlm token apikey hmac hawk dpop gnap mutual hoba vapid aws4-hmac-
    sha256 scram-sha-1 scram-sha-256
    """.split()  # noqa: SIM905 (a table of words)
)
_CREDENTIAL_HEADERS = frozenset({"authorization", "proxy-authorization"})

# Subprotocols that name a protocol: IANA's registry and what the frameworks send. Clients put tokens here
# too, because a browser lets a page set no other header, so whatever is not known is taken for one.
SUBPROTOCOLS = frozenset(
    """
    graphql-ws graphql-transport-ws subscriptions-transport-ws mqtt mqttv3.1 mqttv5 amqp amqpwsb10 stomp
    v10.stomp v11.stomp v12.stomp wamp wamp.2.json wamp.2.msgpack wamp.2.cbor wamp.2.json.batched
    wamp.2.msgpack.batched wamp.2.cbor.batched actioncable-v1-json actioncable-v1-msgpack actioncable-
    unsupported ocpp1.2 ocpp1.5 ocpp1.6 ocpp2.0 ocpp2.0.1 ocpp2.1 soap sip xmpp msrp bfcp json msgpack
    cbor protobuf binary base64 text chat nats json.webpubsub.azure.v1 protobuf.webpubsub.azure.v1
    json.reliable.webpubsub.azure.v1 protobuf.reliable.webpubsub.azure.v1 v4.channel.k8s.io
    v5.channel.k8s.io channel.k8s.io base64.channel.k8s.io access_token bearer jsonrpc jsonrpc-2.0
    phoenix signalr janus-protocol lws-mirror-protocol vite-hmr vite-ping sockjs
    """.split()  # noqa: SIM905 (a table of words)
)

# Every pattern here is linear: what it tries at one place, it consumes.
_DOTTED = re.compile(r"[\w.-]+")
_JWT_MIN = len("eyJhbGci.eyJpZCI6")
_USERINFO = re.compile(r"(?<=://)[^/@\s?#]+(?=@)")
_QUERY = re.compile(r"(?<=\?)\S+")
_SEPARATOR = re.compile(r"([&;])")
_NAME_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_SURROGATE = re.compile("[\ud800-\udfff]")


def is_secret(name: str) -> bool:
    """Whether a parameter or header of this name holds a secret. Percent-encoding does not hide the name."""
    plain = unquote_plus(unquote_plus(name))
    words = [word.lower() for word in _NAME_WORDS.findall(plain)]
    if any(word in _SECRET_WORDS for word in words):
        return True
    return "".join(words).endswith(_SECRET_ENDINGS)


def redact_query(query: str) -> str:
    """A query (no question mark) with its secrets' values taken out. Order, names and separators stay."""

    return _without_jwts("".join(map(_pair, _SEPARATOR.split(query))))


def redact_target(target: str) -> str:
    """A request target: its query, userinfo and bare JWTs are redacted."""
    path, mark, query = target.partition("?")
    return redact_text(path) + mark + redact_query(query)


def redact_text(text: str) -> str:
    """Text that may hold URLs: their queries and userinfo, and bare JWTs are redacted."""
    without_users = _USERINFO.sub(REDACTED, text)
    return _without_jwts(_QUERY.sub(lambda found: redact_query(found.group(0)), without_users))


def redact_free_text(text: str) -> str:
    """A message's text: userinfo of URLs and JSON Web Tokens are taken out, lone surrogates written out."""
    return _storable(_without_jwts(_USERINFO.sub(REDACTED, text)))


def redact_header(name: str, value: str, subprotocols: Collection[str] = ()) -> str:
    """The value of header ``name`` as it may be kept. ``subprotocols`` are the route's own: they stay."""
    header = name.strip().lower()
    if header in _CREDENTIAL_HEADERS:
        return _credentials(value)
    if header == "cookie":
        return "; ".join(_cookie(pair) for pair in value.split(";"))
    if header == "set-cookie":
        pair, semicolon, attributes = value.partition(";")
        return _cookie(pair) + semicolon + attributes
    if header == "sec-websocket-protocol":
        return ", ".join(_subprotocol(offer, subprotocols) for offer in value.split(","))
    if header not in _HARMLESS_HEADERS and is_secret(header):
        return REDACTED if value.strip() else value
    return redact_text(value)


def redact_headers(
    headers: Iterable[tuple[str, str]], subprotocols: Collection[str] = ()
) -> tuple[tuple[str, str], ...]:
    """Headers as they may be kept, in their order."""
    return tuple((name, redact_header(name, value, subprotocols)) for name, value in headers)


def redact_request(request: str, subprotocols: Collection[str] = ()) -> str:
    """A normalised request with its head redacted; whatever follows the first empty line is kept as it is."""
    head, gap, body = request.partition("\n\n")
    first, *lines = head.split("\n")
    kept = [_request_line(first)]
    hidden = False  # whether the header that a folded line continues was redacted
    for line in lines:
        if line[:1] in (" ", "\t"):
            kept.append(f"{line[0]}{REDACTED}" if hidden else redact_text(line))
            continue
        name, colon, value = line.partition(":")
        if not colon:
            kept.append(redact_text(line))
            continue
        ending = "\r" if value.endswith("\r") else ""
        bare = value.strip()
        shown = redact_header(name, bare, subprotocols)
        hidden = shown != bare
        kept.append(f"{name}: {shown}{ending}" if shown else line)
    return "\n".join(kept) + gap + body


def redact(event: Event, subprotocols: Collection[str] = ()) -> Event:
    """The event as it is stored and shown: redacted, bounded, free of text that no store can hold."""
    return replace(
        event,
        id=_storable(event.id),
        node=_storable(event.node),
        route=_storable(event.route),
        attacks=tuple(map(_storable, event.attacks)),
        client_ip=_storable(event.client_ip),
        session=_storable(event.session),
        transport=_storable(event.transport),
        path=_cut(_storable(redact_target(event.path)), VALUE_CHARS),
        framework=_storable(event.framework),
        event=None if event.event is None else _cut(_storable(event.event), VALUE_CHARS),
        findings=tuple(_finding(finding) for finding in event.findings[: EVENT_FINDINGS.default]),
        request=_cut(_storable(redact_request(event.request, subprotocols)), EVENT_BYTES.default),
    )


def as_json(event: Event) -> dict[str, Any]:
    """The event in the shape of the outside contract, keys in its order. ``time`` is Unix seconds, UTC."""
    shape = asdict(event)
    shape["mode"], shape["action"] = event.mode.value, event.action.value
    shape["attacks"] = list(event.attacks)
    shape["findings"] = [finding_json(finding) for finding in event.findings]
    for name in ("before", "after"):
        shape[name] = [said_json(said) for said in getattr(event, name)]
    return shape


def finding_json(finding: Finding) -> dict[str, Any]:
    """The finding in the shape of the outside contract."""
    return {
        "attack": finding.attack,
        "rule": finding.rule,
        "field": finding.field,
        "chain": list(finding.chain),
        "match": finding.match,
        "score": finding.score,
    }


def from_json(shape: dict[str, Any]) -> Event:
    """The event that :func:`as_json` wrote. Raises KeyError, TypeError or ValueError where it is none."""
    fields = {name: shape[name] for name in Event.__dataclass_fields__ if name not in _NEARBY}
    fields |= {name: tuple(said_from_json(said) for said in shape.get(name, ())) for name in _NEARBY}
    fields["mode"], fields["action"] = Mode(fields["mode"]), Action(fields["action"])
    fields["attacks"] = tuple(fields["attacks"])
    fields["findings"] = tuple(finding_from_json(finding) for finding in fields["findings"])
    return Event(**fields)


def said_json(said: Said) -> dict[str, Any]:
    """The nearby message in the shape of the outside contract."""
    return {**asdict(said), "direction": said.direction.value}


def said_from_json(shape: dict[str, Any]) -> Said:
    """The nearby message that :func:`said_json` wrote."""
    fields = {name: shape[name] for name in Said.__dataclass_fields__}
    fields["direction"] = Direction(fields["direction"])
    return Said(**fields)


def finding_from_json(shape: dict[str, Any]) -> Finding:
    """The finding that :func:`finding_json` wrote."""
    fields = {name: shape[name] for name in Finding.__dataclass_fields__}
    fields["chain"] = tuple(fields["chain"])
    return Finding(**fields)


def _request_line(line: str) -> str:
    """``METHOD TARGET VERSION``; the target is all between, whatever is in it."""
    method, first, rest = line.partition(" ")
    target, second, version = rest.rpartition(" ")
    return f"{method}{first}{redact_target(target)}{second}{redact_text(version)}"


def _pair(pair: str) -> str:
    name, equals, value = pair.partition("=")
    return f"{name}={REDACTED}" if equals and value and is_secret(name) else pair


def _without_jwts(text: str) -> str:
    """The text without JSON Web Tokens, wherever they are glued to: they begin with base64 of ``{"``."""

    def run(found: re.Match[str]) -> str:
        word = found.group()
        start = word.find("eyJ")
        if start < 0 or len(word) - start < _JWT_MIN or "." not in word[start:]:
            return word
        return word[:start] + REDACTED

    return _DOTTED.sub(run, text) if "eyJ" in text else text


def _credentials(value: str) -> str:
    scheme, space, secret = value.partition(" ")
    if space and secret.strip() and scheme.lower() in _AUTH_SCHEMES:
        return f"{scheme} {REDACTED}"
    return REDACTED if value.strip() else value


def _cookie(pair: str) -> str:
    name, equals, value = pair.partition("=")
    if not equals:
        return REDACTED if pair.strip() else pair
    return f"{name.strip()}={REDACTED}" if value.strip() else f"{name.strip()}="


def _subprotocol(offer: str, own: Collection[str]) -> str:
    name = offer.strip()
    return name if not name or name in own or name.lower() in SUBPROTOCOLS else REDACTED


def _finding(finding: Finding) -> Finding:
    return replace(
        finding,
        field=_cut(_storable(finding.field), VALUE_CHARS),
        chain=tuple(map(_storable, finding.chain)),
        match=_cut(_storable(finding.match), VALUE_CHARS),
    )


def _cut(text: str, chars: int) -> str:
    return text if len(text) <= chars else text[:chars] + _CUT.format(len(text) - chars)


def _storable(text: str) -> str:
    # UTF-8 has no lone surrogates, hostile JSON has: written out, they are readable and can be stored.
    return _SURROGATE.sub(lambda found: f"\\u{ord(found.group(0)):04x}", text)
