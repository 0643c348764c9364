import type { Fault } from '../fault.ts';

export const leakDescriptors: Fault = {
  name: 'leak-descriptors',
  does: 'leaves the handler no file descriptor, so that it can take no new connection',
  app: { openFileLimit: 256 },
  mayFail: 'any',
  countsDescriptors: true,
  async run(trial) {
    for (const round of trial.rounds()) {
      const handler = await trial.handler();
      handler.command({ name: 'leak' });
      const leaked = await trial.until(() => handler.told.leakedCount !== undefined, 5000);
      if (!leaked) throw new Error('The handler did not obey.');
      await trial.pause(500 + trial.random.below(1000));
      // It finds its leak, or somebody kills it.
      if (round % 2 === 1) handler.command({ name: 'release' });
      else trial.signalHandler(handler, 'SIGKILL');
      trial.check('requests are answered correctly after a leak of descriptors', await trial.recovers());
    }
  },
};
