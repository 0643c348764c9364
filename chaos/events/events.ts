import { createRandom } from '../random.ts';
import { type EventReport, type EventSettings, runEvents } from './trial.ts';

const PER_SECOND = 15;
const DAMAGE_EVERY_S = 4;
const HOST_COUNTS = [2, 3, 4, 5] as const;
/** Each with a number of hosts of its own; half of the time is for what comes after the damage. */
const TRIAL_MINUTES = 2;

export type EventPlan = { readonly seed: number; readonly minutes: number };

/** Yields the trials as soon as they are over. */
export async function* runManyEvents({ seed, minutes }: EventPlan, signal: AbortSignal): AsyncGenerator<EventReport> {
  const trialCount = Math.max(1, Math.round(minutes / TRIAL_MINUTES));
  const sendS = (minutes / trialCount / 2) * 60;
  const random = createRandom(seed, 'events');
  for (let trial = 0; trial < trialCount; trial += 1) {
    yield await runEvents(
      {
        seed: seed + trial,
        hostCount: random.pick(HOST_COUNTS),
        workCount: Math.ceil((sendS * PER_SECOND) / 3),
        perSecond: PER_SECOND,
        damageCount: Math.ceil(sendS / DAMAGE_EVERY_S),
        goneWithinMs: 1000,
      },
      signal,
    );
  }
}

/** For a machine that does something else beside: each kind of damage once. */
const SHORT: Omit<EventSettings, 'seed'> = { hostCount: 2, workCount: 20, perSecond: 6, damageCount: 5, goneWithinMs: 10_000 };

/** The short form, in npm test. */
export function runEventsShortly(seed: number, signal: AbortSignal): Promise<EventReport> {
  return runEvents({ seed, ...SHORT }, signal);
}
