// One handler under supervision, with a clock that the test moves. Its port opens and closes with SIGUSR2.
// It ends on SIGTERM unless there is a file "deaf".
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HealthCheckConfig } from '../../packages/portico/src/core/function-app.ts';
import type { LogRecord } from '../../packages/portico/src/core/log.ts';
import { thisMachine } from '../../packages/portico/src/platform/machine.ts';
import { FakeClock } from '../../packages/portico/src/testing/fake-clock.ts';
import { createWorkerProcess, type WorkerProcess } from '../../packages/portico/src/worker/process.ts';
import type { WorkerState } from '../../packages/portico/src/worker/process-state.ts';
import { handlerConfig } from './handler-config.ts';
import { takesConnections } from './takes-connections.ts';
import { until } from './until.ts';

const HANDLER = `
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
const server = createServer((request, response) => {
  console.log(request.url);
  if (request.url === '/spin') while (!existsSync('enough')) {}
  response.statusCode = request.url === '/health' && existsSync('ill') ? 500 : 200;
  response.end();
});
const open = () => server.listen(process.env.FUNCTIONS_CUSTOMHANDLER_PORT, '127.0.0.1');
process.on('SIGUSR2', () => (server.listening ? server.close() && server.closeAllConnections() : open()));
process.on('SIGTERM', () => {
  console.log('SIGTERM');
  if (!existsSync('deaf')) process.exit();
});
setInterval(() => {}, 1_000_000);
open();
`;

/** How long it may take to answer. */
export const START_LIMIT_MS = 30_000;

export type SupervisedHandler = AsyncDisposable & {
  readonly worker: WorkerProcess;
  readonly clock: FakeClock;
  /** Every state since the beginning. */
  readonly states: readonly WorkerState[];
  readonly records: readonly LogRecord[];
  /** What it was asked for, the question whether it is there included. */
  asked(): string[];
  write(name: string, text?: string): void;
  remove(name: string): void;
  /** Resolves when it is in that state; time passes meanwhile, in small steps, or in steps of that size. */
  becomes(state: WorkerState, stepMs?: number): Promise<void>;
  /** Resolves when it has failed so often, without any time passing. */
  hasFailed(count: number): Promise<void>;
  /** Its port opens or closes. */
  togglePort(listens: boolean): Promise<void>;
};

type Options = { readonly healthCheck?: HealthCheckConfig; readonly script?: string };

export function superviseHandler({ healthCheck, script = HANDLER }: Options = {}): SupervisedHandler {
  const root = mkdtempSync(join(tmpdir(), 'portico-supervised-'));
  writeFileSync(join(root, 'handler.mjs'), script);
  const handler = handlerConfig({ arguments: ['handler.mjs'], initializationTimeoutMs: START_LIMIT_MS });
  const clock = new FakeClock();
  const records: LogRecord[] = [];
  const states: WorkerState[] = [];
  let idCount = 0;
  const worker = createWorkerProcess({
    handler,
    root,
    environment: { PATH: process.env.PATH ?? '' },
    machine: thisMachine,
    clock,
    observer: { log: (record) => void records.push(record) },
    random: { fraction: () => 1, uuid: () => `id-${++idCount}` },
    healthCheck,
  });
  worker.onChange((state) => states.push(state));
  return {
    worker,
    clock,
    states,
    records,
    asked: () => records.filter(({ category }) => category === 'Host.Function.Console').map(({ message }) => message),
    write: (name, text = '') => writeFileSync(join(root, name), text),
    remove: (name) => rmSync(join(root, name)),
    becomes: (state, stepMs = 2) =>
      until(async () => {
        if (worker.state !== state) await clock.advance(stepMs);
        return worker.state === state;
      }),
    hasFailed: (count) => until(() => states.filter((state) => state === 'failed').length === count),
    async togglePort(listens) {
      process.kill(worker.pid!, 'SIGUSR2');
      await until(async () => (await takesConnections(worker.port!)) === listens);
    },
    async [Symbol.asyncDispose]() {
      await worker.stop(0);
      rmSync(root, { recursive: true });
    },
  };
}
