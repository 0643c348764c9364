import type { Load } from './load.ts';
import type { Outcome } from './outcome.ts';
import { pause } from './wait.ts';

const OFTEN_MS = 2;
const SELDOM_MS = 25;
/** So long a short outage is looked at closely. */
const CLOSE_LOOK_MS = 500;
const LIMIT_MS = 60_000;

/** Milliseconds from now to the first correct answer to a request that is sent from now on; undefined when a minute is not enough. */
export async function measureOutage(load: Load, signal: AbortSignal): Promise<number | undefined> {
  const startedMs = performance.now();
  const elapsedMs = () => performance.now() - startedMs;
  let overAfterMs: number | undefined;
  const probes: Promise<void>[] = [];
  const note = ({ kind }: Outcome): void => {
    if (kind === 'correct') overAfterMs ??= elapsedMs();
  };
  while (overAfterMs === undefined && elapsedMs() < LIMIT_MS) {
    probes.push(load.probe().then(note));
    await pause(elapsedMs() < CLOSE_LOOK_MS ? OFTEN_MS : SELDOM_MS, signal);
  }
  await Promise.all(probes);
  return overAfterMs;
}
