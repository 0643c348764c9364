import { beforeEach, describe, expect, test } from 'vitest';
import type { TriggerEvent } from '../core/extension.ts';
import type { FunctionMetadata } from '../core/function-app.ts';
import { createLogger, type LogRecord } from '../core/log.ts';
import { whenAborted } from '../core/when-aborted.ts';
import type { RunnableFunction } from '../invocation/runnable-function.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { type EventFunction, type ListenedApp, ListenerSet, type Runs } from './listener-set.ts';

const NEVER = new AbortController().signal;
const EVENT: TriggerEvent = { value: '', bindingData: [], reason: 'x' };

/** What happened, in order: `start A1` is the first listener of function A. */
let happened: string[];
let clock: FakeClock;
let records: LogRecord[];
let set: ListenerSet;
/** Functions whose next starts fail. */
let failing: string[];
/** Whether stops wait until they are hurried. */
let busy: boolean;
let runs: Map<string, Runs>;
let counts: Map<string, number>;

const fn = (name: string, version = ''): EventFunction => ({
  metadata: { name } as FunctionMetadata,
  runnable: { name, triggerName: version } as RunnableFunction,
});

/** `prints`: what the listeners are made of, where that is not the same as ever. */
function app(functions: readonly EventFunction[], prints: Record<string, string> = {}): ListenedApp {
  return {
    functions,
    fingerprint: ({ name }) => prints[name] ?? '',
    async createListener({ name }, given) {
      const count = (counts.get(name) ?? 0) + 1;
      counts.set(name, count);
      runs.set(name, given);
      const id = `${name}${count}`;
      let isStopped = false;
      return {
        async start() {
          if (failing.includes(name)) throw new Error(`no storage for ${id}`);
          happened.push(`start ${id}`);
        },
        async stop(signal) {
          if (isStopped || happened.indexOf(`start ${id}`) < 0) return;
          isStopped = true;
          if (busy) await whenAborted(signal);
          happened.push(`stop ${id}`);
        },
      };
    },
  };
}

beforeEach(() => {
  [happened, records, failing, busy] = [[], [], [], false];
  runs = new Map();
  counts = new Map();
  clock = new FakeClock();
  set = new ListenerSet({
    clock,
    log: createLogger({ log: (record) => void records.push(record) }, 'Test'),
    whenReady: async () => {},
    run: async ({ triggerName }) => ({ status: 'succeeded', invocationId: triggerName }),
  });
});

/** What has begun is done. */
const settle = () => clock.advance(0);

describe('the listeners of an app', () => {
  test('begin with it and end with it', async () => {
    await set.use(app([fn('A'), fn('B')]));
    await settle();
    await set.stop(NEVER);
    expect(happened).toEqual(['start A1', 'start B1', 'stop A1', 'stop B1']);
  });

  test('go on where nothing of theirs has changed, and run the function as it was read last', async () => {
    await set.use(app([fn('A', 'old'), fn('B')]));
    await settle();
    await set.use(app([fn('A', 'new'), fn('B')], { B: 'other queue' }));
    await settle();
    expect(happened).toEqual(['start A1', 'start B1', 'stop B1', 'start B2']);
    expect(await runs.get('A')?.invoke(EVENT, NEVER)).toEqual({ status: 'succeeded', invocationId: 'new' });
  });

  test('end when their function goes, whose late events are abandoned', async () => {
    await set.use(app([fn('A'), fn('B')]));
    await settle();
    await set.use(app([fn('B')]));
    expect(happened).toEqual(['start A1', 'start B1', 'stop A1']);
    expect(await runs.get('A')?.invoke(EVENT, NEVER)).toEqual({ status: 'abandoned' });
  });

  test('end in a drain and begin anew after it', async () => {
    await set.use(app([fn('A')]));
    await settle();
    await set.pause();
    await set.use(app([fn('A'), fn('B')]));
    await settle();
    expect(happened).toEqual(['start A1', 'stop A1']);
    await set.resume();
    await settle();
    expect(happened.slice(2)).toEqual(['start A2', 'start B1']);
  });

  test('are waited for at the end, and given up when that takes too long', async () => {
    await set.use(app([fn('A')]));
    await settle();
    busy = true;
    const enough = new AbortController();
    const stopped = set.stop(enough.signal);
    await settle();
    expect(happened).toEqual(['start A1']);
    enough.abort();
    await stopped;
    expect(happened).toEqual(['start A1', 'stop A1']);
  });

  test('that cannot start are named once and tried again, after longer and longer pauses, and keep nobody waiting', async () => {
    failing = ['A'];
    await set.use(app([fn('A'), fn('B')]));
    await clock.advance(3500);
    expect(records.map(({ level, message }) => [level, message])).toEqual([
      ['error', 'The trigger of A does not listen: no storage for A1'],
      ['debug', 'The trigger of A does not listen: no storage for A2'],
      ['debug', 'The trigger of A does not listen: no storage for A3'],
    ]);
    failing = [];
    await clock.advance(4000);
    expect(happened).toEqual(['start B1', 'start A4']);
    expect(records.at(-1)).toMatchObject({ level: 'information', message: 'The trigger listens after all.', functionName: 'A' });
  });

  test('of which one does not come to an end hold up no other', async () => {
    await set.use(app([fn('A'), fn('B')]));
    await settle();
    busy = true;
    void set.use(app([fn('A'), fn('B')], { A: 'changed' }));
    await settle();
    busy = false;
    void set.use(app([fn('A'), fn('B'), fn('C')], { A: 'changed', B: 'changed' }));
    await settle();
    expect(happened).toEqual(['start A1', 'start B1', 'start C1', 'stop B1', 'start B2']);
    await set.stop(AbortSignal.abort());
    expect(happened).toEqual(expect.arrayContaining(['stop A1', 'stop B2', 'stop C1']));
    expect(happened).not.toContain('start A2');
  });

  test('whose start never ends are left behind in the end', async () => {
    const hung = app([fn('A')]);
    await set.use({ ...hung, createListener: async () => ({ start: () => new Promise(() => {}), stop: async () => {} }) });
    await settle();
    await set.stop(AbortSignal.abort());
  });

  test('whose stop fails say so, and the next begins', async () => {
    const faulty = app([fn('A')]);
    await set.use({ ...faulty, createListener: async () => ({ start: async () => {}, stop: () => Promise.reject(new Error('stuck')) }) });
    await settle();
    await set.use(app([fn('A')], { A: 'changed' }));
    await settle();
    expect(records).toMatchObject([{ level: 'error', functionName: 'A', fields: { reason: 'stuck' } }]);
    expect(happened).toEqual(['start A1']);
  });

  test('that wait for their next try end at once', async () => {
    failing = ['A'];
    await set.use(app([fn('A')]));
    await clock.advance(10_000);
    await set.stop(NEVER);
    failing = [];
    await clock.advance(100_000);
    expect(happened).toEqual([]);
  });

  test('do not begin once the set was stopped', async () => {
    await set.stop(NEVER);
    await set.use(app([fn('A')]));
    await settle();
    expect(happened).toEqual([]);
  });
});
