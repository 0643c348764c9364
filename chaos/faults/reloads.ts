import { writeGeneration } from '../app.ts';
import type { Fault } from '../fault.ts';
import { describeTimes } from '../figures.ts';

const LIMIT_MS = 30_000;

export const reloads: Fault = {
  name: 'reloads',
  does: "changes the handler's source again and again",
  flags: ['--watch'],
  mayFail: 'none',
  countsDescriptors: true,
  async run(trial) {
    const { count, everyMs } = trial.reloads;
    const switchMs: number[] = [];
    for (let generation = 1; generation <= count; generation += 1) {
      const startedMs = performance.now();
      writeGeneration(trial.root, generation);
      if (!(await trial.until(() => trial.handlers().some((handler) => handler.generation === generation), LIMIT_MS))) break;
      if (!(await answersWith(generation))) break;
      switchMs.push(performance.now() - startedMs);
      await trial.pause(Math.max(0, everyMs - (performance.now() - startedMs)));
    }
    trial.check(`${count} changes are answered by ${count} new handlers`, switchMs.length === count, switchMs.length);
    trial.check(
      'the handlers before the last are ended',
      await trial.until(() => trial.handlers().length === 1, LIMIT_MS),
      trial.handlers().length,
    );
    trial.note(`from a change to the first answer of the new handler: ${describeTimes(switchMs)}`);

    async function answersWith(generation: number): Promise<boolean> {
      const untilMs = performance.now() + LIMIT_MS;
      while (performance.now() < untilMs) {
        if ((await trial.load.probe()).generation === generation) return true;
        await trial.pause(2);
      }
      return false;
    }
  },
};
