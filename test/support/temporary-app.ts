// A function app in a temporary folder, with a handler of a few lines that tells what it was asked.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export type TemporaryApp = { readonly root: string; write(path: string, content: unknown): void; remove(path: string): void };

const HANDLER = `
const { createServer } = require('node:http');
const port = Number(process.env.FUNCTIONS_CUSTOMHANDLER_PORT);
createServer((request, response) => {
  let body = '';
  request.on('data', (chunk) => { body += chunk; }).on('end', () => {
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({ method: request.method, url: request.url, headers: request.headers, body, generation: process.env.GENERATION }));
  });
}).listen(port, '127.0.0.1');
`;

export const httpFunction = (trigger: Record<string, unknown> = {}) => ({
  bindings: [
    { type: 'httpTrigger', direction: 'in', name: 'req', authLevel: 'anonymous', ...trigger },
    { type: 'http', direction: 'out', name: 'res' },
  ],
});

export const hostJson = (customHandler: Record<string, unknown> = {}, more: Record<string, unknown> = {}) => ({
  version: '2.0',
  ...more,
  customHandler: {
    description: { defaultExecutablePath: 'node', arguments: ['handler.cjs'] },
    enableForwardingHttpRequest: true,
    ...customHandler,
  },
});

/** Removed when it goes out of scope: `using app = temporaryApp({ … })`. */
export function temporaryApp(files: Record<string, unknown> = {}): TemporaryApp & Disposable {
  const root = mkdtempSync(join(tmpdir(), 'portico-test-'));
  const app: TemporaryApp & Disposable = {
    root,
    write(path, content) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), typeof content === 'string' ? content : JSON.stringify(content, null, 2));
    },
    remove: (path) => rmSync(join(root, path), { recursive: true, force: true }),
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  };
  const all = { 'handler.cjs': HANDLER, 'host.json': hostJson(), 'Hello/function.json': httpFunction(), ...files };
  for (const [path, content] of Object.entries(all)) if (content !== undefined) app.write(path, content);
  return app;
}
