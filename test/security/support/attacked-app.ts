// A real host before a real handler that tells what it got. Five functions, of which three want a key.
import type { HostOptions } from '../../../packages/portico/src/index.ts';
import type { Mode } from '../../http/support/start-portico.ts';
import { appFolder, hostJson, httpFunction } from '../../support/app-folder.ts';
import { type RunningHost, runningHost } from '../../support/running-host.ts';

/** What the handler got of a request. Header names and values are flat, as sent; in payload mode those of the envelope. */
export type Seen = {
  readonly url: string;
  readonly headers: readonly string[];
  readonly trailers: readonly string[];
  readonly body: string;
};

export type Attacked = RunningHost & {
  readonly handlerPort: number;
  /** All requests that reached the handler, in order. */
  seen(): Promise<readonly Seen[]>;
  /** Connections that it has open. */
  handlerConnectionCount(): Promise<number>;
};

export type AttackedOptions = Partial<HostOptions> & {
  /** Default: proxy. */
  readonly mode?: Mode;
  /** Of portico.json. */
  readonly portico?: object;
};

export const KEYS = { master: 'the-master-key', host: 'a-host-key', system: 'a-system-key', guarded: 'a-key-of-guarded' };

const SWITCH = { proxy: { enableProxyingHttpRequest: true }, forward: { enableForwardingHttpRequest: true }, payload: {} };

/** Answers what it got as JSON, and takes every WebSocket. `/seen` and `/connections` are for the test, at the handler's own port. */
const HANDLER = `
const seen = [];
const server = require('node:http').createServer({ insecureHTTPParser: true }, (request, response) => {
  let body = '';
  request.setEncoding('latin1').on('data', (text) => { body += text; }).on('end', () => {
    const { url, headers } = request;
    if (url === '/') return response.end();
    if (headers['x-test'] === 'seen') return response.end(JSON.stringify(seen));
    if (headers['x-test'] === 'connections') return server.getConnections((_, count) => response.end(String(count - 1)));
    const http = process.env.PAYLOAD && JSON.parse(body).Data.req;
    const one = http
      ? { url: new URL(http.Url).pathname, headers: Object.entries(http.Headers).flatMap(([name, values]) => [name, values.join(', ')]), trailers: [], body: http.Body ?? '' }
      : { url, headers: request.rawHeaders, trailers: request.rawTrailers, body };
    seen.push(one);
    const text = JSON.stringify(one);
    response.setHeader('Content-Type', 'application/json');
    response.end(http ? JSON.stringify({ Outputs: { res: { body: text } } }) : text);
  });
});
server.on('upgrade', ({ url, rawHeaders }, socket) => {
  seen.push({ url, headers: rawHeaders, trailers: [], body: '' });
  socket.on('error', () => {}).on('end', () => socket.end()).resume();
  socket.write('HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\n\\r\\n');
});
server.listen(Number(process.env.FUNCTIONS_CUSTOMHANDLER_PORT), '127.0.0.1');
`;

/** With keys unless \`auth\` says otherwise. Routes: guarded/…, boss (of level admin), getter (GET only), open/…, and everything else. */
export async function attackedApp({
  mode = 'proxy',
  auth = true,
  environment,
  portico,
  ...options
}: AttackedOptions = {}): Promise<Attacked> {
  const key = (name: string, value: string): object => ({ name, value, encrypted: false });
  const root = appFolder({
    'host.json': hostJson({ extensions: { http: { routePrefix: '' } } }, SWITCH[mode]),
    ...(portico && { 'portico.json': portico }),
    'server.js': HANDLER,
    'Guarded/function.json': httpFunction({ authLevel: 'function', route: 'guarded/{*rest}' }),
    'Boss/function.json': httpFunction({ authLevel: 'admin', route: 'boss' }),
    'Getter/function.json': httpFunction({ authLevel: 'function', route: 'getter', methods: ['get'] }),
    'Open/function.json': httpFunction({ route: 'open/{*rest}' }),
    'Zeverything/function.json': httpFunction({ route: '{*path}' }),
  });
  const secrets = appFolder({
    'host.json': {
      masterKey: key('master', KEYS.master),
      functionKeys: [key('default', KEYS.host)],
      systemKeys: [key('demo_extension', KEYS.system)],
    },
    'guarded.json': { keys: [key('default', KEYS.guarded)] },
    'boss.json': { keys: [] },
    'getter.json': { keys: [] },
    'open.json': { keys: [] },
    'zeverything.json': { keys: [] },
  });
  const host = await runningHost(
    { root },
    {
      auth,
      ...options,
      environment: {
        PATH: process.env.PATH,
        AzureWebJobsSecretStorageType: 'files',
        FUNCTIONS_SECRETS_PATH: secrets,
        ...(mode === 'payload' && { PAYLOAD: '1' }),
        ...environment,
      },
    },
  );
  const { handlers } = await host.ready;
  const handlerPort = handlers[0]?.port ?? 0;
  const tell = async (what: string): Promise<unknown> =>
    (await fetch(`http://127.0.0.1:${handlerPort}/tell`, { headers: { 'X-Test': what, Connection: 'close' } })).json();
  return Object.assign(host, {
    handlerPort,
    seen: () => tell('seen') as Promise<readonly Seen[]>,
    handlerConnectionCount: () => tell('connections') as Promise<number>,
  });
}
