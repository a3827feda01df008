// Avro: avsc.
export default function make(require) {
  const avro = require("avsc");
  const snappy = require("snappy");
  const { createHash } = require("crypto");
  const crc32 = (data) => { const made = Buffer.alloc(4); made.writeUInt32BE(require("zlib").crc32(data)); return made; };
  const codecs = { ...avro.streams.BlockEncoder.defaultCodecs(), snappy: (data, done) => {
    const packed = snappy.compressSync(data);
    done(null, Buffer.concat([packed, crc32(data)]));
  } };
  const whole = (number) => typeof number === "bigint" || Number.isSafeInteger(number);
  const long = avro.types.LongType.__with({
    fromBuffer: (data) => data.readBigInt64LE(),
    toBuffer: (number) => { const made = Buffer.alloc(8); made.writeBigInt64LE(BigInt(number)); return made; },
    fromJSON: BigInt, toJSON: Number, isValid: whole, compare: (one, other) => Number(BigInt(one) - BigInt(other)),
  });
  return {
    encoders: {
      avsc: ([schema, records], { codec, blockSize }) => new Promise((resolve) => {
        const parts = [];
        const encoder = new avro.streams.BlockEncoder(avro.Type.forSchema(schema, { wrapUnions: false, registry: { long } }), {
          codec, codecs, blockSize, syncMarker: createHash("md5").update("sync").digest(),
        });
        encoder.on("data", (part) => parts.push(part));
        encoder.on("end", () => resolve(Buffer.concat(parts)));
        for (const record of records) encoder.write(record);
        encoder.end();
      }),
    },
    documents: {},
  };
}
