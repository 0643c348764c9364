// A store of Azure's documents, wherever they are: what files and blobs have in common.
import { randomBytes } from 'node:crypto';
import { keyEncrypted, keysOfNobody } from '../core/errors/keys.ts';
import { type Logger, report } from '../core/log.ts';
import { functionDocument, hostDocument, type ReadDocument, type Writer } from './azure-document.ts';
import type { KeyStore } from './key-store.ts';

/** `name`: `host`, or that of a function in lower case. */
export interface KeyDocuments {
  /** For people. */
  readonly place: string;
  readonly freshForMs: number;
  /** For people: one document. */
  labelOf(name: string): string;
  /** Undefined: there is none. */
  read(name: string, signal: AbortSignal): Promise<string | undefined>;
  /** `change` gives the new text, or undefined where nothing is to be written; it is asked again when somebody else was faster. */
  change(name: string, change: (before: string | undefined) => string | undefined, signal: AbortSignal): Promise<void>;
}

export type DocumentStoreOptions = {
  /** WEBSITE_HOSTNAME, where it is set. */
  readonly hostName: string | undefined;
  readonly log: Logger;
};

/** Which is no function's name. */
const HOST = 'host';
const INSTANCE_ID_BYTES = 16;

export function documentStore(documents: KeyDocuments, { hostName, log }: DocumentStoreOptions): KeyStore {
  const writer: Writer = { hostName, instanceId: randomBytes(INSTANCE_ID_BYTES).toString('hex') };
  const told = new Set<string>();

  function open<Keys>(name: string, text: string | undefined, readDocument: ReadDocument<Keys>) {
    const label = documents.labelOf(name);
    const document = readDocument(text, label);
    for (const key of document.encrypted) tellOnce(label, key);
    return document;
  }

  function tellOnce(label: string, key: string): void {
    const once = JSON.stringify([label, key]);
    if (!told.has(once)) report(log, 'warning', keyEncrypted(label, key));
    told.add(once);
  }

  async function read<Keys>(name: string, readDocument: ReadDocument<Keys>, signal: AbortSignal): Promise<Keys | undefined> {
    const text = await documents.read(name, signal);
    return text === undefined ? undefined : open(name, text, readDocument).keys;
  }

  async function change<Keys>(
    name: string,
    readDocument: ReadDocument<Keys>,
    change: (before: Keys | undefined) => Keys,
    signal: AbortSignal,
  ): Promise<Keys> {
    let after: Keys | undefined;
    const changeText = (text: string | undefined): string | undefined => {
      const document = open(name, text, readDocument);
      const before = text === undefined ? undefined : document.keys;
      after = change(before);
      return after === before ? undefined : document.write(after, writer);
    };
    await documents.change(name, changeText, signal);
    return after as Keys;
  }

  return {
    place: documents.place,
    readOnlyReason: undefined,
    freshForMs: documents.freshForMs,
    readHost: (signal) => read(HOST, hostDocument, signal),
    readFunction: async (functionName, signal) => read(checkName(functionName), functionDocument, signal),
    changeHost: (toKeys, signal) => change(HOST, hostDocument, toKeys, signal),
    changeFunction: async (functionName, toKeys, signal) => change(checkName(functionName), functionDocument, toKeys, signal),
  };
}

/** A name becomes part of a path, and may come from a command line. */
function checkName(functionName: string): string {
  if (!/^[a-z][a-z0-9_-]*$/.test(functionName) || functionName === HOST) throw keysOfNobody(functionName);
  return functionName;
}
