// CSV: papaparse and csv-stringify.
export default function make(require) {
  const papa = require("papaparse");
  const { stringify } = require("csv-stringify/sync");
  return {
    encoders: {
      papaparse: (rows, options) => papa.unparse(rows, options),
      "csv-stringify": (rows, options) => stringify(rows, options),
    },
    documents: {},
  };
}
