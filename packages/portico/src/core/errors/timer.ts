// Of timers.
import { defineError, HostError, messageOf } from '../error.ts';

export const timerStandsStill = defineError(
  'TIMER_STANDS_STILL',
  'service',
  ({ functionName, cause }: { functionName: string; cause: unknown }) => ({
    message: `The timer ${functionName} stands still: ${messageOf(cause)}`,
    hint: [
      cause instanceof HostError && cause.hint,
      'Without its lock nobody knows whether another host runs it.',
      // What is written wrong does not mend itself.
      !(cause instanceof HostError && cause.kind === 'config') && 'It goes on by itself when that can be asked again.',
    ]
      .filter(Boolean)
      .join(' '),
    cause,
  }),
);

export const timerStatusUnreadable = defineError('TIMER_STATUS_UNREADABLE', 'service', (path: string, fault: string) => ({
  message: `The status of a timer at ${path} cannot be read: ${fault}.`,
  hint: 'It counts as none and is written anew. A run that was missed before is not made up for.',
}));

export const timerStatusNotKept = defineError(
  'TIMER_STATUS_NOT_KEPT',
  'service',
  ({ functionName, cause }: { functionName: string; cause: unknown }) => ({
    message: `The status of the timer ${functionName} cannot be kept: ${messageOf(cause)}`,
    hint: `${(cause instanceof HostError && cause.hint) || ''} The timer runs on. A host that starts before the next status is kept takes its last run for missed.`.trim(),
    cause,
  }),
);
