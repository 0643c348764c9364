import { readFileSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import type { BindingMetadata, JsonObject } from '../../core/function-app.ts';
import { testContext } from '../../testing/binding-context.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { timerExtension } from './index.ts';
import { timerTrigger } from './trigger.ts';

const bindingOf = (properties: JsonObject): BindingMetadata => ({
  name: 'tick',
  type: 'timerTrigger',
  direction: 'in',
  dataType: undefined,
  cardinality: undefined,
  properties,
});
const { timerTrigger: declared } = timerExtension.types as { timerTrigger: (typeof timerExtension.types)[string] };
const facts = { settings: {} };

describe('a timer called by hand', () => {
  const yearly = bindingOf({ schedule: '0 0 0 1 1 *' });
  const STATUS = 'timers/test-host/Host.Functions.ByHand/status';

  test('is told what timer.admin recorded', async () => {
    const file = new URL('../../../../../test/conformance/recordings/timer.admin.json', import.meta.url);
    const { tick } = JSON.parse(readFileSync(file, 'utf8')).handlerReceived[0].json.Data;
    const stored = { ...tick.ScheduleStatus, LastUpdated: '2026-11-22T11:01:02.345+00:00' };
    const clock = new FakeClock(new Date('2026-11-22T11:01:02.345Z'));
    const { context, state } = testContext({ functionName: 'ByHand', clock });
    await timerTrigger.createListener(yearly, context).start(new AbortController().signal);
    await clock.advance(0);
    const before = state.texts.get(STATUS);
    const event = await timerTrigger.eventByHand('anything', yearly, context);
    expect(JSON.stringify(event.value)).toBe(JSON.stringify({ ...tick, ScheduleStatus: stored }));
    expect(event).toMatchObject({ bindingData: [], reason: 'This function was programmatically called via the host APIs.' });
    expect(state.texts.get(STATUS)).toBe(before);
  });

  test('is told no status where there is none, where none is kept, and where it cannot be read', async () => {
    const { context, state, records } = testContext({ functionName: 'ByHand' });
    const none = { Schedule: { AdjustForDST: true }, ScheduleStatus: null, IsPastDue: false };
    expect(await timerTrigger.eventByHand(undefined, yearly, context)).toMatchObject({ value: none });
    expect(records).toEqual([]);
    state.texts.set(STATUS, 'no json');
    expect(await timerTrigger.eventByHand(undefined, yearly, context)).toMatchObject({ value: none });
    state.documents.read = () => Promise.reject(new Error('the account is gone'));
    expect(await timerTrigger.eventByHand(undefined, yearly, context)).toMatchObject({ value: none });
    expect(records.map(({ level }) => level)).toEqual(['warning', 'warning']);
    const unmonitored = bindingOf({ schedule: '0 0 0 1 1 *', useMonitor: false });
    expect(await timerTrigger.eventByHand(undefined, unmonitored, context)).toMatchObject({ value: none });
    expect(records).toHaveLength(2);
  });
});

describe('the declaration of a timer', () => {
  test.each([
    [{ schedule: '0 */5 * * * *' }, []],
    [{ schedule: 'every day' }, ['SCHEDULE_UNREADABLE']],
    [{ schedule: '' }, ['SCHEDULE_MISSING']],
    [{}, ['SCHEDULE_MISSING']],
    [{ schedule: '00:00:00' }, ['SCHEDULE_PAUSE_NOT_POSITIVE']],
    [{ schedule: '24:00:00' }, ['SCHEDULE_PAUSE_COUNTS_DAYS']],
    [{ schedule: '0 0 0 30 2 *' }, ['SCHEDULE_NEVER_COMES']],
    [{ schedule: '0 0 22-2 * * *' }, ['SCHEDULE_RANGE_SWAPPED']],
  ])('finds in %j the problems %j, where the schedule is written', (properties, codes) => {
    const faults = declared.check?.(bindingOf(properties), facts) ?? [];
    expect(faults.map(({ problem }) => problem.code)).toEqual(codes);
    expect(faults.every(({ property }) => property === 'schedule')).toBe(true);
  });

  test.each([
    [{ AzureWebJobsStorage: 'UseDevelopmentStorage=true' }, []],
    [{}, []],
    [{ AzureWebJobsStorage: 'AccountName=app' }, [{ code: 'STORAGE_CONNECTION_INVALID', property: undefined }]],
    [
      { AzureWebJobsStorage__queueServiceUri: 'https://app.queue.core.windows.net' },
      [{ code: 'STORAGE_ENDPOINT_MISSING', property: undefined }],
    ],
  ])('with the settings %j finds %j in the account of its lock', (settings, expected) => {
    const faults = declared.check?.(bindingOf({ schedule: '0 */5 * * * *' }), { ...facts, settings }) ?? [];
    expect(faults.map(({ problem, property }) => ({ code: problem.code, property }))).toEqual(expected);
    expect(faults.every(({ problem }) => problem.severity === 'error')).toBe(true);
  });

  test('describes it by its schedule', () => {
    expect(declared.describe?.(bindingOf({ schedule: '0 */5 * * * *' }))).toBe('0 */5 * * * *');
    expect(declared.describe?.(bindingOf({}))).toBeUndefined();
  });

  test('makes no time zone', async () => {
    const made = vi.spyOn(Intl, 'DateTimeFormat');
    declared.check?.(bindingOf({ schedule: '0 */5 * * * *' }), facts);
    expect(made).not.toHaveBeenCalled();
    made.mockRestore();
  });
});
