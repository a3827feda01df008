// @stomp/stompjs: node stomp.js URL PLAN, which has a path, perhaps sockjs, frames [how, ...], and after how many messages
// to leave.
"use strict";

const { Client } = require("@stomp/stompjs");
const WebSocket = require("ws");

const [, , url, words] = process.argv;
const plan = JSON.parse(words);
let left = plan.leave ?? Infinity;

const how = {
  send: (destination, body, headers) => client.publish({ destination, body, headers }),
  bytes: (destination, text, headers) => client.publish({ destination, binaryBody: new Uint8Array(Buffer.from(text)), headers }),
  subscribe: (destination, headers) => client.subscribe(destination, (message) => {
    console.log("heard", JSON.stringify([message.headers.destination, message.body]));
    left -= 1;
    if (left === 0) how.leave();
  }, headers),
  leave: () => client.deactivate().then(() => process.exit()),
};

const client = new Client({
  webSocketFactory: () => (plan.sockjs
    ? new (require("sockjs-client"))(url + plan.path, null, { transports: [plan.sockjs] })
    : new WebSocket(url.replace("http", "ws") + plan.path, ["v12.stomp", "v11.stomp"])),
  connectHeaders: plan.connect ?? {},
  reconnectDelay: 0,
  splitLargeFrames: plan.split !== undefined,
  maxWebSocketChunkSize: plan.split ?? 8192,
  forceBinaryWSFrames: plan.binary ?? false,
  appendMissingNULLonIncoming: false,
  onConnect() {
    console.log("connected");
    for (const [way, ...rest] of plan.frames) how[way](...rest);
  },
  onStompError: (frame) => console.log("error", JSON.stringify(frame.headers)),
  onWebSocketClose: (event) => console.log("closed", event.code),
});
client.activate();
