// UBJSON: @shelacek/ubjson.
export default function make(require) {
  const ubjson = require("@shelacek/ubjson");
  const { encode } = ubjson.encode ? ubjson : ubjson.Ubjson ?? ubjson.default;
  return {
    encoders: { "@shelacek/ubjson": (value, options) => encode(value, options) },
    documents: {
      "@shelacek/ubjson: typed arrays": () => encode({
        int8: new Int8Array([-1, 60, 98]), uint8: new Uint8Array([60, 98, 62]), int16: new Int16Array([-1, 258]),
        int32: new Int32Array([-1, 65538]), float32: new Float32Array([1.5]), float64: new Float64Array([0.1]),
      }, { optimizeArrays: "onlyTypedArrays" }),
    },
  };
}
