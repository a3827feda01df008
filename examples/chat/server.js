// node server.js: PORT (default 3000; 0 takes a free one).
"use strict";

const { Server } = require("socket.io");
const { createPages, attachChat, listen } = require("./chat.js");

const server = createPages();
attachChat(new Server(server), (line) => console.log(line));
listen(server, Number(process.env.PORT ?? 3000));
