// Keys in a file of this app's own, `.portico/keys.json`: where nothing says that they are elsewhere.
import { realpathSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../core/clock.ts';
import { HostError, messageOf } from '../core/error.ts';
import { keysBroken, keysContested, keysExposed, keysSealed, keysStayOpen, keysUnreadable, keysUnwritable } from '../core/errors/keys.ts';
import { type Logger, report } from '../core/log.ts';
import { FileLock, LONGEST_WAIT_MS } from '../platform/file-lock.ts';
import { replaceFile } from '../platform/replace-file.ts';
import { isOpenToOthers, readSmallFile, type SmallFile } from '../platform/small-file.ts';
import type { StateFolder } from '../platform/state-folder.ts';
import type { Key, KeyStore } from './key-store.ts';
import {
  type LocalDocument,
  type LocalKeys,
  NO_KEYS,
  openLocalDocument,
  parseLocalDocument,
  SealBroken,
  writeLocalDocument,
} from './local-document.ts';
import { createSeal, type Seal } from './seal.ts';

export type LocalStoreOptions = {
  readonly folder: StateFolder;
  /** AzureWebEncryptionKey: values are encrypted with it. Undefined: they are not. */
  readonly secret: string | undefined;
  readonly clock: Clock;
  readonly log: Logger;
};

const FILE = 'keys.json';
const FRESH_FOR_MS = 1000;
const FILE_RIGHTS = 0o600;

/** What was read last. `document` undefined: it cannot be understood, for that reason. */
type Known = { readonly file: SmallFile; readonly document: LocalDocument | undefined; readonly fault: string; readonly keys: LocalKeys };

export function openLocalStore({ folder, secret, clock, log }: LocalStoreOptions): KeyStore {
  const path = join(folder.path, FILE);
  const lock = new FileLock(() => join(makeFolder(folder), 'keys.lock'), clock);
  let known: Known | undefined;
  let lastSeal: Seal | undefined;
  /** Of which something was said already. */
  let exposed: string | undefined;
  let openForGood: SmallFile | undefined;

  /** Undefined: there is no file. */
  async function look(): Promise<Known | undefined> {
    const file = readFile();
    if (file === undefined || file !== known?.file) known = file && (await understand(file));
    return known;
  }

  function readFile(): SmallFile | undefined {
    try {
      return readSmallFile(path, known?.file);
    } catch (error) {
      throw keysUnreadable(path, error);
    }
  }

  async function understand(file: SmallFile): Promise<Known> {
    if (isOpenToOthers(file) && exposed !== file.mark) report(log, 'warning', keysExposed(path));
    exposed = file.mark;
    const parsed = parseLocalDocument(file.text);
    if ('fault' in parsed) return { file, document: undefined, fault: parsed.fault, keys: NO_KEYS };
    return { file, document: parsed, fault: '', keys: await open(parsed) };
  }

  async function open(document: LocalDocument): Promise<LocalKeys> {
    if (document.salt !== undefined && secret === undefined) throw keysSealed(path, 'AzureWebEncryptionKey is not set');
    try {
      return openLocalDocument(document, document.salt === undefined ? undefined : await sealFor(document.salt));
    } catch (error) {
      if (!(error instanceof SealBroken)) throw error;
      throw keysSealed(path, 'they were encrypted with another AzureWebEncryptionKey, or somebody changed them');
    }
  }

  /** Undefined: there is no secret. */
  async function sealFor(salt: string | undefined): Promise<Seal | undefined> {
    if (secret === undefined) return undefined;
    if (lastSeal === undefined || (salt !== undefined && lastSeal.salt !== salt)) lastSeal = await createSeal(secret, salt);
    return lastSeal;
  }

  async function read(signal: AbortSignal): Promise<LocalKeys> {
    const found = await look();
    if (found === undefined) return NO_KEYS;
    if (found.document === undefined) await underLock(setAsideIfBroken, signal);
    else if (found.document.hasPlainValues && secret !== undefined && found.file !== openForGood) await sealAll(found.file, signal);
    return known?.keys ?? NO_KEYS;
  }

  async function setAsideIfBroken(): Promise<void> {
    const found = await look();
    if (found === undefined || found.document !== undefined) return;
    // A link stays, and leads to the new one.
    const file = realpathSync(path);
    const keptAs = `${file}.broken-${clock.now().toISOString().replaceAll(':', '-')}`;
    renameSync(file, keptAs);
    known = undefined;
    report(log, 'warning', keysBroken(path, found.fault, keptAs));
  }

  /** It was written when there was no secret yet. */
  async function sealAll(file: SmallFile, signal: AbortSignal): Promise<void> {
    try {
      await underLock(async () => {
        const found = await look();
        if (found?.document?.hasPlainValues) await write(found.keys, found.document.salt);
      }, signal);
    } catch (error) {
      if (!(error instanceof HostError)) throw error;
      report(log, 'warning', keysStayOpen(path, error));
      openForGood = file;
    }
  }

  async function change(toKeys: (before: LocalKeys) => LocalKeys, signal: AbortSignal): Promise<void> {
    await underLock(async () => {
      await setAsideIfBroken();
      const found = await look();
      const before = found?.keys ?? NO_KEYS;
      const after = toKeys(before);
      if (after !== before) await write(after, found?.document?.salt);
    }, signal);
  }

  async function write(keys: LocalKeys, salt: string | undefined): Promise<void> {
    await replaceFile(path, writeLocalDocument(keys, await sealFor(salt)), FILE_RIGHTS);
  }

  async function underLock(work: () => Promise<void>, signal: AbortSignal): Promise<void> {
    let done: unknown;
    try {
      done = await lock.run(work, signal);
    } catch (error) {
      if (error instanceof HostError || signal.aborted) throw error;
      throw keysUnwritable(path, error);
    }
    if (done === undefined) throw keysContested(path, `another program works on them for longer than ${LONGEST_WAIT_MS} ms`);
  }

  return {
    place: `${folder.label}/${FILE}`,
    readOnlyReason: undefined,
    freshForMs: FRESH_FOR_MS,
    readHost: async (signal) => (await read(signal)).host,
    readFunction: async (functionName, signal) => (await read(signal)).functions.get(functionName),
    async changeHost(toKeys, signal) {
      let host = NO_KEYS.host;
      await change((before) => {
        host = toKeys(before.host);
        return host === before.host ? before : { ...before, host };
      }, signal);
      return host as NonNullable<typeof host>;
    },
    async changeFunction(functionName, toKeys, signal) {
      let keys: readonly Key[] = [];
      await change((before) => {
        const old = before.functions.get(functionName);
        keys = toKeys(old);
        return keys === old ? before : { ...before, functions: new Map(before.functions).set(functionName, keys) };
      }, signal);
      return keys;
    },
  };
}

/** Its errors speak of all that the host remembers; here it is about keys. */
function makeFolder(folder: StateFolder): string {
  try {
    return folder.make();
  } catch (error) {
    throw error instanceof HostError ? keysUnwritable(folder.path, error.cause ?? messageOf(error)) : error;
  }
}
