// Apps of timers alone, through the host as it is: nothing to set up, nothing to connect to.
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { eventApp } from '../support/event-app.ts';
import { runningHost } from '../support/running-host.ts';
import { until } from '../support/until.ts';

const timer = (more: object) => ({ type: 'timerTrigger', direction: 'in', name: 'tick', ...more });

describe('an app of timers', () => {
  test('runs without any setting, and tells the handler when', async () => {
    const app = eventApp({ functions: { EverySecond: [timer({ schedule: '* * * * * *' })] } });
    await using _host = await runningHost(app);
    await until(() => app.received.length >= 2);
    const [first] = app.received;
    expect(first?.data).toEqual({ tick: { Schedule: { AdjustForDST: true }, ScheduleStatus: null, IsPastDue: false } });
    expect(Object.keys(first?.metadata ?? {})).toEqual(['sys']);
  });

  test('remembers its last run in a folder of its own, which nobody commits', async () => {
    const app = eventApp({ functions: { Yearly: [timer({ schedule: '0 0 0 1 1 *', runOnStartup: true })] } });
    {
      await using host = await runningHost(app);
      await until(() => app.received.length === 1);
      await host.stop();
    }
    expect(readFileSync(join(app.root, '.portico/.gitignore'), 'utf8').trim()).toBe('*');
    await using _again = await runningHost(app);
    await until(() => app.received.length === 2);
    // What the first run left behind.
    const { ScheduleStatus } = app.received[1]!.data['tick'] as { ScheduleStatus: { Last: string } };
    expect(new Date(ScheduleStatus.Last).getFullYear()).toBe(new Date().getFullYear());
  });

  test('knows itself again in a folder that was moved', async () => {
    const app = eventApp({ functions: { Yearly: [timer({ schedule: '0 0 0 1 1 *', runOnStartup: true })] } });
    {
      await using _host = await runningHost(app);
      await until(() => app.received.length === 1);
    }
    const moved = `${app.root}-moved`;
    renameSync(app.root, moved);
    onTestFinished(() => rmSync(moved, { recursive: true, force: true }));
    await using _host = await runningHost({ root: moved });
    const log = (): string[] => readFileSync(join(moved, 'received.jsonl'), 'utf8').trim().split('\n');
    await until(() => log().length === 2);
    const [year] = /\d{4}/.exec(JSON.parse(JSON.parse(log()[1]!).body).Data.tick.ScheduleStatus.Last) ?? [];
    expect(Number(year)).toBe(new Date().getFullYear());
  });

  test('leaves nothing behind when it has HTTP functions only', async () => {
    const app = eventApp({
      functions: {
        Hello: [
          { type: 'httpTrigger', direction: 'in', name: 'req', authLevel: 'anonymous' },
          { type: 'http', direction: 'out', name: 'res' },
        ],
      },
    });
    await using host = await runningHost(app);
    expect((await host.invoke('Hello')).status).toBe(200);
    expect(existsSync(join(app.root, '.portico'))).toBe(false);
  });

  test('can be run by hand, with and without a body', async () => {
    const app = eventApp({ functions: { Yearly: [timer({ schedule: '0 0 0 1 1 *' })] } });
    await using host = await runningHost(app);
    const url = `${host.url}/admin/functions/Yearly`;
    expect((await fetch(url, { method: 'POST' })).status).toBe(202);
    await until(() => app.received.length === 1);
    const waited = await fetch(`${url}?wait=true`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"input":"now"}',
    });
    expect(await waited.json()).toEqual({ status: 'succeeded', invocationId: app.received[1]?.invocationId });
    expect((await fetch(`${host.url}/admin/functions/Nobody`, { method: 'POST' })).status).toBe(404);
  });

  test('takes no event while it is drained, and goes on after it', async () => {
    const app = eventApp({ functions: { EverySecond: [timer({ schedule: '* * * * * *' })] } });
    await using host = await runningHost(app);
    await until(() => app.received.length >= 1);
    expect((await fetch(`${host.url}/admin/host/drain`, { method: 'POST' })).status).toBe(202);
    await until(
      async () => ((await (await fetch(`${host.url}/admin/host/drain/status`)).json()) as { state: string }).state === 'Completed',
    );
    const { length } = app.received;
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(app.received.length).toBe(length);
    expect((await fetch(`${host.url}/admin/host/resume`, { method: 'POST' })).status).toBe(200);
    await until(() => app.received.length > length);
  });
});
