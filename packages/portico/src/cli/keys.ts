// `portico keys`: shows and changes the keys of an app where they are kept. A host that runs notices by itself.

import { DEFAULT_KEY_NAME } from '../core/authorization.ts';
import { flagNotOfCommand } from '../core/errors/command-line.ts';
import { confirmationMissing, keyNotThere, masterKeyStays } from '../core/errors/other-commands.ts';
import type { LogRecord } from '../core/log.ts';
import { nearestName } from '../core/nearest-name.ts';
import { MASTER_KEY_NAME } from '../keys/host-keys.ts';
import type { Key } from '../keys/key-store.ts';
import type { KeysCommandLine } from './command-line.ts';
import { printable } from './console-reporter.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { checkKeyName, checkKeyValue, findOwner, type KeyOwner, ownerOfFunction, ownerOfHost } from './key-owner.ts';
import { type AppKeys, openAppKeys } from './open-app-keys.ts';
import { createPalette, type Palette, wantsColour } from './palette.ts';
import { createPrinter, type Printer } from './printer.ts';
import type { Program } from './program.ts';
import { readData, textOf } from './read-data.ts';

const MASK = '********';
const NEVER = new AbortController().signal;

type Work = {
  readonly keys: AppKeys;
  readonly program: Program;
  readonly json: boolean;
  readonly show: boolean;
  /** What was asked for. */
  readonly printer: Printer;
  /** What else there is to say: standard output holds nothing but keys. */
  readonly aside: Printer;
  readonly asidePalette: Palette;
};

export async function keys(line: KeysCommandLine, program: Program): Promise<number> {
  const { stdout, stderr, clock, environment } = program;
  // What is wrong with the command line is said before anything is opened.
  const act = await actionFor(line, program);
  const aside = createPrinter(stderr, clock);
  const log = ({ level, message, hint }: LogRecord): void => {
    if (level === 'debug') return;
    void aside.line(hint === undefined ? message : `${message}\n  → ${hint}`);
  };
  const opened = openAppKeys(line.flags.app, program, { log });
  const { json = false, show = false } = line.flags;
  try {
    const asidePalette = createPalette(wantsColour(stderr.isTty, environment));
    const isDone = await act({ keys: opened, program, json, show, printer: createPrinter(stdout, clock), aside, asidePalette });
    return (isDone ? EXIT_CODES.ok : EXIT_CODES.failed).code;
  } finally {
    await opened.close();
  }
}

/** What is given back tells whether it was done. */
async function actionFor(line: KeysCommandLine, program: Program): Promise<(work: Work) => Promise<boolean>> {
  const { action, flags } = line;
  if (flags.show && action !== 'list') throw flagNotOfCommand('--show', `keys ${action}`);
  if (flags.yes && action !== 'revoke') throw flagNotOfCommand('--yes', `keys ${action}`);
  switch (action) {
    case 'list':
      return (work) => list(line.owner, work);
    case 'create':
      return (work) => create(ownerIn(line.owner, work), line.name, work);
    case 'set': {
      const value = await readValue(line.data, program);
      return (work) => set(ownerIn(line.owner, work), line.name, value, work);
    }
    case 'revoke':
      if (!flags.yes && !program.stdin.isTty) throw confirmationMissing('keys revoke');
      return (work) => revoke(ownerIn(line.owner, work), line.name, flags.yes ?? false, work);
  }
}

function ownerIn(word: string, { keys: { app } }: Work): KeyOwner {
  return findOwner(
    word,
    app.functions.map(({ name }) => name),
  );
}

/** Most editors, and `echo`, end a text with a line break that nobody means. */
async function readValue(given: string, program: Program): Promise<string> {
  const data = await readData(given, program);
  const value = textOf(data).replace(/\r?\n$/, '');
  checkKeyValue(value, data.source);
  return value;
}

async function list(word: string | undefined, work: Work): Promise<boolean> {
  const { store, ring } = work.keys;
  const owned: OwnedKey[] = [];
  if (word === undefined) owned.push(...(await everyKey(work.keys)));
  else {
    const owner = ownerIn(word, work);
    owned.push(...ownedBy(owner, await ring.list(owner.scope)));
  }
  if (work.json) {
    for (const { owner, name, value } of owned) {
      await work.printer.line(JSON.stringify({ owner: owner.label, name, ...(work.show && { value }), place: store.place }));
    }
    return true;
  }
  if (owned.length === 0) await work.printer.line(`no keys in ${store.place}`);
  else await work.printer.line(table(owned, work.show, store.place));
  return true;
}

type OwnedKey = Key & { readonly owner: KeyOwner };

const ownedBy = (owner: KeyOwner, owned: readonly Key[]): OwnedKey[] => owned.map((key) => ({ ...key, owner }));

/** Of functions that need none, those that they have: nothing is made for them. */
async function everyKey({ app, store, ring }: AppKeys): Promise<OwnedKey[]> {
  const ofHost = await ring.list({ kind: 'master' });
  const [host, system] = await Promise.all([ring.list({ kind: 'host' }), ring.list({ kind: 'system' })]);
  const ofFunctions = await Promise.all(
    app.functions.map(async ({ name, http }) => {
      const owner = ownerOfFunction(name);
      const isNeeded = http?.authLevel === 'function';
      return ownedBy(owner, isNeeded ? await ring.list(owner.scope) : ((await store.readFunction(name.toLowerCase(), NEVER)) ?? []));
    }),
  );
  return [
    ...ownedBy(ownerOfHost('master'), ofHost),
    ...ownedBy(ownerOfHost('host'), host),
    ...ownedBy(ownerOfHost('system'), system),
    ...ofFunctions.flat(),
  ];
}

function table(owned: readonly OwnedKey[], show: boolean, place: string): string {
  const rows = owned.map(({ owner, name, value }) => [owner.label, printable(name), show ? printable(value) : MASK] as const);
  const ownerWidth = Math.max(...rows.map(([label]) => label.length));
  const nameWidth = Math.max(...rows.map(([, name]) => name.length));
  return [
    `keys in ${place}`,
    ...rows.map(([label, name, value]) => `  ${label.padEnd(ownerWidth)}  ${name.padEnd(nameWidth)}  ${value}`),
  ].join('\n');
}

async function create(owner: KeyOwner, wanted: string | undefined, work: Work): Promise<boolean> {
  const name = wanted ?? (owner.scope.kind === 'master' ? MASTER_KEY_NAME : DEFAULT_KEY_NAME);
  checkKeyName(name, owner);
  const { key, isNew } = await work.keys.ring.set(owner.scope, name);
  await tell(owner, key.name, isNew ? 'made' : 'renewed: its old value opens nothing any more', { isNew, value: key.value }, work);
  if (!work.json) await work.printer.line(key.value);
  return true;
}

async function set(owner: KeyOwner, name: string, value: string, work: Work): Promise<boolean> {
  checkKeyName(name, owner);
  const { key, isNew } = await work.keys.ring.set(owner.scope, name, value);
  await tell(owner, key.name, isNew ? 'set' : 'set: its old value opens nothing any more', { isNew }, work);
  return true;
}

async function revoke(owner: KeyOwner, name: string, isConfirmed: boolean, work: Work): Promise<boolean> {
  const { label, scope } = owner;
  if (scope.kind === 'master') throw masterKeyStays();
  if (!isConfirmed && !(await confirms(`Revoke the key ${printable(name)} of ${label}?`, work))) return false;
  if (!(await work.keys.ring.remove(scope, name))) {
    const known = (await work.keys.ring.list(scope)).map((key) => key.name);
    throw keyNotThere(label, name, nearestName(name, known), known);
  }
  await tell(owner, name, 'revoked', {}, work);
  return true;
}

async function confirms(question: string, { program: { stdin }, aside }: Work): Promise<boolean> {
  await aside.line(`${question} Type y and Enter:`);
  const isYes = /^y(?:es)?$/i.test((await stdin.readLine()).trim());
  if (!isYes) await aside.line('Nothing was revoked.');
  return isYes;
}

/** What was done, and when it counts. */
async function tell({ label, scope }: KeyOwner, name: string, what: string, more: object, work: Work): Promise<void> {
  const { place, freshForMs } = work.keys.store;
  if (work.json) return work.printer.line(JSON.stringify({ owner: label, name, ...more, place, noticedWithinMs: freshForMs }));
  const { green, dim } = work.asidePalette;
  const where = `in ${place}; a host that runs notices within ${Math.ceil(freshForMs / 1000)} s`;
  const key = scope.kind === 'master' ? 'master key' : `key ${printable(name)} of ${label}`;
  await work.aside.line(`${green('✓')} ${key} ${what}\n  ${dim(where)}`);
}
