// JSON: Node's own.
export default function make() {
  return {
    encoders: { "JSON.stringify": (value) => JSON.stringify(value) },
    documents: {
      "what JavaScript alone has": () => JSON.stringify(
        { when: new Date(1700000000000), list: [undefined, () => 1, NaN], gone: undefined, "\u2028": "</script>" }),
    },
  };
}
