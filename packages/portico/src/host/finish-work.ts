import type { Clock } from '../core/clock.ts';
import { workCutOff } from '../core/errors/host.ts';
import { type Logger, report } from '../core/log.ts';
import { waitAtMost } from '../core/wait-at-most.ts';
import { whenAborted } from '../core/when-aborted.ts';
import type { WorkInHand } from '../invocation/work-in-hand.ts';

type FinishOptions = { readonly work: WorkInHand; readonly graceMs: number; readonly clock: Clock; readonly log: Logger };

/** Waits for what is in hand, for so long at most, and says what it waits for and what had to be given up. */
export async function finishWork({ work, graceMs, clock, log }: FinishOptions, hurry: AbortSignal): Promise<void> {
  if (work.count === 0 || hurry.aborted) return;
  const startedMs = clock.monotonicMs();
  log.information(`Finishing ${describe(work)}; new ones are turned away.`, { fields: { graceMs } });
  await waitAtMost(graceMs, Promise.race([work.whenDone(), whenAborted(hurry)]), clock);
  const tookMs = Math.round(clock.monotonicMs() - startedMs);
  if (work.count === 0) return log.information('Everything that was under way is finished.', { fields: { tookMs } });
  report(log, 'warning', workCutOff(describe(work)), { tookMs });
}

const MOST_NAMED = 3;

function describe(work: WorkInHand): string {
  const all = Array.from(work.items, (item) => item.describe());
  const named = all.slice(0, MOST_NAMED).join(', ');
  return `${all.length} ${all.length === 1 ? 'invocation' : 'invocations'} (${named}${all.length > MOST_NAMED ? ', …' : ''})`;
}
