// Documents made by JavaScript's own encoders, one JSON line each, for text.py.
// Needs, beside Node: npm install qs js-yaml papaparse jose
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const require = createRequire(process.cwd() + "/");
const qs = require("qs");
const yaml = require("js-yaml");
const papa = require("papaparse");
const jose = require("jose");

const version = (name) => `${name} ${JSON.parse(readFileSync(`node_modules/${name}/package.json`)).version} (Node)`;
const out = (format, name, by, data, extra = {}) =>
  console.log(JSON.stringify({ format, name, by, data_b64: Buffer.from(data).toString("base64"), ...extra }));
const node = `Node ${process.versions.node}`;

const value = JSON.parse(process.argv[2]);
out("json", "Node, compact", `JSON.stringify (${node})`, JSON.stringify(value));
out("json", "Node, indented with tabs", `JSON.stringify (${node})`, JSON.stringify(value, null, "\t"));
out("yaml", "js-yaml", version("js-yaml"), yaml.dump(value));
out("yaml", "js-yaml, flow", version("js-yaml"), yaml.dump(value, { flowLevel: 1, forceQuotes: true }));

const pairs = JSON.parse(process.argv[3]);
out("form", "URLSearchParams", `URLSearchParams (${node})`, new URLSearchParams(pairs).toString());
out("form", "qs, nested", version("qs"), qs.stringify({ user: { name: "a b", role: { $ne: "<x>" } }, ids: ["1", "2"] }));

const rows = JSON.parse(process.argv[4]);
out("csv", "papaparse", version("papaparse"), papa.unparse(rows));

const form = new FormData();
form.append("text", "hello\nworld");
form.append("file", new File(["<svg/>"], 'a"b.svg', { type: "image/svg+xml" }));
const response = new Response(form);
out("multipart", "FormData", `FormData (${node})`, await response.text());

const token = await new jose.SignJWT({ name: "<b>é</b>", admin: true })
  .setProtectedHeader({ alg: "HS256", typ: "JWT" })
  .sign(new TextEncoder().encode("not a secret, thirty-two bytes long"));
out("jwt", "jose", version("jose"), token);
