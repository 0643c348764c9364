// One handler takes the place of another, with real processes: who serves at each moment, and what is left in the end.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { workerStopped } from '../../packages/portico/src/core/errors/handler.ts';
import { createLogger, type LogRecord } from '../../packages/portico/src/core/log.ts';
import { type AppGeneration, readGeneration } from '../../packages/portico/src/host/app-generation.ts';
import { HandlerSupply } from '../../packages/portico/src/host/handler-supply.ts';
import { freePort } from '../../packages/portico/src/platform/ports.ts';
import { systemClock } from '../../packages/portico/src/platform/system-clock.ts';
import type { HandlerChannel } from '../../packages/portico/src/worker/handler-channel.ts';
import { stillRunning } from '../support/process-tree.ts';
import { heldBy, release, STEERABLE } from '../support/steerable-handler.ts';
import { hostJson, type TemporaryApp, temporaryApp } from '../support/temporary-app.ts';
import { until } from '../support/until.ts';

const never = new AbortController().signal;
const over = new AbortController().signal;

let app: TemporaryApp & Disposable;
/** Beside the app, for the files that let a handler listen. */
let gates: string;
let records: LogRecord[];
let supply: HandlerSupply;

/** The app as it is on disk, with these in the handler's environment. */
function generation(name: string, environment: Record<string, string> = {}): AppGeneration {
  const settings = { PATH: process.env['PATH'], GENERATION: name, ...environment };
  return readGeneration({ root: app.root, environment: settings }, {}, { clock: systemClock, over, bindingsOf: () => undefined });
}

/** One that listens once `open` is called. */
function gated(name: string): { readonly generation: AppGeneration; open(): void } {
  const gate = join(gates, name);
  return { generation: generation(name, { START_WHEN: gate }), open: () => writeFileSync(gate, '') };
}

function create(first: AppGeneration, graceMs = 20_000): void {
  const observer = { log: (record: LogRecord) => void records.push(record), request: () => {}, invocation: () => {} };
  supply = new HandlerSupply(first, { root: app.root, observer, graceMs, port: () => 7071 }, createLogger(observer, 'Test'));
}

/** Every process that was ever started. */
const spawned = (): number[] =>
  records.filter(({ message }) => message === 'The handler was spawned.').map(({ fields }) => Number(fields?.['pid']));

/** The generation that a new request gets, or why it gets none. */
async function servedBy(): Promise<string | undefined> {
  const found = await supply.whenChannel(never);
  if (!('send' in found)) return found.code;
  const answer = await (await fetch(`http://127.0.0.1:${found.port}/x`)).json();
  return (answer as { generation?: string }).generation;
}

type Held = { readonly port: number; readonly outcome: Promise<string> };

/** A request that its handler answers once it is released. Resolves when it is there. */
async function hold(channel: HandlerChannel): Promise<Held> {
  const outcome = Promise.withResolvers<string>();
  const { port } = channel;
  const before = await heldBy(port);
  channel.send(
    { method: 'GET', head: 'GET /x?hold HTTP/1.1\r\nHost: a\r\n\r\n', complete: true, repeatable: false },
    {
      connected() {},
      interim() {},
      head: ({ status }) => outcome.resolve(`status ${status}`),
      body: () => true,
      end() {},
      drain() {},
      repeated() {},
      failed: ({ reason }) => outcome.resolve(reason),
    },
  );
  await until(async () => (await heldBy(port)) === before + 1);
  return { port, outcome: outcome.promise };
}

beforeEach(() => {
  app = temporaryApp({ 'handler.cjs': STEERABLE });
  gates = mkdtempSync(join(tmpdir(), 'portico-gates-'));
  records = [];
});

afterEach(async () => {
  await supply.stop(0);
  expect(stillRunning(spawned())).toEqual([]);
  rmSync(gates, { recursive: true });
  app[Symbol.dispose]();
});

describe('a handler that takes the place of another', () => {
  test('does so once it answers; until then the old one serves, and afterwards that finishes what it does', async () => {
    create(generation('one'));
    await supply.start();
    const [old] = spawned();
    const underWay = await hold(supply.channel!);
    const two = gated('two');
    const renewed = supply.renew(two.generation, never);
    await until(() => spawned().length === 2);
    expect(await servedBy()).toBe('one');
    two.open();
    expect(await renewed).toBe(true);
    expect([await servedBy(), supply.members.length, stillRunning([old!])]).toEqual(['two', 1, [old]]);
    await release(underWay.port);
    expect(await underWay.outcome).toBe('status 200');
    await until(() => stillRunning([old!]).length === 0);
    expect(supply.differsFrom(two.generation)).toBe(false);
  });

  test('leaves the old one in its place when it does not start, and nothing of itself', async () => {
    create(generation('one'));
    await supply.start();
    const broken = generation('two', { EXIT_AT_START: '3' });
    expect(await supply.renew(broken, never)).toBe(false);
    expect([await servedBy(), supply.trouble]).toEqual(['one', undefined]);
    await until(() => stillRunning(spawned()).length === 1);
    expect(records.filter(({ code }) => code === 'WORKER_EXITED')).toHaveLength(1);
    expect([supply.differsFrom(broken), supply.differsFrom(generation('one'))]).toEqual([true, false]);
    expect(await supply.renew(generation('three'), never)).toBe(true);
    expect(await servedBy()).toBe('three');
  });

  test('takes it, with its trouble, when the old one does not serve either', async () => {
    create(generation('one', { EXIT_AT_START: '3' }));
    await supply.start();
    expect(supply.trouble?.message).toContain('code 3');
    expect(await supply.renew(generation('two', { EXIT_AT_START: '4' }), never)).toBe(false);
    expect(supply.trouble?.message).toContain('code 4');
    expect(await supply.renew(generation('three'), never)).toBe(true);
    expect(await servedBy()).toBe('three');
    await until(() => stillRunning(spawned()).length === 1);
  });

  test('takes it from one that is still starting, and those who wait get the new one', async () => {
    create(gated('one').generation);
    const started = supply.start();
    const waiting = servedBy();
    await until(() => spawned().length === 1);
    expect(await supply.renew(generation('two'), never)).toBe(true);
    expect(await waiting).toBe('two');
    await started;
    await until(() => stillRunning(spawned()).length === 1);
  });

  test('is ended half-started when it is superseded, and leaves nothing running', async () => {
    create(generation('one'));
    await supply.start();
    const superseded = new AbortController();
    const renewed = supply.renew(gated('two').generation, superseded.signal);
    await until(() => spawned().length === 2);
    superseded.abort();
    expect(await renewed).toBe(false);
    expect([stillRunning(spawned()), await servedBy()]).toEqual([[spawned()[0]], 'one']);
    expect(await supply.renew(generation('three'), never)).toBe(true);
    expect(await servedBy()).toBe('three');
  });

  test('is not even started when it was superseded before', async () => {
    create(generation('one'));
    await supply.start();
    expect(await supply.renew(generation('two'), AbortSignal.abort())).toBe(false);
    expect([await servedBy(), spawned().length]).toEqual(['one', 1]);
  });

  test('ends the old one after its grace', async () => {
    create(generation('one'), 100);
    await supply.start();
    const underWay = await hold(supply.channel!);
    expect(await supply.renew(generation('two'), never)).toBe(true);
    expect(await underWay.outcome).toBe('it closed the connection without an answer');
    await until(() => stillRunning(spawned()).length === 1);
  });

  test('of an app without functions is none, and the old one goes', async () => {
    create(generation('one'));
    await supply.start();
    app.remove('Hello');
    expect(await supply.renew(generation('two'), never)).toBe(true);
    expect([supply.members, (await supply.whenChannel(never)) as object]).toMatchObject([[], { code: 'HANDLER_ABSENT' }]);
    await until(() => stillRunning(spawned()).length === 0);
  });

  test('takes it from one that was not even started, which is what requests are told until then', async () => {
    create(generation('one'));
    supply.hinder(workerStopped());
    expect([await servedBy(), supply.trouble?.code]).toEqual(['WORKER_STOPPED', 'WORKER_STOPPED']);
    expect(await supply.renew(generation('two'), never)).toBe(true);
    expect([await servedBy(), supply.trouble]).toEqual(['two', undefined]);
  });
});

describe('many reloads while old handlers are busy', () => {
  /** Five renewals, each with a request under way in the handler that goes: the fourth is the last that may. */
  async function fourRetiring(): Promise<Held[]> {
    create(generation('0'));
    await supply.start();
    const held: Held[] = [];
    for (let i = 1; i <= 4; i++) {
      held.push(await hold(supply.channel!));
      expect(await supply.renew(generation(String(i)), never)).toBe(true);
    }
    expect(stillRunning(spawned())).toHaveLength(5);
    return held;
  }

  test('wait for one of those to end, once there are four', async () => {
    const held = await fourRetiring();
    const renewed = supply.renew(generation('5'), never);
    expect(await servedBy()).toBe('4');
    expect(spawned()).toHaveLength(5);
    await release(held[2]!.port);
    expect(await renewed).toBe(true);
    expect(await servedBy()).toBe('5');
    for (const { port } of held.filter((_, i) => i !== 2)) await release(port);
    expect(await Promise.all(held.map(({ outcome }) => outcome))).toEqual(Array(4).fill('status 200'));
    await until(() => stillRunning(spawned()).length === 1);
  });

  test('wait no longer once they are superseded', async () => {
    await fourRetiring();
    const superseded = new AbortController();
    const renewed = supply.renew(generation('5'), superseded.signal);
    superseded.abort();
    expect(await renewed).toBe(false);
    expect([spawned().length, await servedBy()]).toEqual([5, '4']);
  });
});

describe('handlers that want one port', () => {
  let port: number;
  beforeEach(async () => {
    port = await freePort('127.0.0.1');
    app.write('host.json', hostJson({ port }));
  });

  test('serve one after the other: the old one finishes what it does, and requests wait', async () => {
    create(generation('one'));
    await supply.start();
    const underWay = await hold(supply.channel!);
    const renewed = supply.renew(generation('two'), never);
    const waiting = servedBy();
    expect([await Promise.race([waiting, 'nobody yet']), spawned().length]).toEqual(['nobody yet', 1]);
    await release(port);
    expect(await underWay.outcome).toBe('status 200');
    expect([await renewed, await waiting]).toEqual([true, 'two']);
    expect(stillRunning(spawned())).toEqual([spawned()[1]]);
  });

  test('are superseded without waiting for the one that starts', async () => {
    create(generation('one'));
    await supply.start();
    const superseded = new AbortController();
    const renewed = supply.renew(gated('two').generation, superseded.signal);
    await until(() => spawned().length === 2);
    const waiting = servedBy();
    superseded.abort();
    expect(await renewed).toBe(false);
    expect(await supply.renew(generation('three'), never)).toBe(true);
    expect(await waiting).toBe('three');
    expect(stillRunning(spawned())).toEqual([spawned()[2]]);
  });

  test('are superseded without waiting for the one that finishes what it does', async () => {
    create(generation('one'));
    await supply.start();
    const underWay = await hold(supply.channel!);
    const superseded = new AbortController();
    const renewed = supply.renew(generation('two'), superseded.signal);
    superseded.abort();
    expect(await renewed).toBe(false);
    const last = supply.renew(generation('three'), never);
    const waiting = servedBy();
    await release(port);
    expect([await underWay.outcome, await last, await waiting]).toEqual(['status 200', true, 'three']);
    expect(spawned()).toHaveLength(2);
  });

  test('serve one after the other also when nothing was to be started in between', async () => {
    create(generation('one'));
    await supply.start();
    const underWay = await hold(supply.channel!);
    app.remove('Hello');
    expect(await supply.renew(generation('none'), never)).toBe(true);
    app.write('Hello/function.json', {
      bindings: [
        { type: 'httpTrigger', name: 'req' },
        { type: 'http', direction: 'out', name: 'res' },
      ],
    });
    const renewed = supply.renew(generation('two'), never);
    const waiting = servedBy();
    await new Promise((resolve) => setImmediate(resolve));
    await release(port);
    expect([await underWay.outcome, await renewed, await waiting]).toEqual(['status 200', true, 'two']);
    expect(records.filter(({ code }) => code === 'WORKER_PORT_TAKEN')).toEqual([]);
  });
});

describe('a stop', () => {
  const [one, two] = [() => generation('one'), () => gated('two').generation];

  async function serving(first: AppGeneration): Promise<void> {
    create(first);
    await supply.start();
  }

  async function onOnePort(): Promise<void> {
    app.write('host.json', hostJson({ port: await freePort('127.0.0.1') }));
    await serving(one());
  }

  /** What it begins goes on until the stop. */
  const phases: Record<string, (goesOn: (promise: Promise<unknown>) => void) => Promise<void> | void> = {
    'before the start': () => create(one()),
    'right after the start': (goesOn) => {
      create(one());
      goesOn(supply.start());
    },
    'while the handler starts': async (goesOn) => {
      create(gated('one').generation);
      goesOn(supply.start());
      await until(() => spawned().length === 1);
    },
    'while requests are under way': async () => {
      await serving(one());
      await hold(supply.channel!);
    },
    'right after a change': async (goesOn) => {
      await serving(one());
      goesOn(supply.renew(two(), never));
    },
    'while the next one starts': async (goesOn) => {
      await serving(one());
      goesOn(supply.renew(two(), never));
      await until(() => spawned().length === 2);
    },
    'while the old one is busy': async () => {
      await serving(one());
      await hold(supply.channel!);
      await supply.renew(generation('two'), never);
    },
    'while the old one is busy and holds the port': async (goesOn) => {
      await onOnePort();
      await hold(supply.channel!);
      goesOn(supply.renew(two(), never));
    },
    'while the next one starts on the same port': async (goesOn) => {
      await onOnePort();
      goesOn(supply.renew(two(), never));
      await until(() => spawned().length === 2);
    },
  };

  test.each(Object.entries(phases))('%s leaves no process, and whatever was under way is over', async (_, begin) => {
    const underWay: Promise<unknown>[] = [];
    await begin((promise) => underWay.push(promise));
    await supply.stop(0);
    await Promise.all(underWay);
    expect(stillRunning(spawned())).toEqual([]);
    await supply.start();
    expect(await supply.renew(generation('later'), never)).toBe(false);
    await supply.stop(0);
    expect([stillRunning(spawned()), supply.channel, await servedBy()]).toEqual([[], undefined, 'WORKER_STOPPED']);
  });
});
