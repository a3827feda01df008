// A client that comes back and sends its message again, by its library or as applications do around it:
// node returning.js socket.io|signalr|sockjs|stomp|autobahn|wampy URL TRANSPORT MESSAGE; logs what its library reports.
"use strict";

const [, , kind, url, transport, message] = process.argv;
const TURNS = 5;
const PAUSE = 40;
const log = (...what) => console.log(...what);
const pause = () => new Promise((resolve) => setTimeout(resolve, PAUSE));

const kinds = {
  // The library connects again, and sends an event again until it is acknowledged.
  async "socket.io"() {
    const { io } = require("socket.io-client");
    const socket = io(url, {
      transports: [transport], reconnectionDelay: PAUSE, reconnectionDelayMax: PAUSE, reconnectionAttempts: TURNS,
      ackTimeout: 400, retries: 50,
    });
    socket.on("connect", () => log("connected"));
    socket.on("disconnect", (reason) => log("disconnected:", reason, "active:", socket.active));
    socket.on("connect_error", (error) => log("refused:", error.message, statusOf(error)));
    socket.io.on("reconnect_failed", () => { log("gave up"); process.exit(); });
    socket.emit("say", message);
  },

  // The same of version 2, which does not send again by itself.
  async "socket.io 2"() {
    const socket = require("../v2/node_modules/socket.io-client")(url, {
      transports: [transport], reconnectionDelay: PAUSE, reconnectionDelayMax: PAUSE, reconnectionAttempts: TURNS,
    });
    socket.on("connect", () => { log("connected"); socket.emit("say", message); });
    socket.on("disconnect", (reason) => log("disconnected:", reason));
    socket.on("connect_error", (error) => log("refused:", error.message, statusOf(error)));
    socket.on("reconnect_failed", () => { log("gave up"); process.exit(); });
  },

  // The library connects again; around it, the application starts anew and calls again.
  async signalr() {
    const { HubConnectionBuilder, HttpTransportType, LogLevel } = require("@microsoft/signalr");
    const { MessagePackHubProtocol } = require("@microsoft/signalr-protocol-msgpack");
    const [way, protocol] = transport.split("+");
    const builder = new HubConnectionBuilder().withUrl(`${url}/chat`, HttpTransportType[way])
      .withAutomaticReconnect(Array(TURNS).fill(PAUSE)).configureLogging(LogLevel.None);
    if (protocol === "messagepack") builder.withHubProtocol(new MessagePackHubProtocol());
    for (let turn = 0; turn < TURNS; turn++) {
      const client = builder.build();
      client.onreconnecting(() => log("reconnecting"));
      const closed = new Promise((resolve) => client.onclose((error) => { log("closed:", error?.message); resolve(); }));
      try {
        await client.start();
        log("connected");
        await client.invoke("SendMessage", "ann", { text: message });
      } catch (error) {
        log(client.state === "Connected" || /Not here|closed/.test(error.message) ? "rejected:" : "refused:", error.message);
        if (!/Status code|status code|negotiation/.test(error.message)) await Promise.race([closed, pause().then(pause)]);
      }
      await pause();
    }
    log("gave up");
    process.exit();
  },

  // The library leaves it to the application.
  async sockjs() {
    const SockJS = require("sockjs-client");
    for (let turn = 0; turn < TURNS; turn++) {
      const client = new SockJS(`${url}/echo`, null, { transports: [transport] });
      client.onopen = () => { log("connected"); client.send(message); };
      await new Promise((resolve) => { client.onclose = (event) => { log("closed:", event.code, event.reason); resolve(); }; });
      await pause();
    }
    log("gave up");
    process.exit();
  },

  // The library connects again unless the router has ended the session.
  async autobahn() {
    globalThis.WebSocket ??= require("ws"); // it looks for the browser's first
    const autobahn = require("autobahn");
    const writer = { json: "JSON", msgpack: "Msgpack", cbor: "CBOR" }[transport];
    const connection = new autobahn.Connection({
      url: url.replace("http", "ws"), realm: "realm1", serializers: [new autobahn.serializer[`${writer}Serializer`]()],
      initial_retry_delay: PAUSE / 1000, max_retry_delay: PAUSE / 1000, max_retries: TURNS,
    });
    connection.onopen = (session) => {
      log("connected");
      session.call("com.example.say", [message]).catch((error) => log("rejected:", error.error, ...error.args));
    };
    connection.onclose = (reason, details) => {
      log("closed:", reason, details.reason, details.message);
      setTimeout(() => { if (!connection.isOpen && !connection._is_retrying) process.exit(); }, PAUSE * 10);
    };
    connection.open();
  },

  async wampy() {
    const { Wampy } = await import("wampy");
    const { MsgpackSerializer } = await import("wampy/MsgpackSerializer.js");
    const client = new Wampy(url.replace("http", "ws"), {
      realm: "realm1", ws: require("ws"), reconnectInterval: PAUSE, maxRetries: TURNS,
      ...(transport === "msgpack" ? { serializer: new MsgpackSerializer() } : {}),
      onError: () => {}, onClose: () => { log("closed"); setTimeout(() => process.exit(), PAUSE * 10); },
      onReconnect: () => log("reconnecting"),
    });
    await client.connect();
    log("connected");
    await client.call("com.example.say", { argsList: [message] })
      .catch((error) => log("rejected:", error.error ?? error.errorUri, ...(error.argsList ?? [])));
  },

  // The library connects again for ever, and calls the application when it stands.
  async stomp() {
    const { Client } = require("@stomp/stompjs");
    const WebSocket = require("ws");
    let turns = 0;
    const client = new Client({
      webSocketFactory() {
        const socket = new WebSocket(`${url.replace("http", "ws")}/ws`, ["v12.stomp"]);
        socket.on("unexpected-response", (request, response) => {
          log("refused:", response.statusCode, "after", response.headers["retry-after"]);
          request.destroy();
          socket.terminate();
        });
        return socket;
      },
      reconnectDelay: PAUSE,
      onConnect() { log("connected"); client.publish({ destination: "/topic/chat", body: message, headers: { receipt: "r1" } }); },
      onStompError: (frame) => log("error:", frame.headers.message, "receipt:", frame.headers["receipt-id"]),
      onWebSocketClose(event) {
        log("closed:", event.code, event.reason);
        if (++turns >= TURNS) { log("gave up"); process.exit(); }
      },
    });
    client.activate();
  },
};

function statusOf(error) {
  return error.description?.status ?? error.description ?? "";
}

kinds[kind]();
