import type { Fault } from '../fault.ts';

export const closeMidBody: Fault = {
  name: 'close-mid-body',
  does: 'closes every fifth connection in the middle of a reply, or of a request',
  mayFail: 'asked',
  countsDescriptors: true,
  async run(trial) {
    for (const _ of trial.rounds()) {
      trial.load.misdeeds = { share: 0.2, names: ['cut-length', 'cut-chunks', 'cut-reset', 'cut-request'] };
      await trial.pause(2000);
      trial.load.misdeeds = undefined;
    }
  },
};
