// wamp.io, a server of WAMP version 1, whose every procedure answers with what it was called with.
"use strict";

process.EventEmitter = require("node:events"); // wamp.io is of a time when Node had it there
const wamp = require("wamp.io");
const { WebSocketServer } = require("ws");

const sockets = new WebSocketServer({ port: 0, host: "127.0.0.1", handleProtocols: (offered) => offered.has("wamp") && "wamp" });
const application = wamp.attach(sockets);
application.on("call", (procedure, given, answer) => {
  console.log("got", JSON.stringify([procedure, given]));
  answer(null, given);
});
application.on("publish", (topic, event) => console.log("got", JSON.stringify([topic, event])));
sockets.on("listening", () => console.log(`listening on ${sockets.address().port}`));
