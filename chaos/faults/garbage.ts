import type { Fault } from '../fault.ts';

export const garbage: Fault = {
  name: 'garbage',
  does: 'answers every fifth request with what is not HTTP',
  mayFail: 'asked',
  countsDescriptors: true,
  async run(trial) {
    for (const _ of trial.rounds()) {
      trial.load.misdeeds = {
        share: 0.2,
        names: [
          'garbage-text',
          'garbage-version',
          'garbage-header',
          'garbage-two-lengths',
          'garbage-length-and-chunks',
          'garbage-endless-head',
          'garbage-bytes',
          'garbage-half-head',
          'garbage-chunk',
          'garbage-nothing',
        ],
      };
      await trial.pause(2000);
      trial.load.misdeeds = undefined;
    }
  },
};
