// Writes cases-node.json: messages as the client wampy serializes them.
//   npm install --ignore-scripts wampy@8.0.2
//   NODE_PATH=node_modules node generate.js
'use strict';
const fs = require('fs');
const path = require('path');
const messages = JSON.parse(fs.readFileSync(path.join(__dirname, 'messages.json'), 'utf8'));
const root = require.resolve('wampy').split(`${path.sep}dist${path.sep}`)[0];
const version = JSON.parse(fs.readFileSync(path.join(root, 'package.json'))).version;
const load = name => Object.values(require(`wampy/${name}.js`)).find(each => typeof each === 'function');

async function main() {
  const cases = [];
  for (const name of ['JsonSerializer', 'MsgpackSerializer', 'CborSerializer']) {
    const serializer = new (load(name))();
    for (const message of messages) {
      const wire = await serializer.encode(message.value);
      cases.push({ name: `${message.name}, ${serializer.protocol}`, message: message.name,
        subprotocol: `wamp.2.${serializer.protocol}`, wire: Buffer.from(wire).toString('base64') });
    }
  }
  const by = [`wampy ${version}`, `node ${process.version}`];
  fs.writeFileSync(path.join(__dirname, 'cases-node.json'), JSON.stringify({ by, cases }, null, 1) + '\n');
}
main();
