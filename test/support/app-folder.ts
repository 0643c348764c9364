import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

/** Path below the app root → its text, its bytes, or what its JSON says. */
export type AppFiles = Readonly<Record<string, unknown>>;

/** Writes an app into a folder of its own, which goes when the test ends. */
export function appFolder(files: AppFiles): string {
  const root = mkdtempSync(join(tmpdir(), 'portico-app-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  writeApp(root, files);
  return root;
}

export function writeApp(root: string, files: AppFiles): void {
  for (const [name, content] of Object.entries(files)) {
    const path = join(root, name);
    mkdirSync(dirname(path), { recursive: true });
    const isRaw = typeof content === 'string' || content instanceof Uint8Array;
    writeFileSync(path, isRaw ? content : JSON.stringify(content, null, 2));
  }
}

/** host.json of an app whose handler is `node server.js`. */
export function hostJson(more: object = {}, handler: object = {}): object {
  return {
    version: '2.0',
    customHandler: { description: { defaultExecutablePath: 'node', arguments: ['server.js'] }, ...handler },
    ...more,
  };
}

/** function.json with an HTTP trigger "req" and an HTTP output "res". */
export function httpFunction(trigger: object = {}, more: object = {}): object {
  const request = { type: 'httpTrigger', direction: 'in', name: 'req', authLevel: 'anonymous', ...trigger };
  return { bindings: [request, { type: 'http', direction: 'out', name: 'res' }], ...more };
}
