import type { Fault } from '../fault.ts';
import { measureOutage } from '../outage.ts';

export const exitZero: Fault = {
  name: 'exit-zero',
  does: 'lets the handler exit with code 0',
  mayFail: 'any',
  countsDescriptors: true,
  async run(trial) {
    for (const round of trial.rounds()) {
      if (round > 1) await trial.renewHost();
      await trial.pause(trial.random.below(300));
      const handler = await trial.handler();
      trial.harm(handler);
      handler.command({ name: 'exit' });
      const ended = await trial.until(() => !handler.isAlive, 5000);
      if (!ended) throw new Error('The handler did not obey.');
      const outageMs = await measureOutage(trial.load, trial.signal);
      trial.check('a handler that ended with code 0 is started again', outageMs !== undefined);
      if (outageMs !== undefined) trial.outagesMs.push(outageMs);
    }
  },
};
