// Keys as files that Kubernetes mounts, one for each entry of a secret. Nobody changes them here.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { keysReadOnly, keysUnreadable } from '../core/errors/keys.ts';
import { functionKeysOf, hostKeysOf, type KeyEntries } from './key-entries.ts';
import type { KeyStore } from './key-store.ts';

const FRESH_FOR_MS = 10_000;

/** `folder`: absolute. */
export function openMountedStore({ folder }: { readonly folder: string }): KeyStore {
  const readOnlyReason = `They are files of a mounted secret: change that (kubectl), or name it in AzureWebJobsKubernetesSecretName, and keys are changed through the API server.`;

  function entries(): KeyEntries {
    try {
      return readEntries(folder);
    } catch (error) {
      throw keysUnreadable(folder, error);
    }
  }

  return {
    place: folder,
    readOnlyReason,
    freshForMs: FRESH_FOR_MS,
    readHost: async () => hostKeysOf(entries()),
    readFunction: async (functionName) => functionKeysOf(entries(), functionName),
    changeHost: () => Promise.reject(keysReadOnly(folder, readOnlyReason)),
    changeFunction: () => Promise.reject(keysReadOnly(folder, readOnlyReason)),
  };
}

function readEntries(folder: string): KeyEntries {
  // Names that begin with two dots are folders with which Kubernetes changes all files at once.
  const names = readdirSync(folder).filter((name) => !name.startsWith('..'));
  return new Map(names.map((name) => [name, readFileSync(join(folder, name), 'utf8').replace(/\r?\n$/, '')]));
}
