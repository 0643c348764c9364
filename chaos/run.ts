// npm run chaos: the built command with real handlers, under load, while everything goes wrong that can. What it must stand: faults/.
// Start reading at run-trial.ts.
import { measureBareStart } from './bare-start.ts';
import { runChaos } from './chaos.ts';
import type { Check } from './checks.ts';
import { runManyEvents } from './events/events.ts';
import { describeAllEvents, describeEvents } from './events/report.ts';
import type { EventReport } from './events/trial.ts';
import { type Options, readOptions, usage } from './options.ts';
import { describeFault, describeRun, summarise } from './report.ts';
import type { TrialReport } from './run-trial.ts';
import { runSoak } from './soak.ts';

const options = readArguments();
if (options === undefined) process.stdout.write(usage);
else if (process.platform !== 'linux') fail('npm run chaos needs Linux: processes are watched through /proc.');
else await run(options);

async function run(plan: Options): Promise<void> {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupted.abort(new Error(`${signal} ended the run`)));
  say(`seed ${plan.seed}; to repeat its choices: npm run chaos -- ${plan.events ? '--events ' : ''}--seed ${plan.seed}\n`);
  try {
    const checks = await runOf(plan)(plan, interrupted.signal);
    say(summarise(checks));
    process.exitCode = checks.every(({ holds }) => holds) ? 0 : 1;
  } catch (error) {
    if (!interrupted.signal.aborted) throw error;
    // What was started has been ended on the way here.
    fail((interrupted.signal.reason as Error).message);
    process.exitCode = 130;
  }
}

function runOf({ soak: isSoak, events: isEvents }: Options): (plan: Options, signal: AbortSignal) => Promise<readonly Check[]> {
  if (isSoak) return soak;
  return isEvents ? events : chaos;
}

async function chaos(plan: Options, signal: AbortSignal): Promise<Check[]> {
  const bareStartMs = await measureBareStart(signal);
  const all: TrialReport[] = [];
  for await (const reports of runChaos(plan, signal)) {
    say(describeFault(reports));
    all.push(...reports);
  }
  say(describeRun(all, bareStartMs));
  return all.flatMap(({ checks }) => checks);
}

async function events(plan: Options, signal: AbortSignal): Promise<Check[]> {
  const all: EventReport[] = [];
  for await (const report of runManyEvents(plan, signal)) {
    say(describeEvents(report));
    all.push(report);
  }
  say(describeAllEvents(all));
  return all.flatMap(({ checks }) => checks);
}

async function soak(plan: Options, signal: AbortSignal): Promise<readonly Check[]> {
  const { text, checks } = await runSoak(plan, (line) => process.stderr.write(`${line}\n`), signal);
  say(text);
  return checks;
}

function readArguments(): Options | undefined {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    fail(`${(error as Error).message}\n\n${usage}`);
    process.exit();
  }
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function fail(text: string): void {
  process.stderr.write(`${text}\n`);
  process.exitCode = 1;
}
