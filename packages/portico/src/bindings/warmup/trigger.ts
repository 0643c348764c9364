// Azure calls the function when it adds an instance, before that gets work. Elsewhere nobody calls, and each host that starts is such an instance:
// so the function runs once, as soon as the handler is ready. What else runs then does not wait for it.
import type { ListenerContext, TriggerBinding, TriggerEvent } from '../../core/extension.ts';
import { loopListener } from '../../core/loop-listener.ts';
import { whenAborted } from '../../core/when-aborted.ts';

export const warmupTrigger: TriggerBinding = {
  createListener: (_binding, context) => loopListener((stopping, abandoning) => warmUp(context, stopping, abandoning), context),
  eventByHand: () => ({ ...WARMUP, reason: 'This function was programmatically called via the host APIs.' }),
};

const WARMUP: TriggerEvent = { value: {}, bindingData: [], reason: 'The host has started.' };

const PAUSE_AFTER_ABANDONED_MS = 1000;

async function warmUp(context: ListenerContext, stopping: AbortSignal, abandoning: AbortSignal): Promise<void> {
  const { clock, functionName, shared } = context;
  // A listener ends with a drain too, and what is warm stays warm.
  const host = shared(`warmup of ${functionName}`, () => ({ isWarm: false }));
  while (!host.isWarm) {
    await context.whenReady(stopping);
    const { status } = await context.invoke(WARMUP, abandoning);
    // A failure is logged, and nothing depends on it.
    host.isWarm = status !== 'abandoned';
    if (!host.isWarm) await clock.sleep(PAUSE_AFTER_ABANDONED_MS, stopping);
  }
  await whenAborted(stopping);
}
