// The short form of npm run fuzz: what failed once, and some inputs of each target; the same ones every time, and others.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pursue } from '../fuzz/campaign.ts';
import { readRegressions } from '../fuzz/regressions.ts';
import type { Trial } from '../fuzz/target.ts';
import { targets } from '../fuzz/targets/index.ts';
import { anySeed } from './support/run-flags.ts';

const NEW_SEED = anySeed();
const LIMIT_MS = 120_000;
console.log(`fuzz: the new seed is ${NEW_SEED}`);

describe.each(targets)('$name', (target) => {
  let trial: Trial<unknown>;
  beforeAll(async () => {
    trial = await target.open();
  });
  afterAll(() => trial[Symbol.asyncDispose]());

  test('stands what it once did not', async () => {
    for (const { input } of readRegressions(target.name)) await trial.check(input);
  });

  test.each([1, 2, NEW_SEED])(
    'stands inputs of seed %i',
    async (seed) => {
      const { findings, inputCount } = await pursue(target, trial, { seed, count: target.countInTests, goesOn: () => false });
      expect(findings).toEqual([]);
      expect(inputCount).toBe(target.countInTests);
    },
    LIMIT_MS,
  );
});
