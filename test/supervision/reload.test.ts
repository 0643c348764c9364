// Changes on disk while requests come: what callers notice, and what a stop in the middle of it leaves.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { freePort } from '../../packages/portico/src/platform/ports.ts';
import { type BuildEnd, runBuild } from '../../packages/portico/src/worker/build-command.ts';
import { stillRunning } from '../support/process-tree.ts';
import { type RunningHost, runningHost } from '../support/running-host.ts';
import { heldBy, release, STEERABLE } from '../support/steerable-handler.ts';
import { hostJson, httpFunction, type TemporaryApp, temporaryApp } from '../support/temporary-app.ts';
import { until } from '../support/until.ts';

vi.mock('../../packages/portico/src/worker/build-command.ts', () => ({
  runBuild: vi.fn(async (): Promise<BuildEnd> => ({ how: 'built', tookMs: 1 })),
}));

let app: TemporaryApp & Disposable;
let host: RunningHost | undefined;

const spawned = (): number[] =>
  host!.records.filter(({ message }) => message === 'The handler was spawned.').map(({ fields }) => Number(fields?.['pid']));
const said = (text: string): boolean => host!.records.some(({ message }) => message.includes(text));
const generation = async (): Promise<unknown> => ((await (await host!.invoke('Hello')).json()) as { generation?: string }).generation;
const serves = (wanted: string): Promise<void> => until(async () => (await generation()) === wanted);

beforeEach(() => {
  app = temporaryApp({ 'handler.cjs': STEERABLE, '.env': 'GENERATION=1\n' });
});

afterEach(async () => {
  await host?.stop({ graceMs: 0 });
  expect(stillRunning(spawned())).toEqual([]);
  app[Symbol.dispose]();
});

describe('a change of the handler', () => {
  test('fails no request, one reload after the other', async () => {
    host = await runningHost(app);
    await host.ready;
    let over = false;
    const statuses: number[] = [];
    const callers = [1, 2, 3].map(async () => {
      while (!over) statuses.push((await host!.invoke('Hello', { method: 'POST', body: 'x'.repeat(10_000) })).status);
    });
    for (const wanted of ['2', '3', '4']) {
      app.write('.env', `GENERATION=${wanted}\n`);
      await serves(wanted);
    }
    over = true;
    await Promise.all(callers);
    expect(statuses.length).toBeGreaterThan(10);
    expect(new Set(statuses)).toEqual(new Set([200]));
    await until(() => stillRunning(spawned()).length === 1);
  });

  test('that keeps it from starting leaves the old one in its place, and the functions that it is for', async () => {
    host = await runningHost(app);
    await host.ready;
    app.write('New/function.json', httpFunction());
    app.write('.env', 'GENERATION=2\nEXIT_AT_START=3\n');
    await until(() => said('The new handler does not serve; the old one goes on.'));
    expect(await generation()).toBe('1');
    expect((await fetch(`${host.url}/api/New`)).status).toBe(404);
    expect([host.state, said('The handler was reloaded.')]).toEqual(['Running', false]);
    app.write('.env', 'GENERATION=3\n');
    await serves('3');
    expect((await fetch(`${host.url}/api/New`)).status).toBe(200);
    await until(() => stillRunning(spawned()).length === 1);
  });

  test('that comes while the next one starts ends that one half-started', async () => {
    host = await runningHost(app);
    await host.ready;
    app.write('.env', 'GENERATION=2\nSTART_WHEN=/nowhere/at-all\n');
    await until(() => spawned().length === 2);
    app.write('.env', 'GENERATION=3\n');
    await serves('3');
    await until(() => stillRunning(spawned()).length === 1);
    expect(spawned()).toHaveLength(3);
  });

  test('while the first build still runs leads to one handler, not two', async () => {
    vi.mocked(runBuild).mockImplementationOnce(
      (_, signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve({ how: 'aborted' }))),
    );
    host = await runningHost(app, { build: 'make' });
    app.write('.env', 'GENERATION=2\n');
    await serves('2');
    expect((await host.ready).handlers).toHaveLength(1);
    expect(spawned()).toHaveLength(1);
  });
});

describe('a stop', () => {
  test('while the next handler starts leaves neither', async () => {
    host = await runningHost(app);
    await host.ready;
    app.write('.env', 'GENERATION=2\nSTART_WHEN=/nowhere/at-all\n');
    await until(() => spawned().length === 2);
    await host.stop();
    expect(stillRunning(spawned())).toEqual([]);
  });

  test('while an old handler finishes what it does lets it', async () => {
    host = await runningHost(app);
    const [old] = (await host.ready).handlers;
    const underWay = host.invoke('Hello', { query: '?hold' });
    await until(async () => (await heldBy(old!.port)) === 1);
    app.write('.env', 'GENERATION=2\n');
    await serves('2');
    const stopped = host.stop();
    await until(() => said('Finishing 1 invocation'));
    await release(old!.port);
    expect((await underWay).status).toBe(200);
    await stopped;
  });

  test.each([
    ['whose next handler starts', false],
    ['whose old one is busy', true],
  ])('in a hurry waits for no fixed port %s', async (_, busy) => {
    app.write('host.json', hostJson({ port: await freePort('127.0.0.1') }));
    host = await runningHost(app);
    const [old] = (await host.ready).handlers;
    const underWay = busy ? host.invoke('Hello', { query: '?hold' }) : undefined;
    if (busy) await until(async () => (await heldBy(old!.port)) === 1);
    app.write('.env', 'GENERATION=2\nSTART_WHEN=/nowhere/at-all\n');
    await until(() => (busy ? said('.env changed') : spawned().length === 2));
    const stoppedMs = performance.now();
    await host.stop({ graceMs: 0 });
    expect(performance.now() - stoppedMs).toBeLessThan(2000);
    expect((await underWay)?.status).not.toBe(200);
  });

  test('while the handler is built waits for the end of that, and starts nothing', async () => {
    let ended = false;
    vi.mocked(runBuild).mockImplementationOnce(async (_, signal) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      // As long as a compiler takes that is told to end.
      await new Promise((resolve) => setTimeout(resolve, 50));
      ended = true;
      return { how: 'aborted' };
    });
    host = await runningHost(app, { build: 'make' });
    await host.stop();
    expect([ended, (await host.ready).handlers, spawned()]).toEqual([true, [], []]);
  });
});
