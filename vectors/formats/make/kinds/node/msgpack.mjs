// MessagePack: @msgpack/msgpack and msgpackr.
export default function make(require) {
  const { encode, ExtData } = require("@msgpack/msgpack");
  const { Packr } = require("msgpackr");
  const users = [
    { user: "ann", text: "<b>hi</b>" }, { user: "bob", text: "ho" }, { text: "x", user: "y" },
    { user: "eve", text: "in a record", reply: { user: "ann", text: "in one" } },
  ];
  const dates = [new Date(1700000000000), new Date(1700000000123), new Date(17179869184000), new Date(-1)];
  return {
    encoders: {
      "@msgpack/msgpack": (value, options) => encode(value, { useBigInt64: true, ...options }),
      "msgpackr": (value, options) => new Packr({ useRecords: false, ...options }).pack(value),
    },
    documents: {
      "@msgpack/msgpack: times": () => encode(dates),
      "@msgpack/msgpack: extensions": () => encode([0, 1, 2, 3, 4, 7, 8, 16, 17, 255, 256].map(
        (size) => new ExtData(size % 100, new Uint8Array(size).fill(0xfe)))),
      "msgpackr: times": () => new Packr({ useRecords: false }).pack(dates),
      "msgpackr: records": () => new Packr().pack(users),
      "msgpackr: many records": () => new Packr({ maxSharedStructures: 0, useRecords: true }).pack(
        Array.from({ length: 40 }, (_, n) => ({ [`name${n}`]: n, [`text${n}`]: `<i>${n}` }))),
      "msgpackr: bundled strings": () => new Packr({ bundleStrings: true, useRecords: false }).pack(
        { first: "a text of some length", list: ["é😀 <script>", "more and more", "", "漢字 here"], last: "<b>the end</b>" }),
      "msgpackr: typed arrays": () => new Packr({ useRecords: false, moreTypes: true }).pack(
        { words: new Uint16Array([1, 2, 65535]), floats: new Float32Array([1.5]) }),
      "msgpackr: sets, errors and patterns": () => new Packr({ useRecords: false, moreTypes: true }).pack(
        { set: new Set(["<b>", 1]), pattern: /^<script/gi, error: new TypeError("' or 1=1"), last: "<i>" }),
      "msgpackr: an object meant twice": () => {
        const one = { text: "<b>" };
        return new Packr({ useRecords: false, moreTypes: true, structuredClone: true }).pack([one, one, new Set([one]), "x"]);
      },
      "msgpackr: floats of 32 bits": () => new Packr({ useRecords: false, useFloat32: 3 }).pack([0.5, 1.5, -2.25]),
      "msgpackr: a map": () => new Packr({ useRecords: false }).pack(new Map([[1, "one"], ["two", 2], [null, [true]]])),
    },
  };
}
