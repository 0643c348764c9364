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

/** An app of HTTP functions. @returns its root. */
export function makeApp(folder: string, mode: Mode, handler: string, functionNames: readonly string[], extensions?: object): string {
  const bindings = [
    { type: 'httpTrigger', direction: 'in', name: 'req', authLevel: 'anonymous', methods: ['get', 'post'] },
    { type: 'http', direction: 'out', name: 'res' },
  ];
  makeHost(folder, mode, handler, extensions);
  for (const name of functionNames) makeFunction(folder, name, bindings);
  return folder;
}

/** An app of one function with that trigger, and what asks the handler about it over HTTP: /api/hello, /api/count and /api/ticks. @returns its root. */
export function makeEventApp(folder: string, handler: string, functionName: string, trigger: object, extensions?: object): string {
  makeApp(folder, 'forward', handler, ['hello', 'count', 'ticks'], extensions);
  makeFunction(folder, functionName, [{ direction: 'in', name: 'event', ...trigger }]);
  return folder;
}

/** An app of one timer that fires every second, and nothing else. @returns its root. */
export function makeTimerApp(folder: string, handler: string): string {
  makeHost(folder, 'payload', handler);
  makeFunction(folder, 'Tick', [{ direction: 'in', name: 'event', ...everySecond }]);
  return folder;
}

export const everySecond = { type: 'timerTrigger', schedule: '* * * * * *' };

function makeHost(folder: string, mode: Mode, handler: string, extensions?: object): void {
  mkdirSync(folder);
  // The handler inherits the host's core; taskset moves it to the load's and then becomes it, so no process is added.
  const description = { defaultExecutablePath: 'taskset', arguments: ['-c', String(loadCore), handler] };
  writeJson(join(folder, 'host.json'), { version: '2.0', extensions, customHandler: { description, ...modeSwitch[mode] } });
}

function makeFunction(root: string, name: string, bindings: readonly object[]): void {
  mkdirSync(join(root, name));
  writeJson(join(root, name, 'function.json'), { bindings });
}

function writeJson(file: string, value: unknown): void {
  writeFileSync(file, JSON.stringify(value, undefined, 2));
}
