// From the command to the first 200, beyond what Node and the handler take for themselves. Nothing is pinned: a start may use the whole machine.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeApp } from '../apps.ts';
import type { Bench, Outcome } from '../bench.ts';
import { newFolder } from '../candidates.ts';
import type { Figure } from '../goals.ts';
import { calmly, watchForeign } from '../load.ts';
import { benchFolder, commandIn, porticoCommand } from '../prerequisites.ts';
import { firstOk, freePort, launch, stopProcess } from '../processes.ts';
import { cleanCount, hasCleanRounds, medianOf } from '../rounds.ts';
import { table } from '../tables.ts';

type Starter = () => Promise<number>;
type StartSample = { readonly ms: Partial<Record<StarterName, number>>; readonly foreignShare: number };

const starterNames = {
  node: 'node -e 0, to its end',
  handler: 'the handler alone',
  bare: 'bare node:http server',
  portico: 'portico start, forward mode',
  before: 'the same with the clone of --against',
} as const;
type StarterName = keyof typeof starterNames;

export async function startup(bench: Bench): Promise<Outcome> {
  const { workshop, options, report } = bench;
  const logFile = `${newFolder(workshop, 'startup')}.log`;
  const functionNames = ['hello', ...Array.from({ length: 19 }, (_, index) => `f${index}`)];
  // Node keeps what it compiled, and what the first program to run had compiled when it ended: here that is a start like all others, of both clones.
  const env = { ...workshop.env, XDG_CACHE_HOME: newFolder(workshop, 'cache') };
  const root = makeApp(newFolder(workshop, 'startup'), 'forward', workshop.programs.handler, functionNames);
  const toFirstOk = async (command: string, args: (port: number) => string[]): Promise<number> => {
    const port = await freePort();
    const started = performance.now();
    const child = launch({ command, args: args(port), env, logFile });
    try {
      await firstOk(port, '/api/hello', child, logFile);
      return performance.now() - started;
    } finally {
      await stopProcess(child);
    }
  };
  const starters: Record<StarterName, Starter> = {
    node: async () => {
      const started = performance.now();
      await once(spawn(workshop.nodePath, ['-e', '0'], { env, stdio: 'ignore' }), 'exit');
      return performance.now() - started;
    },
    handler: () => toFirstOk(workshop.programs.handler, (port) => ['-port', String(port)]),
    bare: () => toFirstOk(workshop.nodePath, (port) => [join(benchFolder, 'proxies/bare.mjs'), String(port)]),
    portico: () => toFirstOk(workshop.nodePath, (port) => [porticoCommand, 'start', root, '--port', String(port)]),
    before: () => toFirstOk(workshop.nodePath, (port) => [commandIn(options.against ?? ''), 'start', root, '--port', String(port)]),
  };
  const hasPortico = bench.chosen(['forward']).length > 0;
  const shown: Readonly<Record<StarterName, boolean>> = {
    node: true,
    handler: true,
    bare: true,
    portico: hasPortico,
    before: hasPortico && options.against !== undefined,
  };
  const names = (Object.keys(starters) as StarterName[]).filter((name) => shown[name]);
  const oneOfEach = async (order: readonly StarterName[]): Promise<StartSample> => {
    const foreign = watchForeign();
    const ms: Partial<Record<StarterName, number>> = {};
    for (const name of order) ms[name] = await starters[name]();
    return { ms, foreignShare: foreign.share() };
  };
  await oneOfEach(names);
  const samples: StartSample[] = [];
  for (let repetition = 0; repetition < options.startCount; repetition += 1) {
    samples.push(await calmly(options.attemptCount, () => oneOfEach(repetition % 2 === 0 ? names : names.toReversed())));
    if (repetition % 5 === 4) report(`${repetition + 1} of ${options.startCount} starts`);
  }
  const rounds = new Map([['starts', samples]]);
  const medianMs = (name: StarterName) => medianOf(rounds, 'starts', ({ ms }) => ms[name] ?? Number.NaN);
  const fastestMs = (name: StarterName) => Math.min(...samples.map(({ ms }) => ms[name] ?? Number.NaN));
  const phases = readFileSync(logFile, 'utf8')
    .match(/ready in .*/g)
    ?.at(-1);
  return {
    tables: [
      table(
        `Start to first 200, 20 functions, ms, ${cleanCount(rounds, 'starts')} clean rounds`,
        ['what', 'median', 'fastest'],
        names.map((name) => [starterNames[name], medianMs(name).toFixed(1), fastestMs(name).toFixed(1)]),
      ),
      ...(phases === undefined ? [] : [`Portico of its own last start: ${phases}\n`]),
    ],
    figures: {
      ...(shown.portico && { firstAnswer: judged(() => medianMs('portico') - medianMs('node') - medianMs('handler')) }),
      ...(shown.before && { startChange: judged(changeMs) }),
    },
    samples,
  };

  function judged(figure: () => number): Figure {
    return hasCleanRounds(rounds, 'starts') ? figure() : 'disturbed';
  }

  /** Of one round and the next, since a machine's own speed drifts by more than what is looked for. */
  function changeMs(): number {
    return medianOf(rounds, 'starts', ({ ms: { portico = Number.NaN, before = Number.NaN } }) => portico - before);
  }
}
