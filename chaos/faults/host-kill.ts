import type { Fault } from '../fault.ts';
import { describeTimes } from '../figures.ts';

export const hostKill: Fault = {
  name: 'host-kill',
  does: 'kills the host with SIGKILL',
  mayFail: 'any',
  async run(trial) {
    const goneMs: number[] = [];
    for (const round of trial.rounds()) {
      const handler = await trial.handler();
      if (round % 2 === 0) {
        handler.command({ name: 'fork' });
        if (!(await trial.until(() => trial.descendantsOf(handler).length === 3, 5000))) throw new Error('The handler did not obey.');
      }
      await trial.pause(trial.random.below(300));
      // Handlers, what they forked, and the guard.
      const tree = trial.host.tree();
      const killedMs = performance.now();
      await trial.killHost();
      await trial.expectGone(tree, 'the end of the host');
      goneMs.push(performance.now() - killedMs);
      await trial.startHost();
      trial.check('a new host answers correctly after one that was killed', await trial.recovers());
    }
    trial.note(`from SIGKILL until the last process was gone: ${describeTimes(goneMs)}`);
  },
};
