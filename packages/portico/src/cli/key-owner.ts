// Whose keys: what OWNER and NAME of `portico keys` may be.
import { keyNameWrong, keyOwnerUnknown, keyValueWrong } from '../core/errors/other-commands.ts';
import { nearestName } from '../core/nearest-name.ts';
import { MASTER_KEY_NAME } from '../keys/host-keys.ts';
import { type KeyScope, MOST_CHARACTERS } from '../keys/key-ring.ts';

export type KeyOwner = {
  /** As it is typed. */
  readonly label: string;
  readonly scope: KeyScope;
};

const OF_HOST = ['master', 'host', 'system'] as const;
const PREFIX = 'function:';
const KEY_NAME = /^[a-z0-9][a-z0-9._-]{0,126}$/i;
const KEY_VALUE = /^[!-~](?:[ -~]*[!-~])?$/;

/** Names ignore case. Errors: KEY_OWNER_UNKNOWN. */
export function findOwner(word: string, functionNames: readonly string[]): KeyOwner {
  const lower = word.toLowerCase();
  const kind = OF_HOST.find((each) => each === lower);
  if (kind !== undefined) return ownerOfHost(kind);
  const wanted = lower.startsWith(PREFIX) ? lower.slice(PREFIX.length) : lower;
  const name = functionNames.find((each) => each.toLowerCase() === wanted);
  if (name === undefined) throw keyOwnerUnknown(word, nearestName(word, [...OF_HOST, ...functionNames.map(labelOf)]), functionNames);
  return ownerOfFunction(name);
}

export function ownerOfHost(kind: (typeof OF_HOST)[number]): KeyOwner {
  return { label: kind, scope: { kind } };
}

export function ownerOfFunction(functionName: string): KeyOwner {
  return { label: labelOf(functionName), scope: { kind: 'function', functionName } };
}

function labelOf(functionName: string): string {
  return OF_HOST.some((kind) => kind === functionName.toLowerCase()) ? `${PREFIX}${functionName}` : functionName;
}

/** For a key that is to be there. Errors: KEY_NAME_WRONG. */
export function checkKeyName(name: string, { scope }: KeyOwner): void {
  if (scope.kind === 'master' && name !== MASTER_KEY_NAME) throw keyNameWrong(name, `${MASTER_KEY_NAME}, for there is one master key`);
  if (!KEY_NAME.test(name)) throw keyNameWrong(name, '1 to 127 of a-z, 0-9, ".", "_" and "-", beginning with a letter or a digit');
}

/** `source`: where it comes from. Errors: KEY_VALUE_WRONG. */
export function checkKeyValue(value: string, source: string): void {
  if (value.length > MOST_CHARACTERS || !KEY_VALUE.test(value)) throw keyValueWrong(source, MOST_CHARACTERS);
}
