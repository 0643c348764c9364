import type { Fault } from '../fault.ts';

const REPLACED_LIMIT_MS = 30_000;

export const slow: Fault = {
  name: 'slow',
  does: 'answers slower and slower, beyond the function timeout',
  app: { host: { functionTimeout: '00:00:02', extensions: { http: { maxConcurrentRequests: 100, maxOutstandingRequests: 200 } } } },
  // What else a handler does that is replaced has so long to end, and a frozen one uses it up.
  flags: ['--grace', '5'],
  mayFail: 'any',
  async run(trial) {
    for (const _ of trial.rounds()) {
      const handler = await trial.handler();
      handler.command({ name: 'slow', growMs: 10 + trial.random.below(20) });
      const startedMs = performance.now();
      // Answers that the replaced handler still owes are cut off.
      trial.harm(handler);
      const replaced = await trial.until(() => trial.handlers().at(-1)?.pid !== handler.pid, REPLACED_LIMIT_MS);
      trial.check(
        'a handler that takes longer than the function timeout is replaced',
        replaced,
        `not within ${REPLACED_LIMIT_MS / 1000} s`,
      );
      if (replaced) trial.note(`replaced ${((performance.now() - startedMs) / 1000).toFixed(1)} s after it began to slow down`);
      else handler.command({ name: 'slow', growMs: 0 });
      trial.check('requests are answered correctly after a slow handler', await trial.recovers());
    }
  },
};
