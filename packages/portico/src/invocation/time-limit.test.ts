import { beforeEach, describe, expect, test } from 'vitest';
import { FakeClock } from '../testing/fake-clock.ts';
import { type Limited, TimeLimit } from './time-limit.ts';

let clock: FakeClock;
let over: AbortController;
let limit: TimeLimit;
let expired: string[];

const run = (name: string): Limited => ({ expire: ({ limitMs }) => void expired.push(`${name} ${limitMs} at ${clock.monotonicMs()}`) });

describe('a limit of time', () => {
  beforeEach(() => {
    clock = new FakeClock();
    over = new AbortController();
    limit = new TimeLimit(100, 'the setting', clock, over.signal);
    expired = [];
  });

  test('ends each run when its own time is over', async () => {
    limit.watch(run('first'));
    await clock.advance(40);
    limit.watch(run('second'));
    limit.watch(run('third'));
    await clock.advance(59);
    expect(expired).toEqual([]);
    await clock.advance(1);
    expect(expired).toEqual(['first 100 at 100']);
    await clock.advance(1000);
    expect(expired).toEqual(['first 100 at 100', 'second 100 at 140', 'third 100 at 140']);
  });

  test('forgets a run, and the others keep their time', async () => {
    const [first, second] = [run('first'), run('second')];
    const deadline = limit.watch(first);
    await clock.advance(10);
    limit.watch(second);
    deadline.leave();
    await clock.advance(1000);
    expect(expired).toEqual(['second 100 at 110']);
  });

  test('does not let one faulty run keep the others from their end, nor hides its fault', async () => {
    const fault = new Error('faulty');
    const listeners = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    const seen = Promise.withResolvers<unknown>();
    process.once('uncaughtException', seen.resolve);
    try {
      limit.watch({
        expire() {
          throw fault;
        },
      });
      limit.watch(run('other'));
      await clock.advance(100);
      expect(expired).toEqual(['other 100 at 100']);
      expect(await seen.promise).toBe(fault);
    } finally {
      for (const listener of listeners) process.on('uncaughtException', listener);
    }
  });

  test('begins anew for a run that is watched again', async () => {
    const [lively, idle] = [run('lively'), run('idle')];
    let deadline = limit.watch(lively);
    limit.watch(idle);
    for (let i = 0; i < 5; i++) {
      await clock.advance(60);
      deadline = limit.watch(lively, deadline);
    }
    expect(expired).toEqual(['idle 100 at 100']);
    await clock.advance(100);
    expect(expired).toEqual(['idle 100 at 100', 'lively 100 at 400']);
  });

  test('ends a run once, and may watch it again afterwards', async () => {
    const again: Limited = {
      expire: () => {
        expired.push(`at ${clock.monotonicMs()}`);
        if (expired.length < 3) limit.watch(again);
      },
    };
    limit.watch(again);
    await clock.advance(1000);
    expect(expired).toEqual(['at 100', 'at 200', 'at 300']);
  });

  test('counts for a run that comes after all others are gone', async () => {
    limit.watch(run('early'));
    await clock.advance(500);
    limit.watch(run('late'));
    await clock.advance(100);
    expect(expired).toEqual(['early 100 at 100', 'late 100 at 600']);
  });

  test('ends nothing any more once the host stops', async () => {
    limit.watch(run('before'));
    over.abort();
    limit.watch(run('after'));
    await clock.advance(1000);
    expect(expired).toEqual([]);
  });
});
