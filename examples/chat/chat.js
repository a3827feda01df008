// The chat itself: join, messages, typing, who is here. The same code runs on socket.io 4 and 2.
"use strict";

const { createServer } = require("node:http");
const { readFile } = require("node:fs/promises");
const path = require("node:path");

const PAGES = {
  "/": ["index.html", "text/html; charset=utf-8"],
  "/chat.css": ["chat.css", "text/css; charset=utf-8"],
  "/page.js": ["page.js", "text/javascript; charset=utf-8"],
};

/** An HTTP server with the chat's page; socket.io attaches itself to it. */
function createPages() {
  return createServer(async (request, response) => {
    const page = PAGES[request.url.split("?")[0]];
    if (!page) {
      response.writeHead(404, { "Content-Type": "text/plain" }).end("not found\n");
      return;
    }
    const body = await readFile(path.join(__dirname, "public", page[0]));
    response.writeHead(200, { "Content-Type": page[1], "Cache-Control": "no-store" }).end(body);
  });
}

/** Wires the chat's events. `log(line)` is told everything that really reached the server. */
function attachChat(io, log = () => {}) {
  const names = new Map();
  const here = () => [...names.values()];

  io.on("connection", (socket) => {
    socket.on("join", (name) => {
      names.set(socket.id, String(name));
      log(`join ${name}`);
      socket.broadcast.emit("joined", { name, here: here() });
      socket.emit("welcome", { here: here() });
    });
    socket.on("new message", (text) => {
      log(`message ${JSON.stringify(text)}`);
      socket.broadcast.emit("new message", { name: names.get(socket.id), text });
    });
    socket.on("typing", () => socket.broadcast.emit("typing", { name: names.get(socket.id) }));
    socket.on("stop typing", () => socket.broadcast.emit("stop typing", { name: names.get(socket.id) }));
    socket.on("disconnect", () => {
      const name = names.get(socket.id);
      if (!names.delete(socket.id)) return;
      log(`left ${name}`);
      socket.broadcast.emit("left", { name, here: here() });
    });
  });
}

/** Listens on loopback and says where; `port` 0 takes a free one. */
function listen(server, port) {
  server.listen(port, "127.0.0.1", () => console.log(`listening on ${server.address().port}`));
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(0));
}

module.exports = { createPages, attachChat, listen };
