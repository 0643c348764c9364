// The listening socket of the host: node:http with its strict parser, and the answers to what that refuses.
import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { portInUse, portNotAvailable } from '../core/error-catalogue.ts';
import { portOwner } from '../platform/ports.ts';
import { emptyAnswer } from './empty-answer.ts';
import { reasonPhrase } from './reason-phrase.ts';
import { MOST_HEAD_BYTES } from './request-limits.ts';
import { writeHeadPublicly } from './whole-reply.ts';

/** PEM texts, or a PFX with its passphrase. */
export type Certificate = { readonly cert: string; readonly key: string } | { readonly pfx: Buffer; readonly passphrase?: string };

export type PublicServerOptions = {
  /** 0: any free one. */
  readonly port: number;
  readonly address: string;
  readonly certificate: Certificate | undefined;
  readonly onRequest: (request: IncomingMessage, response: ServerResponse) => void;
  /** False: the wish for another protocol is ignored, and the request an ordinary one. */
  readonly isUpgrade: (request: IncomingMessage) => boolean;
  readonly onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  readonly httpDate: () => string;
};

export type PublicServer = {
  readonly port: number;
  /** `http://127.0.0.1:7071`; a wildcard address reads as localhost. */
  readonly url: string;
  /** Takes nothing new and closes idle connections; resolves when the rest is answered, or cut off by the signal. */
  close(cutOff: AbortSignal): Promise<void>;
};

/** Errors: PORT_IN_USE, PORT_NOT_AVAILABLE. */
export async function listen(options: PublicServerOptions): Promise<PublicServer> {
  const server = await createNodeServer(options);
  const sockets = new Set<Duplex>();
  const track = (socket: Duplex): void => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  };
  // With https there are two for each connection, one within the other.
  server.on('connection', track);
  server.on('secureConnection', track);
  const lastAnswers = new WeakMap<Duplex, ServerResponse>();
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    // What was sent behind a request that ended its connection can have no answer, so nothing may come of it either.
    if (lastAnswers.get(request.socket)?.shouldKeepAlive === false) return;
    lastAnswers.set(request.socket, response);
    if (!server.listening) response.shouldKeepAlive = false;
    options.onRequest(request, response);
  };
  server.on('request', onRequest);
  // We say "continue" when the handler is about to get the request, not before it is known to be wanted.
  server.on('checkContinue', onRequest);
  server.on('upgrade', options.onUpgrade);
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
  const bound = server.address();
  const port = bound !== null && typeof bound === 'object' ? bound.port : options.port;
  const scheme = options.certificate === undefined ? 'http' : 'https';
  return {
    port,
    url: `${scheme}://${displayHost(options.address)}:${port}`,
    close: (cutOff) => close(server, sockets, lastAnswers, cutOff),
  };
}

async function createNodeServer({ certificate, isUpgrade }: PublicServerOptions): Promise<Server> {
  const settings: ServerOptions = {
    maxHeaderSize: MOST_HEAD_BYTES,
    // A whole head within half a minute; bodies may take as long as they flow.
    headersTimeout: 30_000,
    requestTimeout: 0,
    keepAliveTimeout: 120_000,
    insecureHTTPParser: false,
    // request-limits answers these itself, as it does all others.
    requireHostHeader: false,
    noDelay: true,
    shouldUpgradeCallback: isUpgrade,
  };
  if (certificate === undefined) return createServer(settings);
  const { createServer: createSecureServer } = await import('node:https');
  return createSecureServer({ ...settings, ...certificate });
}

function bind(server: Server, { port, address }: PublicServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE') reject(portNotAvailable({ port, address, cause: error }));
      else void portOwner(port).then((owner) => reject(portInUse({ port, address, owner })));
    });
    server.listen({ port, host: address, backlog: 1024 }, () => {
      server.removeAllListeners('error');
      resolve();
    });
  });
}

function close(
  server: Server,
  sockets: ReadonlySet<Duplex>,
  lastAnswers: WeakMap<Duplex, ServerResponse>,
  cutOff: AbortSignal,
): Promise<void> {
  return new Promise((resolve) => {
    const cut = (): void => {
      for (const socket of sockets) socket.destroy();
    };
    cutOff.addEventListener('abort', cut, { once: true });
    server.close(() => {
      cutOff.removeEventListener('abort', cut);
      resolve();
    });
    server.closeIdleConnections();
    for (const socket of sockets) {
      const last = lastAnswers.get(socket);
      // Node 24 does not count a connection without a request among the idle ones.
      if (last === undefined) socket.destroy();
      else endAfterAnswer(socket, last);
    }
    if (cutOff.aborted) cut();
  });
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
