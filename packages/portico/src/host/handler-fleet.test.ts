import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type RawHandler, startRawHandler } from '../../../../test/http/support/raw-handler.ts';
import { FakeSource } from '../../../../test/support/fake-source.ts';
import { until } from '../../../../test/support/until.ts';
import { HostError } from '../core/error.ts';
import { workerStopped, workerUnhealthy, workerUnreachable } from '../core/errors/handler.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { HandlerChannel } from '../worker/handler-channel.ts';
import { HANDLER_STOP_MS } from '../worker/stop-time.ts';
import { type FleetOptions, HandlerFleet } from './handler-fleet.ts';

const MOST_WAIT_MS = 30_000;
const GRACE_MS = 10_000;
const PATIENCE_MS = 250;
const never = new AbortController().signal;
const crash = workerUnreachable({ pid: 1, port: 2, waitedMs: 3 });
const illness = workerUnhealthy({ path: '/', reason: 'x', failureThreshold: 1, pid: 1 });

let server: RawHandler;
let clock: FakeClock;
let sources: FakeSource[];
let fleet: HandlerFleet;

function create(options: Partial<FleetOptions> = {}): void {
  fleet = new HandlerFleet({
    createSource() {
      const source = new FakeSource(server.port);
      sources.push(source);
      return source;
    },
    count: 1,
    successor: 'beside',
    clock,
    mostWaitMs: MOST_WAIT_MS,
    graceMs: GRACE_MS,
    ...options,
  });
}

/** Started, and ready with all its processes; their channels in order. */
async function serving(count: number, options: Partial<FleetOptions> = {}): Promise<HandlerChannel[]> {
  create({ count, ...options });
  const started = fleet.start();
  const channels = new Set<HandlerChannel>();
  for (const source of sources) {
    source.meets('answer');
    // All of them are idle, so each has its turn.
    for (let turn = 0; turn < count; turn++) channels.add(take()!);
  }
  await started;
  return [...channels];
}

/** Channels look alike to an assertion, so each gets a number. */
function numberOf(channel: HandlerChannel | undefined): number | undefined {
  if (channel === undefined) return undefined;
  if (!numbers.has(channel)) numbers.set(channel, ++channelCount);
  return numbers.get(channel);
}
const numbers = new WeakMap<HandlerChannel, number>();
let channelCount = 0;

/** Who gets the next so many requests, if none of them is sent. */
/** More than there are requests in these tests. */
let turnCount = 1_000_000;

/** The next one, as if a request were sent to it that is over at once. */
function take(): HandlerChannel | undefined {
  const { channel } = fleet;
  turnCount += 1;
  if (channel !== undefined) channel.lastSending = turnCount;
  return channel;
}

const taken = (count: number): (number | undefined)[] => Array.from({ length: count }, () => numberOf(take()));

type UnderWay = { readonly failed: Promise<{ reason: string }>; end(): void };

/** A request that goes on until the test ends it. */
function keepBusy(channel: HandlerChannel): UnderWay {
  const failed = Promise.withResolvers<{ reason: string }>();
  const exchange = channel.send(
    { method: 'GET', head: 'GET /x HTTP/1.1\r\nHost: a\r\n\r\n', complete: true, repeatable: false },
    {
      connected() {},
      interim() {},
      head() {},
      body: () => true,
      end() {},
      drain() {},
      repeated() {},
      failed: failed.resolve,
    },
  );
  return { failed: failed.promise, end: () => exchange.abort() };
}

/** What a promise has come to so far. */
async function cameTo<T>(promise: Promise<T>): Promise<T | 'nothing yet'> {
  await clock.advance(0);
  return Promise.race([promise, Promise.resolve('nothing yet' as const)]);
}

beforeEach(async () => {
  server = await startRawHandler({});
  clock = new FakeClock();
  sources = [];
});

afterEach(async () => {
  for (const source of sources) source.lingers = false;
  await fleet.stop(0);
  await server[Symbol.asyncDispose]();
});

describe('the next request', () => {
  test('goes to each process in turn while all are idle', async () => {
    await serving(3);
    const turns = taken(9);
    expect(new Set(turns.slice(0, 3)).size).toBe(3);
    expect(turns.slice(3)).toEqual([...turns.slice(0, 3), ...turns.slice(0, 3)]);
  });

  test('goes to the one with the fewest under way', async () => {
    const [one, two, three] = await serving(3);
    for (const channel of [one!, one!, two!, two!, three!]) keepBusy(channel);
    expect(fleet.members.map(({ busyCount }) => busyCount)).toEqual([2, 2, 1]);
    expect(taken(3)).toEqual([three, three, three].map(numberOf));
    keepBusy(three!);
    expect(new Set(taken(3)).size).toBe(3);
    keepBusy(two!);
    keepBusy(three!);
    expect(taken(3)).toEqual([one, one, one].map(numberOf));
  });

  test.each(['starting', 'unhealthy', 'unreachable', 'failed'] as const)('never goes to one that is %s', async (state) => {
    create({ count: 2 });
    void fleet.start();
    const [good, bad] = sources as [FakeSource, FakeSource];
    good.meets('answer');
    if (state !== 'starting') bad.meets('answer');
    if (state === 'unhealthy') bad.meets('sicken');
    if (state === 'unreachable') bad.meets('refuse');
    if (state === 'failed') bad.fails(crash);
    expect(bad.state).toBe(state);
    const { channel } = fleet;
    keepBusy(channel!);
    expect([...taken(2), fleet.trouble]).toEqual([numberOf(channel), numberOf(channel), undefined]);
    good.meets('refuse');
    expect(fleet.channel).toBeUndefined();
  });

  test('finds the connections of a process again that was unreachable, and none of one that has ended', async () => {
    const [channel] = await serving(1);
    sources[0]!.meets('refuse', 'answer');
    expect(fleet.channel).toBe(channel);
    const underWay = keepBusy(channel!);
    sources[0]!.fails(crash);
    expect((await underWay.failed).reason).toBe('it closed the connection without an answer');
    expect(await channel!.causeOfEnd()).toEqual({ cause: crash.message, byUs: false });
    sources[0]!.meets('start', 'answer');
    expect(fleet.channel).not.toBe(channel);
  });

  test('that is refused tells the process', async () => {
    const [channel] = await serving(1);
    channel!.refused();
    expect(sources[0]!.told).toEqual(['refused']);
    expect(fleet.channel).toBeUndefined();
  });
});

describe('a start', () => {
  test('is over when each process is ready or has failed', async () => {
    create({ count: 3 });
    const started = fleet.start().then(() => 'over');
    const [one, two, three] = sources as [FakeSource, FakeSource, FakeSource];
    one.meets('answer');
    two.fails(crash);
    expect(await cameTo(started)).toBe('nothing yet');
    three.meets('answer');
    expect(await started).toBe('over');
    expect(fleet.members.map(({ state }) => state)).toEqual(['ready', 'failed', 'ready']);
  });

  test('is over when nobody waits for it any more', async () => {
    create();
    const started = fleet.start();
    fleet.turnAway();
    await started;
  });

  test('that comes a second time starts nothing further', async () => {
    await serving(2);
    await fleet.start();
    expect(sources).toHaveLength(2);
  });

  test('tells every process of a further chance', async () => {
    await serving(2);
    fleet.retry();
    expect(sources.map(({ told }) => told)).toEqual([['retry'], ['retry']]);
  });
});

describe('a request that waits', () => {
  test('gets the first process that is ready, also when it came before the start', async () => {
    create({ count: 2 });
    const waiting = fleet.whenChannel(never);
    expect(await cameTo(waiting)).toBe('nothing yet');
    void fleet.start();
    await clock.advance(20_000);
    expect(await cameTo(waiting)).toBe('nothing yet');
    sources[1]!.meets('answer');
    expect(await waiting).toBe(fleet.channel);
    expect(await fleet.whenChannel(never)).toBe(fleet.channel);
  });

  test('is told after as long as a start may take', async () => {
    create();
    void fleet.start();
    const waiting = fleet.whenChannel(never);
    await clock.advance(MOST_WAIT_MS - 1);
    expect(await cameTo(waiting)).toBe('nothing yet');
    await clock.advance(1);
    expect(await waiting).toMatchObject({ code: 'HANDLER_NOT_READY_IN_TIME' });
  });

  test('waits as long for one that is unreachable', async () => {
    await serving(1);
    sources[0]!.meets('refuse');
    const waiting = fleet.whenChannel(never);
    await clock.advance(MOST_WAIT_MS - 1);
    expect(await cameTo(waiting)).toBe('nothing yet');
    await clock.advance(1);
    expect(await waiting).toMatchObject({ code: 'HANDLER_NOT_READY_IN_TIME' });
  });

  test('has patience with one that has failed: its next start is most often a moment away', async () => {
    await serving(1);
    sources[0]!.fails(crash);
    const waiting = fleet.whenChannel(never);
    await clock.advance(PATIENCE_MS - 1);
    expect(await cameTo(waiting)).toBe('nothing yet');
    sources[0]!.meets('start');
    await clock.advance(5000);
    expect(await cameTo(waiting)).toBe('nothing yet');
    sources[0]!.meets('answer');
    expect(await waiting).toBe(fleet.channel);
  });

  test('is told why when nothing follows', async () => {
    await serving(1);
    sources[0]!.fails(crash);
    const waiting = fleet.whenChannel(never);
    await clock.advance(PATIENCE_MS);
    expect(await waiting).toBe(crash);
    expect(fleet.trouble).toBe(crash);
  });

  test('is told at once what only somebody can mend', async () => {
    create();
    void fleet.start();
    sources[0]!.fails(crash, 'never');
    expect(await cameTo(fleet.whenChannel(never))).toBe(crash);
  });

  test('is told at once that every process is unhealthy, but waits for one that is starting', async () => {
    create({ count: 2 });
    void fleet.start();
    const [ill, slow] = sources as [FakeSource, FakeSource];
    ill.meets('answer');
    ill.isAskedForHealthInVain(illness);
    const waiting = fleet.whenChannel(never);
    await clock.advance(PATIENCE_MS * 4);
    expect(await cameTo(waiting)).toBe('nothing yet');
    slow.meets('answer');
    slow.isAskedForHealthInVain(illness);
    expect(await waiting).toBe(illness);
    expect(await cameTo(fleet.whenChannel(never))).toBe(illness);
  });

  test('is told that the app has no handler, once that is known', async () => {
    create({ createSource: () => undefined });
    const waiting = fleet.whenChannel(never);
    expect(await cameTo(waiting)).toBe('nothing yet');
    await fleet.start();
    expect(await waiting).toMatchObject({ code: 'HANDLER_ABSENT' });
    expect(fleet.members).toEqual([]);
  });

  test.each(['before the start', 'while one starts'])('is turned away %s', async (moment) => {
    create();
    if (moment !== 'before the start') void fleet.start();
    const waiting = fleet.whenChannel(never);
    fleet.turnAway();
    expect(await waiting).toMatchObject({ code: workerStopped().code });
    expect(await fleet.whenChannel(never)).toBeInstanceOf(HostError);
  });

  test('may leave', async () => {
    create();
    void fleet.start();
    const leaving = new AbortController();
    const waiting = fleet.whenChannel(leaving.signal);
    await clock.advance(10);
    leaving.abort(new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');
    await expect(fleet.whenChannel(leaving.signal)).rejects.toThrow('gone');
  });
});

describe('a process that is replaced', () => {
  test('gets nothing new, finishes what it does beside its successor, and is stopped', async () => {
    const [old, neighbour] = await serving(2);
    const underWay = keepBusy(old!);
    keepBusy(neighbour!);
    expect([fleet.replace(old!), fleet.replace(old!)]).toEqual([true, true]);
    expect(sources).toHaveLength(3);
    expect(taken(2)).toEqual([neighbour, neighbour].map(numberOf));
    sources[2]!.meets('answer');
    expect(fleet.channel).not.toBe(old);
    await clock.advance(GRACE_MS - 1);
    expect([sources[0]!.state, fleet.members.length]).toEqual(['ready', 3]);
    underWay.end();
    await until(() => sources[0]!.state === 'stopped');
    expect(sources.map(({ told }) => told)).toEqual([[`stop ${HANDLER_STOP_MS}`], [], []]);
    await until(() => fleet.members.length === 2);
  });

  test('is stopped after its grace', async () => {
    const [old] = await serving(1);
    const underWay = keepBusy(old!);
    fleet.replace(old!);
    sources[1]!.meets('answer');
    await clock.advance(GRACE_MS);
    expect(sources[0]!.state).toBe('stopped');
    expect((await underWay.failed).reason).toBe('it closed the connection without an answer');
    expect(await old!.causeOfEnd()).toEqual({ cause: 'It was stopped before it had answered.', byUs: true });
  });

  test('serves on where its successor fails, and nobody else is there', async () => {
    const [old] = await serving(1);
    expect(fleet.replace(old!)).toBe(true);
    expect(fleet.channel).toBeUndefined();
    sources[1]!.fails(crash);
    expect(fleet.channel).toBe(old);
    sources[1]!.meets('start');
    expect(fleet.channel).toBeUndefined();
    sources[1]!.meets('answer');
    await until(() => sources[0]!.state === 'stopped');
    expect(fleet.channel).not.toBe(old);
  });

  test('makes room when too many still finish what they do', async () => {
    let [current] = await serving(1);
    for (let i = 1; i <= 5; i++) {
      keepBusy(current!);
      fleet.replace(current!);
      sources[i]!.meets('answer');
      current = fleet.channel;
    }
    await until(() => sources[0]!.state === 'stopped');
    expect(sources.filter(({ state }) => state === 'ready')).toHaveLength(5);
  });

  test('is followed only once it is gone where both want one port, and requests wait', async () => {
    const [old] = await serving(1, { successor: 'after' });
    const underWay = keepBusy(old!);
    sources[0]!.lingers = true;
    fleet.replace(old!);
    const waiting = fleet.whenChannel(never);
    underWay.end();
    await until(() => sources[0]!.state === 'stopping');
    expect([sources.length, await cameTo(waiting)]).toEqual([1, 'nothing yet']);
    sources[0]!.ends();
    await until(() => sources.length === 2);
    await clock.advance(PATIENCE_MS * 4);
    expect(await cameTo(waiting)).toBe('nothing yet');
    sources[1]!.meets('answer');
    expect(await waiting).toBe(fleet.channel);
  });

  test('is not started again when it crashes meanwhile', async () => {
    const [old] = await serving(1);
    keepBusy(old!);
    fleet.replace(old!);
    sources[0]!.fails(crash);
    await until(() => fleet.members.length === 1);
    expect([sources[0]!.state, sources[0]!.told[0]]).toEqual(['stopped', 'stop 0']);
    expect(sources).toHaveLength(2);
  });

  test('has one successor also when it crashes before that may start', async () => {
    const [old] = await serving(1, { successor: 'after' });
    keepBusy(old!);
    fleet.replace(old!);
    sources[0]!.fails(crash);
    await until(() => sources.length === 2);
    await clock.advance(GRACE_MS * 2);
    expect([sources.length, fleet.members.length]).toEqual([2, 1]);
  });

  test.each(['beside', 'after', 'never'] as const)('has no successor once the fleet itself is replaced: %s', async (successor) => {
    const [old] = await serving(1, { successor });
    fleet.turnAway();
    expect(fleet.replace(old!)).toBe(false);
    await clock.advance(GRACE_MS);
    expect([sources.length, sources[0]!.told]).toEqual([1, []]);
  });

  test('stays where somebody else runs it', async () => {
    const [old] = await serving(1, { successor: 'never' });
    expect(fleet.replace(old!)).toBe(false);
    expect([fleet.channel, sources.length]).toEqual([old, 1]);
  });

  test('is one of this fleet', async () => {
    await serving(1);
    expect(fleet.replace(new HandlerChannel(1, clock))).toBe(false);
    expect(sources).toHaveLength(1);
  });
});

describe('a fleet that goes', () => {
  test('lets each process finish what it does, and turns those away who wait', async () => {
    const [busy] = await serving(2);
    const underWay = keepBusy(busy!);
    let retired = false;
    const retiring = fleet.retire(GRACE_MS).then(() => {
      retired = true;
    });
    expect([fleet.channel, await fleet.whenChannel(never)]).toEqual([undefined, expect.any(HostError)]);
    await until(() => sources[1]!.state === 'stopped');
    expect([sources[0]!.state, retired]).toEqual(['ready', false]);
    underWay.end();
    await retiring;
    expect([sources[0]!.told, fleet.members]).toEqual([[`stop ${HANDLER_STOP_MS}`], []]);
  });

  test('waits for them no longer than the grace', async () => {
    const [busy] = await serving(1);
    keepBusy(busy!);
    const retiring = fleet.retire(GRACE_MS);
    await clock.advance(GRACE_MS - 1);
    expect(sources[0]!.state).toBe('ready');
    await clock.advance(1);
    await retiring;
    expect(sources[0]!.state).toBe('stopped');
  });

  test('is stopped at once when that is wanted meanwhile', async () => {
    const [busy] = await serving(1);
    const underWay = keepBusy(busy!);
    const retiring = fleet.retire(GRACE_MS);
    await fleet.stop(0);
    expect([sources[0]!.state, sources[0]!.told[0]]).toEqual(['stopped', 'stop 0']);
    await underWay.failed;
    await retiring;
    expect(fleet.members).toEqual([]);
  });

  test('is hurried by a second stop', async () => {
    await serving(1);
    sources[0]!.lingers = true;
    const stopping = fleet.stop(5000);
    expect(await cameTo(stopping)).toBe('nothing yet');
    await fleet.stop(0);
    await stopping;
    expect(sources[0]!.told).toEqual(['stop 5000', 'stop 0']);
  });

  test('starts nothing, also when it was stopped before its start', async () => {
    create();
    await fleet.stop(0);
    await fleet.start();
    expect([sources, await fleet.whenChannel(never)]).toEqual([[], expect.any(HostError)]);
  });
});
