import { expect, test } from 'vitest';
import type { HostState } from '../core/host-state.ts';
import type { Call } from '../http/call.ts';
import type { AdminHost } from './admin-host.ts';
import type { AdminRequest } from './endpoint.ts';
import { answerReady, answerStartup } from './health.ts';
import { answerResume } from './host-endpoints.ts';

const answers: unknown[] = [];
const call = { answer: (status: number) => void answers.push(status) } as Partial<Call> as Call;
const requestTo = (host: AdminHost): AdminRequest => ({ call, host, target: { path: '/', query: '', authority: undefined }, parts: [] });

test('a resume is refused when the host has been stopped by the time it is done', async () => {
  answers.length = 0;
  let state: HostState = 'Running';
  const resumed = Promise.withResolvers<void>();
  const host = {
    get state() {
      return state;
    },
    resume: () => resumed.promise,
  } as AdminHost;
  const answered = answerResume(requestTo(host));
  state = 'Stopping';
  resumed.resolve();
  await answered;
  expect(answers).toEqual([409]);
});

test.each([
  ['that serves', 'Running', true, [{ allowed: true, disabled: false }], 200],
  ['whose ready handler is being replaced, without another', 'Running', false, [{ allowed: true, disabled: false }], 503],
  ['that stops', 'Stopping', true, [{ allowed: true, disabled: false }], 503],
  [
    'of which no function runs',
    'Running',
    false,
    [
      { allowed: true, disabled: true },
      { allowed: false, disabled: false },
    ],
    200,
  ],
])('the readiness of a host %s', async (_, state, serves, functions, status) => {
  answers.length = 0;
  const handlers = [{ state: 'ready', pid: 1, port: 1, busyCount: 0 }];
  await answerReady(requestTo({ state, serves, handlers, app: { functions } } as unknown as AdminHost));
  expect(answers).toEqual([status]);
});

test.each([
  ['before any handler was ready', false, 503],
  ['whose handler was ready once and is gone', true, 200],
])('the start of a host %s', async (_, hasServed, status) => {
  answers.length = 0;
  const functions = [{ allowed: true, disabled: false }];
  await answerStartup(requestTo({ state: 'Running', serves: false, hasServed, app: { functions } } as unknown as AdminHost));
  expect(answers).toEqual([status]);
});
