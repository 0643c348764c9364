import { expect, test, vi } from 'vitest';
import { handlerConfig } from '../../../../test/support/handler-config.ts';
import type { LogRecord } from '../core/log.ts';
import { thisMachine } from '../platform/machine.ts';
import { systemClock } from '../platform/system-clock.ts';
import { runHandler } from './process-run.ts';

// As on a machine without /bin/sh.
vi.mock('../platform/orphan-guard.ts', () => ({ startOrphanGuard: () => undefined }));

const handler = handlerConfig({ executablePath: process.execPath, arguments: ['--eval', 'process.exit(3)'] });
const surroundings = { root: process.cwd(), environment: {}, machine: thisMachine, clock: systemClock };

test('a handler that nothing guards runs all the same, and that is said', async () => {
  const records: LogRecord[] = [];
  const observer = { log: (record: LogRecord) => void records.push(record) };
  const end = await runHandler(
    { handler, ...surroundings, observer },
    { port: 1, workerId: 'id' },
    { spawned: () => {}, ready: () => {} },
    new AbortController().signal,
  );
  expect(end).toMatchObject({ how: 'failed' });
  expect(records.filter(({ message }) => message.startsWith('There is no /bin/sh'))).toMatchObject([{ level: 'debug' }]);
});

test('a handler that nobody wants any more is not even looked at', async () => {
  const seen: unknown[] = [];
  const end = await runHandler(
    { handler: { ...handler, executablePath: 'no-such-program' }, ...surroundings, observer: { log: (record) => void seen.push(record) } },
    { port: 1, workerId: 'id' },
    { spawned: (child) => void seen.push(child), ready: () => {} },
    AbortSignal.abort(),
  );
  expect([end, seen]).toEqual([{ how: 'stopped' }, []]);
});
