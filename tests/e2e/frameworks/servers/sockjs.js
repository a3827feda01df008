// SockJS for Node with three services: /echo; /meteor, which answers as Meteor does (DDP); /stomp, a STOMP broker. And a
// page with its client.
"use strict";

const { createServer } = require("node:http");
const { readFileSync } = require("node:fs");
const sockjs = require("sockjs");
const StompServer = require("stomp-broker-js");

const files = {
  "/": ["text/html", "<!doctype html><meta charset=utf-8><title>SockJS</title><script src=/sockjs.js></script>"],
  "/sockjs.js": ["text/javascript", readFileSync(require.resolve("sockjs-client/dist/sockjs.js"))],
};
const got = (...what) => console.log("got", JSON.stringify(what));

const server = createServer((request, response) => {
  const [type, content] = files[request.url] ?? [];
  if (content) response.writeHead(200, { "Content-Type": type }).end(content);
});

function service(prefix, answers) {
  const listener = sockjs.createServer({ log: () => {}, sockjs_url: "/sockjs.js" });
  listener.on("connection", (connection) => connection.on("data", (data) => {
    got(data);
    for (const answer of answers(data)) connection.write(answer);
  }));
  listener.installHandlers(server, { prefix });
}

service("/echo", (data) => [data]);
service("/meteor", (data) => {
  const said = JSON.parse(data);
  const answers = {
    connect: () => [{ msg: "connected", session: "s" }],
    ping: () => [{ msg: "pong", id: said.id }],
    sub: () => [{ msg: "ready", subs: [said.id] }],
    method: () => [{ msg: "result", id: said.id, result: said.params }, { msg: "updated", methods: [said.id] }],
  };
  return (answers[said.msg]?.() ?? []).map((answer) => JSON.stringify(answer));
});
const broker = new StompServer({ server, path: "/stomp", protocol: "sockjs", heartbeat: [0, 0] });
broker.on("subscribe", (sent) => console.log("subscribed", sent.topic));
broker.on("send", (sent) => got(sent.dest, String(sent.frame.body)));

server.listen(0, "127.0.0.1", () => console.log(`listening on ${server.address().port}`));
