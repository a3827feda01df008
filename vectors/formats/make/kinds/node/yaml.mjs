// YAML: js-yaml and yaml.
export default function make(require) {
  const jsyaml = require("js-yaml");
  const yaml = require("yaml");
  const shared = { user: "ann" };
  // Each is read by the other.
  const checked = (value, text, read) => {
    if (JSON.stringify(read(text)) !== JSON.stringify(value)) throw new Error(`read as another value: ${text}`);
    return text;
  };
  return {
    encoders: {
      "js-yaml": (value, options) => checked(value, jsyaml.dump(value, options), yaml.parse),
      "yaml": (value, options) => checked(value, yaml.stringify(value, options), jsyaml.load),
    },
    documents: {
      "js-yaml: anchors": () => jsyaml.dump({ a: shared, b: [shared] }),
      "yaml: anchors": () => yaml.stringify({ a: shared, b: [shared] }),
      "yaml: comments": () => {
        const made = new yaml.Document({ a: "<b>", c: ["d"] });
        made.commentBefore = " before";
        made.get("c", true).items[0].comment = " beside";
        return made.toString();
      },
      "yaml: several documents": () => ["a", { b: 1 }].map((value) => new yaml.Document(value, { directives: true }).toString({ directives: true })).join(""),
    },
  };
}
