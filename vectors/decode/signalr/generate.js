// Writes cases.json: records as the official client's hub protocols write them, and what they read in odd forms.
//   npm install --ignore-scripts @microsoft/signalr@10.0.11 @microsoft/signalr-protocol-msgpack@10.0.11
//   NODE_PATH=node_modules node generate.js
'use strict';
const fs = require('fs');
const path = require('path');
const { JsonHubProtocol, NullLogger } = require('@microsoft/signalr');
const { MessagePackHubProtocol } = require('@microsoft/signalr-protocol-msgpack');
const { HandshakeProtocol } = require(path.join(
  path.dirname(require.resolve('@microsoft/signalr/package.json')), 'dist/cjs/HandshakeProtocol.js'));

const version = name => `${name} ${require(`${name}/package.json`).version}`;
const protocols = { json: new JsonHubProtocol(), messagepack: new MessagePackHubProtocol() };
const bytes = data => Buffer.from(typeof data === 'string' ? data : new Uint8Array(data));
const handshake = name => bytes(new HandshakeProtocol().writeHandshakeRequest({ protocol: name, version: 1 }));

const headers = { 'x-trace': 'trace-value' };
const messages = [
  ['invocation', { type: 1, headers, target: 'SendMessage', arguments: ['ann', { text: 'hello', n: [1, 'deep'] }], streamIds: [] }],
  ['invocation with an id', { type: 1, headers, invocationId: '7', target: 'SendMessage', arguments: ['ann', 'hello'], streamIds: ['s1'] }],
  ['stream invocation', { type: 4, headers, invocationId: '8', target: 'Counter', arguments: ['start', 10] }],
  ['stream item', { type: 2, headers, invocationId: '8', item: { text: 'an item' } }],
  ['completion', { type: 3, headers, invocationId: '8', result: { text: 'a result' } }],
  ['completion with an error', { type: 3, headers, invocationId: '9', error: 'an error' }],
  ['completion of nothing', { type: 3, headers, invocationId: '10' }],
  ['cancel invocation', { type: 5, headers, invocationId: '8' }],
  ['ping', { type: 6 }],
  ['close', { type: 7, error: 'closed for a reason', allowReconnect: true }],
  ['ack', { type: 8, sequenceId: 3 }],
  ['sequence', { type: 9, sequenceId: 4 }],
];

function values(found, into = []) {
  if (typeof found === 'string') into.push(Buffer.from(found).toString('base64'));
  else if (found instanceof Uint8Array) into.push(Buffer.from(found).toString('base64'));
  else if (Array.isArray(found)) found.forEach(each => values(each, into));
  else if (found && typeof found === 'object') Object.values(found).forEach(each => values(each, into));
  return into;
}

// The MessagePack protocol of the client writes no reason into a close.
const kept = (protocol, message) => values(protocol === 'messagepack' && message.type === 7 ? {} : message);

const cases = [];
for (const [protocol, hub] of Object.entries(protocols)) {
  for (const [name, message] of messages) {
    let wire;
    try { wire = bytes(hub.writeMessage(message)); } catch { continue; }
    cases.push({ name: `${name}, ${protocol}`, protocol, kind: name.split(' with')[0].split(' of')[0],
      handshake: handshake(protocol).toString('base64'), wire: wire.toString('base64'), delivered: kept(protocol, message) });
  }
}

// Odd forms, and what the client's parser makes of them.
const odd = [
  ['several records', 'json', Buffer.from('{"type":6}\x1e{"type":1,"target":"M","arguments":["one"]}\x1e{"type":1,"target":"M","arguments":["two"]}\x1e')],
  ['escaped member names', 'json', Buffer.from('{"\\u0074ype":1,"target":"M","\\u0061rguments":["escaped"]}\x1e')],
  ['type last', 'json', Buffer.from('{"arguments":["late"],"target":"M","type":1}\x1e')],
  ['a length that is not minimal', 'messagepack', (() => {
    const wire = bytes(protocols.messagepack.writeMessage({ type: 1, target: 'M', arguments: ['padded'], headers: {} }));
    return Buffer.concat([Buffer.from([wire[0] | 0x80, 0x80, 0x00]), wire.subarray(1)]);
  })()],
];
for (const [name, protocol, wire] of odd) {
  const input = protocol === 'json' ? wire.toString() : new Uint8Array(wire).buffer;
  const read = protocols[protocol].parseMessages(input, NullLogger.instance);
  cases.push({ name, protocol, kind: 'invocation', handshake: handshake(protocol).toString('base64'),
    wire: wire.toString('base64'), delivered: values(read) });
}

const by = [version('@microsoft/signalr'), version('@microsoft/signalr-protocol-msgpack'), `node ${process.version}`];
fs.writeFileSync(path.join(__dirname, 'cases.json'), JSON.stringify({ by, cases }, null, 1) + '\n');
