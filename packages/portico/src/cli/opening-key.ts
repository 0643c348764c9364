import { DEFAULT_KEY_NAME } from '../core/authorization.ts';
import type { AuthLevel } from '../core/function-app.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import type { Key } from '../keys/key-store.ts';

/**
 * The narrowest key that opens an HTTP function of this level. Undefined: it needs none, there is none, or the master key alone opens it.
 * Those that are not there yet are made by that. Rejects with a HostError when the store is away.
 */
export async function openingKey(ring: KeyRing, functionName: string, level: AuthLevel): Promise<string | undefined> {
  if (level === 'system') return usual(await ring.list({ kind: 'system' }));
  if (level !== 'function') return undefined;
  return usual(await ring.list({ kind: 'function', functionName })) ?? usual(await ring.list({ kind: 'host' }));
}

function usual(keys: readonly Key[]): string | undefined {
  return (keys.find(({ name }) => name.toLowerCase() === DEFAULT_KEY_NAME) ?? keys[0])?.value;
}
