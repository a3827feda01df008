// sockjs-client: node sockjs.js URL TRANSPORT MESSAGES; leaves when it has heard as many as it said.
"use strict";

const [, , url, transport, words] = process.argv;
const messages = JSON.parse(words);
const heard = [];
const client = new (require("sockjs-client"))(`${url}/echo`, null, { transports: [transport] });
client.onopen = () => messages.forEach((message) => client.send(message));
client.onmessage = (event) => {
  heard.push(event.data);
  console.log("heard", JSON.stringify(event.data));
  if (heard.length === messages.length) client.close();
};
client.onclose = (event) => {
  console.log("closed", event.code);
  process.exit();
};
