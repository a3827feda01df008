// FlexBuffers: flatbuffers.
export default function make(require) {
  const { encode, builder } = require("flatbuffers/js/flexbuffers.js");
  const built = (write) => {
    const made = builder();
    write(made);
    return made.finish();
  };
  const whole = (value) => {
    if (Buffer.isBuffer(value)) return new Uint8Array(value);
    if (Array.isArray(value)) return value.map(whole);
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, whole(member)]));
  };
  return {
    encoders: { "flatbuffers": (value, options) => encode(whole(value), 2048, ...Array(3).fill(options.share ?? true)) },
    documents: {
      "flatbuffers: numbers of every width": () => built((made) => {
        made.startVector();
        for (const number of [1, -300, 70000, -5e9]) made.addInt(number);
        for (const number of [200, 60000, 4e9]) made.addUInt(number);
        for (const number of [0.1, 0.2]) made.addFloat(number);
        made.end();
      }),
      "flatbuffers: indirect numbers": () => built((made) => {
        made.startVector();
        made.addInt(-70000, true);
        made.addUInt(60000, true);
        made.addFloat(0.1, true);
        made.end();
      }),
    },
  };
}
