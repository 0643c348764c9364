// One fault on one app under load, from a started host to the verdict. What the fault has at hand: trial.ts.
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Mode, makeApp } from './app.ts';
import type { Check } from './checks.ts';
import { openControl } from './control.ts';
import type { Fault } from './fault.ts';
import type { Tally } from './tally.ts';
import { Trial, type TrialSettings } from './trial.ts';

export type TrialReport = {
  readonly fault: Fault;
  readonly mode: Mode;
  readonly seconds: number;
  readonly tally: Tally;
  /** Processes that outlived what should have ended them. */
  readonly orphanCount: number;
  readonly checks: readonly Check[];
  /** Figures that are no verdict. */
  readonly notes: readonly string[];
  /** From a handler's first crash to the first correct answer to a request sent after it. */
  readonly outagesMs: readonly number[];
};

/** A trial that has not ended by then is stopped and has failed. */
const OVERTIME_MS = 180_000;
/** Of the last things the host said, when something failed. */
const COMPLAINT_COUNT = 5;

export async function runTrial(fault: Fault, mode: Mode, settings: TrialSettings, signal: AbortSignal): Promise<TrialReport> {
  const startedMs = performance.now();
  const overtime = AbortSignal.timeout(
    Math.round(settings.forMs + settings.reloads.count * (settings.reloads.everyMs + 1000) + OVERTIME_MS),
  );
  const trial = await openTrial(fault, mode, settings, AbortSignal.any([signal, overtime]));
  try {
    await trial.startHost();
    trial.load.start();
    trial.check('the host answers under load before anything is done to it', await trial.recovers());
    await fault.run(trial);
    trial.check('requests are answered correctly again afterwards', await trial.recovers());
    await trial.load.stop();
    if (fault.countsDescriptors && settings.forMs > 0) await trial.countDescriptors();
    await trial.stopHost();
    trial.judgeLoad();
  } catch (error) {
    signal.throwIfAborted();
    trial.check('the trial runs to its end', false, overtime.aborted ? 'it took too long' : (error as Error).message);
  } finally {
    if (trial.checks.some(({ holds }) => !holds))
      for (const line of trial.complaints().slice(-COMPLAINT_COUNT)) trial.note(`host: ${line}`);
    await trial.close();
  }
  return {
    fault,
    mode,
    seconds: (performance.now() - startedMs) / 1000,
    tally: trial.load.tally,
    orphanCount: trial.orphanCount,
    checks: trial.checks,
    notes: trial.notes,
    outagesMs: trial.outagesMs,
  };
}

async function openTrial(fault: Fault, mode: Mode, settings: TrialSettings, signal: AbortSignal): Promise<Trial> {
  const folder = mkdtempSync(join(tmpdir(), 'portico-chaos-'));
  const root = join(folder, 'app');
  mkdirSync(root);
  makeApp(root, mode, fault.app);
  return new Trial({ fault, mode, settings, folder, root, control: await openControl(join(folder, 'control')), signal });
}
