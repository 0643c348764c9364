// Who calls, as the handler is told: headers that only the host may write, and the identities of the envelope.
import type { LocalPrincipal, Principal } from '../core/authorization.ts';
import { ANONYMOUS, clientPrincipal, identitiesOf, PRINCIPAL_PROVIDER } from '../worker/payload/identities.ts';
import type { HeaderPair } from './call.ts';

export type Identity = {
  readonly headers: readonly HeaderPair[];
  /** JSON of the list of identities. */
  readonly identities: string;
};

const NOBODY: Identity = { headers: [], identities: ANONYMOUS };

/** One for each key: a principal is the same object as long as its key is known. */
const ofKeys = new WeakMap<Principal, { readonly user: LocalPrincipal | undefined; readonly identity: Identity }>();
const ofUsers = new WeakMap<LocalPrincipal, Identity>();

export function identityOf(key: Principal | undefined, user: LocalPrincipal | undefined): Identity {
  if (key === undefined) return user === undefined ? NOBODY : ofUser(user);
  const known = ofKeys.get(key);
  if (known !== undefined && known.user === user) return known.identity;
  const identity: Identity = { headers: [...userHeaders(user), keyHeader(key)], identities: identitiesOf(key, user) };
  ofKeys.set(key, { user, identity });
  return identity;
}

function ofUser(user: LocalPrincipal): Identity {
  const identity = ofUsers.get(user) ?? { headers: userHeaders(user), identities: identitiesOf(undefined, user) };
  ofUsers.set(user, identity);
  return identity;
}

/** `function/default`. Azure tells this to handlers in payload mode alone, as claims. */
function keyHeader({ level, keyName }: Principal): HeaderPair {
  return ['X-Functions-KeyId', `${level}/${encodeURIComponent(keyName.toWellFormed())}`];
}

/** What App Service sends for a user who has signed in: https://learn.microsoft.com/azure/app-service/configure-authentication-user-identities */
function userHeaders(user: LocalPrincipal | undefined): HeaderPair[] {
  if (user === undefined) return [];
  const name = encodeURIComponent(user.name.toWellFormed()).replaceAll('%40', '@');
  return [
    ['X-MS-CLIENT-PRINCIPAL', clientPrincipal(user)],
    ['X-MS-CLIENT-PRINCIPAL-ID', name],
    ['X-MS-CLIENT-PRINCIPAL-NAME', name],
    ['X-MS-CLIENT-PRINCIPAL-IDP', PRINCIPAL_PROVIDER],
  ];
}

export function headerLines(headers: readonly HeaderPair[]): string {
  let lines = '';
  for (const [name, value] of headers) lines += `${name}: ${value}\r\n`;
  return lines;
}
