// npm run fuzz: inputs that nobody would write, one target after the other, for as long as it is told. What holds of each: targets/.
// A failing input is shrunk, printed, and kept in regressions/.
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Campaign, Finding } from './campaign.ts';
import { createNotePage, noteOn } from './input-note.ts';
import { type Options, readOptions, usage } from './options.ts';
import type { Order } from './pursuit.ts';
import { keepRegression } from './regressions.ts';

/** An input that takes longer hangs. No answer is waited for as long. */
const HANG_MS = 60_000;

const options = readArguments();
if (options === undefined) say(usage);
else await run(options);

async function run({ seed, minutes, only }: Options): Promise<void> {
  say(`seed ${seed}; to repeat its inputs: npm run fuzz -- --seed ${seed}\n`);
  let findingCount = 0;
  for (const name of only) {
    const { inputCount, findings } = await runTarget({ name, seed, ms: (minutes * 60_000) / only.length, page: createNotePage() });
    say(`${name.padEnd(16)} ${inputCount.toLocaleString('en').padStart(12)} inputs, ${findings.length} findings`);
    for (const finding of findings) report(name, finding);
    findingCount += findings.length;
  }
  say(findingCount === 0 ? '\nEverything held.' : `\n${findingCount} findings; their inputs are kept in fuzz/regressions.`);
  process.exitCode = findingCount === 0 ? 0 : 1;
}

async function runTarget(order: Order): Promise<Campaign> {
  const note = noteOn(order.page);
  const thread = new Worker(new URL('pursuit.ts', import.meta.url), { workerData: order });
  const over = new AbortController();
  const lost = (signature: string, message: string): Campaign => {
    const [input, inputCount] = [note.read(), note.count()];
    return { inputCount, findings: inputCount === 0 ? fail(message) : [{ signature, message, input: readInput(input), seed: order.seed }] };
  };
  try {
    return await Promise.race([
      new Promise<Campaign>((resolve) => {
        thread.once('message', resolve);
        thread.once('error', (error) => resolve(lost('crash', `the whole process would have crashed: ${(error as Error).stack}`)));
      }),
      whenHanging(note.count, over.signal).then(() => lost('hang', `it takes more than ${HANG_MS} ms`)),
    ]);
  } finally {
    over.abort();
    await thread.terminate();
  }
}

/** Resolves once the same input is tried for too long. Starting takes its time and counts as one. */
async function whenHanging(count: () => number, signal: AbortSignal): Promise<void> {
  let last = -1;
  while (last !== count()) {
    last = count();
    // Aborted: somebody else has won the race, and nobody looks at this.
    await pause(HANG_MS, undefined, { signal }).catch(() => new Promise(() => {}));
  }
}

function report(target: string, { signature, message, input, seed }: Finding): void {
  say(`  ${message.replaceAll('\n', '\n    ')}`);
  say(`    input: ${JSON.stringify(input)}`);
  say(`    again: npm run fuzz -- --only ${target} --seed ${seed}`);
  keepRegression(target, { was: signature, input });
}

/** What is cut off is no JSON, and better than nothing. */
function readInput(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function readArguments(): Options | undefined {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${usage}`);
    process.exit(1);
  }
}

function fail(message: string): never {
  throw new Error(message);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
