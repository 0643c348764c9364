import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { until } from '../../../../test/support/until.ts';
import type { HealthCheckConfig } from '../core/function-app.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { watchHealth } from './health-check.ts';

const CHECK: HealthCheckConfig = { path: '/health?deep', intervalMs: 1000, timeoutMs: 200, failureThreshold: 2 };
const WELL = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';

let server: Server;
let questions: string[];
/** What the handler says next; undefined: nothing. */
let answer: string | undefined;
const sockets = new Set<Socket>();
let clock: FakeClock;
let verdicts: string[];
let over: AbortController;
let watching: Promise<void>;

describe('the health check', () => {
  beforeEach(async () => {
    questions = [];
    answer = WELL;
    server = createServer((socket) => {
      sockets.add(socket);
      socket.setEncoding('latin1').on('data', (text) => {
        questions.push(String(text));
        if (answer !== undefined) socket.end(answer);
      });
      socket.on('close', () => sockets.delete(socket));
      socket.on('error', () => {
        // Whoever asked may break off.
      });
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    clock = new FakeClock();
    verdicts = [];
    over = new AbortController();
    const watcher = { unwell: (reason: string) => void verdicts.push(reason), well: () => void verdicts.push('well') };
    watching = watchHealth((server.address() as AddressInfo).port, CHECK, clock, watcher, over.signal);
  });

  afterEach(async () => {
    over.abort();
    await watching;
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  /** The next question is asked, and what came of it is settled. */
  async function check(dueInMs = CHECK.intervalMs): Promise<void> {
    const asked = questions.length;
    await clock.advance(dueInMs);
    await until(() => questions.length === asked + 1);
    if (answer === undefined) await clock.advance(CHECK.timeoutMs);
  }

  test('asks for its path at its pace, on a connection that ends with the answer', async () => {
    await clock.advance(999);
    expect(questions).toEqual([]);
    await check(1);
    await until(() => verdicts.length === 1);
    expect(questions[0]).toMatch(/^GET \/health\?deep HTTP\/1\.1\r\nHost: 127\.0\.0\.1:\d+\r\n\r\n$/);
    await until(() => sockets.size === 0);
    await check();
    await until(() => verdicts.length === 2);
    expect(verdicts).toEqual(['well', 'well']);
  });

  test.each([
    ['200', 'well'],
    ['204', 'well'],
    ['302', 'well'],
    ['399', 'well'],
    ['400', 'unwell'],
    ['404', 'unwell'],
    ['500', 'unwell'],
  ])('takes status %s for %s', async (status, verdict) => {
    answer = `HTTP/1.1 ${status} Whatever\r\nContent-Length: 0\r\n\r\n`;
    await check();
    await check();
    await until(() => verdicts.length > 0);
    expect(verdicts[0]).toBe(verdict === 'well' ? verdict : `status ${status}`);
  });

  test.each([
    ['something that is not HTTP', 'SSH-2.0-OpenSSH\r\n', 'an answer that is not HTTP: "SSH-2.0-OpenSSH\\r\\n"'],
    ['half a status line', 'HTTP/1.1 20', 'an answer that is not HTTP: "HTTP/1.1 20"'],
    ['nothing, and the connection closed', '', 'no answer'],
    ['nothing at all', undefined, 'no answer within 200 ms'],
  ])('takes %s for a failure, once as many have failed as may', async (_, text, reason) => {
    answer = text;
    await check();
    await check();
    await until(() => verdicts.length === 1);
    expect(verdicts).toEqual([reason]);
  });

  test('takes a closed port for a failure', async () => {
    server.close();
    await once(server, 'close');
    await clock.advance(CHECK.intervalMs);
    await until(async () => {
      await clock.advance(CHECK.intervalMs);
      return verdicts.length > 0;
    });
    expect(verdicts[0]).toBe('no answer');
  });

  test('counts failures in a row only', async () => {
    for (const status of ['500 No', '200 Yes', '500 No']) {
      answer = `HTTP/1.1 ${status}\r\n\r\n`;
      await check();
      await until(() => sockets.size === 0);
    }
    await until(() => verdicts.length === 1);
    expect(verdicts).toEqual(['well']);
    await check();
    await until(() => verdicts.length === 2);
    await check();
    await until(() => verdicts.length === 3);
    expect(verdicts).toEqual(['well', 'status 500', 'status 500']);
  });

  test('cuts off a question that gets no answer in time, also when the end of the process interrupts it', async () => {
    answer = undefined;
    await clock.advance(CHECK.intervalMs);
    await until(() => questions.length === 1);
    await clock.advance(CHECK.timeoutMs);
    await until(() => sockets.size === 0);
    await clock.advance(CHECK.intervalMs);
    await until(() => questions.length === 2);
    over.abort();
    await watching;
    await until(() => sockets.size === 0);
    expect(verdicts).toEqual([]);
  });
});
