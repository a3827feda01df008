// Ion: ion-js, text and binary.
export default async function make(require, load) {
  const ion = await load("ion-js/dist/commonjs/es6/Ion.js").then((module) => module.default ?? module);
  const { IonTypes, Decimal, Timestamp } = ion;
  const writers = { binary: ion.makeBinaryWriter, text: ion.makeTextWriter, pretty: ion.makePrettyWriter };
  const written = (form, write) => {
    const writer = writers[form]();
    write(writer);
    writer.close();
    return writer.getBytes();
  };
  const put = (writer, value) => {
    if (value === null) writer.writeNull(IonTypes.NULL);
    else if (typeof value === "boolean") writer.writeBoolean(value);
    else if (typeof value === "bigint") writer.writeInt(value);
    else if (typeof value === "number") {
      if (Number.isSafeInteger(value) && !Object.is(value, -0)) writer.writeInt(value); else writer.writeFloat64(value);
    }
    else if (typeof value === "string") writer.writeString(value);
    else if (Buffer.isBuffer(value)) writer.writeBlob(new Uint8Array(value));
    else if (Array.isArray(value)) {
      writer.stepIn(IonTypes.LIST);
      for (const part of value) put(writer, part);
      writer.stepOut();
    } else {
      writer.stepIn(IonTypes.STRUCT);
      for (const [name, member] of Object.entries(value)) {
        writer.writeFieldName(name);
        put(writer, member);
      }
      writer.stepOut();
    }
  };
  const kinds = (writer) => {
    writer.writeSymbol("<b>sym");
    writer.setAnnotations(["first", "<i>second"]);
    writer.writeString("annotated");
    writer.stepIn(IonTypes.SEXP);
    writer.writeSymbol("plus");
    writer.writeInt(1);
    writer.stepIn(IonTypes.LIST);
    writer.writeString("<script>");
    writer.stepOut();
    writer.stepOut();
    writer.writeClob(Uint8Array.from(Buffer.from("<script>clob")));
    writer.writeBlob(Uint8Array.from(Buffer.from("<script>blob")));
    writer.writeNull(IonTypes.STRING);
    writer.writeNull(IonTypes.STRUCT);
    writer.writeNull(IonTypes.INT);
    writer.writeFloat32(0.5);
    writer.writeFloat64(0.1);
    writer.writeSymbol("<b>sym");
  };
  const exact = (writer) => {
    for (const text of ["1.50", "-0.001", "1d10", "0d0"]) writer.writeDecimal(Decimal.parse(text));
    for (const text of ["2026T", "2026-01T", "2026-01-02T", "2026-01-02T03:04Z", "2026-01-02T03:04:05.678+05:30"]) {
      writer.writeTimestamp(Timestamp.parse(text));
    }
  };
  const documents = {};
  for (const form of Object.keys(writers)) {
    documents[`kinds, ${form}`] = () => written(form, kinds);
    documents[`decimals and times, ${form}`] = () => written(form, exact);
  }
  return { encoders: { "ion-js": (value, { form }) => written(form, (writer) => put(writer, value)) }, documents };
}
