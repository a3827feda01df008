// simpleddp on sockjs-client: node ddp.js URL METHOD PARAMETERS; calls a method with each of them.
"use strict";

const SimpleDDP = require("simpleddp").default ?? require("simpleddp");
const SockJS = require("sockjs-client");

const [, , url, method, words] = process.argv;
const client = new SimpleDDP({
  endpoint: `${url}/meteor`,
  SocketConstructor: class { constructor(endpoint) { return new SockJS(endpoint, null, { transports: ["websocket"] }); } },
  reconnectInterval: 1 << 30,
});

(async () => {
  await client.connect();
  for (const parameter of JSON.parse(words)) {
    console.log("heard", JSON.stringify(await client.call(method, parameter)));
  }
  await client.disconnect();
  setTimeout(() => process.exit(), 50);
})();
