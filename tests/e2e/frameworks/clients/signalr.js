// @microsoft/signalr: node signalr.js URL PLAN, which has a transport, a protocol, calls [how, target, ...arguments],
// and after how many answers to leave.
"use strict";

const { HubConnectionBuilder, HttpTransportType, LogLevel, Subject } = require("@microsoft/signalr");
const { MessagePackHubProtocol } = require("@microsoft/signalr-protocol-msgpack");

const [, , url, words] = process.argv;
const plan = JSON.parse(words);
let answers = 0;
let enough = () => {};
const heard = (...what) => {
  console.log("heard", JSON.stringify(what));
  answers += 1;
  enough();
};

const options = { transport: HttpTransportType[plan.transport], skipNegotiation: plan.skipNegotiation ?? false };
const builder = new HubConnectionBuilder().withUrl(`${url}/chat`, options).configureLogging(LogLevel.None);
if (plan.protocol === "messagepack") builder.withHubProtocol(new MessagePackHubProtocol());
const client = builder.build();
client.on("heard", (...what) => heard("on", ...what));
client.onclose((error) => console.log("closed", error?.message ?? ""));

const how = {
  invoke: (target, ...given) => client.invoke(target, ...given).then((result) => heard("result", result)),
  send: (target, ...given) => client.send(target, ...given),
  stream: (target, ...given) => new Promise((complete, error) => {
    client.stream(target, ...given).subscribe({ next: (item) => heard("item", item), complete, error });
  }),
  upload: async (target, ...items) => {
    const words = new Subject();
    await client.send(target, words);
    for (const item of items) words.next(item);
    words.complete();
  },
  bytes: (target, user, text) => how.invoke(target, user, new Uint8Array(Buffer.from(text))),
};

process.on("unhandledRejection", () => {}); // an upload that is still being ended when we leave
(async () => {
  await client.start();
  console.log("connected");
  for (const [way, ...rest] of plan.calls) {
    await how[way](...rest).catch((error) => console.log("refused", error.message));
  }
  if (plan.leave) {
    await new Promise((resolve) => {
      enough = () => { if (answers >= plan.leave) resolve(); };
      enough();
    });
    await client.stop();
    setTimeout(() => process.exit(), 50); // Go's server leaves the closing handshake unanswered
  }
})().catch((error) => console.log("failed", error.message));
