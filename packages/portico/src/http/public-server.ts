// The listening socket of the host: node:http with its strict parser, and the answers to what that refuses.
import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from 'node:http';
import { Server as NetServer } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Clock } from '../core/clock.ts';
import { portInUse, portNotAvailable } from '../core/errors/host.ts';
import { waitAtMost } from '../core/wait-at-most.ts';
import { listenOn, portOwner } from '../platform/ports.ts';
import { systemClock } from '../platform/system-clock.ts';
import { emptyAnswer } from './empty-answer.ts';
import { Pipelines } from './pipelines.ts';
import { reasonPhrase } from './reason-phrase.ts';
import { MOST_HEAD_BYTES } from './request-limits.ts';
import { SlowCallers, type SlowConnection } from './slow-callers.ts';
import { writeHeadPublicly } from './whole-reply.ts';

/** PEM texts, or a PFX with its passphrase. */
export type Certificate = { readonly cert: string; readonly key: string } | { readonly pfx: Buffer; readonly passphrase?: string };

export type PublicServerOptions = {
  /** 0: any free one. */
  readonly port: number;
  readonly address: string;
  readonly certificate: Certificate | undefined;
  /** With a certificate of ours: callers are asked for theirs. They may have none, or one that nobody vouches for. */
  readonly asksForCertificate?: boolean;
  readonly onRequest: (request: IncomingMessage, response: ServerResponse) => void;
  /** False: the wish for another protocol is ignored, and the request an ordinary one. */
  readonly isUpgrade: (request: IncomingMessage) => boolean;
  /** Resolves when nothing more comes of it. Never rejects. */
  readonly onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => Promise<void> | void;
  readonly httpDate: () => string;
  /** For slow callers. Default: the system's. */
  readonly clock?: Clock;
  /** What node:http times, in milliseconds. Default: HEAD_TIMEOUT_MS, KEEP_ALIVE_MS. */
  readonly patience?: { readonly headMs: number; readonly idleMs: number };
};

export type PublicServer = {
  readonly port: number;
  /** `http://127.0.0.1:7071`; a wildcard address reads as localhost. */
  readonly url: string;
  /**
   * Closes connections that have had their answer; each other one ends with it.
   * New ones are still taken, and those that have not asked yet stay: somebody has to say that we stop.
   */
  drain(): void;
  /** Takes no new connection, gives answers that are written a moment to leave, and cuts off what is left. Resolves when no connection is. */
  close(): Promise<void>;
};

/** Errors: PORT_IN_USE, PORT_NOT_AVAILABLE. */
export async function listen(options: PublicServerOptions): Promise<PublicServer> {
  const server = await createNodeServer(options);
  const sockets = new Set<Duplex>();
  /** Those that requests come in by: with https there are two for each connection, one within the other. */
  const callers = new Set<Duplex>();
  const track = (into: Set<Duplex>, socket: Duplex): void => {
    into.add(socket);
    socket.on('close', () => into.delete(socket));
  };
  server.on('connection', (socket) => track(sockets, socket));
  server.on(options.certificate === undefined ? 'connection' : 'secureConnection', (socket) => track(callers, socket));
  const lastAnswers = new WeakMap<Duplex, ServerResponse>();
  const pipelines = new Pipelines();
  let draining = false;
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    const { socket } = request;
    const last = lastAnswers.get(socket);
    // What was sent behind a request that ended its connection can have no answer, so nothing may come of it either.
    if (last?.shouldKeepAlive === false) return;
    if (last !== undefined && !last.writableFinished && !pipelines.admit(socket, last)) return void socket.destroy();
    lastAnswers.set(socket, response);
    // node:http loses what comes in one piece with a wish for another protocol that is not granted: the next answer would be taken for that one's.
    if (draining || request.headers.upgrade !== undefined) response.shouldKeepAlive = false;
    options.onRequest(request, response);
  };
  server.on('request', onRequest);
  // We say "continue" when the handler is about to get the request, not before it is known to be wanted.
  server.on('checkContinue', onRequest);
  const tunnels = new Map<Duplex, Promise<void>>();
  server.on('upgrade', (request, socket: Duplex, head) => {
    const end = Promise.resolve(options.onUpgrade(request, socket, head));
    tunnels.set(
      socket,
      end.finally(() => tunnels.delete(socket)),
    );
  });
  server.on('connect', (_, socket: Duplex) => {
    // From here on the connection is ours alone, its faults included.
    socket.on('error', () => socket.destroy());
    answerFault(405, socket, lastAnswers.get(socket), options.httpDate());
    socket.once('finish', () => socket.destroy());
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
    else answerFault(FAULT_STATUS[error.code ?? ''] ?? 400, socket, lastAnswers.get(socket), options.httpDate());
  });
  await bind(server, options);
  const closing = new AbortController();
  void slowCallers().watch(options.clock ?? systemClock, closing.signal);
  const bound = server.address();
  const port = bound !== null && typeof bound === 'object' ? bound.port : options.port;
  const scheme = options.certificate === undefined ? 'http' : 'https';
  return {
    port,
    url: `${scheme}://${displayHost(options.address)}:${port}`,
    drain() {
      draining = true;
      for (const socket of callers) {
        const last = lastAnswers.get(socket);
        // Tunnels are the handler's to end.
        if (tunnels.has(socket)) continue;
        // Its first request may be on its way.
        if (last === undefined) continue;
        // Not server.closeIdleConnections: that takes an answer that was given to the connection for one that has left it.
        if (last.writableFinished && last.req.complete) socket.destroy();
        else endAfterAnswer(socket, last);
      }
    },
    async close() {
      closing.abort();
      // Not server.close: that begins with those it takes for idle, as above.
      const closed = new Promise<void>((resolve) => void NetServer.prototype.close.call(server, () => resolve()));
      const leaving = [...callers].map((socket) => hasLeft(lastAnswers.get(socket)));
      await waitAtMost(FLUSH_MS, Promise.all(leaving), systemClock);
      // What it does beside: its timers.
      server.close();
      for (const socket of sockets) socket.destroy();
      await Promise.all([closed, ...tunnels.values()]);
    },
  };

  function slowCallers(): SlowCallers {
    function* connections(): Generator<SlowConnection> {
      // Tunnels have a limit of their own.
      for (const socket of callers) if (!tunnels.has(socket)) yield { socket, last: lastAnswers.get(socket) };
    }
    return new SlowCallers(connections, ({ socket, last }) => answerFault(408, socket, last, options.httpDate()));
  }
}

/** From a connection's first moment, or from the first byte of a later request, to the end of its head. */
export const HEAD_TIMEOUT_MS = 30_000;
/** So late at most is it noticed. */
const HEADS_CHECKED_MS = 5000;
/** Between an answer and the next request. */
export const KEEP_ALIVE_MS = 120_000;
const PATIENCE = { headMs: HEAD_TIMEOUT_MS, idleMs: KEEP_ALIVE_MS };

/** For an answer that is written; nobody waits for one that is not, nor for long: its caller may not take it. */
const FLUSH_MS = 100;

async function hasLeft(answer: ServerResponse | undefined): Promise<void> {
  if (answer?.writableEnded && !answer.writableFinished && !answer.closed) await new Promise((resolve) => answer.once('close', resolve));
}

async function createNodeServer({
  certificate,
  asksForCertificate = false,
  isUpgrade,
  patience = PATIENCE,
}: PublicServerOptions): Promise<Server> {
  const settings: ServerOptions = {
    maxHeaderSize: MOST_HEAD_BYTES,
    headersTimeout: patience.headMs,
    connectionsCheckingInterval: Math.min(HEADS_CHECKED_MS, patience.headMs),
    // A body may take as long as it flows.
    requestTimeout: 0,
    keepAliveTimeout: patience.idleMs,
    insecureHTTPParser: false,
    // request-limits answers these itself, as it does all others.
    requireHostHeader: false,
    noDelay: true,
    shouldUpgradeCallback: isUpgrade,
  };
  if (certificate === undefined) return createServer(settings);
  const { createServer: createSecureServer } = await import('node:https');
  const asking = { requestCert: asksForCertificate, rejectUnauthorized: false };
  return createSecureServer({ ...settings, ...certificate, ...asking, handshakeTimeout: patience.headMs });
}

async function bind(server: Server, { port, address }: PublicServerOptions): Promise<void> {
  try {
    await listenOn(server, { address, port });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw portNotAvailable({ port, address, cause });
    throw portInUse({ port, address, owner: await portOwner(port) });
  }
}

/** With its answer under way, if there is one, the connection ends. */
function endAfterAnswer(socket: Duplex, last: ServerResponse): void {
  if (last.writableFinished || !last.shouldKeepAlive) return;
  last.once('finish', () => socket.end());
  last.shouldKeepAlive = false;
}

const FAULT_STATUS: Readonly<Record<string, number>> = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 };

/** Answers what the parser cannot read, in its turn: nobody may take it for the answer to something else. */
function answerFault(status: number, socket: Duplex, last: ServerResponse | undefined, date: string): void {
  if (last === undefined || (last.req.complete && last.writableFinished)) socket.end(emptyAnswer(status, date));
  else if (last.req.complete) {
    // It is behind a request that still waits for its answer, or for the rest of it.
    endAfterAnswer(socket, last);
  }
  // It is in the body of a request that has its answer, or some of it.
  else if (last.headersSent) socket.destroy();
  else {
    last.shouldKeepAlive = false;
    writeHeadPublicly(last, status, reasonPhrase(status), ['Content-Length', '0', 'Date', date]);
    last.end();
  }
}

function displayHost(address: string): string {
  if (address === '0.0.0.0' || address === '::') return 'localhost';
  return address.includes(':') ? `[${address}]` : address;
}
