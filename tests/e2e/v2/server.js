// The example's chat on Socket.IO 2.5 (Engine.IO protocol 3).
"use strict";

const { createPages, attachChat, listen } = require("../../../examples/chat/chat.js");

const server = createPages();
attachChat(require("socket.io")(server), (line) => console.log(line));
listen(server, Number(process.env.PORT ?? 0));
