import type { Fault } from '../fault.ts';
import { describeTimes } from '../figures.ts';

/** What was sent so long before the signal is with the host. */
const UNDER_WAY_MS = 50;
/** No request takes a second; the rest is for a busy machine. Well below the grace, which only somebody who hangs uses up. */
const END_LIMIT_MS = 10_000;

export const stop: Fault = {
  name: 'stop',
  does: 'stops the host with SIGTERM in the middle of the load',
  flags: ['--grace', '30'],
  mayFail: 'any',
  async run(trial) {
    const stopMs: number[] = [];
    for (const _ of trial.rounds()) {
      await trial.pause(trial.random.below(300));
      const sentBeforeMs = performance.now() - UNDER_WAY_MS;
      const underWay = trial.load.underWay.filter(({ sinceMs }) => sinceMs < sentBeforeMs);
      trial.load.hostGoesDown();
      const startedMs = performance.now();
      await trial.stopHost();
      stopMs.push(performance.now() - startedMs);
      trial.check(
        'the host ends when the last request has ended',
        (stopMs.at(-1) ?? 0) < END_LIMIT_MS,
        `after ${Math.round(stopMs.at(-1) ?? 0)} ms`,
      );
      const unfinished = (await Promise.all(underWay.map(({ outcome }) => outcome))).filter(({ kind }) => kind !== 'correct');
      trial.check(
        'requests under way at SIGTERM are answered correctly',
        unfinished.length === 0,
        `${unfinished.length} of ${underWay.length} were not: ${unfinished[0]?.detail}`,
      );
      await trial.startHost();
      trial.check('a new host answers correctly after one that was stopped', await trial.recovers());
    }
    trial.note(`the host and its processes were gone after SIGTERM: ${describeTimes(stopMs)}`);
  },
};
