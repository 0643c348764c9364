// A real host with two functions and known keys of every level, and a way to ask it what no browser and no fetch would.
import { once } from 'node:events';
import { request } from 'node:http';
import type { HostOptions } from '../../../packages/portico/src/index.ts';
import { appFolder, hostJson, httpFunction } from '../../support/app-folder.ts';
import { type RunningHost, runningHost } from '../../support/running-host.ts';

export const KEYS = {
  master: 'the-master-key',
  host: 'a-host-key',
  system: 'a-system-key',
  function: 'a-key-of-hello',
  wrong: 'no-key-at-all',
};

const HANDLER = `
require('node:http').createServer((request, response) => response.end(JSON.stringify({ Outputs: {} })))
  .listen(Number(process.env.FUNCTIONS_CUSTOMHANDLER_PORT), '127.0.0.1');
`;

export type AdminApp = RunningHost & { readonly root: string; readonly secrets: string };

export type AdminAppOptions = Partial<HostOptions> & {
  /** More files of the app. */
  readonly files?: Readonly<Record<string, unknown>>;
  /** More variables. */
  readonly variables?: Readonly<Record<string, string | undefined>>;
};

/** Functions Hello (HTTP) and Manual. With keys, unless `auth` says otherwise. */
export async function adminApp({ files = {}, variables = {}, ...options }: AdminAppOptions = {}): Promise<AdminApp> {
  const key = (name: string, value: string): object => ({ name, value, encrypted: false });
  const root = appFolder({
    'host.json': hostJson(),
    'server.js': HANDLER,
    'Hello/function.json': httpFunction({ authLevel: 'function' }),
    'Manual/function.json': { bindings: [{ type: 'manualTrigger', direction: 'in', name: 'input' }] },
    ...files,
  });
  const secrets = appFolder({
    'host.json': {
      masterKey: key('master', KEYS.master),
      functionKeys: [key('default', KEYS.host)],
      systemKeys: [key('blobs_extension', KEYS.system)],
    },
    'hello.json': { keys: [key('default', KEYS.function)] },
  });
  const environment = {
    PATH: process.env['PATH'],
    AzureWebJobsSecretStorageType: 'files',
    FUNCTIONS_SECRETS_PATH: secrets,
    ...variables,
  };
  const host = await runningHost({ root }, { auth: true, ...options, environment });
  return Object.assign(host, { root, secrets });
}

export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly bytes: Buffer;
  /** Undefined: the text is no JSON. */
  readonly json: unknown;
};

export type Question = {
  /** Default GET. */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, unless it is text or the headers say otherwise. */
  readonly body?: unknown;
  /** As x-functions-key. */
  readonly key?: string | undefined;
};

/** The path goes out as it is written here. */
export async function ask(
  { port }: { readonly port: number },
  path: string,
  { method = 'GET', headers = {}, body, key }: Question = {},
): Promise<Answer> {
  const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
  const asked = request({
    port,
    host: '127.0.0.1',
    method,
    path,
    agent: false,
    headers: {
      ...(text !== undefined && { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) }),
      ...(key !== undefined && { 'x-functions-key': key }),
      ...headers,
    },
  });
  asked.end(text);
  const [response] = await once(asked, 'response');
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  return { status: response.statusCode, headers: response.headers, text: bytes.toString(), bytes, json: parse(bytes.toString()) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
