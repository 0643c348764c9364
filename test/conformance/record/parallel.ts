// Groups run side by side: each has a folder, ports and processes of its own.
import type { Group } from './types.ts';

/** The longest first, so that none of them is left for the end. */
export async function runInParallel<T>(
  groups: readonly Group[],
  jobs: number,
  costOf: (group: Group) => number,
  work: (group: Group) => Promise<T>,
): Promise<T[]> {
  const waiting = [...groups].sort((a, b) => costOf(b) - costOf(a));
  const done: T[] = [];
  const worker = async () => {
    for (let group = waiting.shift(); group !== undefined; group = waiting.shift()) done.push(await work(group));
  };
  await Promise.all(Array.from({ length: jobs }, worker));
  return done;
}

const SETTLE_MS = 200;

/** What the sleeps and pauses written into the scenarios add up to, and something for each scenario. */
export function estimatedMs({ scenarios }: Group): number {
  const sum = (numbers: number[]) => numbers.reduce((total, ms) => total + ms, 0);
  return sum(
    scenarios.map(({ steps, rules, start = [] }) => {
      const slept = steps.map(({ sleepMs = 0, waitForExit }) => sleepMs + (waitForExit?.timeoutMs ?? 0));
      const delayed = [...rules.map(({ reply }) => reply?.delayMs ?? 0), ...start.map(({ listenAfterMs = 0 }) => listenAfterMs)];
      return SETTLE_MS + sum(slept) + sum(delayed);
    }),
  );
}
