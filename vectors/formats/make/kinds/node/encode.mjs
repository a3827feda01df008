// Encoders of Node's packages, for node.py: a request a line, an answer a line.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { Buffer } from "node:buffer";

const folder = process.argv[2];
const require = createRequire(`${folder}/`);
const formats = {};

// For packages that are modules alone.
const load = (file) => import(`${folder}/node_modules/${file}`);

function revived(value) {
  if (value === null || typeof value !== "object") return value;
  switch (value.is) {
    case "object": return Object.fromEntries(value.v.map(([key, member]) => [key, revived(member)]));
    case "map": return new Map(value.v.map(([key, member]) => [revived(key), revived(member)]));
    case "list": return value.v.map(revived);
    case "bytes": return Buffer.from(value.v, "base64");
    case "big": return BigInt(value.v);
    case "float": return Number(value.v);
  }
  throw new Error(`no such kind: ${value.is}`);
}

function by(name) {
  // What is Node's own goes by its function's name.
  if (name.startsWith("Node")) return `${name.slice(5) || "Node"} (Node ${process.versions.node})`;
  const { version } = JSON.parse(readFileSync(`${folder}/node_modules/${name}/package.json`));
  return `${name} ${version} (Node ${process.versions.node})`;
}

async function answer(request) {
  if (request.version) return { text: by(request.version) };
  formats[request.format] ??= await (await import(`./${request.format}.mjs`)).default(require, load);
  const { encoders, documents } = formats[request.format];
  const made = request.document
    ? await documents[request.document]()
    : await encoders[request.package](revived(request.value), request.options);
  return { data_b64: Buffer.from(made).toString("base64") };
}

for await (const line of createInterface({ input: process.stdin })) {
  const told = await answer(JSON.parse(line)).catch((error) => ({ error: `${line.slice(0, 200)}: ${error.stack}` }));
  console.log(JSON.stringify(told));
}
