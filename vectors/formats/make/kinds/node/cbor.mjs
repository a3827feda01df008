// CBOR: cbor-x, cbor and cborg.
export default async function make(require, load) {
  const cborx = require("cbor-x");
  const cbor = require("cbor");
  const cborg = await load("cborg/cborg.js");
  const streamed = (value) => new Promise((resolve) => {
    const encoder = new cbor.Encoder();
    const parts = [];
    encoder.on("data", (part) => parts.push(part));
    encoder.on("end", () => resolve(Buffer.concat(parts)));
    cbor.Encoder.encodeIndefinite(encoder, value, { chunkSize: 4 });
    encoder.end();
  });
  return {
    encoders: {
      "cbor-x": (value, options) => new cborx.Encoder({ useRecords: false, mapsAsObjects: true, ...options }).encode(value),
      "cbor": (value) => cbor.encodeOne(value, { highWaterMark: 1 << 20 }),
      "cborg": (value) => cborg.encode(value),
    },
    documents: {
      "cbor: an indefinite text": () => streamed("<script>alert(1)</script>"),
      "cbor: indefinite bytes": () => streamed(Buffer.from("<script>alert(1)</script>")),
      "cbor: an indefinite list": () => streamed(["<b>", 1, [true]]),
      "cbor: an indefinite map": () => streamed({ a: "<b>", c: { d: [] } }),
      "cbor: tags": () => cbor.encodeOne({
        when: new Date(1700000000500), at: new URL("http://example.com/<b>"), re: /^<script/i,
        tag: new cbor.Tagged(32, "javascript:alert(1)"), huge: 2n ** 70n, low: -(2n ** 70n), none: undefined,
        simple: new cbor.Simple(99), map: new Map([[1, "one"], ["two", 2]]),
      }),
      "cbor-x: dates and undefined": () => new cborx.Encoder({ useRecords: false }).encode(
        { when: new Date(1700000000000), none: undefined, set: new Set(["<b>", 1]), re: /^<script/i, huge: 2n ** 70n }),
      "cbor-x: records": () => new cborx.Encoder({ useRecords: true }).encode(
        [{ user: "ann", text: "<b>hi</b>" }, { user: "bob", text: "ho" }, { other: ["x"] }]),
      "cbor-x: typed arrays": () => new cborx.Encoder({ useRecords: false }).encode(
        { words: new Uint16Array([1, 2, 65535]), bytes: new Uint8Array([60, 98, 62]) }),
      "cbor-x: an embedded map": () => new cborx.Encoder({ useRecords: false }).encode(
        new Map([[1, "one"], ["two", new Map([[null, "<b>"]])]])),
      "cborg: tokens": () => cborg.encode({ z: 1, aa: [undefined], b: 2n ** 63n, c: -(2n ** 64n) }),
    },
  };
}
