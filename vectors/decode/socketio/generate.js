// Runs cases.json through the real parsers of npm and writes what each of them delivers to delivered-node.json.
//   npm install --ignore-scripts socket.io@4.8.4 sio-parser3@npm:socket.io-parser@3.4.4 \
//     eio-parser2@npm:engine.io-parser@2.2.1 socket.io-msgpack-parser@3.0.2
//   NODE_PATH=node_modules node generate.js
'use strict';
const fs = require('fs');
const path = require('path');
const { createRequire } = require('module');

const cases = JSON.parse(fs.readFileSync(path.join(__dirname, 'cases.json'), 'utf8'));
const inside = createRequire(require.resolve('socket.io'));
const engine = createRequire(inside.resolve('engine.io'));
const from = { 'socket.io-parser': inside, 'engine.io-parser': engine };
const load = name => (from[name] || require)(name);

function version(name) {
  let folder = path.dirname((from[name] || require).resolve(name));
  for (;; folder = path.dirname(folder)) {
    const file = path.join(folder, 'package.json');
    const found = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : {};
    if (found.version) return `${found.name} ${found.version}`;
  }
}

const sio = { 5: load('socket.io-parser'), 4: load('sio-parser3') };
const eio = { 4: load('engine.io-parser'), 3: load('eio-parser2') };
const names = {
  sio: { 5: version('socket.io-parser'), 4: version('sio-parser3') },
  eio: { 4: version('engine.io-parser'), 3: version('eio-parser2') },
};

// Every string and buffer that an application would be handed.
function values(found, into = []) {
  if (typeof found === 'string') into.push({ text: Buffer.from(found).toString('base64') });
  else if (Buffer.isBuffer(found)) into.push({ text: found.toString('base64') });
  else if (Array.isArray(found)) found.forEach(each => values(each, into));
  else if (found && typeof found === 'object') {
    for (const key of Object.keys(found)) { values(key, into); values(found[key], into); }
  }
  return into;
}

function deliver(socketio, engine, packets) {
  const decoder = new socketio.Decoder();
  const delivered = [];
  decoder.on('decoded', packet => delivered.push(packet));
  let accepted = true;
  try {
    for (const packet of packets) {
      const decoded = engine.decodePacket(packet);
      if (decoded.type === 'message') decoder.add(decoded.data);
      else if (decoded.type === 'error') throw new Error('engine.io');
    }
  } catch { accepted = false; }
  return { accepted, values: delivered.flatMap(packet => values([packet.nsp, packet.data])).map(v => v.text) };
}

const messages = cases.messages.map(({ name, texts, binary = [] }) => {
  const by = {};
  const wire3 = [...texts, ...binary.map(each => Buffer.concat([Buffer.from([4]), Buffer.from(each, 'base64')]))];
  const wire4 = [...texts, ...binary.map(each => Buffer.from(each, 'base64'))];
  by[names.sio[5]] = deliver(sio[5], eio[4], wire4);
  by[names.sio[4]] = deliver(sio[4], eio[3], wire3);
  return { name, by };
});

const base64 = cases.base64.map(({ name, text }) => ({ name, bytes: Buffer.from(text, 'base64').toString('base64') }));

const payloads = cases.payloads.map(({ name, eio: number, body }) => {
  const packets = [];
  const take = packet => {
    const data = Buffer.isBuffer(packet.data) ? packet.data : Buffer.from(packet.data || '');
    packets.push({ type: packet.type, data: data.toString('base64') });
  };
  if (number === 4) eio[4].decodePayload(body).forEach(take);
  else eio[3].decodePayload(body, take);
  return { name, eio: number, packets };
});

fs.writeFileSync(path.join(__dirname, 'delivered-node.json'),
  JSON.stringify({ by: { sio: names.sio, eio: names.eio, node: process.version }, messages, base64, payloads }, null, 1) + '\n');
