// A client whose patience is shorter than the verdict on its message: node heartbeats.js socket.io|signalr URL
"use strict";

const [, , kind, url] = process.argv;

const kinds = {
  "socket.io"() {
    const socket = require("socket.io-client").io(url, { transports: ["websocket"], reconnection: false });
    socket.on("disconnect", (reason) => console.log("lost", reason));
    socket.emit("say", "slow", () => { console.log("answered"); process.exit(); });
  },

  async signalr() {
    const { HubConnectionBuilder, HttpTransportType, LogLevel } = require("@microsoft/signalr");
    const client = new HubConnectionBuilder().withUrl(`${url}/chat`, HttpTransportType.WebSockets).configureLogging(LogLevel.None).build();
    client.serverTimeoutInMilliseconds = 2000;
    client.keepAliveIntervalInMilliseconds = 200;
    client.onclose((error) => console.log("lost", error?.message));
    await client.start();
    await client.invoke("SendMessage", "ann", { text: "slow" });
    console.log("answered");
    process.exit();
  },
};

kinds[kind]();
