import { messageOf } from '../../core/error.ts';
import type { BindingContext, TriggerBinding, TriggerEvent } from '../../core/extension.ts';
import type { BindingMetadata } from '../../core/function-app.ts';
import { timerListener } from './listener.ts';
import { StatusKeeper } from './status-keeper.ts';
import { timerOf } from './timer.ts';
import { timerEventByHand } from './timer-event.ts';

export const timerTrigger: TriggerBinding = {
  createListener: (binding, context) => timerListener(timerOf(binding, context), context),
  eventByHand: (_input, binding, context) => eventByHand(binding, context),
};

/** Storage that fails is no reason not to run what somebody wants to run now. */
async function eventByHand(binding: BindingMetadata, context: BindingContext): Promise<TriggerEvent> {
  const timer = timerOf(binding, context);
  const status = new StatusKeeper(timer, context).stored(new AbortController().signal).catch((error: unknown) => {
    const { functionName } = timer;
    context.log.warning('The status of the timer cannot be read, so the run by hand is told none.', {
      functionName,
      fields: { reason: messageOf(error) },
    });
    return undefined;
  });
  return timerEventByHand(timer, await status);
}
