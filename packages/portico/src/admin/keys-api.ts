// The endpoints of the keys API, and whose keys they are about. What they answer is in key-answers.ts, which loads with the first such request.
import type { KeyScope } from '../keys/key-ring.ts';
import { answerText } from './answer-text.ts';
import { type AdminRequest, type Endpoint, on } from './endpoint.ts';
import { findListed } from './function-endpoints.ts';

export type OwnScope = Exclude<KeyScope, { readonly kind: 'master' }>;

/** Undefined: there is nothing of that name that could have keys. */
type ScopeOf = (request: AdminRequest) => OwnScope | undefined;

export const hostKeys: ScopeOf = () => ({ kind: 'host' });
export const systemKeys: ScopeOf = () => ({ kind: 'system' });
export const functionKeys: ScopeOf = ({ host, parts: [name = ''] }) => {
  const fn = findListed(host.app, name);
  return fn && { kind: 'function', functionName: fn.name };
};

/** All endpoints of one scope, whose keys are listed at `path`. */
export function keyEndpoints(path: string, scopeOf: ScopeOf): Endpoint[] {
  const one = `${path}/{key}`;
  return [
    on('GET', path, 'admin', (request) => withKeys(request, scopeOf, 'listKeys')),
    on('GET', one, 'admin', (request) => withKeys(request, scopeOf, 'showKey')),
    on('POST', one, 'admin', (request) => withKeys(request, scopeOf, 'makeKey')),
    on('PUT', one, 'admin', (request) => withKeys(request, scopeOf, 'setKey')),
    on('DELETE', one, 'admin', (request) => withKeys(request, scopeOf, 'deleteKey')),
  ];
}

const NO_KEYS = 'No key is asked for here, so there are none to show or to change: start the host with --auth, or use `portico keys`.';

type KeyAnswers = typeof import('./key-answers.ts');

async function withKeys(request: AdminRequest, scopeOf: ScopeOf, answer: keyof KeyAnswers): Promise<void> {
  const { call, host } = request;
  const scope = scopeOf(request);
  if (scope === undefined) return call.answer(404, 'refused');
  if (host.keys === undefined) return answerText(call, 409, `${NO_KEYS}\n`);
  const answers = await import('./key-answers.ts');
  return answers[answer]({ ...request, keys: host.keys, scope });
}
