// Multipart: form-data, and Node's own FormData.
export default function make(require) {
  const Form = require("form-data");
  const svg = "<svg onload=alert(1)>";
  return {
    encoders: {},
    documents: {
      "form-data: fields and a file": () => {
        const form = new Form();
        form.append("text", "<script>alert(1)</script>");
        form.append("file", Buffer.from(svg), { filename: "a.svg", contentType: "image/svg+xml" });
        form.append("é", "漢字");
        return form.getBuffer();
      },
      "form-data: a path of a file": () => {
        const form = new Form();
        form.append("data", Buffer.from('{"a":"<b>"}'), { filepath: "x/y.json" });
        return form.getBuffer();
      },
      "FormData: names, lines and files": async () => {
        const form = new FormData();
        form.append('a"b\nc', "one\ntwo\r\nthree");
        form.append("é", "<b>");
        form.append("f", new File([svg], '";x=.svg', { type: "image/svg+xml" }));
        form.append("f", new Blob([]));
        return Buffer.from(await new Response(form).arrayBuffer());
      },
    },
  };
}
