// JSON web tokens: jose and jsonwebtoken.
export default async function make(require, load) {
  const jose = await load("jose/dist/webapi/index.js");
  const jsonwebtoken = require("jsonwebtoken");
  const { generateKeyPairSync } = require("crypto");
  const claims = {
    iss: "https://example.com/<b>", sub: "<script>alert(1)</script>", aud: ["é", "漢字😀"], exp: 4000000000,
    roles: { admin: true, none: null, level: 1.5 },
  };
  const secret = new TextEncoder().encode("not a secret, thirty-two bytes long".repeat(2));
  const rsa = () => generateKeyPairSync("rsa", { modulusLength: 2048 });
  const curve = () => generateKeyPairSync("ec", { namedCurve: "P-256" });
  const sign = (header, key) => new jose.SignJWT(claims).setProtectedHeader(header).sign(key);
  const seal = (header, key) => new jose.EncryptJWT(claims).setProtectedHeader(header).encrypt(key);
  return {
    encoders: {},
    documents: {
      "jose: HS512, JSON web signature": () => sign({ alg: "HS512", typ: "at+jwt", kid: "<b>" }, secret),
      "jose: a key in the header": async () => {
        const { publicKey, privateKey } = curve();
        return sign({ alg: "ES256", jwk: await jose.exportJWK(publicKey), x5u: "http://example.com/" }, privateKey);
      },
      "jose: a signature by RSA": () => sign({ alg: "PS256" }, rsa().privateKey),
      "jose: unsecured": () => new jose.UnsecuredJWT(claims).encode(),
      "jose: encrypted, a direct key": () => seal({ alg: "dir", enc: "A256GCM" }, secret.slice(0, 32)),
      "jose: encrypted, an agreed key": () => seal({ alg: "ECDH-ES+A256KW", enc: "A256CBC-HS512" }, curve().publicKey),
      "jose: encrypted, a password": () => seal({ alg: "PBES2-HS256+A128KW", enc: "A128GCM" }, secret),
      "jsonwebtoken: HS256, a key's name": () => jsonwebtoken.sign(claims, Buffer.from(secret), { keyid: "a/../b", noTimestamp: true }),
      "jsonwebtoken: RS256": () => jsonwebtoken.sign(claims, rsa().privateKey, { algorithm: "RS256", noTimestamp: true }),
      "jsonwebtoken: ES256": () => jsonwebtoken.sign(claims, curve().privateKey, { algorithm: "ES256", noTimestamp: true }),
      "jsonwebtoken: unsecured": () => jsonwebtoken.sign(claims, null, { algorithm: "none", noTimestamp: true }),
    },
  };
}
