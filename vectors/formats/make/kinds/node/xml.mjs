// XML: xmlbuilder2, and the builder that comes with fast-xml-parser.
export default function make(require) {
  const { create } = require("xmlbuilder2");
  const { XMLBuilder } = require("fast-xml-parser");
  const fill = (under, [name, attributes, inside]) => {
    const made = under.ele(name, attributes);
    for (const part of inside) {
      if (typeof part === "string") made.txt(part);
      else if (part[0] === "#cdata") made.dat(part[1]);
      else if (part[0] === "#comment") made.com(part[1]);
      else if (part[0].startsWith("?")) made.ins(part[0].slice(1), part[1]);
      else fill(made, part);
    }
    return under;
  };
  const ordered = ([name, attributes, inside]) => ({
    [name]: inside.map((part) => (typeof part === "string" ? { "#text": part } : ordered(part))),
    ":@": Object.fromEntries(Object.entries(attributes).map(([key, text]) => [`@_${key}`, text])),
  });
  const builder = (options) => new XMLBuilder({ ignoreAttributes: false, ...options });
  return {
    encoders: {
      xmlbuilder2: (element, { headless }) => fill(create({ version: "1.0" }), element).end({ headless }),
      "fast-xml-parser": (elements) => builder({ preserveOrder: true }).build(elements.map(ordered)),
    },
    documents: {
      "fast-xml-parser: attributes, comments, CDATA": () => builder({ cdataPropName: "#cdata", commentPropName: "#note" }).build(
        { a: { "@_b": '<"c">', "#note": " note ", d: { "#cdata": "<raw> & text" }, e: "" } }),
    },
  };
}
