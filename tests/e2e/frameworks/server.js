// A server that logs every message as it reached it: node server.js stomp|sockjs|signalr
"use strict";

const { createServer } = require("node:http");
const { randomBytes } = require("node:crypto");

const server = createServer();
const got = (...what) => console.log("got", JSON.stringify(what));

const kinds = {
  stomp() {
    const StompServer = require("stomp-broker-js");
    const broker = new StompServer({ server, path: "/ws", heartbeat: [0, 0] });
    broker.on("subscribe", (sent) => console.log("subscribed", sent.topic));
    broker.on("send", (sent) => got(sent.dest, String(sent.frame.body)));
  },

  sockjs() {
    const service = require("sockjs").createServer({ log: () => {}, sockjs_url: "/sockjs.js" });
    service.on("connection", (connection) => connection.on("data", (data) => {
      got(data);
      connection.write(data);
    }));
    service.installHandlers(server, { prefix: "/echo" });
  },

  // The transports of TransportProtocols.md and the hub messages of HubProtocol.md, as far as one hub needs them.
  signalr() {
    const { WebSocketServer } = require("ws");
    const { JsonHubProtocol, NullLogger } = require("@microsoft/signalr");
    const { MessagePackHubProtocol } = require("@microsoft/signalr-protocol-msgpack");
    const connections = new Map();

    class Connection {
      constructor() { this.held = Buffer.alloc(0); this.waiting = []; this.flush = null; }
      send(data) {
        this.waiting.push(Buffer.from(data));
        this.flush?.();
      }
      take(data) {
        this.held = Buffer.concat([this.held, data]);
        if (!this.protocol) {
          const end = this.held.indexOf(0x1e);
          if (end < 0) return;
          const name = JSON.parse(this.held.subarray(0, end)).protocol;
          this.held = this.held.subarray(end + 1);
          this.protocol = name === "json" ? new JsonHubProtocol() : new MessagePackHubProtocol();
          this.text = name === "json";
          this.send("{}\x1e");
          if (process.env.KEEPALIVE) setInterval(() => this.send(new Uint8Array(Buffer.from(this.protocol.writeMessage({ type: 6 })))), process.env.KEEPALIVE).unref();
        }
        if (!this.held.length) return;
        const input = this.text ? this.held.toString() : new Uint8Array(this.held).buffer;
        this.held = Buffer.alloc(0);
        for (const message of this.protocol.parseMessages(input, NullLogger.instance)) {
          if (message.type !== 1) continue;
          got(message.target, message.arguments);
          const answer = { type: 3, invocationId: message.invocationId, result: message.arguments, headers: {} };
          this.send(new Uint8Array(Buffer.from(this.protocol.writeMessage(answer))));
        }
      }
    }

    const of = (request) => connections.get(new URL(request.url, "http://localhost").searchParams.get("id"));
    const sockets = new WebSocketServer({ noServer: true });
    server.on("upgrade", (request, socket, head) => sockets.handleUpgrade(request, socket, head, (peer) => {
      const connection = of(request) ?? new Connection();
      connection.flush = () => connection.waiting.splice(0).forEach((data) => peer.send(connection.text ? data.toString() : data));
      peer.on("message", (data) => connection.take(data));
      connection.flush();
    }));
    server.on("request", (request, response) => {
      if (process.env.ORIGIN) {
        response.setHeader("Access-Control-Allow-Origin", process.env.ORIGIN);
        response.setHeader("Access-Control-Allow-Credentials", "true");
        if (request.method === "OPTIONS") {
          response.setHeader("Access-Control-Allow-Headers", request.headers["access-control-request-headers"] ?? "");
          response.setHeader("Access-Control-Allow-Methods", "GET, POST, DELETE");
          response.writeHead(204).end();
          return;
        }
      }
      if (request.method === "POST" && request.url.includes("/negotiate")) {
        const token = randomBytes(16).toString("base64url");
        connections.set(token, new Connection());
        response.setHeader("Content-Type", "application/json");
        const transports = ["WebSockets", "ServerSentEvents", "LongPolling"];
        const availableTransports = transports.map((transport) => ({ transport, transferFormats: ["Text", "Binary"] }));
        response.end(JSON.stringify({ connectionId: "c", connectionToken: token, negotiateVersion: 1, availableTransports }));
        return;
      }
      const connection = of(request);
      if (!connection) { response.writeHead(404).end(); return; }
      if (request.method === "POST") {
        const chunks = [];
        request.on("data", (chunk) => chunks.push(chunk));
        request.on("end", () => { connection.take(Buffer.concat(chunks)); response.end(); });
      } else if (request.method === "DELETE") {
        connections.delete(request.url);
        response.writeHead(202).end();
      } else if ((request.headers.accept ?? "").includes("event-stream")) {
        response.writeHead(200, { "Content-Type": "text/event-stream" });
        response.write(":\r\n\r\n");
        connection.flush = () => connection.waiting.splice(0).forEach((data) => response.write(`data: ${data}\r\n\r\n`));
        connection.flush();
      } else {
        if (!connection.polled) { connection.polled = true; response.end(); return; }
        connection.flush = () => {
          if (!connection.waiting.length || response.writableEnded) return;
          response.end(Buffer.concat(connection.waiting.splice(0)));
        };
        connection.flush();
      }
    });
  },
};

kinds[process.argv[2]]();
server.on("connection", () => console.log("a connection"));
server.listen(0, "127.0.0.1", () => console.log(`listening on ${server.address().port}`));
