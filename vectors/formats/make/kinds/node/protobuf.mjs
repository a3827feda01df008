// Protocol Buffers: protobufjs, with the schema that protobuf.py hands over.
export default function make(require) {
  const protobuf = require("protobufjs");
  return {
    encoders: {
      protobufjs: ([schema, type, value]) => {
        const Type = protobuf.parse(schema, { keepCase: true }).root.lookupType(type);
        return Type.encode(Type.fromObject(value)).finish();
      },
    },
    documents: {},
  };
}
