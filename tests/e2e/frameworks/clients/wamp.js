// Autobahn for JavaScript, or Wampy: node wamp.js URL autobahn|wampy SERIALIZATION CALLS, each of them a procedure,
// arguments and keywords. It subscribes, calls, publishes the same, and leaves when all of it came back.
"use strict";

const [, , url, library, serialization, words] = process.argv;
const calls = JSON.parse(words);
const socket = url.replace("http", "ws");
const heard = (...what) => console.log("heard", JSON.stringify(what));
const closed = () => {
  console.log("closed");
  setTimeout(() => process.exit(), 50);
};

// Says everything with a session that subscribes, calls and publishes.
async function talk(session) {
  let more;
  let waiting = 0;
  await session.subscribe("com.example.chat", (...what) => {
    heard("event", ...what);
    waiting -= 1;
    more?.();
  });
  for (const [procedure, given, named] of calls) {
    heard("result", await session.call(procedure, given, named));
    waiting += 1;
    await session.publish("com.example.chat", given, named);
    while (waiting > 0) await new Promise((resolve) => { more = resolve; });
  }
}

const libraries = {
  autobahn() {
    globalThis.WebSocket ??= require("ws"); // it looks for the browser's first
    const autobahn = require("autobahn");
    const writer = { json: "JSON", msgpack: "Msgpack", cbor: "CBOR" }[serialization];
    const serializers = [new autobahn.serializer[`${writer}Serializer`]()];
    const connection = new autobahn.Connection({ url: socket, realm: "realm1", serializers, max_retries: 0 });
    connection.onopen = (session) => talk({
      subscribe: (topic, handler) => session.subscribe(topic, (given, named) => handler(given, named)),
      call: (procedure, given, named) => session.call(procedure, given, named),
      publish: (topic, given, named) => session.publish(topic, given, named, { acknowledge: true, exclude_me: false }),
    }).then(() => connection.close(), (error) => console.log("refused", error.error ?? error));
    connection.onclose = closed;
    connection.open();
  },

  async wampy() {
    const { Wampy } = await import("wampy");
    const { MsgpackSerializer } = await import("wampy/MsgpackSerializer.js");
    const { CborSerializer } = await import("wampy/CborSerializer.js");
    const options = { realm: "realm1", ws: require("ws"), autoReconnect: false, onClose: closed, onError: () => {} };
    if (serialization === "msgpack") options.serializer = new MsgpackSerializer();
    if (serialization === "cbor") options.serializer = new CborSerializer();
    const client = new Wampy(socket, options);
    await client.connect();
    await talk({
      subscribe: (topic, handler) => client.subscribe(topic, handler, { match: "exact", get_retained: false }),
      call: (procedure, given, named) => client.call(procedure, { argsList: given, argsDict: named }),
      publish: (topic, given, named) => client.publish(topic, { argsList: given, argsDict: named }, { exclude_me: false }),
    });
    await client.disconnect();
    closed();
  },
};

Promise.resolve(libraries[library]()).catch((error) => console.log("failed", error));
