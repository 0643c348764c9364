import type { Fault } from '../fault.ts';
import { describeTimes } from '../figures.ts';
import { measureOutage } from '../outage.ts';

/** A handler that crashes again within a minute is made to wait, so an outage counts only after the first crash. */
const FURTHER_CRASHES = 2;

export const kill: Fault = {
  name: 'kill',
  does: 'kills the handler with SIGKILL',
  mayFail: 'any',
  countsDescriptors: true,
  async run(trial) {
    const furtherMs: number[] = [];
    for (const round of trial.rounds()) {
      if (round > 1) await trial.renewHost();
      await trial.pause(200 + trial.random.below(300));
      const outageMs = await crash();
      trial.check('a handler that was killed is started again', outageMs !== undefined);
      if (outageMs !== undefined) trial.outagesMs.push(outageMs);
      for (let count = trial.random.below(FURTHER_CRASHES + 1); count > 0; count -= 1)
        furtherMs.push((await crash()) ?? Number.POSITIVE_INFINITY);
    }
    if (furtherMs.length > 0) trial.note(`outage after the second and third crash within a minute: ${describeTimes(furtherMs)}`);

    async function crash(): Promise<number | undefined> {
      trial.signalHandler(await trial.handler(), 'SIGKILL');
      return measureOutage(trial.load, trial.signal);
    }
  },
};
