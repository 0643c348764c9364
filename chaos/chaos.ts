import { type Mode, modes } from './app.ts';
import type { Fault } from './fault.ts';
import { faults } from './faults/index.ts';
import { runTrial, type TrialReport } from './run-trial.ts';
import type { TrialSettings } from './trial.ts';

const REQUESTS_PER_SECOND = 150;
const GONE_WITHIN_MS = 1000;
const RELOAD_COUNT = 100;
const RELOAD_EVERY_MS = 1000;
/** The part of a run of several faults that reloads may take. */
const MOST_OF_THE_TIME_RELOADING = 0.2;
/** Starts, waits for idle connections and the like, beside the rounds of a trial. */
const ASIDE_MS = 4000;

export type Plan = {
  readonly seed: number;
  readonly minutes: number;
  readonly only: readonly string[];
};

/** Every chosen fault in every mode; yields the trials of one fault as soon as they are over. */
export async function* runChaos({ seed, minutes, only }: Plan, signal: AbortSignal): AsyncGenerator<readonly TrialReport[]> {
  const chosen = faults.filter(({ name }) => only.includes(name));
  // Alone, reloads follow each other as fast as they come; in a longer run somebody saves a file every second, and the modes share them.
  const alone = chosen.length === 1;
  const reloads = alone
    ? { count: RELOAD_COUNT, everyMs: 0 }
    : {
        count: Math.ceil(RELOAD_COUNT / modes.length),
        everyMs: Math.min(RELOAD_EVERY_MS, (minutes * 60_000 * MOST_OF_THE_TIME_RELOADING) / RELOAD_COUNT),
      };
  const forMs = alone ? (minutes * 60_000) / modes.length - ASIDE_MS : sliceMs(chosen, minutes, reloads);
  const settings: TrialSettings = {
    seed,
    forMs: Math.max(1, forMs),
    requestsPerSecond: REQUESTS_PER_SECOND,
    goneWithinMs: GONE_WITHIN_MS,
    reloads,
  };
  for (const fault of chosen) {
    const reports: TrialReport[] = [];
    for (const mode of modes) reports.push(await runTrial(fault, mode, settings, signal));
    yield reports;
  }
}

/** For a machine that does something else beside. */
const SHORT: Omit<TrialSettings, 'seed'> = { forMs: 0, requestsPerSecond: 60, goneWithinMs: 10_000, reloads: { count: 5, everyMs: 0 } };

/** The short form, in npm test: one round of one fault. */
export function runShortly(name: string, mode: Mode, seed: number, signal: AbortSignal): Promise<TrialReport> {
  const fault = faults.find((one) => one.name === name);
  if (fault === undefined) throw new Error(`There is no fault "${name}".`);
  return runTrial(fault, mode, { seed, ...SHORT }, signal);
}

/** What is left for each trial when the reloads have their time. */
function sliceMs(chosen: readonly Fault[], minutes: number, reloads: TrialSettings['reloads']): number {
  const others = chosen.filter(({ name }) => name !== 'reloads');
  const reloadMs = others.length === chosen.length ? 0 : reloads.count * reloads.everyMs * modes.length;
  return (minutes * 60_000 - reloadMs) / (others.length * modes.length) - ASIDE_MS;
}
