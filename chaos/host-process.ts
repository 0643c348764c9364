// The host under test: the built command, started as its user would, in a process of its own.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { descriptorCountOf, type ProcessIdentity, processTree, sendSignal } from './processes.ts';
import { until } from './wait.ts';

const PORTICO = join(import.meta.dirname, '../packages/portico/bin/portico.cjs');

export type HostLaunch = {
  readonly root: string;
  readonly flags: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
};

export type HostEnd = {
  readonly exitCode: number | null;
  readonly afterMs: number;
  /** What it had started; nothing of it may be alive any more. */
  readonly started: readonly ProcessIdentity[];
};

export interface HostProcess {
  readonly pid: number;
  readonly port: number;
  /** Open when it was ready, before the first request. */
  readonly descriptorCount: number;
  /** The last things it complained of, oldest first. */
  readonly complaints: readonly string[];
  /** It and all that it started. */
  tree(): ProcessIdentity[];
  /** SIGTERM, and SIGKILL after a minute. Resolves when it is gone. */
  stop(): Promise<HostEnd>;
  /** SIGKILL. Resolves when it is gone; what it started may not be. */
  kill(): Promise<void>;
}

const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 60_000;
const COMPLAINT_COUNT = 20;

/** Rejects when it does not become ready, and leaves nothing running then. */
export async function startHost({ root, flags, environment }: HostLaunch, signal: AbortSignal): Promise<HostProcess> {
  const child = spawn(process.execPath, [PORTICO, 'start', root, '--port', '0', '--json', ...flags], {
    env: { ...plainEnvironment(), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const host = new RunningHost(child);
  const found = await until(() => host.port !== 0 && (host.isReady || host.hasEnded), { limitMs: START_LIMIT_MS }, signal).catch(
    () => false,
  );
  if (found && host.isReady && !host.hasEnded) return host;
  await host.stop();
  signal.throwIfAborted();
  throw new Error(`The host did not become ready: ${host.complaints[0] ?? 'it said nothing'}`);
}

class RunningHost implements HostProcess {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly complaints: string[] = [];
  port = 0;
  descriptorCount = 0;
  isReady = false;
  hasEnded = false;

  constructor(child: ChildProcess) {
    this.#child = child;
    this.#ended = once(child, 'exit').then(() => {
      this.hasEnded = true;
    });
    for (const stream of [child.stdout, child.stderr]) if (stream !== null) createInterface(stream).on('line', (line) => this.#hear(line));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  tree(): ProcessIdentity[] {
    return this.hasEnded ? [] : processTree(this.pid);
  }

  async stop(): Promise<HostEnd> {
    const startedMs = performance.now();
    const started = this.tree().filter(({ pid }) => pid !== this.pid);
    if (!this.hasEnded) this.#child.kill('SIGTERM');
    const tooLong = setTimeout(() => this.#child.kill('SIGKILL'), STOP_LIMIT_MS);
    await this.#ended;
    clearTimeout(tooLong);
    return { exitCode: this.#child.exitCode, afterMs: performance.now() - startedMs, started };
  }

  async kill(): Promise<void> {
    sendSignal(this.pid, 'SIGKILL');
    await this.#ended;
  }

  #hear(line: string): void {
    // Floods come this way too, so only what matters is parsed.
    if (line.startsWith('{"event":"request"')) return;
    if (line.startsWith('{"event":"listening"')) {
      this.port = Number(new URL((JSON.parse(line) as { url: string }).url).port);
    } else if (line.startsWith('{"event":"ready"')) {
      this.isReady = true;
      this.descriptorCount = descriptorCountOf(this.pid) ?? 0;
    } else if (!line.startsWith('{') || /"level":"(?:warning|error|critical)"|"event":"(?:notReady|failed)"/.test(line.slice(0, 200))) {
      this.complaints.push(line.slice(0, 500));
      if (this.complaints.length > COMPLAINT_COUNT) this.complaints.shift();
    }
  }
}

/** NODE_EXTRA_CA_CERTS would add some 85 ms to each start of Node. */
export function plainEnvironment(): Record<string, string | undefined> {
  const { NODE_EXTRA_CA_CERTS: _, NODE_OPTIONS: __, ...environment } = process.env;
  return environment;
}
