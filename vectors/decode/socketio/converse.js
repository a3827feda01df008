// Lets real clients talk to real servers through a logging proxy on loopback and writes what went over the wire,
// as `framewall inspect` takes it, to conversations.json. A firewall must let all of it pass.
//   npm install --ignore-scripts socket.io@4.8.4 sio2@npm:socket.io@2.5.1 sioc4@npm:socket.io-client@4.8.4 \
//     sioc2@npm:socket.io-client@2.5.0 socket.io-msgpack-parser@3.0.2
//   NODE_PATH=node_modules node converse.js
'use strict';
const fs = require('fs');
const http = require('http');
const path = require('path');
const { createRequire } = require('module');
const inside = createRequire(require.resolve('socket.io'));
const ws = createRequire(inside.resolve('engine.io'))('ws');

const text = data => ({ data });
const bytes = data => ({ data_b64: data.toString('base64') });

// Passes HTTP and WebSockets on to `port`, and notes every message and body.
function proxy(port, lines, session) {
  const server = http.createServer((req, res) => {
    const body = [];
    req.on('data', piece => body.push(piece)).on('end', () => {
      const sent = Buffer.concat(body);
      const base = { path: req.url, transport: 'polling', method: req.method, session };
      if (req.method === 'POST') {
        lines.push({ ...bytes(sent), ...base, content_type: req.headers['content-type'], direction: 'client' });
      }
      const headers = { ...req.headers };
      delete headers['accept-encoding'];
      const onward = http.request({ port, host: '127.0.0.1', method: req.method, path: req.url, headers }, answer => {
        const pieces = [];
        answer.on('data', piece => pieces.push(piece)).on('end', () => {
          const got = Buffer.concat(pieces);
          lines.push({ ...bytes(got), ...base, status: answer.statusCode, direction: 'server' });
          res.writeHead(answer.statusCode, answer.headers).end(got);
        });
      });
      onward.on('error', () => res.destroy());
      onward.end(sent);
    });
  });
  const sockets = new ws.WebSocketServer({ server, perMessageDeflate: false });
  sockets.on('connection', (client, req) => {
    const upstream = new ws.WebSocket(`ws://127.0.0.1:${port}${req.url}`, { perMessageDeflate: false });
    const waiting = [];
    const note = (direction, data, binary) => lines.push({
      ...(binary ? bytes(data) : text(data.toString())), path: req.url, session, direction,
      opcode: binary ? 'binary' : 'text',
    });
    client.on('message', (data, binary) => {
      note('client', data, binary);
      if (upstream.readyState === 1) upstream.send(data, { binary }); else waiting.push([data, binary]);
    });
    upstream.on('open', () => waiting.splice(0).forEach(([data, binary]) => upstream.send(data, { binary })));
    upstream.on('message', (data, binary) => { note('server', data, binary); client.send(data, { binary }); });
    client.on('close', () => upstream.close());
    upstream.on('close', () => client.close());
    upstream.on('error', () => client.close());
  });
  return server;
}

const listen = server => new Promise(done => server.listen(0, '127.0.0.1', () => done(server.address().port)));

function serve(name, options, app) {
  const io = require(name);
  const server = http.createServer();
  const made = io.Server ? new io.Server(server, options) : io(server, options);
  for (const space of [made, made.of('/admin')]) {
    space.on('connection', socket => {
      socket.on('say', (...args) => {
        const answer = args.pop();
        if (typeof answer === 'function') answer('ok', ...args); else args.push(answer);
        socket.emit('said', ...args);
      });
    });
  }
  return server;
}

function talk(connect) {
  return new Promise(done => {
    const chat = connect('/');
    const admin = connect('/admin');
    chat.emit('say', 'hello, world <3', { user: 'ann', "don't": ['1 < 2', 3.5, null, true] });
    chat.emit('say', 'größe 😀 \u2028', () => chat.emit('say', Buffer.from([0, 1, 254, 255]), { deep: [Buffer.from('two')] }, () => {
      admin.emit('say', 'select one or two', Buffer.from('bytes'), () => {
        setTimeout(() => { chat.disconnect(); admin.disconnect(); setTimeout(done, 300); }, 700);
      });
    }));
  });
}

async function converse(title, serverName, clientName, transports, extra = {}) {
  const parser = extra.parser ? { parser: require(extra.parser) } : {};
  const server = serve(serverName, { allowEIO3: true, connectionStateRecovery: {}, pingInterval: 400, pingTimeout: 2000, ...parser });
  const port = await listen(server);
  const lines = [];
  const front = proxy(port, lines, title);
  const outside = await listen(front);
  const client = require(clientName);
  await talk(space => client(`http://127.0.0.1:${outside}${space}`, {
    transports, forceNew: false, query: { room: 'lobby' }, auth: { token: 'abc' }, ...parser, ...extra.client,
  }));
  front.closeAllConnections(); front.close(); server.closeAllConnections(); server.close();
  return { title, lines };
}

(async () => {
  const all = [];
  for (const [server, client, version] of [['socket.io', 'sioc4', '4.8.4'], ['sio2', 'sioc2', '2.5'], ['socket.io', 'sioc2', '2.5 client, 4.8.4 server']]) {
    for (const transports of [['websocket'], ['polling'], ['polling', 'websocket']]) {
      all.push(await converse(`socket.io ${version}, ${transports.join(' then ')}`, server, client, transports));
    }
  }
  all.push(await converse('socket.io-msgpack-parser 3.0.2', 'socket.io', 'sioc4', ['websocket'], { parser: 'socket.io-msgpack-parser' }));
  fs.writeFileSync(path.join(__dirname, 'conversations.json'), JSON.stringify(all, null, 1) + '\n');
  console.log(all.map(({ title, lines }) => `${title}: ${lines.length}`).join('\n'));
  process.exit(0);
})();
