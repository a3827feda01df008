// Writes cases.json: what the server sockjs hands to an application, and what it writes on each transport.
//   npm install --ignore-scripts sockjs@0.3.24 ws@8
//   NODE_PATH=node_modules node generate.js
'use strict';
const fs = require('fs');
const http = require('http');
const path = require('path');
const sockjs = require('sockjs');
const WebSocket = require('ws');

const version = name => `${name} ${require(`${name}/package.json`).version}`;
const base64 = data => Buffer.from(data).toString('base64');
const GREETING = 'hello <3 \u{1f600}\r\n"%';

let delivered = [];
const service = sockjs.createServer({ log: () => {}, sockjs_url: '/sockjs.js' });
service.on('connection', connection => {
  connection.write(GREETING);
  connection.on('data', data => delivered.push(base64(typeof data === 'string' ? data : JSON.stringify(data))));
});
const server = http.createServer();
service.installHandlers(server, { prefix: '/echo' });
const wait = milliseconds => new Promise(done => setTimeout(done, milliseconds));

const inputs = [
  ['an array', '["one","two"]'], ['a space before it', ' ["one","two"]'], ['a bare string', '"one"'],
  ['an object', '{"text":"one"}'], ['a number', '7'], ['nothing', ''], ['broken', '["one"'],
  ['an array of other things', '[{"text":"one"},["two"],3,null]'], ['escapes', '["\\u006fne"]'],
];

async function socket(port, session, [name, data], binary) {
  const peer = new WebSocket(`ws://127.0.0.1:${port}/echo/000/${session}/websocket`);
  const frames = [];
  peer.on('message', frame => frames.push(frame.toString()));
  peer.on('error', () => {});
  await new Promise(done => peer.on('open', done));
  await wait(30);
  delivered = [];
  peer.send(binary ? Buffer.from(data) : data);
  await wait(30);
  peer.terminate();
  return { name: `${name}, ${binary ? 'binary' : 'text'}`, transport: 'websocket', wire: base64(data), delivered, frames: frames.map(base64) };
}

function request(port, method, target, body, type) {
  return new Promise(done => {
    const headers = type ? { 'Content-Type': type } : {};
    const sent = http.request({ port, method, path: target, headers, agent: false }, response => {
      const chunks = [];
      const end = () => done({ status: response.statusCode, body: Buffer.concat(chunks) });
      response.on('data', chunk => { chunks.push(chunk); if (!target.endsWith('_send')) setTimeout(() => { sent.destroy(); end(); }, 60); });
      response.on('end', end);
      response.on('error', () => {});
    });
    sent.on('error', () => {});
    sent.end(body);
  });
}

async function main() {
  await new Promise(done => server.listen(0, '127.0.0.1', done));
  const { port } = server.address();
  const cases = [];
  let number = 0;
  for (const input of inputs) {
    for (const binary of [false, true]) cases.push(await socket(port, `s${number += 1}`, input, binary));
  }
  for (const [name, data] of inputs) {
    const form = 'application/x-www-form-urlencoded';
    for (const [step, body, type] of [['xhr_send', data, 'text/plain'], ['xhr_send', data, 'image/png'],
      ['jsonp_send', `d=${encodeURIComponent(data)}`, form], ['jsonp_send', data, 'text/plain']]) {
      const session = `s${number += 1}`;
      await request(port, 'POST', `/echo/000/${session}/xhr`, '');
      delivered = [];
      const { status } = await request(port, 'POST', `/echo/000/${session}/${step}`, body, type);
      cases.push({ name: `${name}, ${step} as ${type}`, transport: step, wire: base64(body), type, status, delivered });
    }
  }
  const replies = [];
  for (const [step, method] of [['xhr', 'POST'], ['xhr_streaming', 'POST'], ['eventsource', 'GET'], ['htmlfile', 'GET'], ['jsonp', 'GET']]) {
    const target = `/echo/000/s${number += 1}/${step}${method === 'GET' ? '?c=cb' : ''}`;
    for (let turn = 0; turn < (step === 'xhr' || step === 'jsonp' ? 2 : 1); turn += 1) {
      const { status, body } = await request(port, method, target, '');
      replies.push({ name: `${step} ${turn}`, transport: step, status, body: base64(body) });
    }
  }
  const by = [version('sockjs'), `node ${process.version}`];
  fs.writeFileSync(path.join(__dirname, 'cases.json'), JSON.stringify({ by, greeting: base64(GREETING), cases, replies }, null, 1) + '\n');
  process.exit(0);
}
main();
