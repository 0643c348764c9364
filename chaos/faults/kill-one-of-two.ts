import type { Fault } from '../fault.ts';

const PROCESS_COUNT = 2;
const WHOLE_LIMIT_MS = 15_000;

export const killOneOfTwo: Fault = {
  name: 'kill-one-of-two',
  does: 'kills one of two handlers with SIGKILL',
  app: { portico: { processes: String(PROCESS_COUNT) } },
  mayFail: 'any',
  countsDescriptors: true,
  async run(trial) {
    for (const _ of trial.rounds()) {
      const isWhole = () => trial.handlers().length === PROCESS_COUNT;
      trial.check('two handlers run', await trial.until(isWhole, WHOLE_LIMIT_MS), trial.handlers().length);
      const victim = trial.handlers()[trial.random.below(PROCESS_COUNT)];
      if (victim === undefined) return;
      trial.signalHandler(victim, 'SIGKILL');
      await trial.pause(50);
      // What was on its way to the victim may have failed by now; whatever comes later has the other one.
      const outcome = await trial.load.probe();
      trial.check('the other handler answers meanwhile', outcome.kind === 'correct', outcome.detail);
      await trial.pause(500 + trial.random.below(500));
    }
  },
};
