// A framework's own client: node client.js stomp|sockjs|signalr URL TRANSPORT MESSAGE...; logs what comes back.
"use strict";

const [, , kind, url, transport, ...messages] = process.argv;
const heard = (what) => console.log("heard", JSON.stringify(what));

const kinds = {
  stomp() {
    const { Client } = require("@stomp/stompjs");
    const client = new Client({
      webSocketFactory: () => new (require("ws"))(`${url.replace("http", "ws")}/ws`, ["v12.stomp", "v11.stomp"]),
      reconnectDelay: 0,
      onConnect() {
        client.subscribe("/topic/chat", (message) => heard(message.body));
        for (const body of messages) client.publish({ destination: "/topic/chat", body });
      },
      onWebSocketClose: (event) => console.log("closed", event.code),
    });
    client.activate();
  },

  sockjs() {
    const client = new (require("sockjs-client"))(`${url}/echo`, null, { transports: [transport] });
    client.onopen = () => messages.forEach((message) => client.send(message));
    client.onmessage = (event) => heard(event.data);
    client.onclose = (event) => console.log("closed", event.code);
  },

  async signalr() {
    const { HubConnectionBuilder, HttpTransportType, LogLevel } = require("@microsoft/signalr");
    const { MessagePackHubProtocol } = require("@microsoft/signalr-protocol-msgpack");
    const [way, protocol] = transport.split("+");
    const builder = new HubConnectionBuilder().withUrl(`${url}/chat`, HttpTransportType[way]).configureLogging(LogLevel.None);
    if (protocol === "messagepack") builder.withHubProtocol(new MessagePackHubProtocol());
    const client = builder.build();
    client.onclose(() => console.log("closed"));
    await client.start();
    for (const message of messages) {
      try {
        heard(await client.invoke("SendMessage", "ann", { text: message }));
      } catch (error) {
        console.log("refused", error.message);
      }
    }
  },
};

kinds[kind]();
