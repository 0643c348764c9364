// The keys of a host and of a function: what is made where there are none, and what each kind opens.
import { DEFAULT_KEY_NAME, type Principal } from '../core/authorization.ts';
import { generateKey } from './generate-key.ts';
import type { HostKeys, Key } from './key-store.ts';

export const MASTER_KEY_NAME = 'master';

/** A key as somebody sends it, and what that says of them. */
export type Credential = { readonly value: string; readonly principal: Principal };

export const credential = ({ name, value }: Key, level: Principal['level']): Credential => ({ value, principal: { level, keyName: name } });

/** In the order in which they count. */
export function credentialsOfHost({ master, systemKeys, functionKeys }: HostKeys): Credential[] {
  return [
    ...(master === undefined ? [] : [credential({ name: MASTER_KEY_NAME, value: master }, 'admin')]),
    ...systemKeys.map((key) => credential(key, 'system')),
    ...functionKeys.map((key) => credential(key, 'function')),
  ];
}

export const NO_HOST_KEYS: HostKeys = { master: undefined, functionKeys: [], systemKeys: [] };

export function newHostKeys(): HostKeys {
  return { master: generateKey('master'), functionKeys: newFunctionKeys(), systemKeys: [] };
}

export function newFunctionKeys(): readonly Key[] {
  return [{ name: DEFAULT_KEY_NAME, value: generateKey('function') }];
}

type HostScope = 'master' | 'host' | 'system';

export function keysOf({ master, functionKeys, systemKeys }: HostKeys, kind: HostScope): readonly Key[] {
  if (kind === 'master') return master === undefined ? [] : [{ name: MASTER_KEY_NAME, value: master }];
  return kind === 'system' ? systemKeys : functionKeys;
}

export function withKeys(before: HostKeys, kind: HostScope, keys: readonly Key[]): HostKeys {
  if (kind === 'master') return { ...before, master: keys[0]?.value };
  return kind === 'system' ? { ...before, systemKeys: keys } : { ...before, functionKeys: keys };
}
