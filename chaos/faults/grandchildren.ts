import type { Fault } from '../fault.ts';

export const grandchildren: Fault = {
  name: 'grandchildren',
  does: 'forks processes that keep the output open, and then dies',
  mayFail: 'any',
  countsDescriptors: true,
  async run(trial) {
    for (const round of trial.rounds()) {
      if (round > 1) await trial.renewHost();
      const handler = await trial.handler();
      const family = () => trial.descendantsOf(handler);
      handler.command({ name: 'fork' });
      // Two, of which one has a child.
      if (!(await trial.until(() => family().length === 3, 5000))) throw new Error('The handler did not obey.');
      const forked = family();
      if (round % 2 === 1) trial.signalHandler(handler, 'SIGKILL');
      else {
        trial.harm(handler);
        handler.command({ name: 'exit' });
      }
      await trial.expectGone(forked, 'the end of the handler');
      trial.check('requests are answered correctly after a handler with children has died', await trial.recovers());
    }
  },
};
