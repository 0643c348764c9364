import { beforeEach, describe, expect, test } from 'vitest';
import { createLogger, type LogRecord } from '../core/log.ts';
import { type Work, WorkInHand } from '../invocation/work-in-hand.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { finishWork } from './finish-work.ts';

let clock: FakeClock;
let work: WorkInHand;
let hurry: AbortController;
let records: LogRecord[];

const call = (method: string, url: string): Work => ({ describe: () => `${method} ${url}` });

/** Says `over` once it is. */
function finish(graceMs = 1000): { over: boolean; readonly whenOver: Promise<void> } {
  const log = createLogger({ log: (record) => void records.push(record) }, 'Test');
  const whenOver = finishWork({ work, graceMs, clock, log }, hurry.signal).then(() => {
    state.over = true;
  });
  const state = { over: false, whenOver };
  return state;
}

beforeEach(() => {
  clock = new FakeClock();
  work = new WorkInHand();
  hurry = new AbortController();
  records = [];
});

describe('what is under way when the host stops', () => {
  test('is nothing, most often, and nothing is said', async () => {
    await finish().whenOver;
    expect(records).toEqual([]);
  });

  test('is waited for and named', async () => {
    const calls = ['/api/a', '/api/b', '/api/c', '/api/d'].map((url) => work.begin(call('GET', url)));
    const finishing = finish();
    await clock.advance(250);
    for (const one of calls.slice(1)) work.end(one);
    await clock.advance(250);
    expect(finishing.over).toBe(false);
    work.end(calls[0]!);
    await finishing.whenOver;
    expect(records).toMatchObject([
      { message: 'Finishing 4 invocations (GET /api/a, GET /api/b, GET /api/c, …); new ones are turned away.', fields: { graceMs: 1000 } },
      { level: 'information', message: 'Everything that was under way is finished.', fields: { tookMs: 500 } },
    ]);
  });

  test('is cut off after the grace, and named', async () => {
    work.begin(call('POST', '/api/slow'));
    const quick = work.begin(call('GET', '/api/quick'));
    const finishing = finish();
    await clock.advance(100);
    work.end(quick);
    await clock.advance(899);
    expect(finishing.over).toBe(false);
    await clock.advance(1);
    await finishing.whenOver;
    expect(records.at(-1)).toMatchObject({
      level: 'warning',
      code: 'WORK_CUT_OFF',
      message: 'Cut off, because it did not finish in time: 1 invocation (POST /api/slow).',
    });
  });

  test('is cut off at once when the host is hurried meanwhile', async () => {
    work.begin(call('GET', '/api/a'));
    work.begin(call('GET', '/api/b'));
    const finishing = finish();
    await clock.advance(10);
    hurry.abort();
    await finishing.whenOver;
    expect(records.at(-1)?.message).toBe('Cut off, because it did not finish in time: 2 invocations (GET /api/a, GET /api/b).');
  });

  test('is not even mentioned when the host was hurried before', async () => {
    work.begin(call('GET', '/api/a'));
    hurry.abort();
    await finish().whenOver;
    expect(records).toEqual([]);
  });
});
