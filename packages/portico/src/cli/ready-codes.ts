// For the banner of a terminal: the key that opens each function, so that its URL can be pasted.
import type { Clock } from '../core/clock.ts';
import { messageOf } from '../core/error.ts';
import { waitAtMost } from '../core/wait-at-most.ts';
import type { FunctionSummary } from '../host/create-host.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import { openingKey } from './opening-key.ts';
import type { ListeningKeys } from './reporter.ts';

/** The banner waits no longer for a store that is far away or down. */
const MOST_WAIT_MS = 1000;

/** Never rejects: a host runs without having shown its keys. */
export async function readCodes(
  ring: KeyRing,
  functions: readonly FunctionSummary[],
  clock: Pick<Clock, 'sleep'>,
): Promise<Pick<ListeningKeys, 'codes' | 'trouble'>> {
  let read: Pick<ListeningKeys, 'codes' | 'trouble'> = { trouble: `they were not there within ${MOST_WAIT_MS} ms` };
  const reading = codesOf(ring, functions).then(
    (codes) => {
      read = { codes };
    },
    (thrown) => {
      read = { trouble: messageOf(thrown).split('\n', 1)[0] ?? '' };
    },
  );
  await waitAtMost(MOST_WAIT_MS, reading, clock);
  return read;
}

async function codesOf(ring: KeyRing, functions: readonly FunctionSummary[]): Promise<ReadonlyMap<string, string>> {
  const codes = await Promise.all(
    functions.map(async ({ name, authLevel, disabled, problem }): Promise<[string, string][]> => {
      if (authLevel === undefined || disabled || problem !== undefined) return [];
      const code = await openingKey(ring, name, authLevel);
      return code === undefined ? [] : [[name, code]];
    }),
  );
  return new Map(codes.flat());
}
