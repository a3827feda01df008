// WAMP version 1 by its text, as no client of it runs any more: node wamp1.js URL MESSAGES ANSWERS; says them after the
// WELCOME, and leaves when it has heard so many answers.
"use strict";

const WebSocket = require("ws");

const [, , url, words, answers] = process.argv;
const socket = new WebSocket(url.replace("http", "ws"), ["wamp"], { perMessageDeflate: false });
let left = Number(answers);
socket.on("message", (data) => {
  const message = JSON.parse(data);
  if (message[0] === 0) {
    for (const each of JSON.parse(words)) socket.send(JSON.stringify(each));
    return;
  }
  console.log("heard", JSON.stringify(message));
  left -= 1;
  if (left === 0) socket.close(1000);
});
socket.on("close", (code) => console.log("closed", code));
