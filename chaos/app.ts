// Function apps made for chaos, one for each way in which a request reaches the handler.
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const modes = ['forward', 'proxy', 'payload'] as const;
export type Mode = (typeof modes)[number];

/** What a fault needs beyond the usual. */
export type AppSettings = {
  /** Members of host.json. */
  readonly host?: object;
  /** portico.json. */
  readonly portico?: object;
  /** So many descriptors at most may the handler have open. */
  readonly openFileLimit?: number;
};

const SWITCHES: Readonly<Record<Mode, object>> = {
  forward: { enableForwardingHttpRequest: true },
  proxy: { enableProxyingHttpRequest: true },
  payload: {},
};

const NODE = process.execPath;
const LIMITED = 'limited.sh';
export const FUNCTION_PATH = '/api/chaos';

export function makeApp(root: string, mode: Mode, { host = {}, portico, openFileLimit }: AppSettings = {}): void {
  mkdirSync(join(root, 'chaos'), { recursive: true });
  // The shell becomes the handler, so no process is added.
  if (openFileLimit !== undefined) writeFileSync(join(root, LIMITED), `ulimit -n ${openFileLimit}\nexec "${NODE}" handler.cjs\n`);
  const description =
    openFileLimit === undefined
      ? { defaultExecutablePath: NODE, arguments: ['handler.cjs'] }
      : { defaultExecutablePath: '/bin/sh', arguments: [LIMITED] };
  writeJson(join(root, 'host.json'), {
    version: '2.0',
    functionTimeout: '00:00:20',
    customHandler: { description, ...SWITCHES[mode] },
    ...host,
  });
  if (portico !== undefined) writeJson(join(root, 'portico.json'), portico);
  writeJson(join(root, 'chaos/function.json'), {
    bindings: [
      { type: 'httpTrigger', direction: 'in', name: 'req', authLevel: 'anonymous' },
      { type: 'http', direction: 'out', name: 'res' },
    ],
  });
  copyHandler(root);
}

const GENERATION_FILES = ['generation-a.cjs', 'generation-b.cjs'];

export function copyHandler(folder: string): void {
  for (const file of ['handler.cjs', 'event-work.cjs', ...GENERATION_FILES])
    copyFileSync(join(import.meta.dirname, file), join(folder, file));
}

/**
 * A change of the handler's source; its answers name the generation that they come from.
 * Two files take turns: the host takes one that changes again and again right after a reload for the handler's own work, and waits.
 */
export function writeGeneration(folder: string, generation: number): void {
  const file = GENERATION_FILES[generation % GENERATION_FILES.length] ?? '';
  writeFileSync(join(folder, file), `module.exports = ${generation};\n`);
}

function writeJson(file: string, value: unknown): void {
  writeFileSync(file, JSON.stringify(value, undefined, 2));
}
