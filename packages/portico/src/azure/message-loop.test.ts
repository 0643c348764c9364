// What takes time to happen, and what goes wrong: before a queue that obeys the test. bindings/queue has the tests against a real one.
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { type FakeCall, FakeQueue, storageFault } from '../../../../test/support/fake-queue.ts';
import { whenAborted } from '../core/when-aborted.ts';
import { testContext } from '../testing/binding-context.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import type { HeldMessage, PoisonQueue } from './held-message.ts';
import { type MessageFate, type MessageLoop, type MessageLoopOptions, messageLoop } from './message-loop.ts';

const MINUTE_MS = 60_000;
const never = new AbortController().signal;
const DONE: MessageFate = { kind: 'done' };

const running: MessageLoop[] = [];
afterEach(() => Promise.all(running.splice(0).map((loop) => loop.stop(AbortSignal.abort()))));

type LoopFacts = {
  readonly handle?: MessageLoopOptions['handle'];
  readonly options?: Partial<MessageLoopOptions>;
  readonly clock?: FakeClock;
  readonly queue?: FakeQueue;
};

function newLoop({ handle = async () => DONE, options = {}, clock = new FakeClock(), queue = new FakeQueue(clock) }: LoopFacts = {}) {
  const { context, records, pause, resume } = testContext({ clock });
  const handled: string[] = [];
  const loop = messageLoop({
    context,
    queue: async () => queue.client,
    batchSize: 2,
    newBatchThreshold: 1,
    longestPauseMs: MINUTE_MS,
    whenReady: (signal) => context.whenReady(signal),
    handle: (message, abandoning) => {
      handled.push(message.item.messageText);
      return handle(message, abandoning);
    },
    ...options,
  });
  running.push(loop);
  const said = () => records.filter(({ level }) => level !== 'debug').map(({ level, message }) => `${level}: ${message}`);
  const calls = (name: FakeCall['name']) => queue.calls.filter((call) => call.name === name);
  return { loop, clock, queue, handled, records, said, calls, pause, resume, start: () => loop.start(never) };
}

/** A run that ends when the test says so, or is given up. */
function endless() {
  const ends = new Map<string, (fate: MessageFate) => void>();
  const handle = ({ item }: HeldMessage, abandoning: AbortSignal): Promise<MessageFate> =>
    new Promise((resolve) => {
      ends.set(item.messageText, resolve);
      void whenAborted(abandoning).then(() => resolve({ kind: 'hidden' }));
    });
  return { handle, end: (text: string, fate: MessageFate = DONE) => ends.get(text)?.(fate) };
}

/** It is not there for those requests. */
const away =
  (...names: readonly FakeCall['name'][]) =>
  ({ name }: FakeCall): void => {
    if (names.length === 0 || names.includes(name)) throw storageFault(undefined, 'ECONNREFUSED');
  };

const nothing = (): void => {};

function newPoison(send: (text: string) => Promise<void> | void = nothing): PoisonQueue & { readonly copies: string[] } {
  const copies: string[] = [];
  return {
    name: 'orders-poison',
    copies,
    async send(text) {
      await send(text);
      copies.push(text);
    },
  };
}

describe('taking messages', () => {
  test('deletes each that is done', async () => {
    const { queue, start, clock, handled, said } = newLoop();
    for (const text of ['a', 'b', 'c']) queue.put(text);
    await start();
    await clock.advance(0);
    expect(handled).toEqual(['a', 'b', 'c']);
    expect(queue.texts).toEqual([]);
    expect(said()).toEqual([]);
  });

  test('makes them invisible for ten minutes', async () => {
    const { handle } = endless();
    const { queue, start, clock } = newLoop({ handle });
    const id = queue.put('a');
    await start();
    await clock.advance(0);
    expect(queue.invisibleFor(id)).toBe(10 * MINUTE_MS);
  });

  test('takes the next ones as soon as no more than newBatchThreshold are under way, and never more than that and a batch', async () => {
    const { handle, end } = endless();
    const { queue, start, clock, handled } = newLoop({ handle });
    for (const text of ['a', 'b', 'c', 'd', 'e']) queue.put(text);
    await start();
    await clock.advance(10 * 1000);
    expect(handled).toEqual(['a', 'b']);
    end('b');
    await clock.advance(0);
    expect(handled).toEqual(['a', 'b', 'c', 'd']);
    end('a');
    await clock.advance(0);
    expect(handled).toEqual(['a', 'b', 'c', 'd']);
    end('d');
    await clock.advance(0);
    expect(handled).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  test('one by one keeps the order', async () => {
    const { handle, end } = endless();
    const { queue, start, clock, handled } = newLoop({ handle, options: { batchSize: 1, newBatchThreshold: 0 } });
    for (const text of ['a', 'b']) queue.put(text);
    await start();
    await clock.advance(1000);
    expect(handled).toEqual(['a']);
    end('a');
    await clock.advance(0);
    expect(handled).toEqual(['a', 'b']);
  });

  test('takes none while nobody can handle them', async () => {
    const { queue, start, clock, calls, pause, resume, handled } = newLoop();
    pause();
    queue.put('a');
    await start();
    await clock.advance(MINUTE_MS);
    expect(calls('receive')).toEqual([]);
    resume();
    await clock.advance(0);
    expect(handled).toEqual(['a']);
  });

  test('looks less and less often into an empty queue', async () => {
    const { start, clock, calls } = newLoop();
    await start();
    const counts: number[] = [];
    for (const ms of [0, 100, 200, 300, 500, 900]) {
      await clock.advance(ms);
      counts.push(calls('receive').length);
    }
    expect(counts).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('looks often again after a message', async () => {
    const { queue, start, clock, calls, handled } = newLoop();
    await start();
    await clock.advance(10 * MINUTE_MS);
    queue.put('a');
    while (handled.length === 0) await clock.advance(1000);
    const before = calls('receive').length;
    await clock.advance(10_000);
    expect(calls('receive').length).toBeGreaterThanOrEqual(before + 4);
  });

  test('says once that a queue does not exist, again after it did, and takes what comes', async () => {
    const { queue, start, clock, said, handled } = newLoop();
    let code: string | undefined = 'QueueNotFound';
    queue.before = () => {
      if (code !== undefined) throw storageFault(code === 'QueueNotFound' ? 404 : 409, code);
    };
    await start();
    await clock.advance(MINUTE_MS);
    code = undefined;
    queue.put('a');
    await clock.advance(MINUTE_MS);
    code = 'QueueBeingDeleted';
    await clock.advance(MINUTE_MS);
    expect(handled).toEqual(['a']);
    const once = 'information: The queue "orders" does not exist. It is waited for: the first message makes it.';
    expect(said()).toEqual([once, once]);
  });
});

describe('a wake-up', () => {
  test('makes it look at once although it sleeps, and often again for a while', async () => {
    const { queue, loop, start, clock, handled, calls } = newLoop();
    await start();
    await clock.advance(10 * MINUTE_MS);
    queue.put('a');
    loop.wake();
    await clock.advance(0);
    expect(handled).toEqual(['a']);
    await clock.advance(10 * MINUTE_MS);
    const before = calls('receive').length;
    loop.wake();
    await clock.advance(500);
    expect(calls('receive').length).toBe(before + 3);
  });

  test('is not lost while it looks', async () => {
    const { queue, loop, start, clock, handled } = newLoop();
    const looking = Promise.withResolvers<void>();
    queue.after = () => looking.promise;
    await start();
    await clock.advance(0);
    queue.after = nothing;
    queue.put('a');
    loop.wake();
    looking.resolve();
    await clock.advance(0);
    expect(handled).toEqual(['a']);
  });

  test('ends the pause after a look that failed', async () => {
    const { queue, loop, start, clock, handled } = newLoop();
    queue.before = away();
    await start();
    await clock.advance(10 * MINUTE_MS);
    queue.before = nothing;
    queue.put('a');
    loop.wake();
    await clock.advance(0);
    expect(handled).toEqual(['a']);
  });
});

describe('a message that is worked on', () => {
  test('is renewed every five minutes, and settled with the newest receipt', async () => {
    const { handle, end } = endless();
    const { queue, start, clock, handled, calls, said } = newLoop({ handle });
    const id = queue.put('a');
    await start();
    await clock.advance(4 * MINUTE_MS);
    expect(queue.invisibleFor(id)).toBe(6 * MINUTE_MS);
    await clock.advance(2 * MINUTE_MS);
    expect(queue.invisibleFor(id)).toBeGreaterThanOrEqual(9 * MINUTE_MS);
    await clock.advance(54 * MINUTE_MS);
    expect(calls('update').length).toBeGreaterThanOrEqual(11);
    end('a');
    await clock.advance(0);
    expect(queue.texts).toEqual([]);
    expect(handled).toEqual(['a']);
    expect(said()).toEqual([]);
  });

  test('is renewed sooner and sooner while the service is away, but not more than once a minute', async () => {
    const { handle } = endless();
    const { queue, start, clock, said, handled } = newLoop({ handle });
    const renewedAt: number[] = [];
    queue.before = (call) => {
      if (call.name === 'update') renewedAt.push(clock.monotonicMs() / MINUTE_MS);
      if (handled.length > 0) away()(call);
    };
    queue.put('a');
    await start();
    await clock.advance(12 * MINUTE_MS);
    const waits = renewedAt.map((at, index) => Math.floor(at - (renewedAt[index - 1] ?? 0)));
    expect(waits).toEqual([5, 2, 1, 1, 1, 1]);
    expect(said()).toEqual([expect.stringContaining('cannot be read')]);
  });

  test.each([
    ['somebody else has it', (queue: FakeQueue, id: string) => queue.takeAway(id)],
    ['it is gone', (queue: FakeQueue, id: string) => queue.remove(id)],
  ])('is not renewed any more when %s, which is said once', async (_, spoil) => {
    const { handle } = endless();
    const { queue, start, clock, calls, said } = newLoop({ handle });
    const id = queue.put('a');
    await start();
    await clock.advance(MINUTE_MS);
    spoil(queue, id);
    await clock.advance(8 * MINUTE_MS);
    expect(calls('update')).toHaveLength(1);
    expect(said()).toEqual(['warning: A message is not held any more, although it is being handled. It may be handled twice.']);
  });

  test('is deleted with the new receipt although its renewal has not been answered yet', async () => {
    const { handle, end } = endless();
    const { queue, start, clock, said } = newLoop({ handle });
    const answer = Promise.withResolvers<void>();
    queue.after = ({ name }) => (name === 'update' ? answer.promise : undefined);
    queue.put('a');
    await start();
    await clock.advance(6 * MINUTE_MS);
    end('a');
    await clock.advance(0);
    expect(queue.texts).toEqual(['a']);
    answer.resolve();
    await clock.advance(0);
    expect(queue.texts).toEqual([]);
    expect(said()).toEqual([]);
  });

  test('is not renewed when its turn comes after it was deleted', async () => {
    const { handle, end } = endless();
    const { queue, start, clock, calls, said } = newLoop({ handle });
    const answer = Promise.withResolvers<void>();
    queue.before = ({ name }) => (name === 'delete' ? answer.promise : undefined);
    queue.put('a');
    await start();
    await clock.advance(4 * MINUTE_MS);
    end('a');
    await clock.advance(90_000);
    answer.resolve();
    await clock.advance(0);
    expect(queue.texts).toEqual([]);
    expect(calls('update')).toEqual([]);
    expect(said()).toEqual([]);
  });

  test('is not handled a second time when it comes again because it could not be renewed', async () => {
    const { handle, end } = endless();
    const { queue, start, clock, handled } = newLoop({ handle });
    const id = queue.put('a');
    await start();
    await clock.advance(MINUTE_MS);
    queue.before = away();
    await clock.advance(20 * MINUTE_MS);
    queue.before = nothing;
    await clock.advance(2 * MINUTE_MS);
    await clock.advance(8 * MINUTE_MS);
    expect(queue.invisibleFor(id)).toBeGreaterThan(5 * MINUTE_MS);
    await clock.advance(30 * MINUTE_MS);
    end('a');
    await clock.advance(0);
    expect(handled).toEqual(['a']);
    expect(queue.texts).toEqual([]);
  });

  test('whose renewal was done but not answered is not handled twice either', async () => {
    const { handle, end } = endless();
    const { queue, start, clock, handled } = newLoop({ handle });
    queue.put('a');
    await start();
    let lostCount = 0;
    queue.after = ({ name }) => {
      if (name !== 'update' || lostCount > 0) return;
      lostCount += 1;
      throw storageFault(undefined, 'ECONNRESET');
    };
    await clock.advance(40 * MINUTE_MS);
    end('a');
    await clock.advance(0);
    expect(handled).toEqual(['a']);
    expect(queue.texts).toEqual([]);
  });
});

describe('a message that is done', () => {
  test('is deleted when the service is back, however long that takes, and not handled again; away and back are said once', async () => {
    const { handle, end } = endless();
    const { queue, start, clock, handled, said } = newLoop({ handle, options: { batchSize: 3, newBatchThreshold: 3 } });
    for (const text of ['a', 'b', 'c']) queue.put(text);
    await start();
    await clock.advance(1000);
    queue.before = away();
    for (const text of ['a', 'b', 'c']) end(text);
    await clock.advance(45 * MINUTE_MS);
    expect(queue.texts).toEqual(['a', 'b', 'c']);
    queue.before = nothing;
    await clock.advance(MINUTE_MS);
    expect(queue.texts).toEqual([]);
    expect(handled).toEqual(['a', 'b', 'c']);
    expect(said()).toEqual([
      expect.stringMatching(/^warning: The queue "orders" cannot be (?:read|written to): .*ECONNREFUSED/),
      'warning: The listener works again.',
    ]);
  });

  test('is deleted although it comes again while it is being deleted', async () => {
    const { queue, start, clock, handled, said } = newLoop();
    queue.before = (call) => {
      if (handled.length > 0) away()(call);
    };
    queue.put('a');
    await start();
    await clock.advance(20 * MINUTE_MS);
    const answer = Promise.withResolvers<void>();
    queue.before = ({ name }) => (name === 'delete' ? answer.promise : undefined);
    await clock.advance(MINUTE_MS);
    expect(queue.texts).toEqual(['a']);
    answer.resolve();
    await clock.advance(0);
    expect(queue.texts).toEqual([]);
    expect(handled).toEqual(['a']);
    expect(said()).toHaveLength(2);
  });

  test('stays invisible while only deleting fails', async () => {
    const { queue, start, clock, handled } = newLoop();
    queue.before = away('delete');
    const id = queue.put('a');
    await start();
    for (let minutes = 0; minutes < 30; minutes += 1) {
      await clock.advance(MINUTE_MS);
      expect(queue.invisibleFor(id)).toBeGreaterThan(0);
    }
    queue.before = nothing;
    await clock.advance(MINUTE_MS);
    expect(queue.texts).toEqual([]);
    expect(handled).toEqual(['a']);
  });

  test('may be gone already', async () => {
    const { handle, end } = endless();
    const { queue, start, clock, said } = newLoop({ handle });
    const id = queue.put('a');
    await start();
    await clock.advance(0);
    queue.remove(id);
    end('a');
    await clock.advance(MINUTE_MS);
    expect(said()).toEqual([]);
  });

  test.each([
    ['somebody else has it', storageFault(400, 'PopReceiptMismatch')],
    ['the service refuses', storageFault(403, 'AuthorizationFailure')],
  ])('is said to come again when it cannot be deleted because %s', async (_, fault) => {
    const { queue, start, clock, said, records } = newLoop();
    queue.before = ({ name }) => {
      if (name === 'delete') throw fault;
    };
    const id = queue.put('a');
    await start();
    await clock.advance(MINUTE_MS);
    expect(said()).toEqual(['warning: A message was handled, but cannot be deleted. It comes again.']);
    expect(records.at(-1)?.fields).toMatchObject({ messageId: id, dequeueCount: 1, returnsAt: '2026-01-01T00:10:00.000Z' });
  });
});

describe('a message that is to come again', () => {
  test.each([
    [0, 0],
    [1, 1000],
    [1500, 2000],
    [30_000, 30_000],
  ])('after %d ms is invisible for %d ms', async (afterMs, invisibleMs) => {
    const { queue, start, clock, said } = newLoop({
      handle: async (message) => (message.item.dequeueCount > 1 ? DONE : { kind: 'again', afterMs }),
      options: { batchSize: 1, newBatchThreshold: 0 },
    });
    const seen: (number | undefined)[] = [];
    queue.after = ({ name, id }) => void (name === 'update' && seen.push(queue.invisibleFor(id ?? '')));
    queue.put('a');
    await start();
    await clock.advance(MINUTE_MS);
    expect(seen).toEqual([invisibleMs]);
    expect(queue.texts).toEqual([]);
    expect(said()).toEqual([]);
  });

  test('comes when its time is over when it cannot be given back as long as it is ours', async () => {
    const { queue, start, clock, handled } = newLoop({
      handle: async (message) => (message.item.dequeueCount > 1 ? DONE : { kind: 'again', afterMs: 0 }),
    });
    queue.before = away('update');
    queue.put('a');
    await start();
    await clock.advance(9 * MINUTE_MS);
    expect(handled).toEqual(['a']);
    await clock.advance(3 * MINUTE_MS);
    expect(handled).toEqual(['a', 'a']);
    expect(queue.texts).toEqual([]);
  });

  test('is not fought for with somebody who has it already', async () => {
    const { handle, end } = endless();
    const { queue, start, clock, said, calls } = newLoop({ handle });
    const id = queue.put('a');
    await start();
    await clock.advance(0);
    queue.takeAway(id);
    end('a', { kind: 'again', afterMs: 0 });
    await clock.advance(MINUTE_MS);
    expect(calls('update')).toHaveLength(1);
    expect(said()).toEqual([]);
  });

  test('is left alone when it is to stay invisible', async () => {
    const { queue, start, clock, calls } = newLoop({ handle: async () => ({ kind: 'hidden' }) });
    const id = queue.put('a');
    await start();
    await clock.advance(9 * MINUTE_MS);
    expect([calls('update'), calls('delete')]).toEqual([[], []]);
    expect(queue.invisibleFor(id)).toBe(MINUTE_MS);
  });

  test('is one whose handling went wrong in a way that nobody thought of', async () => {
    const { queue, start, clock, said, handled } = newLoop({
      handle: async (message) => {
        if (message.item.dequeueCount === 1) throw new TypeError('nobody thought of it');
        return DONE;
      },
    });
    queue.put('a');
    await start();
    await clock.advance(9 * MINUTE_MS);
    expect(said()).toEqual(['error: A message could not be handled. It stays invisible, and comes again.']);
    await clock.advance(3 * MINUTE_MS);
    expect(handled).toEqual(['a', 'a']);
    expect(queue.texts).toEqual([]);
  });
});

describe('a message that goes to the poison queue', () => {
  test('is copied once, although it takes long to delete it', async () => {
    const poison = newPoison();
    const { queue, start, clock, handled } = newLoop({ handle: async () => ({ kind: 'poison', queue: poison }) });
    queue.before = away('delete');
    queue.put('a');
    await start();
    await clock.advance(30 * MINUTE_MS);
    queue.before = nothing;
    await clock.advance(MINUTE_MS);
    expect(poison.copies).toEqual(['a']);
    expect(queue.texts).toEqual([]);
    expect(handled).toEqual(['a']);
  });

  test('is deleted only when its copy is there', async () => {
    let isAway = true;
    const poison = newPoison(() => {
      if (isAway) throw storageFault(503, 'ServerBusy');
    });
    const { queue, start, clock } = newLoop({ handle: async () => ({ kind: 'poison', queue: poison }) });
    queue.put('a');
    await start();
    await clock.advance(30 * MINUTE_MS);
    expect(queue.texts).toEqual(['a']);
    isAway = false;
    await clock.advance(MINUTE_MS);
    expect([poison.copies, queue.texts]).toEqual([['a'], []]);
  });

  test.each([
    [404, 'QueueNotFound'],
    [409, 'QueueBeingDeleted'],
  ])('waits for a poison queue of which the service says %d (%s)', async (status, code) => {
    let isGone = true;
    const poison = newPoison(() => {
      if (isGone) throw storageFault(status, code);
    });
    const { queue, start, clock } = newLoop({ handle: async () => ({ kind: 'poison', queue: poison }) });
    queue.put('a');
    await start();
    await clock.advance(MINUTE_MS);
    isGone = false;
    await clock.advance(MINUTE_MS);
    expect([poison.copies, queue.texts]).toEqual([['a'], []]);
  });

  test('stays where it is when the service does not let it be copied', async () => {
    const poison = newPoison(() => {
      throw storageFault(403, 'AuthorizationPermissionMismatch');
    });
    const { queue, start, clock, said } = newLoop({ handle: async () => ({ kind: 'poison', queue: poison }) });
    const id = queue.put('a');
    await start();
    await clock.advance(MINUTE_MS);
    expect(said()).toEqual(['warning: A message cannot be moved to "orders-poison". It stays invisible, and comes again.']);
    expect(queue.invisibleFor(id)).toBe(9 * MINUTE_MS);
  });

  test('is said to be there twice when somebody has taken it meanwhile', async () => {
    const poison = newPoison();
    const { queue, start, clock, said } = newLoop({ handle: async () => ({ kind: 'poison', queue: poison }) });
    queue.before = ({ name, id }) => void (name === 'delete' && queue.takeAway(id ?? ''));
    queue.put('a');
    await start();
    await clock.advance(0);
    expect(said()).toEqual([
      'warning: A message was copied to "orders-poison", but cannot be deleted. It comes again, and is copied once more.',
    ]);
  });
});

describe('a service that is away', () => {
  test('is asked less and less often, and said once to be away and once to be back', async () => {
    const { queue, start, clock, said, calls, handled, records } = newLoop({ options: { longestPauseMs: 10_000 } });
    queue.before = away();
    await start();
    await clock.advance(25_000);
    expect(calls('receive')).toHaveLength(6);
    queue.put('a');
    queue.before = nothing;
    await clock.advance(10_000);
    expect(handled).toEqual(['a']);
    expect(said()).toEqual([
      expect.stringMatching(/^warning: The queue "orders" cannot be read: .*ECONNREFUSED/),
      'warning: The listener works again.',
    ]);
    expect(records[0]).toMatchObject({ code: 'STORAGE_UNREACHABLE', functionName: 'Fn' });
  });

  test('is away too when it does not answer for two minutes', async () => {
    const { queue, start, clock, said, handled } = newLoop();
    queue.before = (_, signal) => whenAborted(signal ?? never).then(() => signal?.throwIfAborted());
    await start();
    await clock.advance(MINUTE_MS);
    queue.put('a');
    queue.before = nothing;
    expect(said()).toEqual([]);
    await clock.advance(2 * MINUTE_MS);
    expect(said()).toEqual([expect.stringContaining('ETIMEDOUT'), 'warning: The listener works again.']);
    expect(handled).toEqual(['a']);
  });
});

describe('a stop', () => {
  const patience = () => new AbortController();

  test('may come before the start and twice', async () => {
    const { loop, start, calls, clock } = newLoop();
    await Promise.all([loop.stop(never), loop.stop(never)]);
    await start();
    await clock.advance(MINUTE_MS);
    expect(calls('receive')).toEqual([]);
  });

  test('ends the wait for somebody who can handle messages', async () => {
    const { loop, start, clock, pause, calls } = newLoop();
    pause();
    await start();
    await clock.advance(0);
    await loop.stop(never);
    expect(calls('receive')).toEqual([]);
  });

  test('while the queue is being opened means that nothing is taken', async () => {
    const opening = Promise.withResolvers<void>();
    const clock = new FakeClock();
    const queue = new FakeQueue(clock);
    const { loop, start, calls } = newLoop({
      clock,
      queue,
      options: { queue: () => opening.promise.then(() => queue.client) },
    });
    await start();
    const stopped = loop.stop(never);
    opening.resolve();
    await stopped;
    expect(calls('receive')).toEqual([]);
  });

  test('ends the pause between two looks', async () => {
    const { loop, start, clock } = newLoop();
    await start();
    await clock.advance(MINUTE_MS);
    await loop.stop(never);
  });

  test('gives back what is taken while it comes, at once and unhandled', async () => {
    const { loop, queue, start, clock, handled } = newLoop();
    const answer = Promise.withResolvers<void>();
    queue.after = ({ name }) => (name === 'receive' ? answer.promise : undefined);
    const ids = [queue.put('a'), queue.put('b')];
    await start();
    await clock.advance(0);
    const stopped = loop.stop(never);
    answer.resolve();
    await stopped;
    expect(handled).toEqual([]);
    expect(ids.map((id) => queue.invisibleFor(id))).toEqual([0, 0]);
  });

  test('ends the wait for room, and waits for what runs', async () => {
    const { handle, end } = endless();
    const { loop, queue, start, clock, handled } = newLoop({ handle });
    for (const text of ['a', 'b', 'c']) queue.put(text);
    await start();
    await clock.advance(0);
    let isStopped = false;
    const stopped = loop.stop(never).then(() => {
      isStopped = true;
    });
    end('a');
    await clock.advance(MINUTE_MS);
    expect(isStopped).toBe(false);
    end('b');
    await clock.advance(0);
    await stopped;
    expect(handled).toEqual(['a', 'b']);
    expect(queue.texts).toEqual(['c']);
  });

  test('renews what runs as long as it waits for it', async () => {
    const { handle, end } = endless();
    const { loop, queue, start, clock, calls } = newLoop({ handle });
    queue.put('a');
    await start();
    await clock.advance(0);
    const stopped = loop.stop(never);
    await clock.advance(30 * MINUTE_MS);
    expect(calls('update').length).toBeGreaterThanOrEqual(5);
    end('a');
    await stopped;
    expect(queue.texts).toEqual([]);
  });

  test('gives up what runs when there is no time left, and gives it back', async () => {
    const { loop, queue, start, clock, said } = newLoop({
      handle: async (_, abandoning) => {
        await whenAborted(abandoning);
        return { kind: 'again', afterMs: 0 };
      },
    });
    const id = queue.put('a');
    await start();
    await clock.advance(0);
    const enough = patience();
    const stopped = loop.stop(enough.signal);
    await clock.advance(1000);
    expect(queue.invisibleFor(id)).toBeGreaterThan(0);
    enough.abort();
    await stopped;
    expect(queue.invisibleFor(id)).toBe(0);
    expect(said()).toEqual([]);
  });

  test('tries once more to delete what is done when there is no time left, and says so when that fails', async () => {
    const { loop, queue, start, clock, said } = newLoop();
    queue.before = away('delete');
    queue.put('a');
    await start();
    await clock.advance(0);
    const enough = patience();
    const stopped = loop.stop(enough.signal);
    await clock.advance(MINUTE_MS);
    enough.abort();
    await stopped;
    expect(said()).toEqual([
      expect.stringContaining('The queue "orders" cannot be written to'),
      'warning: A message was handled, but cannot be deleted. It comes again.',
    ]);
  });

  test('says of a message that cannot be given back why, and no more', async () => {
    const { loop, queue, start, clock, said } = newLoop({
      handle: async (_, abandoning) => {
        await whenAborted(abandoning);
        return { kind: 'again', afterMs: 0 };
      },
    });
    queue.before = away('update');
    queue.put('a');
    await start();
    await clock.advance(0);
    await loop.stop(AbortSignal.abort());
    expect(said()).toEqual(['warning: A message cannot be given back. It comes again when its time is over.']);
  });

  test.each(['receive', 'delete'] as const)('does not wait for ever for a service that does not answer: %s', async (silent) => {
    const { loop, queue, start, clock } = newLoop();
    queue.before = async ({ name }, signal) => {
      if (name !== silent) return;
      await whenAborted(signal ?? never);
      signal?.throwIfAborted();
    };
    queue.put('a');
    await start();
    await clock.advance(0);
    const stopped = loop.stop(AbortSignal.abort());
    await clock.advance(3000);
    await stopped;
  });

  test('leaves nothing running', async () => {
    const { loop, queue, start, clock, calls } = newLoop();
    queue.put('a');
    await start();
    await clock.advance(0);
    await loop.stop(never);
    const before = calls('receive').length;
    loop.wake();
    await clock.advance(60 * MINUTE_MS);
    expect(calls('receive')).toHaveLength(before);
  });
});

describe('whatever happens', () => {
  /** What a request meets with. */
  const luck = fc.constantFrom('fine', 'fine', 'fine', 'lost request', 'lost answer', 'busy', 'slow');
  const fate = fc.constantFrom('done', 'again', 'poison', 'hidden', 'slow', 'throws');

  test('no message is lost, and none is deleted that was neither done nor copied', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(luck, { minLength: 20, maxLength: 120 }),
        fc.array(fate, { maxLength: 30 }),
        fc.array(fc.integer({ min: 1, max: 20 * MINUTE_MS }), { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        async (fortunes, fates, lives, isHurried) => {
          const clock = new FakeClock();
          const queue = new FakeQueue(clock);
          const texts = ['a', 'b', 'c', 'd', 'e', 'f'];
          for (const text of texts) queue.put(text);
          const done = new Set<string>();
          const poison = newPoison();
          const meet = async (isBefore: boolean, signal?: AbortSignal): Promise<void> => {
            const fortune = isBefore ? fortunes[0] : fortunes.shift();
            if (isBefore && fortune === 'lost request') throw storageFault(undefined, 'ECONNRESET');
            if (isBefore && fortune === 'busy') throw storageFault(503, 'ServerBusy');
            if (isBefore && fortune === 'slow') await clock.sleep(MINUTE_MS, signal ?? never);
            if (!isBefore && fortune === 'lost answer') throw storageFault(undefined, 'ECONNRESET');
          };
          queue.before = async (_, signal) => {
            try {
              await meet(true, signal);
            } catch (error) {
              fortunes.shift();
              throw error;
            }
          };
          queue.after = () => meet(false);
          const handle = async ({ item }: HeldMessage, abandoning: AbortSignal): Promise<MessageFate> => {
            const kind = fates.pop() ?? 'done';
            if (kind === 'throws') throw new Error('no');
            if (kind === 'again') return { kind, afterMs: 1000 };
            if (kind === 'hidden') return { kind };
            if (kind === 'poison') return { kind, queue: poison };
            if (kind === 'slow') {
              await clock.sleep(25 * MINUTE_MS, abandoning).catch(() => {});
              if (abandoning.aborted) return { kind: 'again', afterMs: 0 };
            }
            done.add(item.messageText);
            return DONE;
          };
          // Each life of the host ends with a stop, with or without time; the last one is long enough.
          for (const ms of [...lives, 24 * 60 * MINUTE_MS]) {
            const { loop, start } = newLoop({ clock, queue, handle });
            await start();
            await clock.advance(ms);
            const stopped = loop.stop(isHurried ? AbortSignal.abort() : never);
            await clock.advance(60 * MINUTE_MS);
            await stopped;
            for (const text of texts)
              expect([text, queue.texts.includes(text) || done.has(text) || poison.copies.includes(text)]).toEqual([text, true]);
          }
          expect(queue.texts).toEqual([]);
        },
      ),
      { numRuns: 60 },
    );
  });
});
