// Writes cases-node.json: frames as the client @stomp/stompjs writes them, and what its parser and that of the
// server stomp-broker-js read in odd forms.
//   npm install --ignore-scripts @stomp/stompjs@7.5.0 stomp-broker-js@1.3.0
//   NODE_PATH=node_modules node generate.js
'use strict';
const fs = require('fs');
const path = require('path');
const { FrameImpl, Parser } = require('@stomp/stompjs');
const broker = require('stomp-broker-js/lib/stomp-utils');

const root = name => path.join(require.resolve(name).split(`node_modules/${name}`)[0], 'node_modules', name);
const version = name => `${name} ${JSON.parse(fs.readFileSync(path.join(root(name), 'package.json'))).version}`;
const base64 = data => Buffer.from(data).toString('base64');

const frames = [
  ['connect', { command: 'CONNECT', headers: { login: 'ann', passcode: 'pass\\word', 'accept-version': '1.2', 'heart-beat': '10000,10000' } }],
  ['send', { command: 'SEND', headers: { destination: '/app/chat', 'content-type': 'application/json' }, body: '{"text":"hello"}' }],
  ['send with escapes', { command: 'SEND', headers: { destination: '/app/chat', 'x:name': 'a:b\\c\nd\re' }, body: 'hello' }],
  ['send of bytes', { command: 'SEND', headers: { destination: '/app/chat' }, binaryBody: new Uint8Array([1, 0, 60, 115, 0]) }],
  ['send without a length', { command: 'SEND', headers: { destination: '/app/chat' }, body: 'hello', skipContentLengthHeader: true }],
  ['send of nothing', { command: 'SEND', headers: { destination: '/app/chat' } }],
  ['send of many characters', { command: 'SEND', headers: { destination: '/app/chät' }, body: 'grüße \u{1f600}' }],
  ['subscribe', { command: 'SUBSCRIBE', headers: { destination: '/topic/chat', id: 'sub-0', selector: "name = 'x' OR 1=1" } }],
  ['unsubscribe', { command: 'UNSUBSCRIBE', headers: { id: 'sub-0' } }],
  ['begin', { command: 'BEGIN', headers: { transaction: 'tx-1' } }],
  ['ack', { command: 'ACK', headers: { id: 'm-1', subscription: 'sub-0' } }],
  ['disconnect', { command: 'DISCONNECT', headers: { receipt: 'r-1' } }],
  ['message', { command: 'MESSAGE', headers: { subscription: 'sub-0', 'message-id': 'm-1', destination: '/topic/chat' }, body: 'hello' }],
];

const cases = frames.map(([name, frame]) => {
  const wire = FrameImpl.marshall({ headers: {}, escapeHeaderValues: frame.command !== 'CONNECT', ...frame });
  const delivered = [...Object.values(frame.headers), frame.body || '', frame.binaryBody || ''].filter(each => each.length);
  return { name, command: frame.command, wire: base64(wire), delivered: delivered.map(base64) };
});

const odd = [
  ['carriage returns', 'SEND\r\ndestination:/a\r\n\r\nhello\0'],
  ['spaces around a header', 'SEND\n destination : /a \n\nhello\0'],
  ['several NULs', 'SEND\ndestination:/a\n\nhello\0\n\0'],
  ['a header twice', 'SEND\ndestination:/a\ndestination:/b\n\nhello\0'],
  ['a header that is not decoded', 'SEND\ndestination:/a\\tb\n\nhello\0'],
  ['a length too short', 'SEND\ndestination:/a\ncontent-length:2\n\nhello\0'],
  ['a frame in a body', 'SEND\ndestination:/a\ncontent-length:40\n\nhello\0SEND\ndestination:/b\n\nhidden words\0..\0'],
];
for (const [name, wire] of odd) {
  const delivered = [];
  const take = frame => delivered.push(...frame.headers.map(([, value]) => base64(value)), base64(frame.binaryBody));
  try { new Parser(take, () => {}).parseChunk(wire); } catch { /* refused */ }
  let frame = null;
  try { frame = broker.parseFrame(Buffer.from(wire)); } catch { /* refused */ }
  if (frame) delivered.push(...Object.values(frame.headers).filter(each => typeof each === 'string').map(base64), base64(frame.body || ''));
  cases.push({ name, command: 'SEND', wire: base64(wire), delivered: delivered.filter(each => each) });
}

const by = [version('@stomp/stompjs'), version('stomp-broker-js'), `node ${process.version}`];
fs.writeFileSync(path.join(__dirname, 'cases-node.json'), JSON.stringify({ by, cases }, null, 1) + '\n');
