// Thrift: what thrift.py describes, through the calls that generated code makes.
export default function make(require) {
  const thrift = require("thrift");
  const Int64 = require("node-int64");
  const { Type } = thrift.Thrift;
  const codes = { bool: Type.BOOL, byte: Type.BYTE, i16: Type.I16, i32: Type.I32, i64: Type.I64, double: Type.DOUBLE,
    string: Type.STRING, binary: Type.STRING, struct: Type.STRUCT, map: Type.MAP, list: Type.LIST, set: Type.SET };
  const wide = (number) => {
    const data = Buffer.alloc(8);
    data.writeBigInt64BE(BigInt(number));
    return new Int64(data);
  };
  const write = (to, [type, value]) => {
    switch (type) {
      case "bool": return to.writeBool(value);
      case "byte": return to.writeByte(value);
      case "i16": return to.writeI16(value);
      case "i32": return to.writeI32(value);
      case "i64": return to.writeI64(wide(value));
      case "double": return to.writeDouble(value);
      case "string": return to.writeString(value);
      case "binary": return to.writeBinary(value);
      case "list": case "set": {
        const [of, parts] = value;
        const name = type === "list" ? "List" : "Set";
        to[`write${name}Begin`](codes[of], parts.length);
        for (const part of parts) write(to, [of, part]);
        return to[`write${name}End`]();
      }
      case "map": {
        const [key, of, pairs] = value;
        to.writeMapBegin(codes[key], codes[of], pairs.length);
        for (const [one, other] of pairs) { write(to, [key, one]); write(to, [of, other]); }
        return to.writeMapEnd();
      }
      case "struct": {
        to.writeStructBegin("struct");
        for (const [number, kind, part] of value) {
          to.writeFieldBegin(`field${number}`, codes[kind], number);
          write(to, [kind, part]);
          to.writeFieldEnd();
        }
        to.writeFieldStop();
        return to.writeStructEnd();
      }
    }
    throw new Error(type);
  };
  return {
    encoders: {
      thrift: (fields, { protocol, method, framed }) => new Promise((resolve) => {
        const Transport = framed ? thrift.TFramedTransport : thrift.TBufferedTransport;
        const transport = new Transport(Buffer.alloc(0), resolve);
        const Protocol = protocol === "compact" ? thrift.TCompactProtocol : thrift.TBinaryProtocol;
        const to = new Protocol(transport);
        if (method) to.writeMessageBegin(method, thrift.Thrift.MessageType.CALL, 300);
        write(to, ["struct", fields]);
        if (method) to.writeMessageEnd();
        to.flush();
      }),
    },
    documents: {},
  };
}
