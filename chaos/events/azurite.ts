// The storage service of a run: the Azurite that Portico brings, in a folder, killed and started again on the same ports.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { until } from '../wait.ts';

const BUNDLE = join(import.meta.dirname, '../../packages/portico/dist/azurite.cjs');
const SERVICES = ['blob', 'queue', 'table'] as const;
type Service = (typeof SERVICES)[number];
const START_LIMIT_MS = 60_000;

// The account that every emulator has, and its published key.
const ACCOUNT = 'devstoreaccount1';
const KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

export class Azurite {
  readonly #folder: string;
  readonly #signal: AbortSignal;
  readonly #ports = new Map<Service, number>();
  #child: ChildProcess | undefined;

  constructor(folder: string, signal: AbortSignal) {
    this.#folder = folder;
    this.#signal = signal;
  }

  get connectionString(): string {
    const endpoint = (service: Service, name: string) => `${name}Endpoint=http://127.0.0.1:${this.#ports.get(service)}/${ACCOUNT};`;
    const endpoints = endpoint('blob', 'Blob') + endpoint('queue', 'Queue') + endpoint('table', 'Table');
    return `DefaultEndpointsProtocol=http;AccountName=${ACCOUNT};AccountKey=${KEY};${endpoints}`;
  }

  /** `laterByMs`: its clock is so far ahead, and what was to be invisible for so long is not any more. Resolves when it answers. */
  async start(laterByMs = 0): Promise<void> {
    const ports = SERVICES.flatMap((service) => [
      `--${service}Host`,
      '127.0.0.1',
      `--${service}Port`,
      String(this.#ports.get(service) ?? 0),
    ]);
    const args = [
      ...aheadBy(laterByMs),
      BUNDLE,
      '--location',
      this.#folder,
      '--silent',
      '--skipApiVersionCheck',
      '--disableTelemetry',
      ...ports,
    ];
    const child = spawn(process.execPath, args, {
      cwd: '/',
      env: { PORTICO_AZURITE_ENDS_WITH_STDIN: '1' },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#child = child;
    const lines: string[] = [];
    const listening = new Set<string>();
    for (const stream of [child.stdout, child.stderr])
      createInterface(stream).on('line', (line) => {
        lines.push(line);
        const [, name, port] = /^Azurite (\w+) service is successfully listening at .*:(\d+)$/.exec(line) ?? [];
        const service = SERVICES.find((one) => one === name?.toLowerCase());
        if (service === undefined) return;
        this.#ports.set(service, Number(port));
        listening.add(service);
      });
    const isUp = () => listening.size === SERVICES.length;
    await until(() => isUp() || child.exitCode !== null, { limitMs: START_LIMIT_MS }, this.#signal);
    if (!isUp()) throw new Error(`Azurite did not start: ${lines.slice(-5).join(' ')}`);
  }

  /** SIGKILL. */
  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  /** SIGTERM: it saves. */
  stop(): Promise<void> {
    return this.#end('SIGTERM');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }
}

function aheadBy(ms: number): string[] {
  if (ms === 0) return [];
  const source = `const Now = Date;
globalThis.Date = class Date extends Now {
  constructor(...parts) { super(...(parts.length === 0 ? [Now.now() + ${ms}] : parts)); }
  static now() { return Now.now() + ${ms}; }
};`;
  return ['--import', `data:text/javascript,${encodeURIComponent(source)}`];
}
