import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { until } from '../../../../test/support/until.ts';
import { createLogger, type LogRecord } from '../core/log.ts';
import { freePort } from '../platform/ports.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { attachHandler } from './attached-handler.ts';
import type { HandlerSource } from './handler-source.ts';
import type { WorkerState } from './process-state.ts';

let port: number;
let clock: FakeClock;
let states: WorkerState[];
let records: LogRecord[];
let server: Server;
let handler: HandlerSource;

const opens = async (): Promise<void> => void (await once(server.listen(port, '127.0.0.1'), 'listening'));

async function goes(): Promise<void> {
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
}

const becomes = (state: WorkerState): Promise<void> =>
  until(async () => {
    if (handler.state !== state) await clock.advance(10);
    return handler.state === state;
  });

describe('a handler that somebody else runs', () => {
  beforeEach(async () => {
    port = await freePort('127.0.0.1');
    clock = new FakeClock();
    states = [];
    records = [];
    server = createServer((_, response) => response.end());
    handler = attachHandler(port, clock, createLogger({ log: (record) => void records.push(record) }, 'Test'));
    handler.onChange((state) => states.push(state));
  });

  afterEach(async () => {
    await handler.stop(0);
    if (server.listening) await goes();
  });

  test('is waited for, however long it takes, and its absence is said after two seconds', async () => {
    handler.start();
    await clock.advance(1999);
    expect(records).toEqual([]);
    await clock.advance(1);
    expect(records.map(({ message }) => message)).toEqual([`Waiting for a handler on 127.0.0.1:${port}; start it whenever you like.`]);
    await clock.advance(600_000);
    expect(handler.state).toBe('starting');
    await opens();
    await becomes('ready');
    expect([handler.port, handler.pid, handler.outlook]).toEqual([port, undefined, 'soon']);
  });

  test('that goes away is waited for again, each time', async () => {
    await opens();
    handler.start();
    handler.start();
    await becomes('ready');
    for (let round = 0; round < 2; round++) {
      await goes();
      handler.refused();
      handler.refused();
      await clock.advance(1000);
      expect(handler.state).toBe('unreachable');
      await opens();
      await becomes('ready');
    }
    expect(states).toEqual(['starting', 'ready', 'unreachable', 'ready', 'unreachable', 'ready']);
    const gone = `The handler on 127.0.0.1:${port} is gone; requests wait until it is back.`;
    const back = `The handler on 127.0.0.1:${port} is back.`;
    expect(records.map(({ message }) => message)).toEqual([gone, back, gone, back]);
  });

  test('is asked for at a leisurely pace once that takes long', async () => {
    const sleep = vi.spyOn(clock, 'sleep');
    handler.start();
    await until(async () => {
      await clock.advance(250);
      return sleep.mock.calls.some(([ms]) => ms === 250);
    });
  });

  test.each([
    ['before its start', async () => {}, []],
    ['while it is waited for', async () => handler.start(), ['starting', 'stopping', 'stopped']],
    [
      'while it is gone',
      async () => {
        await opens();
        handler.start();
        await becomes('ready');
        await goes();
        handler.refused();
      },
      ['starting', 'ready', 'unreachable', 'stopping', 'stopped'],
    ],
  ] as const)('can be stopped %s, twice, and comes to nothing afterwards', async (_, begin, expected) => {
    await begin();
    await handler.stop(0);
    await handler.stop(0);
    await opens();
    handler.start();
    handler.refused();
    await clock.advance(10_000);
    expect([handler.state, states]).toEqual(['stopped', expected]);
  });
});
