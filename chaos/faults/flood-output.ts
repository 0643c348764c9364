import type { Fault } from '../fault.ts';
import { footprintOf } from '../processes.ts';

const FLOOD_MS = 2000;

export const floodOutput: Fault = {
  name: 'flood-output',
  does: 'floods standard output with lines, with one endless line, with bytes that are no text',
  mayFail: 'none',
  async run(trial) {
    for (const round of trial.rounds()) {
      const kind = (['lines', 'one-line', 'bytes'] as const)[(round - 1) % 3] ?? 'lines';
      const handler = await trial.handler();
      const before = handler.told.floodedBytes;
      handler.command({ name: 'flood', kind, forMs: FLOOD_MS });
      let highestMb = 0;
      const over = await trial.until(() => {
        highestMb = Math.max(highestMb, footprintOf(trial.host.pid)?.rssMb ?? 0);
        return handler.told.floodedBytes !== before;
      }, 60_000);
      trial.check('the handler gets rid of its output', over);
      const floodedMb = ((handler.told.floodedBytes ?? 0) / 1e6).toFixed(0);
      trial.note(`${kind}: ${floodedMb} MB in ${FLOOD_MS / 1000} s, the host's RSS at most ${highestMb.toFixed(0)} MB`);
      trial.check('requests are answered correctly after a flood', await trial.recovers());
    }
  },
};
