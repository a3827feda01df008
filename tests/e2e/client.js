// The real socket.io-client, told what to do by its arguments: URL, then JSON {options, msgpack, emit: [[event, …args], …]}.
// {"$binary": "base64"} among the arguments stands for a Buffer. Prints what happens, a line each.
"use strict";

const { io } = require("socket.io-client");

const [url, plan] = process.argv.slice(2);
const { options = {}, msgpack = false, emit = [] } = JSON.parse(plan);
if (msgpack) options.parser = require("socket.io-msgpack-parser");
const socket = io(url, { reconnection: false, ...options });

const revive = (value) => {
  if (Array.isArray(value)) return value.map(revive);
  if (value === null || typeof value !== "object") return value;
  if ("$binary" in value) return Buffer.from(value.$binary, "base64");
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, revive(inner)]));
};

socket.on("connect", () => {
  console.log("connected");
  for (const event of emit) socket.emit(...revive(event), (...answer) => console.log("ack", JSON.stringify(answer)));
});
socket.on("connect_error", (error) => { console.log("refused", error.message); process.exit(0); });
socket.on("disconnect", (reason) => { console.log("disconnected", reason); process.exit(0); });
socket.onAny((...event) => console.log("event", JSON.stringify(event)));
