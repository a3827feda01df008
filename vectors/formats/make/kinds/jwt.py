"""JSON web tokens: signed, encrypted, unsecured, nested, by five encoders."""

from __future__ import annotations

import base64
import json
from typing import Any

import joserfc.jwe
import joserfc.jws
import joserfc.jwt
import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from joserfc.jwk import OctKey, RSAKey
from jwcrypto import jwe, jwk, jws
from leaves import leaf, leaves

from .battery import ATTACK
from .collect import Rows, Vectors, package
from .node import Node

CLAIMS: dict[str, Any] = {
    "iss": "https://example.com/<b>",
    "sub": ATTACK,
    "aud": ["é", "漢字😀"],
    "exp": 4_000_000_000,
    "roles": {"admin": True, "none": None, "level": 1.5},
}
SECRET = b"not a secret, thirty-two bytes long"


def part(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def signed(token: str, claims: Any) -> Rows:
    """Header, claims (raw where they are no JSON), signature."""
    header, _, signature = token.split(".")
    rows = leaves(json.loads(part(header)), ["header"])
    rows += (
        [leaf(["claims"], "value", "raw", claims)]
        if isinstance(claims, (str, bytes))
        else leaves(claims, ["claims"])
    )
    return [*rows, leaf(["signature"], "value", "binary", part(signature))]


def encrypted(token: str) -> Rows:
    header, *rest = token.split(".")
    rows = leaves(json.loads(part(header)), ["header"])
    names = ("key", "iv", "ciphertext", "tag")
    return rows + [
        leaf([name], "value", "binary", part(text)) for name, text in zip(names, rest, strict=True)
    ]


def make(vectors: Vectors, node: Node) -> None:
    by_pyjwt(vectors)
    by_joserfc(vectors)
    by_jwcrypto(vectors)
    for name, kind in (
        ("HS512, JSON web signature", "signed"),
        ("a key in the header", "signed"),
        ("a signature by RSA", "signed"),
        ("unsecured", "signed"),
        ("encrypted, a direct key", "encrypted"),
        ("encrypted, an agreed key", "encrypted"),
        ("encrypted, a password", "encrypted"),
    ):
        token = node.document("jwt", f"jose: {name}")
        rows = signed(token.decode(), CLAIMS) if kind == "signed" else encrypted(token.decode())
        vectors.add(node.by("jose"), name, token, rows)
        if name in ("encrypted, an agreed key", "a key in the header"):
            vectors.cuts(f"{name} (jose)", token, ends_itself=False)
    for name in ("HS256, a key's name", "RS256", "ES256", "unsecured"):
        token = node.document("jwt", f"jsonwebtoken: {name}")
        vectors.add(node.by("jsonwebtoken"), name, token, signed(token.decode(), CLAIMS))


def by_pyjwt(vectors: Vectors) -> None:
    by = package("PyJWT")
    keys: dict[str, Any] = {
        "HS384": SECRET * 2,
        "RS256": rsa.generate_private_key(65537, 2048),
        "ES256": ec.generate_private_key(ec.SECP256R1()),
        "EdDSA": ed25519.Ed25519PrivateKey.generate(),
    }
    for algorithm, key in keys.items():
        headers = (
            {"kid": "../../etc/passwd", "jku": "https://example.com/keys", "crit": []}
            if algorithm == "RS256"
            else None
        )
        token = jwt.encode(CLAIMS, key, algorithm=algorithm, headers=headers)
        vectors.add(by, algorithm, token.encode(), signed(token, CLAIMS))
    empty = jwt.encode({}, SECRET, algorithm="HS256")
    vectors.add(by, "no claims", empty.encode(), signed(empty, {}))
    listed = jwt.api_jws.encode(b'["<b>", 1]', SECRET, algorithm="HS256")
    vectors.add(by, "claims that are a list", listed.encode(), signed(listed, ["<b>", 1]))
    long = {"text": "x" * 3000 + ATTACK}
    token = jwt.encode(long, SECRET, algorithm="HS256")
    vectors.add(by, "long claims", token.encode(), signed(token, long))


def by_joserfc(vectors: Vectors) -> None:
    by = package("joserfc")
    key = OctKey.import_key(SECRET)
    token = joserfc.jwt.encode({"alg": "HS256", "kid": "' OR 1=1 --"}, CLAIMS, key)
    vectors.add(by, "HS256", token.encode(), signed(token, CLAIMS))
    wrap = OctKey.generate_key(256)
    for algorithm, way in (("dir", "A128CBC-HS256"), ("A256KW", "A256GCM"), ("RSA-OAEP", "A256GCM")):
        token = joserfc.jwe.encrypt_compact(
            {"alg": algorithm, "enc": way},
            json.dumps(CLAIMS).encode(),
            RSAKey.generate_key(2048) if algorithm[0] == "R" else wrap,
        )
        vectors.add(by, f"encrypted, {algorithm}", token.encode(), encrypted(token))
    inner = joserfc.jwt.encode({"alg": "HS256"}, CLAIMS, key)
    outer = joserfc.jws.serialize_compact({"alg": "HS256", "cty": "JWT"}, inner.encode(), key)
    vectors.add(by, "a token in a token", outer.encode(), signed(outer, inner))
    sealed = joserfc.jwe.encrypt_compact(
        {"alg": "A256KW", "enc": "A256GCM", "cty": "JWT", "zip": "DEF"}, inner.encode(), wrap
    )
    vectors.add(by, "a token encrypted and packed", sealed.encode(), encrypted(sealed))
    text = joserfc.jws.serialize_compact({"alg": "HS256"}, ATTACK.encode(), key)
    vectors.add(by, "claims that are text", text.encode(), signed(text, ATTACK))


def by_jwcrypto(vectors: Vectors) -> None:
    by = package("jwcrypto")
    key = jwk.JWK.generate(kty="EC", crv="P-521", kid="one")
    token = jws.JWS(json.dumps(CLAIMS).encode())
    public = key.export_public(as_dict=True)
    token.add_signature(key, None, json.dumps({"alg": "ES512", "jwk": public, "typ": "JWT"}), None)
    text = token.serialize(compact=True)
    vectors.add(by, "ES512, its key in the header", text.encode(), signed(text, CLAIMS))
    for algorithm, kind in (
        ("RSA-OAEP-256", {"kty": "RSA", "size": 2048}),
        ("ECDH-ES+A128KW", {"kty": "EC", "crv": "P-256"}),
    ):
        sealed = jwe.JWE(
            json.dumps(CLAIMS).encode(), json.dumps({"alg": algorithm, "enc": "A128GCM", "x5t": "<b>"})
        )
        sealed.add_recipient(jwk.JWK.generate(**kind))
        text = sealed.serialize(compact=True)
        vectors.add(by, f"encrypted, {algorithm}", text.encode(), encrypted(text))
