// One hub as ASP.NET SignalR 2 serves it (client protocol 2.1), on every transport, and a page with the client for jQuery.
"use strict";

const { createServer } = require("node:http");
const { randomBytes } = require("node:crypto");
const { readFileSync } = require("node:fs");
const { WebSocketServer } = require("ws");

const script = (name) => ["text/javascript", readFileSync(require.resolve(name))];
const files = {
  "/": ["text/html", "<!doctype html><meta charset=utf-8><title>SignalR 2</title><script src=/jquery.js></script><script src=/signalr.js></script>"],
  "/jquery.js": script("jquery/dist/jquery.js"),
  "/signalr.js": script("signalr/jquery.signalR.js"),
};
const connections = new Map();

class Connection {
  constructor() { this.waiting = []; this.cursor = 0; this.flush = () => {}; }

  // A hub's invocation: its result is the arguments, and the caller is called back.
  take(text) {
    const call = JSON.parse(text);
    console.log("got", JSON.stringify([call.H, call.M, call.A]));
    this.say({ H: call.H, M: "heard", A: call.A });
    this.say({ I: String(call.I), R: call.A });
  }

  say(message) {
    this.waiting.push(message);
    this.flush();
  }

  // All that waits as one message of the stream.
  batch(more = {}) {
    this.cursor += 1;
    return JSON.stringify({ C: `d-${this.cursor}`, ...more, M: this.waiting.splice(0) });
  }

  stream(response, type, first, frame) {
    response.writeHead(200, { "Content-Type": type });
    response.write(first + frame(this.batch({ S: 1 })));
    this.flush = () => { if (this.waiting.length) response.write(frame(this.batch())); };
  }

  socket(peer) {
    peer.on("message", (data) => this.take(String(data)));
    peer.send(this.batch({ S: 1 }));
    this.flush = () => { if (this.waiting.length) peer.send(this.batch()); };
  }

  poll(answer, more) {
    const reply = () => { this.flush = () => {}; answer(this.batch(more)); };
    if (more.S || this.waiting.length) reply();
    else this.flush = reply;
  }
}

const forever = (id) => `<!doctype html><html><body><script>
var $ = window.parent.jQuery, transport = $.signalR.transports.foreverFrame, c = transport.getConnection("${id}"), r = transport.receive;
</script>
`;

const steps = {
  negotiate(query, answer) {
    const token = randomBytes(16).toString("base64");
    connections.set(token, new Connection());
    answer(JSON.stringify({
      Url: "/signalr", ConnectionToken: token, ConnectionId: token, KeepAliveTimeout: 20, DisconnectTimeout: 30,
      ConnectionTimeout: 110, TryWebSockets: true, ProtocolVersion: "2.1", TransportConnectTimeout: 5, LongPollDelay: 0,
    }));
  },
  start: (query, answer) => answer('{"Response":"started"}'),
  ping: (query, answer) => answer('{"Response":"pong"}'),
  abort: (query, answer) => answer(""),
  poll: (query, answer) => connections.get(query.get("connectionToken")).poll(answer, {}),
  send(query, answer, sent) {
    connections.get(query.get("connectionToken")).take(sent.get("data") ?? query.get("data"));
    answer("{}");
  },
  connect(query, answer, sent, response) {
    const connection = connections.get(query.get("connectionToken"));
    const transport = query.get("transport");
    if (transport === "longPolling") connection.poll(answer, { S: 1 });
    else if (transport === "serverSentEvents") {
      connection.stream(response, "text/event-stream", "data: initialized\n\n", (data) => `data: ${data}\n\n`);
    } else {
      connection.stream(response, "text/html", forever(query.get("frameId")), (data) => `<script>r(c, ${data});</script>\r\n`);
    }
  },
};

const server = createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, "http://localhost");
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  if (process.env.ORIGIN) {
    response.setHeader("Access-Control-Allow-Origin", process.env.ORIGIN);
    response.setHeader("Access-Control-Allow-Credentials", "true");
  }
  if (files[pathname]) {
    response.writeHead(200, { "Content-Type": files[pathname][0] }).end(files[pathname][1]);
    return;
  }
  const step = steps[pathname.replace("/signalr/", "")];
  const callback = searchParams.get("callback");
  const answer = (text) => {
    response.setHeader("Content-Type", callback ? "text/javascript" : "application/json");
    response.end(callback ? `${callback}(${text || "null"});` : text);
  };
  if (step) step(searchParams, answer, new URLSearchParams(String(Buffer.concat(chunks))), response);
  else response.writeHead(404).end();
});
const sockets = new WebSocketServer({ noServer: true });
server.on("upgrade", (request, socket, head) => {
  const { searchParams } = new URL(request.url, "http://localhost");
  sockets.handleUpgrade(request, socket, head, (peer) => connections.get(searchParams.get("connectionToken")).socket(peer));
});
server.listen(0, "127.0.0.1", () => console.log(`listening on ${server.address().port}`));
