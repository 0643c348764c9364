// What the keys API answers. https://learn.microsoft.com/rest/api/appservice/web-apps/create-or-update-function-secret
import { HostError } from '../core/error.ts';
import { keysReadOnly } from '../core/errors/keys.ts';
import { isJsonObject, memberOf } from '../core/json-value.ts';
import { MASTER_KEY_NAME } from '../keys/host-keys.ts';
import { type KeyRing, MOST_CHARACTERS } from '../keys/key-ring.ts';
import type { Key } from '../keys/key-store.ts';
import { answerJson } from './answer-json.ts';
import { answerText, textOf } from './answer-text.ts';
import { type AdminRequest, selfUrlOf } from './endpoint.ts';
import { readJsonBody } from './json-body.ts';
import type { OwnScope } from './keys-api.ts';

export type KeyRequest = AdminRequest & { readonly keys: KeyRing; readonly scope: OwnScope };

/** What the master key is called in paths and answers, in every scope of the host. */
const MASTER_IN_PATH = '_master';
const MOST_NAME_CHARACTERS = 127;

export async function listKeys(request: KeyRequest): Promise<void> {
  const all = await request.keys.list(request.scope);
  answerJson(request.call, { keys: all.map(({ name, value }) => ({ name, value })), links: linksOf(request) });
}

export async function showKey(request: KeyRequest): Promise<void> {
  const { call, keys, scope } = request;
  const name = nameIn(request);
  if (name === undefined) return;
  // Parity: the master key is shown among the system keys alone (admin-auth.host-keys).
  const showsMaster = scope.kind === 'system' && isMaster(request, name);
  const all = await keys.list(showsMaster ? { kind: 'master' } : scope);
  const found = showsMaster ? all[0] : all.find((key) => key.name.toLowerCase() === name.toLowerCase());
  if (found === undefined) call.answer(404, 'refused');
  else answerKey(request, showsMaster ? { ...found, name: MASTER_IN_PATH } : found, 200);
}

export const makeKey = change(async (request) => {
  const name = nameIn(request);
  if (name === undefined) return;
  // Parity: a master key that is made is said to be new, one that is set is not.
  if (isMaster(request, name)) return setMaster(request, undefined, 201);
  const { key, isNew } = await request.keys.set(request.scope, name);
  answerKey(request, key, isNew ? 201 : 200);
});

export const setKey = change(async (request) => {
  const name = nameIn(request);
  const body = name === undefined ? undefined : await readJsonBody(request.call);
  if (name === undefined || body === undefined) return;
  const value = isJsonObject(body.json) ? memberOf(body.json, 'value') : undefined;
  if (!canBeKey(value)) return answerText(request.call, 400, 'Invalid key value');
  if (isMaster(request, name)) return setMaster(request, value, 200);
  const { key, isNew } = await request.keys.set(request.scope, name, value);
  answerKey(request, key, isNew ? 201 : 200);
});

export const deleteKey = change(async (request) => {
  const { call, keys, scope } = request;
  const name = nameIn(request);
  if (name === undefined) return;
  if (isMaster(request, name)) return answerText(call, 400, 'Cannot delete System Key.');
  const isFound = await keys.remove(scope, name);
  call.answer(isFound ? 204 : 404, isFound ? 'succeeded' : 'refused');
});

type Answer = (request: KeyRequest) => Promise<void>;

/** That keys are changed elsewhere is no fault: 409, with the place. */
function change(answer: Answer): Answer {
  return async (request) => {
    try {
      await answer(request);
    } catch (error) {
      if (!(error instanceof HostError && error.code === keysReadOnly.code)) throw error;
      answerText(request.call, 409, textOf(error));
    }
  };
}

/** Undefined: no key can be called so, which is answered. */
function nameIn({ call, parts }: KeyRequest): string | undefined {
  const name = parts.at(-1) ?? '';
  if (name.trim() !== '' && name.length <= MOST_NAME_CHARACTERS && !/[\p{Cc}/\\]/u.test(name)) return name;
  answerText(call, 400, 'Invalid key name');
  return undefined;
}

const isMaster = ({ scope }: KeyRequest, name: string): boolean => scope.kind !== 'function' && name.toLowerCase() === MASTER_IN_PATH;

/** A longer one would never open anything. */
function canBeKey(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MOST_CHARACTERS;
}

async function setMaster(request: KeyRequest, value: string | undefined, status: 200 | 201): Promise<void> {
  const { key } = await request.keys.set({ kind: 'master' }, MASTER_KEY_NAME, value);
  answerKey(request, { ...key, name: MASTER_IN_PATH }, status);
}

function answerKey(request: KeyRequest, { name, value }: Key, status: 200 | 201): void {
  const headers = status === 201 ? `Location: ${selfUrlOf(request)}\r\n` : '';
  answerJson(request.call, { name, value, links: linksOf(request) }, status, headers);
}

const linksOf = (request: KeyRequest): object[] => [{ rel: 'self', href: selfUrlOf(request) }];
