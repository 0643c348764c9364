// npm run bench: Portico beside nginx and other proxies, in one interleaved run. What the figures mean: docs/benchmarks.md.
// Start reading at measures/small-replies.ts; goals.ts holds what is promised.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, constants, cpus, release } from 'node:os';
import { join } from 'node:path';
import type { Bench, Measure } from './bench.ts';
import { isPortico } from './candidates.ts';
import { type Figures, goals, judge, rounded } from './goals.ts';
import { bodies } from './measures/bodies.ts';
import { idle } from './measures/idle.ts';
import { latency } from './measures/latency.ts';
import { memory } from './measures/memory.ts';
import { queues } from './measures/queues.ts';
import { routing } from './measures/routing.ts';
import { headers, throughput } from './measures/small-replies.ts';
import { startup } from './measures/startup.ts';
import { timers } from './measures/timers.ts';
import { type MeasureName, type Options, readOptions, usage } from './options.ts';
import { benchFolder, buildPrograms, installProxies, measuredEnvironment, missingPrerequisites, temporaryFolder } from './prerequisites.ts';
import { run, stopEverything } from './processes.ts';
import { table } from './tables.ts';

const measures: Readonly<Record<MeasureName, Measure>> = {
  throughput,
  headers,
  bodies,
  latency,
  memory,
  startup,
  routing,
  queues,
  idle,
  timers,
};

/** By a signal: what is being measured fails, and that is no news. */
let isEnding = false;

const options = readArguments();
if (options === undefined) {
  process.stdout.write(usage);
} else {
  const missing = missingPrerequisites(options.candidates.some(isPortico), options.against);
  if (missing.length === 0) await measureAll(options).catch((error: Error) => fail(error.message));
  else fail(`npm run bench needs:\n${missing.map((line) => `  ${line}`).join('\n')}`);
}

async function measureAll(options: Options): Promise<void> {
  const startedAt = new Date();
  const say = (line: string) => process.stderr.write(`${line}\n`);
  if (options.candidates.some((name) => name === 'http-proxy' || name === 'reply-from')) await installProxies(say);
  using folder = temporaryFolder();
  leaveNothingBehind(folder);
  const env = measuredEnvironment();
  const workshop = { folder: folder.path, nodePath: options.nodePath, env, programs: await buildPrograms(folder.path) };
  const machine = await describeMachine(options.nodePath, env);
  process.stdout.write(`${machine}\n\n`);

  let figures: Figures = {};
  const samples: Record<string, unknown> = {};
  for (const name of options.measures) {
    const bench: Bench = {
      workshop,
      options,
      chosen: (wanted) => wanted.filter((candidate) => options.candidates.includes(candidate)),
      report: (line) => say(`${name}: ${line}`),
    };
    const outcome = await measures[name](bench);
    for (const text of outcome.tables) process.stdout.write(`${text}\n`);
    figures = { ...figures, ...outcome.figures };
    samples[name] = outcome.samples;
  }
  const verdicts = judge(figures);
  if (verdicts.length > 0) process.stdout.write(`${verdictTable(figures)}\n`);
  const file = join(benchFolder, 'results', `${startedAt.toISOString().replaceAll(':', '-')}.json`);
  mkdirSync(join(benchFolder, 'results'), { recursive: true });
  writeFileSync(file, JSON.stringify({ startedAt, machine, options, verdicts, samples }, undefined, 2));
  say(`All samples: ${file}`);
}

/** Whoever ends the run by a signal ends all that it has started. The same signal again ends it at once. */
function leaveNothingBehind(folder: Disposable): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, async () => {
      isEnding = true;
      // Whoever takes samples of them finds them gone.
      process.on('uncaughtException', () => {});
      await stopEverything();
      folder[Symbol.dispose]();
      process.exit(128 + constants.signals[signal]);
    });
}

function verdictTable(figures: Figures): string {
  return table(
    'What Portico promises',
    ['figure', 'at least', 'aim', 'measured', 'verdict'],
    judge(figures).map(({ goal, measured, verdict }) => {
      const { figure, unit, atLeast, aim } = goals[goal];
      return [figure, rounded(atLeast, unit), rounded(aim, unit), rounded(measured, unit), verdict];
    }),
  );
}

async function describeMachine(nodePath: string, env: NodeJS.ProcessEnv): Promise<string> {
  const node = await run(nodePath, ['--version'], env);
  const go = await run('go', ['version'], env);
  const nginx = spawnSync('nginx', ['-v'], { env, encoding: 'utf8' }).stderr; // It says its version there.
  const versions = [`Node ${node.trim()}`, /nginx\/\S+/.exec(nginx)?.[0], /go\d\S+/.exec(go)?.[0]];
  return [cpus()[0]?.model.trim(), `${availableParallelism()} cores`, `Linux ${release()}`, ...versions].join(', ');
}

function readArguments(): Options | undefined {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    fail(`${(error as Error).message}\n\n${usage}`);
    process.exit();
  }
}

function fail(text: string): void {
  if (isEnding) return;
  process.stderr.write(`${text}\n`);
  process.exitCode = 1;
}
