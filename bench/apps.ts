// Function apps made for the bench, each with the Go handler behind it.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadCore } from './machine.ts';

export type Mode = 'forward' | 'proxy' | 'payload';

const modeSwitch: Readonly<Record<Mode, object>> = {
  forward: { enableForwardingHttpRequest: true },
  proxy: { enableProxyingHttpRequest: true },
  payload: {},
};

/** @returns the app's root. */
export function makeApp(folder: string, mode: Mode, handler: string, functionNames: readonly string[]): string {
  mkdirSync(folder);
  // The handler inherits the host's core; taskset moves it to the load's and then becomes it, so no process is added.
  const description = { defaultExecutablePath: 'taskset', arguments: ['-c', String(loadCore), handler] };
  writeJson(join(folder, 'host.json'), { version: '2.0', customHandler: { description, ...modeSwitch[mode] } });
  for (const name of functionNames) {
    mkdirSync(join(folder, name));
    writeJson(join(folder, name, 'function.json'), {
      bindings: [
        { type: 'httpTrigger', direction: 'in', name: 'req', authLevel: 'anonymous', methods: ['get', 'post'] },
        { type: 'http', direction: 'out', name: 'res' },
      ],
    });
  }
  return folder;
}

function writeJson(file: string, value: unknown): void {
  writeFileSync(file, JSON.stringify(value, undefined, 2));
}
