// A custom handler that writes down every request it gets and answers by rules.
//
// FUNCTIONS_CUSTOMHANDLER_PORT  where to listen (127.0.0.1)
// RECORD_FILE                   JSON lines are appended here: start, listening, probe, request, upgrade, signal
// RULES_FILE                    read again for every request; format in README.md
import { createHash } from 'node:crypto';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const { RECORD_FILE, RULES_FILE } = process.env;
const BIG_BODY_BYTES = 64 * 1024;
const LIFETIME_MS = Number(process.env.ORACLE_HANDLER_LIFETIME_MS ?? 40 * 60_000);
const DEFAULT_REPLY = { json: { Outputs: {}, Logs: [], ReturnValue: null } };

const write = (record) => appendFileSync(RECORD_FILE, `${JSON.stringify({ at: Date.now(), ...record })}\n`);

function readRules() {
  try {
    return JSON.parse(readFileSync(RULES_FILE, 'utf8'));
  } catch {
    return {};
  }
}

/** 1, 2, 3 … per scenario and key. Kept in a file because the handler may be restarted between two attempts. */
function nextAttempt(scenario, key) {
  const file = `${RULES_FILE}.counts`;
  let counts = {};
  try {
    counts = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    // The first attempt of all: there is no file yet.
  }
  const name = `${scenario ?? ''} ${key}`;
  counts[name] = (counts[name] ?? 0) + 1;
  writeFileSync(file, JSON.stringify(counts));
  return counts[name];
}

/** Long runs of one character are written as "<x times n>": a recording stays small, and what surrounds them readable. */
function bodyFields(buffer) {
  let text;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(buffer);
  } catch {
    if (buffer.length <= BIG_BODY_BYTES) return { bodyBase64: buffer.toString('base64') };
  }
  const short = text?.replace(/(.)\1{999,}/gs, (run, character) => `<${character} times ${run.length}>`);
  if (short !== undefined && short.length <= BIG_BODY_BYTES) return { body: short };
  const bodySha256 = createHash('sha256').update(buffer).digest('hex');
  return { bodyBytes: buffer.length, bodySha256, bodyHead: buffer.subarray(0, 200).toString('latin1') };
}

const pairs = (raw) => Array.from({ length: raw.length / 2 }, (_, i) => [raw[2 * i], raw[2 * i + 1]]);

const toBytes = (source) => {
  if (source.json !== undefined) return Buffer.from(JSON.stringify(source.json));
  if (source.base64 !== undefined) return Buffer.from(source.base64, 'base64');
  if (source.fill !== undefined) return Buffer.alloc(source.fill.bytes, source.fill.text ?? 'x');
  return Buffer.from(source.text ?? '');
};

const globMatches = (pattern, text) => new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`).test(text);

function ruleMatches({ when = {} }, facts) {
  const { path, method, attempt, probe = false, bodyIncludes } = when;
  const fn = when.function;
  if (probe !== facts.probe) return false;
  if (fn !== undefined && facts.path !== `/${fn}`) return false;
  if (path !== undefined && !globMatches(path, facts.path)) return false;
  if (method !== undefined && method !== facts.method) return false;
  if (bodyIncludes !== undefined && !facts.bodyText.includes(bodyIncludes)) return false;
  if (typeof attempt === 'number') return attempt === facts.attempt;
  if (attempt !== undefined) return facts.attempt >= (attempt.from ?? 1) && facts.attempt <= (attempt.to ?? Infinity);
  return true;
}

function printLines({ stdout = [], stderr = [] }) {
  for (const line of stdout) process.stdout.write(`${line}\n`);
  for (const line of stderr) process.stderr.write(`${line}\n`);
}

async function answer(request, response, reply) {
  if (reply.delayMs) await sleep(reply.delayMs);
  printLines(reply);
  if (reply.exitCode !== undefined && !reply.exitAfterReply) return void setTimeout(() => process.exit(reply.exitCode), 20);
  if (reply.destroy === 'before') return void request.socket.destroy();
  if (reply.raw !== undefined) return void request.socket.end(Buffer.from(reply.raw, 'latin1'));

  const headers = (reply.headers ?? []).flat();
  const names = (reply.headers ?? []).map(([name]) => name.toLowerCase());
  if (reply.json !== undefined && !names.includes('content-type')) headers.push('Content-Type', 'application/json');
  const streamed = reply.chunks !== undefined || reply.chunked === true;
  const bytes = toBytes(reply);
  const bodyless = reply.status === 204 || reply.status === 304;
  if (!streamed && !bodyless && !names.includes('content-length')) headers.push('Content-Length', String(bytes.length));
  if (reply.trailers) headers.push('Trailer', reply.trailers.map(([name]) => name).join(', '));
  response.writeHead(reply.status ?? 200, reply.reason, headers);
  if (reply.chunks === undefined) response.write(bytes);
  else response.flushHeaders();
  for (const chunk of reply.chunks ?? []) {
    if (chunk.pauseMs) await sleep(chunk.pauseMs);
    response.write(toBytes(chunk));
  }
  if (reply.destroy === 'midway') return void setTimeout(() => request.socket.destroy(), 50);
  if (reply.trailers) response.addTrailers(reply.trailers);
  response.end(() => {
    if (reply.exitAfterReply) setTimeout(() => process.exit(reply.exitCode), 50);
  });
}

let connectionCount = 0;
const connectionNumbers = new WeakMap();

function factsOf(request, buffer) {
  const path = request.url.split('?')[0];
  const invoked = request.headers['x-azure-functions-invocationid'] !== undefined;
  // The host's readiness probe carries no invocation id; a caller's GET / that was passed on does.
  const probe = request.method === 'GET' && request.url === '/' && !invoked;
  return { path, method: request.method, probe, bodyText: buffer.toString('latin1') };
}

function take(request, buffer, extra) {
  const { scenario = null, rules = [] } = readRules();
  const facts = factsOf(request, buffer);
  facts.attempt = nextAttempt(scenario, facts.probe ? 'probe' : `${facts.method} ${facts.path}`);
  write({
    scenario,
    kind: facts.probe ? 'probe' : 'request',
    attempt: facts.attempt,
    connection: connectionNumbers.get(request.socket),
    httpVersion: request.httpVersion,
    method: request.method,
    url: request.url,
    rawHeaders: pairs(request.rawHeaders),
    ...bodyFields(buffer),
    ...extra,
  });
  if (facts.probe) return rules.find((rule) => ruleMatches(rule, facts))?.reply ?? { text: '' };
  return rules.find((rule) => ruleMatches(rule, facts))?.reply ?? DEFAULT_REPLY;
}

const server = createServer({ maxHeaderSize: 1024 * 1024 }, (request, response) => {
  const chunks = [];
  const arrivals = [];
  let taken = false;
  const finish = (aborted) => {
    if (taken) return;
    taken = true;
    const trailers = pairs(request.rawTrailers ?? []);
    const streamedMs = arrivals.length > 1 ? arrivals.at(-1) - arrivals[0] : 0;
    const reply = take(request, Buffer.concat(chunks), {
      streamedMs,
      ...(trailers.length > 0 && { trailers }),
      ...(aborted && { aborted }),
    });
    if (!aborted) answer(request, response, reply).catch(() => response.destroy());
  };
  request.on('data', (chunk) => {
    chunks.push(chunk);
    arrivals.push(Date.now());
  });
  request.on('end', () => finish(false));
  request.on('close', () => finish(true));
  request.on('error', () => finish(true));
  response.on('error', () => {});
});

// An idle connection is never closed from this side, so that no scenario meets a closing connection by chance.
server.keepAliveTimeout = 0;
server.requestTimeout = 0;
server.headersTimeout = 0;

server.on('connection', (socket) => connectionNumbers.set(socket, ++connectionCount));

server.on('upgrade', (request, socket, head) => {
  socket.on('error', () => {});
  const { upgrade } = take(request, Buffer.alloc(0), { kind: 'upgrade' });
  if (!upgrade) return void socket.end('HTTP/1.1 426 Upgrade Required\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
  const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
  const accept = createHash('sha1').update(key).digest('base64');
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
  socket.on('data', (bytes) => {
    write({ scenario: readRules().scenario ?? null, kind: 'upgraded-bytes', bodyBase64: bytes.toString('base64') });
    socket.end(Buffer.from(upgrade.sendBase64 ?? '', 'base64'));
  });
  if (head.length > 0) socket.unshift(head);
});

const RECORDED_VARIABLES = /^(FUNCTIONS_|WEBSITE_|ORACLE_|AzureWebJobsScriptRoot$|AZURE_FUNCTIONS_ENVIRONMENT$)/;

async function start() {
  const { scenario = null, start: plans = [] } = readRules();
  const attempt = nextAttempt(scenario, 'start');
  const plan = plans[attempt - 1] ?? {};
  const env = Object.fromEntries(
    Object.entries(process.env)
      .filter(([name]) => RECORDED_VARIABLES.test(name))
      .sort(),
  );
  write({ scenario, kind: 'start', attempt, pid: process.pid, argv: process.argv.slice(1), cwd: process.cwd(), env });
  printLines(plan);
  if (plan.exitCode !== undefined && plan.exitAfterMs === undefined) return void setTimeout(() => process.exit(plan.exitCode), 20);
  if (plan.exitAfterMs !== undefined) setTimeout(() => process.exit(plan.exitCode ?? 0), plan.exitAfterMs);
  setTimeout(() => process.exit(0), LIFETIME_MS).unref();
  if (plan.neverListen) return void setInterval(() => {}, 1000);
  if (plan.listenAfterMs) await sleep(plan.listenAfterMs);
  const port = Number(process.env.FUNCTIONS_CUSTOMHANDLER_PORT);
  server.on('error', (error) => {
    write({ scenario, kind: 'listen-failed', code: error.code });
    process.exit(98);
  });
  server.listen(port, '127.0.0.1', () => write({ scenario, kind: 'listening', attempt, port, pid: process.pid }));
}

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) {
  process.on(signal, () => {
    write({ scenario: readRules().scenario ?? null, kind: 'signal', signal, pid: process.pid });
    process.exit(0);
  });
}
await start();
