import { describe, expect, test } from 'vitest';
import { handlerAbsent } from '../../core/errors/handler.ts';
import type { InvocationOutcome, Listener } from '../../core/extension.ts';
import type { BindingMetadata } from '../../core/function-app.ts';
import { type TestContextOptions, testContext } from '../../testing/binding-context.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { warmupTrigger } from './trigger.ts';

const never = new AbortController().signal;
const binding: BindingMetadata = {
  name: 'warmup',
  type: 'warmupTrigger',
  direction: 'in',
  dataType: undefined,
  cardinality: undefined,
  properties: {},
};

function createHost(run?: TestContextOptions['run']) {
  const clock = new FakeClock();
  const host = testContext({ clock, ...(run && { run }) });
  return {
    ...host,
    clock,
    async start(): Promise<Listener> {
      const listener = warmupTrigger.createListener(binding, host.context);
      await listener.start(never);
      await clock.advance(0);
      return listener;
    },
  };
}

describe('a warm-up', () => {
  test('runs once, with an empty object', async () => {
    const host = createHost();
    await host.start();
    await host.clock.advance(3_600_000);
    expect(host.events).toEqual([{ value: {}, bindingData: [], reason: 'The host has started.' }]);
  });

  test('waits for the handler', async () => {
    const host = createHost();
    host.pause();
    await host.start();
    expect(host.events).toEqual([]);
    host.resume();
    await host.clock.advance(0);
    expect(host.events).toHaveLength(1);
  });

  test('is over although it failed, and is not repeated after a drain', async () => {
    const host = createHost(() => ({ status: 'failed', invocationId: 'id', error: handlerAbsent() }));
    await (await host.start()).stop(never);
    await host.start();
    expect(host.events).toHaveLength(1);
    expect(host.records).toEqual([]);
  });

  test('runs again if it was abandoned', async () => {
    const outcomes: InvocationOutcome[] = [{ status: 'abandoned' }];
    const host = createHost(() => outcomes.shift() ?? { status: 'succeeded', invocationId: 'id' });
    await host.start();
    expect(host.events).toHaveLength(1);
    await host.clock.advance(1000);
    expect(host.events).toHaveLength(2);
  });

  test('stops while it waits for the handler', async () => {
    const host = createHost();
    host.pause();
    await (await host.start()).stop(never);
    expect(host.events).toEqual([]);
  });

  test('is given up when the host has no more time', async () => {
    const host = createHost(async (_event, signal) => {
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      return { status: 'abandoned' };
    });
    await (await host.start()).stop(AbortSignal.abort());
    expect(host.events).toHaveLength(1);
  });

  test('by hand has an empty object too', async () => {
    const { context } = testContext();
    expect(await warmupTrigger.eventByHand('x', binding, context)).toEqual({
      value: {},
      bindingData: [],
      reason: 'This function was programmatically called via the host APIs.',
    });
  });
});
