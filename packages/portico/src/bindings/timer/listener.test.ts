import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HostError } from '../../core/error.ts';
import { handlerAbsent } from '../../core/errors/handler.ts';
import type { InvocationOutcome, Listener, ListenerContext, TriggerEvent } from '../../core/extension.ts';
import type { AppSettings, JsonObject } from '../../core/function-app.ts';
import { testContext } from '../../testing/binding-context.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { memoryState } from '../../testing/memory-state.ts';
import { readSchedule } from './schedule.ts';
import { type TimeZone, timeZoneNamed } from './time-zone.ts';
import { timerTrigger } from './trigger.ts';

const never = new AbortController().signal;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const LOCK = 'locks/test-host/Host.Functions.Tick.Listener';
const STATUS = 'timers/test-host/Host.Functions.Tick/status';
const SUCCEEDED: InvocationOutcome = { status: 'succeeded', invocationId: 'id' };
const FAILED: InvocationOutcome = { status: 'failed', invocationId: 'id', error: handlerAbsent() };
const ABANDONED: InvocationOutcome = { status: 'abandoned' };

type Run = (event: TriggerEvent, signal: AbortSignal) => Promise<InvocationOutcome> | InvocationOutcome;
type HostOptions = {
  readonly properties?: JsonObject;
  readonly clock?: FakeClock;
  readonly state?: ReturnType<typeof memoryState>;
  readonly settings?: AppSettings;
  readonly isDevelopment?: boolean;
  readonly run?: Run;
};

/** One host of the app, with one timer. */
function createHost({
  properties = { schedule: '0 * * * * *' },
  clock = new FakeClock(new Date('2026-11-22T11:01:02.345Z')),
  state = memoryState(),
  settings = {},
  isDevelopment = false,
  run = () => SUCCEEDED,
}: HostOptions = {}) {
  const test = testContext({ functionName: 'Tick', settings, clock, run });
  const context: ListenerContext = { ...test.context, state, isDevelopment };
  const binding = {
    name: 'tick',
    type: 'timerTrigger',
    direction: 'in',
    dataType: undefined,
    cardinality: undefined,
    properties,
  } as const;
  const create = (): Listener => timerTrigger.createListener(binding, context);
  return {
    ...test,
    clock,
    state,
    create,
    async start(): Promise<Listener> {
      const listener = create();
      await listener.start(never);
      await clock.advance(0);
      return listener;
    },
    /** When it ran, without the date while that is the day of the tests. */
    get runs(): string[] {
      return test.events.map(({ reason }) => /^Timer fired at (.*)0000[+-]\d\d:\d\d$/.exec(reason)![1]!.replace('2026-11-22T', ''));
    },
    get infos(): Info[] {
      return test.events.map(({ value }) => value as unknown as Info);
    },
    get problems(): (string | undefined)[] {
      return test.records.filter(({ level }) => level === 'warning' || level === 'error').map(({ code, message }) => code ?? message);
    },
    get status(): unknown {
      const text = state.texts.get(STATUS);
      return text && JSON.parse(text);
    },
  };
}

type Info = { Schedule: { AdjustForDST: boolean }; ScheduleStatus: Record<string, string> | null; IsPastDue: boolean };

/** Two hosts of one app, whose functions say who ran. */
function createTwoHosts(properties: JsonObject, isDevelopment = false) {
  const clock = new FakeClock(new Date('2026-11-22T11:01:02.345Z'));
  const state = memoryState();
  const asked: number[] = [];
  const { acquire } = state.leases;
  state.leases.acquire = (...request) => {
    asked.push(clock.monotonicMs());
    return acquire(...request);
  };
  const [one, other] = [0, 1].map(() => createHost({ clock, state, properties, isDevelopment }));
  return { clock, state, one: one!, other: other!, asked };
}

describe('a timer', () => {
  test('is announced with its next five occurrences when its host begins to run it', async () => {
    const host = createHost({ properties: { schedule: '0 0 12 * * *' }, settings: { TZ: 'Europe/Berlin' } });
    await host.start();
    expect(host.records).toEqual([
      {
        level: 'information',
        category: 'Test',
        functionName: 'Tick',
        message:
          "The next 5 occurrences of the 'Tick' schedule (Cron: '0 0 12 * * *') will be:\n" +
          '2026-11-23T12:00:00+01:00\n2026-11-24T12:00:00+01:00\n2026-11-25T12:00:00+01:00\n2026-11-26T12:00:00+01:00\n2026-11-27T12:00:00+01:00',
      },
    ]);
  });

  test('runs at its time, is told the status from before the run, and stores the next', async () => {
    const host = createHost();
    await host.start();
    expect(host.status).toEqual({
      Last: '0001-01-01T00:00:00+00:00',
      Next: '2026-11-22T11:02:00+00:00',
      LastUpdated: '2026-11-22T11:01:02.345+00:00',
    });
    await host.clock.advance(120_000);
    expect(host.runs).toEqual(['11:02:00.000', '11:03:00.000']);
    expect(host.events[0]).toEqual({
      value: {
        Schedule: { AdjustForDST: true },
        ScheduleStatus: {
          Last: '0001-01-01T00:00:00+00:00',
          Next: '2026-11-22T11:02:00+00:00',
          LastUpdated: '0001-01-01T00:00:00+00:00',
        },
        IsPastDue: false,
      },
      bindingData: [],
      reason: 'Timer fired at 2026-11-22T11:02:00.0000000+00:00',
    });
    const before = { Last: '2026-11-22T11:02:00+00:00', Next: '2026-11-22T11:03:00+00:00', LastUpdated: '2026-11-22T11:02:00+00:00' };
    expect(host.infos[1]!.ScheduleStatus).toEqual(before);
    expect(host.status).toEqual({
      Last: '2026-11-22T11:03:00+00:00',
      Next: '2026-11-22T11:04:00+00:00',
      LastUpdated: '2026-11-22T11:03:00+00:00',
    });
    expect(host.problems).toEqual([]);
  });

  test.each([
    [{ schedule: '0 * * * * *', useMonitor: false }, ['11:02:00.000', '11:03:00.000']],
    [{ schedule: '*/30 * * * * *' }, ['11:01:30.000', '11:02:00.000', '11:02:30.000', '11:03:00.000']],
    [{ schedule: '00:00:50' }, ['11:01:52.345', '11:02:42.345']],
  ])('with %j tells no status and stores none, and has its lock all the same', async (properties, runs) => {
    const host = createHost({ properties });
    await host.start();
    await host.clock.advance(120_000);
    expect(host.runs).toEqual(runs);
    expect(new Set(host.infos.map(({ ScheduleStatus }) => ScheduleStatus))).toEqual(new Set([null]));
    expect(host.status).toBeUndefined();
    expect(await host.state.leases.acquire(LOCK, 15_000, never)).toBeUndefined();
  });

  test('does not overtake itself: the next run begins when the one before has ended, and what fell between is not made up for', async () => {
    const host: ReturnType<typeof createHost> = createHost({
      run: async () => {
        if (host.events.length === 1) await host.clock.sleep(150_000, never);
        return SUCCEEDED;
      },
    });
    await host.start();
    await host.clock.advance(240_000);
    expect(host.runs).toEqual(['11:02:00.000', '11:04:30.000', '11:05:00.000']);
    expect(host.infos.map(({ IsPastDue }) => IsPastDue)).toEqual([false, false, false]);
  });

  test('goes on after a run that failed as after any other', async () => {
    const host = createHost({ run: () => FAILED });
    await host.start();
    await host.clock.advance(120_000);
    expect(host.runs).toEqual(['11:02:00.000', '11:03:00.000']);
    expect(host.status).toMatchObject({ Last: '2026-11-22T11:03:00+00:00' });
  });

  test('runs again for what was abandoned', async () => {
    const outcomes = [ABANDONED, ABANDONED, SUCCEEDED];
    const host = createHost({ run: () => outcomes.shift() ?? SUCCEEDED });
    await host.start();
    await host.clock.advance(120_000);
    expect(host.runs).toEqual(['11:02:00.000', '11:02:01.000', '11:02:02.000', '11:03:00.000']);
  });

  test('waits months for its time', async () => {
    const clock = new FakeClock(new Date('2026-09-01T00:00:00Z'));
    const host = createHost({ clock, properties: { schedule: '0 0 0 1 1 *' } });
    await host.start();
    await clock.advance(122 * DAY - 1);
    expect(host.runs).toEqual([]);
    await clock.advance(1);
    expect(host.runs).toEqual(['2027-01-01T00:00:00.000']);
  });

  test('that never comes never runs, says so, and stops', async () => {
    const host = createHost({ properties: { schedule: '0 0 0 30 2 *' } });
    const listener = await host.start();
    await host.clock.advance(30 * DAY);
    expect(host.events).toEqual([]);
    expect(host.records.map(({ message }) => message)).toEqual(["The 'Tick' schedule (Cron: '0 0 0 30 2 *') never comes."]);
    await listener.stop(never);
  });

  test('may be stopped twice, before its start and during it', async () => {
    const host = createHost();
    await host.create().stop(never);
    const listener = host.create();
    await Promise.all([listener.start(never), listener.stop(never)]);
    await listener.stop(never);
    await host.clock.advance(HOUR);
    expect(host.events).toEqual([]);
    expect(await host.state.leases.acquire(LOCK, 15_000, never)).toBeDefined();
  });

  test('says once for the app what is wrong with its time zone', async () => {
    const host = createHost({ settings: { WEBSITE_TIME_ZONE: 'Europe/Berln' } });
    host.create();
    host.create();
    expect(host.problems).toEqual(['TIME_ZONE_UNKNOWN']);
  });
});

describe('the start of a timer', () => {
  const overdue = { Last: '2020-01-01T00:00:00+00:00', Next: '2021-01-01T00:00:00+00:00', LastUpdated: '2020-01-01T00:00:00+00:00' };
  const yearly = { schedule: '0 0 0 1 1 *' };

  test.each([yearly, { ...yearly, runOnStartup: true }])('makes up for missed runs with one, for %j', async (properties) => {
    const host = createHost({ properties });
    host.state.texts.set(STATUS, JSON.stringify(overdue));
    await host.start();
    await host.clock.advance(HOUR);
    expect(host.runs).toEqual(['11:01:02.345']);
    expect(host.infos[0]).toEqual({ Schedule: { AdjustForDST: true }, ScheduleStatus: overdue, IsPastDue: true });
    expect(host.events[0]!.details).toEqual({
      UnscheduledInvocationReason: 'IsPastDue',
      OriginalSchedule: '2021-01-01T00:00:00.0000000+00:00',
    });
    expect(host.status).toMatchObject({ Last: '2026-11-22T11:01:02.345+00:00', Next: '2027-01-01T00:00:00+00:00' });
  });

  test('runs it at once if asked to, and says why', async () => {
    const host = createHost({ properties: { ...yearly, runOnStartup: true } });
    await host.start();
    expect(host.runs).toEqual(['11:01:02.345']);
    expect(host.infos[0]!.IsPastDue).toBe(false);
    expect(host.events[0]!.details).toEqual({ UnscheduledInvocationReason: 'RunOnStartup' });
  });

  test('runs it once for the host, not again with each lock', async () => {
    const host = createHost({ properties: { ...yearly, runOnStartup: true } });
    await host.start();
    host.state.loseLease(LOCK);
    await host.clock.advance(HOUR);
    expect(host.runs).toEqual(['11:01:02.345']);
  });

  test.each(['no json', '[]', '{"Last":"soon"}'])('takes the status %j for none, with a warning, and writes it anew', async (text) => {
    const host = createHost();
    host.state.texts.set(STATUS, text);
    await host.start();
    expect(host.problems).toEqual(['TIMER_STATUS_UNREADABLE']);
    expect(host.status).toMatchObject({ Next: '2026-11-22T11:02:00+00:00' });
    await host.clock.advance(60_000);
    expect(host.runs).toEqual(['11:02:00.000']);
  });

  test('takes an empty status for none', async () => {
    const host = createHost();
    host.state.texts.set(STATUS, '');
    await host.start();
    expect(host.problems).toEqual([]);
    expect(host.status).toMatchObject({ Next: '2026-11-22T11:02:00+00:00' });
  });
});

describe('a timer whose storage fails', () => {
  test('runs on while its status cannot be written, says so once, and writes the next that can be', async () => {
    const host = createHost();
    const { write } = host.state.documents;
    await host.start();
    host.state.documents.write = () => Promise.reject(new Error('the disk is full'));
    await host.clock.advance(180_000);
    expect(host.runs).toEqual(['11:02:00.000', '11:03:00.000', '11:04:00.000']);
    expect(host.problems).toEqual(['TIMER_STATUS_NOT_KEPT']);
    host.state.documents.write = write;
    await host.clock.advance(120_000);
    expect(host.status).toMatchObject({ Last: '2026-11-22T11:06:00+00:00', Next: '2026-11-22T11:07:00+00:00' });
    expect(host.problems).toEqual(['TIMER_STATUS_NOT_KEPT', 'The status of the timer is kept again.']);
  });

  test('does not run twice because it could not write that it ran', async () => {
    const host = createHost({ properties: { schedule: '0 0 12 * * *' } });
    await host.start();
    host.state.documents.write = () => Promise.reject(new Error('the disk is full'));
    await host.clock.advance(HOUR);
    host.pause();
    await host.clock.advance(DAY + HOUR);
    host.resume();
    await host.clock.advance(HOUR);
    expect(host.runs).toEqual(['12:00:00.000', '2026-11-23T13:01:02.345']);
  });

  test.each(['its lock', 'its status'])('stands still while %s cannot be asked for, says so once, and goes on by itself', async (what) => {
    const host = createHost();
    const { leases, documents } = host.state;
    const [{ acquire }, { read }] = [leases, documents] as const;
    const fails = () => Promise.reject(new Error('the account is gone'));
    if (what === 'its lock') leases.acquire = fails;
    else documents.read = fails;
    await host.start();
    await host.clock.advance(10 * 60_000);
    expect(host.events).toEqual([]);
    expect(host.problems).toEqual(['TIMER_STANDS_STILL']);
    Object.assign(leases, { acquire });
    Object.assign(documents, { read });
    await host.clock.advance(60_000);
    expect(host.runs).toEqual(['11:12:00.000']);
    expect(host.problems).toEqual(['TIMER_STANDS_STILL', 'The timer does not stand still any more.']);
  });

  test.each([
    [
      new HostError('ANY', 'service', { message: 'The account is away.', hint: 'Look.' }),
      'It goes on by itself when that can be asked again.',
    ],
    [new HostError('ANY', 'config', { message: 'The account is written wrong.', hint: 'Mend it.' }), undefined],
  ])('says that it goes on by itself unless that is a matter of its settings (%s)', async (cause, promise) => {
    const host = createHost();
    host.state.leases.acquire = () => Promise.reject(cause);
    await host.start();
    const hints = host.records.map(({ hint }) => hint);
    const reason = `${cause.hint} Without its lock nobody knows whether another host runs it.`;
    expect(hints).toEqual([promise === undefined ? reason : `${reason} ${promise}`]);
  });

  test('makes up for nothing without a monitor, because another host may have run it', async () => {
    const host = createHost({ properties: { schedule: '0 0 * * * *', useMonitor: false } });
    await host.start();
    const { acquire } = host.state.leases;
    host.state.leases.acquire = () => Promise.reject(new Error('the account is gone'));
    host.state.loseLease(LOCK);
    await host.clock.advance(3 * HOUR);
    host.state.leases.acquire = acquire;
    await host.clock.advance(HOUR);
    expect(host.runs).toEqual(['15:00:00.000']);
  });
});

describe('a host that stops', () => {
  test('waits for the run that goes on, and stores it', async () => {
    const host: ReturnType<typeof createHost> = createHost({
      run: async () => {
        await host.clock.sleep(10_000, never);
        return SUCCEEDED;
      },
    });
    const listener = await host.start();
    await host.clock.advance(60_000);
    const stopped = listener.stop(never);
    await host.clock.advance(9000);
    await stopped;
    expect(host.problems).toEqual([]);
    expect(host.status).toMatchObject({ Last: '2026-11-22T11:02:00+00:00' });
    expect(await host.state.leases.acquire(LOCK, 15_000, never)).toBeDefined();
    await host.clock.advance(HOUR);
    expect(host.events).toHaveLength(1);
  });

  test('in the middle of a run leaves it for the next start, as past due', async () => {
    const first = createHost({
      run: async (_event, signal) => {
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        return ABANDONED;
      },
    });
    const listener = await first.start();
    await first.clock.advance(60_000);
    await listener.stop(AbortSignal.abort());
    expect(first.status).toMatchObject({ Next: '2026-11-22T11:02:00+00:00' });
    const second = createHost({ clock: first.clock, state: first.state });
    await second.start();
    expect(second.runs).toEqual(['11:02:02.345']);
    expect(second.infos[0]!.IsPastDue).toBe(true);
  });
});

describe('a timer whose handler is down at its time', () => {
  test('runs once when the handler is back, past due', async () => {
    const host = createHost({ properties: { schedule: '*/10 * * * * *' } });
    await host.start();
    await host.clock.advance(10_000);
    host.pause();
    await host.clock.advance(30_000);
    host.resume();
    await host.clock.advance(10_000);
    expect(host.runs).toEqual(['11:01:10.000', '11:01:42.345', '11:01:50.000']);
    expect(host.infos.map(({ IsPastDue }) => IsPastDue)).toEqual([false, true, false]);
    expect(host.events[1]!.details).toEqual({
      UnscheduledInvocationReason: 'IsPastDue',
      OriginalSchedule: '2026-11-22T11:01:20.0000000+00:00',
    });
  });

  test.each([{ schedule: '0 0 * * * *' }, { schedule: '0 0 * * * *', useMonitor: false }, { schedule: '*/10 * * * * *' }])(
    'with %j runs once when the handler is back after hours',
    async (properties) => {
      const host = createHost({ properties });
      await host.start();
      host.pause();
      await host.clock.advance(5 * HOUR);
      host.resume();
      await host.clock.advance(1);
      expect(host.runs).toEqual(['16:01:02.345']);
      expect(host.infos[0]!.IsPastDue).toBe(true);
    },
  );

  test('is left to another host after a minute', async () => {
    const { clock, one, other } = createTwoHosts({ schedule: '0 0 * * * *' });
    await one.start();
    await other.start();
    one.pause();
    await clock.advance(HOUR + 15_000);
    expect(other.runs).toHaveLength(1);
    expect(other.infos[0]!.IsPastDue).toBe(true);
    expect(other.runs[0]! < '12:01:16').toBe(true);
    one.resume();
    await clock.advance(3 * HOUR);
    expect(one.runs).toEqual([]);
    expect(other.runs.slice(1)).toEqual(['13:00:00.000', '14:00:00.000', '15:00:00.000']);
  });

  test('runs at the start of the host as soon as there is a handler', async () => {
    const host = createHost({ properties: { schedule: '0 0 0 1 1 *', runOnStartup: true } });
    host.pause();
    await host.start();
    await host.clock.advance(5 * 60_000);
    host.resume();
    await host.clock.advance(1);
    expect(host.runs).toEqual(['11:06:02.345']);
    expect(host.events[0]!.details).toEqual({ UnscheduledInvocationReason: 'RunOnStartup' });
  });
});

describe('two hosts of one app', () => {
  test.each(['0 * * * * *', '*/5 * * * * *', '00:07:00'])('run "%s" once each time', async (schedule) => {
    const { clock, one, other } = createTwoHosts({ schedule });
    await one.start();
    await other.start();
    await clock.advance(HOUR);
    expect(one.runs.length).toBeGreaterThan(7);
    expect(other.runs).toEqual([]);
    // Information is not shown by default.
    expect(other.problems).toEqual(['Another host of the app runs this timer; this one takes over when that ends.']);
  });

  test.each(['0 * * * * *', '0 */5 * * * *', '0 0 0 24 11 *'])(
    'hand "%s" over at a stop without losing or delaying a run',
    async (schedule) => {
      const { clock, one, other } = createTwoHosts({ schedule });
      const listener = await one.start();
      await other.start();
      await clock.advance(10 * 60_000);
      await listener.stop(never);
      await clock.advance(2 * DAY - 10 * 60_000);
      const runs = [...one.runs, ...other.runs];
      expect(runs).toEqual(occurrences(schedule, 'UTC', new Date('2026-11-22T11:01:02.345Z'), 2 * DAY));
      expect(other.infos.filter(({ IsPastDue }) => IsPastDue)).toEqual([]);
    },
  );

  test.each(['00:01:00', '00:01:30', '00:10:00'])('hand a pause of %s over at a stop without delaying a run', async (schedule) => {
    const { clock, one, other } = createTwoHosts({ schedule });
    const listener = await one.start();
    await clock.advance(1000);
    await other.start();
    // Long enough for the phase of what is asked to differ from that of the runs.
    await clock.advance(65 * 60_000);
    await listener.stop(never);
    const due = (one.state.texts.get(STATUS) ?? '').match(/"Next":"2026-11-22T([\d:.]+)\+00:00"/)?.[1];
    await clock.advance(10 * 60_000);
    expect(one.runs.length).toBeGreaterThan(5);
    expect(other.runs[0]).toBe(due);
    expect(other.infos.filter(({ IsPastDue }) => IsPastDue)).toEqual([]);
  });

  test('hand over what comes each few seconds within two seconds', async () => {
    const { clock, one, other } = createTwoHosts({ schedule: '* * * * * *' });
    const listener = await one.start();
    await other.start();
    await clock.advance(60_000);
    await listener.stop(never);
    await clock.advance(3000);
    expect(other.runs[0]! <= '11:02:05.000').toBe(true);
  });

  test('wait on where the status of a pause cannot be read, which only the one that runs it reports', async () => {
    const { clock, state, one, other } = createTwoHosts({ schedule: '00:01:30' });
    await one.start();
    const { read } = state.documents;
    state.documents.read = () => Promise.reject(new Error('the account is gone'));
    await other.start();
    await clock.advance(5 * 60_000);
    state.documents.read = async () => 'no json';
    await clock.advance(5 * 60_000);
    state.documents.read = read;
    expect(other.problems).toEqual(['Another host of the app runs this timer; this one takes over when that ends.']);
    expect(one.runs).toHaveLength(6);
  });

  test('hand over after a crash within a quarter of the period that the lock lives on', async () => {
    const { clock, state, one, other } = createTwoHosts({ schedule: '0 0 12 * * *' });
    await (await one.start()).stop(never);
    await state.leases.acquire(LOCK, 60_000, never);
    await other.start();
    // Who has it has crashed just before noon.
    await clock.advance(HOUR - 62_345 + 50_000);
    expect(other.runs).toEqual([]);
    state.loseLease(LOCK);
    await clock.advance(15_000);
    expect(other.runs).toEqual([expect.stringMatching(/^12:0[01]:/)]);
    expect(other.infos[0]!.IsPastDue).toBe(true);
  });

  test('ask for the lock of a rare timer once in a minute, and of a frequent one four times', async () => {
    const rare = createTwoHosts({ schedule: '0 0 0 1 1 *' });
    await rare.one.start();
    await rare.other.start();
    await rare.clock.advance(HOUR);
    expect(rare.asked).toHaveLength(2 + 60);
    const frequent = createTwoHosts({ schedule: '0 * * * * *' });
    await frequent.one.start();
    await frequent.other.start();
    await frequent.clock.advance(HOUR);
    expect(frequent.asked.length).toBeLessThanOrEqual(2 + 60 * 4);
  });

  test('go by the lock: whoever loses it stops, and the other goes on', async () => {
    const { clock, state, one, other } = createTwoHosts({ schedule: '0 * * * * *' });
    await one.start();
    await clock.advance(60_000);
    state.loseLease(LOCK);
    state.others.add(LOCK);
    await other.start();
    await clock.advance(10 * 60_000);
    expect(one.runs).toEqual(['11:02:00.000']);
    expect(other.runs).toEqual([]);
    state.others.delete(LOCK);
    await clock.advance(10 * 60_000);
    expect([...one.runs, ...other.runs].sort()).toEqual([
      '11:02:00.000',
      expect.stringMatching(/^11:12:/),
      ...occurrences('0 * * * * *', 'UTC', new Date('2026-11-22T11:12:30Z'), 9.5 * 60_000),
    ]);
  });

  test('do not store what was run without the lock', async () => {
    const { promise, resolve } = Promise.withResolvers<InvocationOutcome>();
    const host = createHost({ run: () => promise });
    await host.start();
    await host.clock.advance(60_000);
    host.state.loseLease(LOCK);
    host.state.others.add(LOCK);
    const theirs = JSON.stringify({ Last: '2026-11-22T11:02:30+00:00', Next: '2026-11-22T11:03:00+00:00', LastUpdated: 'x' });
    host.state.texts.set(STATUS, theirs);
    resolve(SUCCEEDED);
    await host.clock.advance(HOUR);
    expect(host.state.texts.get(STATUS)).toBe(theirs);
    expect(host.events).toHaveLength(1);
  });

  test('come and go, lose locks, and run each occurrence once', async () => {
    const hosts = fc.nat({ max: 2 });
    const actions = fc.array(fc.tuple(fc.constantFrom('start', 'stop', 'lose', 'wait'), hosts, fc.integer({ min: 0, max: 150_000 })), {
      maxLength: 30,
    });
    await fc.assert(
      fc.asyncProperty(actions, async (steps) => {
        const clock = new FakeClock(new Date('2026-11-22T11:01:02.345Z'));
        const state = memoryState();
        const all = [0, 1, 2].map(() => createHost({ clock, state }));
        const running = new Map<number, Listener>();
        for (const [action, index, ms] of steps) {
          if (action === 'start' && !running.has(index)) running.set(index, await all[index]!.start());
          if (action === 'stop') await running.get(index)?.stop(never);
          if (action === 'stop') running.delete(index);
          if (action === 'lose') state.loseLease(LOCK);
          await clock.advance(ms);
        }
        if (running.size === 0) running.set(0, await all[0]!.start());
        await clock.advance(120_000);
        await Promise.all([...running.values()].map((listener) => listener.stop(never)));
        // Each run moves the status on to the next occurrence, so none has the `Next` of another.
        const told = all.flatMap(({ infos }) => infos.map(({ ScheduleStatus }) => ScheduleStatus!.Next));
        expect(new Set(told).size).toBe(told.length);
        expect(told.length).toBeGreaterThan(0);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a clock that jumps', () => {
  class JumpingClock extends FakeClock {
    #jumpedMs = 0;

    override now(): Date {
      return new Date(super.now().getTime() + this.#jumpedMs);
    }

    /** As setting the clock does, or a sleep of the machine, which the monotonic clock does not notice. */
    jump(ms: number): void {
      this.#jumpedMs += ms;
    }
  }
  const hostWithClock = (properties: JsonObject) => {
    const clock = new JumpingClock(new Date('2026-11-22T11:01:02.345Z'));
    return { clock, host: createHost({ clock, properties }) };
  };

  test.each([{ schedule: '0 0 * * * *' }, { schedule: '0 0 * * * *', useMonitor: false }])(
    'forwards over runs of %j makes up for them with one',
    async (properties) => {
      const { clock, host } = hostWithClock(properties);
      await host.start();
      clock.jump(5 * HOUR);
      await clock.advance(HOUR);
      expect(host.infos.map(({ IsPastDue }) => IsPastDue)).toEqual([true, false]);
      expect(host.runs[0]! < '16:02:03').toBe(true);
      expect(host.runs[1]).toBe('17:00:00.000');
    },
  );

  test('while another host took the timer leaves it to that', async () => {
    const { clock, host } = hostWithClock({ schedule: '0 0 * * * *' });
    await host.start();
    host.state.others.add(LOCK);
    clock.jump(5 * HOUR);
    await clock.advance(HOUR);
    expect(host.events).toEqual([]);
  });

  test('while another host had the timer runs nothing that is stored as run', async () => {
    const { clock, host } = hostWithClock({ schedule: '0 0 * * * *' });
    await host.start();
    clock.jump(5 * HOUR);
    const theirs = { Last: '2026-11-22T16:00:00+00:00', Next: '2026-11-22T17:00:00+00:00', LastUpdated: '2026-11-22T16:00:00+00:00' };
    host.state.texts.set(STATUS, JSON.stringify(theirs));
    await clock.advance(HOUR);
    expect(host.runs).toEqual(['17:00:00.000']);
  });

  test('back by less than the pause of a timer makes it wait, and nothing run twice', async () => {
    const { clock, host } = hostWithClock({ schedule: '0 0 * * * *' });
    await host.start();
    await clock.advance(HOUR);
    clock.jump(-30 * 60_000);
    await clock.advance(HOUR);
    expect(host.runs).toEqual(['12:00:00.000']);
    await clock.advance(HOUR);
    expect(host.runs).toEqual(['12:00:00.000', '13:00:00.000']);
    expect(host.problems).toEqual([]);
  });

  test('back by more is a new reckoning, with a warning', async () => {
    const { clock, host } = hostWithClock({ schedule: '0 * * * * *' });
    await host.start();
    await clock.advance(60_000);
    clock.jump(-HOUR);
    await clock.advance(120_000);
    expect(host.runs).toEqual(['11:02:00.000', '10:04:00.000']);
    expect(host.problems).toEqual(['The clock was set back, so the next run of the timer is reckoned from now.']);
  });

  test('a status from the future does not hold a timer up', async () => {
    const host = createHost();
    const future = { Last: '2036-01-01T00:00:00+00:00', Next: '2036-01-01T00:01:00+00:00', LastUpdated: '2036-01-01T00:00:00+00:00' };
    host.state.texts.set(STATUS, JSON.stringify(future));
    await host.start();
    await host.clock.advance(60_000);
    expect(host.runs).toEqual(['11:02:00.000']);
  });
});

describe('the nights when clocks are set', () => {
  const runsOf = async (zone: string, schedule: string, start: string, hours: number): Promise<string[]> => {
    const clock = new FakeClock(new Date(start));
    const host = createHost({ clock, properties: { schedule }, settings: { WEBSITE_TIME_ZONE: zone } });
    const listener = await host.start();
    await clock.advance(hours * HOUR);
    await listener.stop(never);
    return host.events.map(({ reason }) => reason.replace('Timer fired at ', '').replace(':00.0000000', ''));
  };

  test.each([
    [
      'Europe/Berlin',
      '0 30 2 * * *',
      '2026-03-28T00:00:00+01:00',
      ['2026-03-28T02:30+01:00', '2026-03-29T03:30+02:00', '2026-03-30T02:30+02:00'],
    ],
    [
      'Europe/Berlin',
      '0 30 2 * * *',
      '2026-10-24T00:00:00+02:00',
      ['2026-10-24T02:30+02:00', '2026-10-25T02:30+02:00', '2026-10-26T02:30+01:00'],
    ],
    [
      'America/New_York',
      '0 0 2 * * *',
      '2026-03-07T00:00:00-05:00',
      ['2026-03-07T02:00-05:00', '2026-03-08T03:00-04:00', '2026-03-09T02:00-04:00'],
    ],
    [
      'America/New_York',
      '0 30 1 * * *',
      '2026-10-31T00:00:00-04:00',
      ['2026-10-31T01:30-04:00', '2026-11-01T01:30-04:00', '2026-11-02T01:30-05:00'],
    ],
    [
      'Australia/Lord_Howe',
      '0 15 2 * * *',
      '2026-10-03T00:00:00+10:30',
      ['2026-10-03T02:15+10:30', '2026-10-04T02:45+11:00', '2026-10-05T02:15+11:00'],
    ],
    [
      'Australia/Lord_Howe',
      '0 45 1 * * *',
      '2026-04-04T00:00:00+11:00',
      ['2026-04-04T01:45+11:00', '2026-04-05T01:45+11:00', '2026-04-06T01:45+10:30'],
    ],
    [
      'America/Sao_Paulo',
      '0 0 0 * * *',
      '2018-11-03T00:00:00-03:00',
      ['2018-11-04T01:00-02:00', '2018-11-05T00:00-02:00', '2018-11-06T00:00-02:00'],
    ],
    [
      'America/Sao_Paulo',
      '0 30 23 * * *',
      '2019-02-16T00:00:00-02:00',
      ['2019-02-16T23:30-02:00', '2019-02-17T23:30-03:00', '2019-02-18T23:30-03:00'],
    ],
  ])('of %s have one run of "%s" each, from %s on', async (zone, schedule, start, expected) => {
    expect(await runsOf(zone, schedule, start, 72.75)).toEqual(expected);
  });

  test.each([
    ['Europe/Berlin', '2026-10-25T01:30:00+02:00', ['02:00+02:00', '02:30+02:00', '02:00+01:00', '02:30+01:00', '03:00+01:00']],
    ['America/New_York', '2026-11-01T00:30:00-04:00', ['01:00-04:00', '01:30-04:00', '01:00-05:00', '01:30-05:00', '02:00-05:00']],
    ['Australia/Lord_Howe', '2026-04-05T01:00:00+11:00', ['01:30+11:00', '01:30+10:30', '02:00+10:30', '02:30+10:30', '03:00+10:30']],
    ['America/Sao_Paulo', '2019-02-16T22:30:00-02:00', ['23:00-02:00', '23:30-02:00', '23:00-03:00', '23:30-03:00', '00:00-03:00']],
  ])('of %s let what runs each half hour run through the hour that comes twice', async (zone, start, expected) => {
    const runs = await runsOf(zone, '0 */30 * * * *', start, 2.5);
    expect(runs.map((text) => text.slice('2026-10-25T'.length))).toEqual(expected);
  });
});

describe('weeks of a timer around', () => {
  test.each([
    ['Europe/Berlin', '0 30 2 * * *', ['2025-12-25', '2026-03-22', '2026-10-18']],
    ['America/New_York', '0 0 */2 * * *', ['2025-12-25', '2026-03-01', '2026-10-25']],
    ['Australia/Lord_Howe', '0 */40 1,2 * * *', ['2025-12-25', '2026-03-29', '2026-09-27']],
    ['America/Sao_Paulo', '0 0 0 * * *', ['2018-12-25', '2018-10-28', '2019-02-10']],
    ['Europe/Berlin', '05:00:00', ['2024-02-22', '2025-12-25', '2026-03-22']],
  ])('the turn of a year and the clock changes in %s have each occurrence of "%s" once', async (zone, schedule, starts) => {
    for (const day of starts) {
      const start = new Date(`${day}T12:00:00Z`);
      const clock = new FakeClock(start);
      const host = createHost({ clock, properties: { schedule }, settings: { WEBSITE_TIME_ZONE: zone } });
      const listener = await host.start();
      await clock.advance(14 * DAY);
      await listener.stop(never);
      expect(host.runs).toEqual(occurrences(schedule, zone, start, 14 * DAY));
      expect(host.infos.filter(({ IsPastDue }) => IsPastDue)).toEqual([]);
    }
  });
});

/** As `runs` has them. */
function occurrences(text: string, zoneName: string, start: Date, ms: number): string[] {
  const zone = timeZoneNamed(zoneName) as TimeZone;
  const reading = readSchedule(text, zone);
  if ('fault' in reading) throw new Error(reading.fault.message);
  const all: string[] = [];
  for (let at = reading.schedule.nextAfter(start); at && at.getTime() <= start.getTime() + ms; at = reading.schedule.nextAfter(at)) {
    const wall = new Date(at.getTime() + zone.offsetMsAt(at.getTime())).toISOString().slice(0, -1);
    all.push(wall.replace('2026-11-22T', ''));
  }
  return all;
}
