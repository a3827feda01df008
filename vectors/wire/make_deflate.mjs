// Writes deflate_node.json: permessage-deflate streams as Node's zlib makes them.
import { writeFileSync } from "node:fs";
import { constants, createDeflateRaw } from "node:zlib";

const TAIL = 4;
const CHAT = [
  "hello there",
  "hello there, how are you?",
  "κόσμε 🙂",
  "<script>alert(document.cookie)</script>",
  "hello there",
];
const LONG = Array.from({ length: 600 }, (_, i) => `row ${(i * i) % 97}`).join(";");

const flushed = (stream, text) =>
  new Promise((done) => {
    const parts = [];
    const keep = (part) => parts.push(part);
    stream.on("data", keep);
    stream.write(text);
    stream.flush(constants.Z_SYNC_FLUSH, () => {
      stream.off("data", keep);
      done(Buffer.concat(parts).subarray(0, -TAIL));
    });
  });

// A whole compressed text message from a server (RFC 6455 5.2).
const frame = (payload) => {
  const head = payload.length < 126 ? [0xc1, payload.length] : [0xc1, 126, payload.length >> 8, payload.length & 0xff];
  return Buffer.concat([Buffer.from(head), payload]);
};

async function make(name, texts, { bits = 15, takeover = true, ...options } = {}) {
  const frames = [];
  let stream;
  for (const text of texts) {
    if (!stream || !takeover) stream = createDeflateRaw({ windowBits: bits, ...options });
    frames.push(frame(await flushed(stream, text)));
  }
  const units = texts.map((text) => ({ message: "text", payload: Buffer.from(text).toString("hex"), frames: 1, compressed: true }));
  const deflate = { server_max_window_bits: bits, server_no_context_takeover: !takeover };
  return { name, rfc: "7692 7.2", sender: "server", deflate, bytes: Buffer.concat(frames).toString("hex"), units };
}

const cases = [
  await make("chat with takeover", CHAT),
  await make("chat without takeover", CHAT, { takeover: false }),
  await make("a window of 9 bits", [...CHAT, LONG, ...CHAT], { bits: 9 }),
  await make("a window of 12 bits", [...CHAT, LONG, ...CHAT], { bits: 12 }),
  await make("as ws compresses by default", [LONG, ...CHAT, LONG], { memLevel: 8, level: constants.Z_DEFAULT_COMPRESSION }),
  await make("stored", [LONG, ...CHAT], { level: 0 }),
  await make("fixed codes only", [LONG, ...CHAT], { strategy: constants.Z_FIXED }),
];
const by = `Node ${process.versions.node}, zlib ${process.versions.zlib}`;
const out = { about: "Streams compressed by Node's zlib. Format: README.md.", by, cases };
writeFileSync(new URL("deflate_node.json", import.meta.url), JSON.stringify(out, null, 1) + "\n");
