// The handler of a chaos run: its answers can be checked byte by byte, and it misbehaves when it is told to.
// What one request is to meet stands in its X-Chaos header (orders.ts); what befalls the process comes through a socket (control.ts).
// CommonJS and few modules, because it has to start fast.
'use strict';
const { spawn } = require('node:child_process');
const { closeSync, openSync } = require('node:fs');
const { createServer } = require('node:http');
const { connect } = require('node:net');
const { setTimeout: sleep } = require('node:timers/promises');
// Here and not where it is used: a process without descriptors can load nothing any more.
const { crc32 } = require('node:zlib');

const generation = Math.max(require('./generation-a.cjs'), require('./generation-b.cjs'));

/** Each answer comes so much later, and the next one by `growMs` more. */
const slowness = { lateMs: 0, growMs: 0 };
const leaked = [];

const control = process.env.CHAOS_CONTROL === undefined ? undefined : connect(process.env.CHAOS_CONTROL);
const tell = (message) => control?.write(`${JSON.stringify(message)}\n`);
control?.on('error', () => process.stderr.write('The chaos run is gone.\n'));
control?.on('data', (bytes) => {
  // Commands are far apart, so each arrives alone.
  const { name, ...rest } = JSON.parse(bytes);
  commands[name](rest);
});
tell({ pid: process.pid, generation });

const server = createServer((request, response) => {
  const order = request.headers['x-chaos'];
  // A request that breaks off in the middle is no reason to die: that is for the run to decide.
  const giveUp = () => response.destroy();
  request.on('error', giveUp);
  if (order !== undefined) answer(JSON.parse(order), request, response).catch(giveUp);
  else if (request.method === 'POST') answerEnvelope(request, response).catch(giveUp);
  // Somebody asks whether the handler is there, and whether it is well.
  else response.end('ready');
});
server.listen(Number(process.env.FUNCTIONS_CUSTOMHANDLER_PORT), '127.0.0.1');

/** Forward and proxy mode: the request as it was sent. */
async function answer(order, request, response) {
  tellRun(order, request.method);
  if (order.misdeed !== undefined) return commit(order.misdeed, request, response);
  await beLate(order);
  response.writeHead(200, replyHeaders(order));
  if (order.wish === 'echo') return void request.pipe(response);
  let bytes = 0;
  let crc = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    crc = crc32(chunk, crc);
  }
  if (order.wish === 'describe') return void response.end(description(order, request.method, bytes, crc));
  for (let index = 0; index < order.pieces; index += 1) {
    response.write(piece(order, index));
    if (order.pauseMs > 0) await sleep(order.pauseMs);
  }
  response.end();
}

/** Payload mode: the request in an envelope, and the reply in another. */
async function answerEnvelope(request, response) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const envelope = JSON.parse(Buffer.concat(chunks));
  if (envelope.Data.req === undefined) {
    const { answerEvent } = require('./event-work.cjs');
    return answerEvent(request.url.slice(1), envelope, response);
  }
  const { Method: method, Headers: headers, Body: body = '' } = envelope.Data.req;
  const name = Object.keys(headers).find((each) => each.toLowerCase() === 'x-chaos');
  const order = JSON.parse(headers[name][0]);
  tellRun(order, method);
  if (order.misdeed !== undefined) return commit(order.misdeed, request, response);
  await beLate(order);
  const reply = { statusCode: 200, headers: replyHeaders(order), body: '' };
  if (order.wish === 'echo') reply.body = body;
  else if (order.wish === 'describe') reply.body = description(order, method, body.length, crc32(body));
  else for (let index = 0; index < order.pieces; index += 1) reply.body += piece(order, index);
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify({ Outputs: { res: reply } }));
}

const replyHeaders = ({ nonce }) => ({
  'Content-Type': 'text/plain',
  'X-Chaos-Nonce': nonce,
  'X-Chaos-Pid': String(process.pid),
  'X-Chaos-Generation': String(generation),
});

const description = ({ nonce }, method, bytes, crc) => JSON.stringify({ nonce, method, bytes, crc });

const piece = ({ nonce, pieceBytes }, index) => `${nonce} ${index} `.padEnd(pieceBytes, '.');

/** A POST that runs twice is a fault of the host. */
function tellRun({ nonce }, method) {
  if (method === 'POST' && process.env.CHAOS_JOURNAL === '1') tell({ ran: nonce });
}

async function beLate({ afterMs = 0 }) {
  slowness.lateMs += slowness.growMs;
  const lateMs = slowness.lateMs + afterMs;
  if (lateMs > 0) await sleep(lateMs);
}

const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n';

/** What comes instead of an answer; the connection ends with it. By name, so that a report can tell which one went wrong. */
const misdeeds = {
  'garbage-text': (socket) => socket.end('this is not HTTP\r\n\r\n'),
  'garbage-version': (socket) => socket.end('HTTP/9.9 999 \r\n\r\n'),
  'garbage-header': (socket) => socket.end(`${HEAD}no colon here\r\nContent-Length: 0\r\n\r\n`),
  'garbage-two-lengths': (socket) => socket.end(`${HEAD}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd`),
  'garbage-length-and-chunks': (socket) =>
    socket.end(`${HEAD}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n`),
  'garbage-endless-head': (socket) => socket.end(`HTTP/1.1 200 OK\r\n${`X-Long: ${'x'.repeat(1000)}\r\n`.repeat(1000)}`),
  'garbage-bytes': (socket) => socket.end(Buffer.from(Array.from({ length: 5000 }, (_, at) => (at * 151 + 17) % 256))),
  'garbage-half-head': (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Le'),
  'garbage-chunk': (socket) => socket.end(`${HEAD}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nnonsense\r\n`),
  'garbage-nothing': (socket) => socket.end(),
  'cut-length': (socket) => socket.write(`${HEAD}Content-Length: 100000\r\n\r\n${'x'.repeat(50_000)}`, () => socket.destroy()),
  'cut-chunks': (socket) => socket.end(`${HEAD}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`),
  'cut-reset': (socket) => socket.write(`${HEAD}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`, () => socket.resetAndDestroy()),
  'cut-request': (socket) => socket.destroy(),
};

function commit(misdeed, request, response) {
  // Otherwise node:http would add an ending of its own.
  response.detachSocket(request.socket);
  misdeeds[misdeed](request.socket);
}

const LINE = `${'A line that somebody forgot to take out again. '.repeat(3)}\n`;
const FLOODS = {
  lines: LINE.repeat(400),
  'one-line': LINE.replace('\n', ' ').repeat(400),
  bytes: Buffer.alloc(64 * 1024, '\0\x1b[31m\xff\r'),
};

const commands = {
  exit: () => process.exit(0),
  slow: ({ growMs }) => {
    slowness.growMs = growMs;
    if (growMs === 0) slowness.lateMs = 0;
  },
  leak: () => {
    for (;;) {
      try {
        leaked.push(openSync('/dev/null'));
      } catch {
        // EMFILE: there is none left, which is what was wanted.
        return tell({ leakedCount: leaked.length });
      }
    }
  },
  release: () => {
    for (const descriptor of leaked.splice(0)) closeSync(descriptor);
  },
  flood: ({ kind, forMs }) => {
    const untilMs = performance.now() + forMs;
    let bytes = 0;
    const write = () => {
      if (performance.now() > untilMs) return tell({ floodedBytes: bytes });
      bytes += FLOODS[kind].length;
      // Standard output is synchronous: this takes as long as the host takes to read.
      process.stdout.write(FLOODS[kind], () => setImmediate(write));
    };
    write();
  },
  fork: () => {
    // They keep the output open, and one of them has a child of its own.
    const children = [spawn('sleep', ['600'], { stdio: 'inherit' }), spawn('sh', ['-c', 'sleep 600 & wait'], { stdio: 'inherit' })];
    tell({ forked: children.map(({ pid }) => pid) });
  },
};
