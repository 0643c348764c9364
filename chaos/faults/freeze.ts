import type { LivingHandler } from '../control.ts';
import type { Fault } from '../fault.ts';
import type { Trial } from '../trial.ts';

/** A health check has failed twice within 1.5 s, and the function timeout is 3 s; then the frozen one is given its time to end. */
const REPLACED_LIMIT_MS = 20_000;
const GONE_LIMIT_MS = 45_000;

export const freeze: Fault = {
  name: 'freeze',
  does: 'freezes the handler with SIGSTOP, for a second or for good',
  app: {
    host: { functionTimeout: '00:00:03' },
    portico: { healthCheck: { path: '/healthy', intervalMs: 500, timeoutMs: 500, failureThreshold: 2 } },
  },
  // What else a handler does that is replaced has so long to end, and a frozen one uses it up.
  flags: ['--grace', '5'],
  mayFail: 'any',
  async run(trial) {
    for (const round of trial.rounds()) {
      const victim = await trial.handler();
      trial.signalHandler(victim, 'SIGSTOP');
      if (round % 2 === 1) await thaw(trial, victim);
      else await leaveFrozen(trial, victim);
    }
  },
};

async function thaw(trial: Trial, victim: LivingHandler): Promise<void> {
  await trial.pause(300 + trial.random.below(1000));
  trial.signalHandler(victim, 'SIGCONT');
  trial.check('requests are answered correctly after a second of frost', await trial.recovers());
}

async function leaveFrozen(trial: Trial, victim: LivingHandler): Promise<void> {
  const startedMs = performance.now();
  const replaced = await trial.recovers(REPLACED_LIMIT_MS);
  trial.check('a handler that is frozen for good is replaced', replaced, `not within ${REPLACED_LIMIT_MS / 1000} s`);
  if (replaced) trial.note(`correct answers ${((performance.now() - startedMs) / 1000).toFixed(1)} s after SIGSTOP for good`);
  const gone = await trial.until(() => !victim.isAlive, replaced ? GONE_LIMIT_MS : 0);
  if (replaced) trial.check('the frozen handler is ended', gone, `alive ${GONE_LIMIT_MS / 1000} s later`);
  if (!gone) trial.signalHandler(victim, 'SIGCONT');
}
