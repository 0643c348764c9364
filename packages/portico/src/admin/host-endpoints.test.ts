import { expect, test } from 'vitest';
import type { HostState } from '../core/host-state.ts';
import type { Call } from '../http/call.ts';
import type { AdminHost } from './admin-api.ts';
import { answerHealth } from './health.ts';
import { answerHost } from './host-endpoints.ts';

const answers: unknown[] = [];
const call = { answer: (status: number) => void answers.push(status) } as Partial<Call> as Call;

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
  answerHost(call, 'POST', 'resume', host, false);
  state = 'Stopping';
  resumed.resolve();
  await resumed.promise;
  await Promise.resolve();
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
])('the readiness of a host %s', (_, state, serves, functions, status) => {
  answers.length = 0;
  const handlers = [{ state: 'ready', pid: 1, port: 1, busyCount: 0 }];
  answerHealth(call, 'GET', 'ready', { state, serves, handlers, app: { functions } } as unknown as AdminHost);
  expect(answers).toEqual([status]);
});
