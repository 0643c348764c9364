// The thread that tries the inputs of one target: it may hang or die, and run.ts lives on to tell on which input.
import { parentPort, workerData } from 'node:worker_threads';
import { type Campaign, describe, type Finding, pursue, signatureOf } from './campaign.ts';
import { noteOn } from './input-note.ts';
import { readRegressions } from './regressions.ts';
import type { Target } from './target.ts';
import { targets } from './targets/index.ts';

/** `page`: see input-note.ts. */
export type Order = { readonly name: string; readonly seed: number; readonly ms: number; readonly page: SharedArrayBuffer };

const ROUND = 200;

const { name, seed, ms, page } = workerData as Order;
const target = targets.find((one) => one.name === name);
if (target !== undefined) parentPort?.postMessage(await run(target));

async function run(chosen: Target): Promise<Campaign> {
  const note = noteOn(page);
  await using trial = await chosen.open();
  const endsAt = performance.now() + ms;
  const relapses = new Map<string, Finding>();
  for (const { input } of readRegressions(chosen.name)) {
    note.write(input);
    try {
      await trial.check(input);
    } catch (error) {
      relapses.set(signatureOf(error), { signature: signatureOf(error), message: `again, ${describe(error)}`, input, seed });
    }
  }
  const goesOn = (): boolean => performance.now() < endsAt;
  const found = await pursue(chosen, trial, { seed, count: ROUND, goesOn, known: [...relapses.keys()], onInput: note.write });
  return { ...found, findings: [...relapses.values(), ...found.findings] };
}
