// Documents by Node's encoders, as JSON lines: {format, by, name, data_b64}. Run by binary.py.
import { createRequire } from "node:module";
import { Buffer } from "node:buffer";

const require = createRequire(`${process.argv[2]}/`);
const version = (name) => `${name} ${require(`${name}/package.json`).version} (Node ${process.versions.node})`;
const emit = (format, by, name, bytes) =>
  console.log(JSON.stringify({ format, by, name, data_b64: Buffer.from(bytes).toString("base64") }));

const chat = {
  event: "new message",
  args: [{ text: "<b>héllo ✓</b>", count: 3, low: -70000, ok: true, none: null, list: [], map: {} }],
};

const { encode, ExtData } = require("@msgpack/msgpack");
const msgpack = version2("@msgpack/msgpack");
emit("msgpack", msgpack, "chat", encode(chat));
emit("msgpack", msgpack, "extension", encode({ a: new ExtData(5, new TextEncoder().encode("alert(1)")) }));

const msgpackr = require("msgpackr");
emit("msgpack", version2("msgpackr"), "records", new msgpackr.Packr().pack([
  { user: "ann", text: "hi" }, { user: "bob", text: "ho" }, { other: ["x"] },
]));
emit("msgpack", version2("msgpackr"), "plain", new msgpackr.Packr({ useRecords: false }).pack(chat));

const cborx = require("cbor-x");
emit("cbor", version2("cbor-x"), "chat", new cborx.Encoder({ useRecords: false, mapsAsObjects: true }).encode(chat));

const bson = require("bson");
emit("bson", version2("bson"), "chat", bson.serialize(chat));
emit("bson", version2("bson"), "code", bson.serialize({
  plain: new bson.Code("return 1"), scoped: new bson.Code("return x", { x: "<i>" }), last: "z",
}));

function version2(name) {
  // Some packages do not export their package.json.
  try { return version(name); } catch {
    const main = require.resolve(name);
    const root = main.slice(0, main.lastIndexOf(`node_modules/${name}/`) + `node_modules/${name}`.length);
    return `${name} ${require(`${root}/package.json`).version} (Node ${process.versions.node})`;
  }
}
