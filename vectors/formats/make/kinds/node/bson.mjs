// BSON: MongoDB's package for Node.
export default function make(require) {
  const bson = require("bson");
  return {
    encoders: { "bson": (value) => bson.serialize(value) },
    documents: {
      "bson: every type": () => bson.serialize({
        id: new bson.ObjectId("0123456789abcdef01234567"),
        when: new Date(-1), re: /^<script/i, pattern: new bson.BSONRegExp("<b>", "imx"),
        dec: bson.Decimal128.fromString("-1.50E+10"), long: bson.Long.fromString("-9223372036854775808"),
        int: new bson.Int32(-5), double: new bson.Double(5), min: new bson.MinKey(), max: new bson.MaxKey(),
        ts: new bson.Timestamp({ t: 4000000000, i: 9 }), symbol: new bson.BSONSymbol("<i>"),
        ref: new bson.DBRef("users", new bson.ObjectId("0123456789abcdef01234567"), "db"),
        code: new bson.Code("alert(1)"), scoped: new bson.Code("alert(x)", { x: ["<i>", { y: 1 }] }),
        uuid: new bson.UUID("00112233-4455-6677-8899-aabbccddeeff"), big: 2n ** 62n,
      }),
      "bson: binary of every subtype": () => bson.serialize(Object.fromEntries(
        [0, 1, 2, 3, 5, 6, 128, 255].map((type) => [`t${type}`, new bson.Binary(Buffer.from("<script>12345678"), type)]))),
      "bson: undefined kept": () => bson.serialize({ a: undefined, b: [undefined, null] }, { ignoreUndefined: false }),
      "bson: functions": () => bson.serialize({ f: function f() { return "<b>"; } }, { serializeFunctions: true }),
      "bson: a sparse list": () => bson.serialize({ list: [1, , 3] }), // eslint-disable-line no-sparse-arrays
    },
  };
}
