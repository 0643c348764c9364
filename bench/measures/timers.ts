// Timers: how far from its second one fires, and how long an app of one timer takes from the command until it is armed.
import { setTimeout as sleep } from 'node:timers/promises';
import { everySecond, makeEventApp, makeTimerApp } from '../apps.ts';
import type { Bench, Outcome } from '../bench.ts';
import { newFolder, startPortico, type Workshop } from '../candidates.ts';
import type { Figure } from '../goals.ts';
import { calmly, isClean, watchForeign } from '../load.ts';
import { porticoCommand } from '../prerequisites.ts';
import { freePort, launch, stopProcess, textOf, untilSaid } from '../processes.ts';
import { cleanCount, hasCleanRounds, median, medianOf } from '../rounds.ts';
import { table } from '../tables.ts';

const firingCount = { quick: 10, full: 30 };
/** The first ones meet code that is not compiled yet, as a timer of every hour would each time; they are in the table, not in the verdict. */
const firstCount = 2;

type DriftSample = { readonly driftsMs: readonly number[]; readonly foreignShare: number };
type ArmedSample = { readonly ms: number; readonly foreignShare: number };

export async function timers(bench: Bench): Promise<Outcome> {
  const { workshop, options, report } = bench;
  if (bench.chosen(['forward']).length === 0) return { tables: [], figures: {}, samples: {} };
  const armed: ArmedSample[] = [];
  for (let repetition = 0; repetition < options.startCount; repetition += 1)
    armed.push(await calmly(options.attemptCount, () => timeToArmed(workshop)));
  const starts = new Map([['starts', armed]]);
  const armedMs = medianOf(starts, 'starts', ({ ms }) => ms);
  report(`${options.startCount} starts`);

  const drift = await calmly(Math.min(2, options.attemptCount), () =>
    driftsOf(bench, options.quick ? firingCount.quick : firingCount.full),
  );
  const magnitudes = drift.driftsMs.slice(firstCount).map(Math.abs);
  const judged = (figure: number, isCalm: boolean): Figure => (isCalm ? figure : 'disturbed');
  return {
    tables: [
      table(
        'A timer of every second: ms between its second and its arrival at the handler',
        ['what', 'firings', 'median', 'worst', 'worst of the first two', 'foreign CPU'],
        [
          [
            'drift',
            magnitudes.length,
            median(magnitudes).toFixed(1),
            Math.max(...magnitudes).toFixed(1),
            Math.max(...drift.driftsMs.slice(0, firstCount).map(Math.abs)).toFixed(1),
            `${Math.round(drift.foreignShare * 100)} %`,
          ],
        ],
      ),
      table(
        `An app of one timer in a fresh folder, ms, ${cleanCount(starts, 'starts')} clean rounds`,
        ['what', 'median', 'fastest'],
        [['command to the armed timer', armedMs.toFixed(1), Math.min(...armed.map(({ ms }) => ms)).toFixed(1)]],
      ),
    ],
    figures: {
      timerArmed: judged(armedMs, hasCleanRounds(starts, 'starts')),
      timerDrift: judged(median(magnitudes), isClean(drift)),
      timerWorstDrift: judged(Math.max(...magnitudes), isClean(drift)),
    },
    samples: { armed, drift },
  };
}

/** Until the host says when the timer will run. Not pinned: a start may use the whole machine. */
async function timeToArmed(workshop: Workshop): Promise<ArmedSample> {
  const root = makeTimerApp(newFolder(workshop, 'timer'), workshop.programs.handler);
  const logFile = `${root}.log`;
  const args = [porticoCommand, 'start', root, '--port', String(await freePort()), '--log', 'Host.Triggers=information'];
  const foreign = watchForeign();
  const started = performance.now();
  const child = launch({ command: workshop.nodePath, args, env: workshop.env, logFile });
  try {
    await untilSaid(/next \d+ occurrences of the 'Tick' schedule/, { child, logFile });
    return { ms: performance.now() - started, foreignShare: foreign.share() };
  } finally {
    await stopProcess(child);
  }
}

/** By the wall clock that both host and handler read. */
async function driftsOf({ workshop, report }: Bench, count: number): Promise<DriftSample> {
  await using running = new AsyncDisposableStack();
  const root = makeEventApp(newFolder(workshop, 'timer'), workshop.programs.handler, 'Tick', everySecond);
  const { port } = await startPortico(workshop, 'timer', root, running);
  report(`${count} firings`);
  const foreign = watchForeign();
  await sleep((count + firstCount + 1) * 1000);
  const arrivalsUs: number[] = JSON.parse(await textOf(port, '/api/ticks')).slice(0, count + firstCount);
  return { driftsMs: arrivalsUs.map(driftMs), foreignShare: foreign.share() };
}

/** Negative: before its second. */
function driftMs(arrivalUs: number): number {
  const ms = (arrivalUs / 1000) % 1000;
  return ms > 500 ? ms - 1000 : ms;
}
