// A socket.io server that logs every event as it reached it and answers with an ack. --msgpack: the msgpack parser.
"use strict";

const { createServer } = require("node:http");
const { Server } = require("socket.io");

const options = { allowEIO3: true, ...JSON.parse(process.env.OPTIONS ?? "{}") };
if (process.argv.includes("--msgpack")) options.parser = require("socket.io-msgpack-parser");
const server = createServer();
const io = new Server(server, options);
io.use((socket, next) => { console.log("auth", JSON.stringify(socket.handshake.auth)); next(); });
io.on("connection", (socket) => {
  socket.onAny((...event) => {
    const acknowledge = typeof event.at(-1) === "function" ? event.pop() : () => {};
    console.log("got", JSON.stringify(event, (_, value) => (value?.type === "Buffer" ? Buffer.from(value.data).toString("latin1") : value)));
    acknowledge("ok", event.length);
  });
});
server.on("connection", () => console.log("a connection"));
server.listen(0, "127.0.0.1", () => console.log(`listening on ${server.address().port}`));
