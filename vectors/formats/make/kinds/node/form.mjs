// Forms: URLSearchParams and qs.
export default function make(require) {
  const qs = require("qs");
  return {
    encoders: {
      URLSearchParams: (pairs) => new URLSearchParams(pairs).toString(),
      qs: (value, options) => qs.stringify(value, options),
    },
    documents: {},
  };
}
