// A function app whose functions are triggered by events, with a handler that writes down what it gets and answers as the test says.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { appFolder, hostJson } from './app-folder.ts';

/** One request that the handler got. */
export type Received = {
  readonly functionName: string;
  readonly invocationId: string;
  /** As it came. */
  readonly body: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, unknown>>;
};

export type EventApp = { readonly root: string; readonly received: readonly Received[]; of(functionName: string): readonly Received[] };

export type EventAppOptions = {
  /** Name → its bindings. */
  readonly functions: Readonly<Record<string, readonly object[]>>;
  /** Name → the source of a function of (Data, Metadata, count from 1) that gives the Outputs; or throws, which is a 500. Default: none. */
  readonly replies?: Readonly<Record<string, string>>;
  /** Of host.json, below `extensions`. */
  readonly extensions?: object;
  readonly files?: Readonly<Record<string, unknown>>;
};

/** Gone when the test ends. */
export function eventApp({ functions, replies = {}, extensions = {}, files = {} }: EventAppOptions): EventApp {
  const root = appFolder({
    'host.json': hostJson({ extensions }),
    'server.js': handler(replies),
    ...Object.fromEntries(Object.entries(functions).map(([name, bindings]) => [`${name}/function.json`, { bindings }])),
    ...files,
  });
  const log = join(root, 'received.jsonl');
  const received = (): Received[] => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n').filter(Boolean).map(parse) : []);
  return {
    root,
    get received() {
      return received();
    },
    of: (functionName) => received().filter((one) => one.functionName === functionName),
  };
}

function parse(line: string): Received {
  const { functionName, invocationId, body } = JSON.parse(line);
  const { Data: data, Metadata: metadata } = JSON.parse(body);
  return { functionName, invocationId, body, data, metadata };
}

function handler(replies: Readonly<Record<string, string>>): string {
  const entries = Object.entries(replies).map(([name, source]) => `${JSON.stringify(name)}: ${source}`);
  return `
const { appendFileSync } = require('node:fs');
const { createServer } = require('node:http');
const replies = { ${entries.join(', ')} };
const counts = {};
createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk)).on('end', async () => {
    const functionName = request.url.slice(1);
    if (functionName === '') return response.end();
    const body = Buffer.concat(chunks).toString();
    const invocationId = request.headers['x-azure-functions-invocationid'];
    appendFileSync('received.jsonl', JSON.stringify({ functionName, invocationId, body }) + '\\n');
    counts[functionName] = (counts[functionName] ?? 0) + 1;
    const { Data, Metadata } = JSON.parse(body);
    response.setHeader('Content-Type', 'application/json');
    try {
      const Outputs = (await replies[functionName]?.(Data, Metadata, counts[functionName])) ?? {};
      response.end(JSON.stringify({ Outputs }));
    } catch (error) {
      response.statusCode = 500;
      response.end(JSON.stringify({ Logs: [String(error.message)] }));
    }
  });
}).listen(Number(process.env.FUNCTIONS_CUSTOMHANDLER_PORT), '127.0.0.1');
`;
}
