import { expect, test } from 'vitest';
import { ANONYMOUS, clientPrincipal, identitiesOf } from './identities.ts';

const NAME = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name';
const ROLE = 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role';
const user = { name: 'somebody@example.org', roles: ['reader', 'writer'] };

test('nobody is the one identity that says nothing', () => {
  expect(identitiesOf(undefined, undefined)).toBe(ANONYMOUS);
  expect(JSON.parse(ANONYMOUS)).toMatchObject([{ AuthenticationType: null, IsAuthenticated: false, Claims: [] }]);
});

test.each(['function', 'system', 'admin'] as const)('a key of level %s is three claims', (level) => {
  const [identity, ...more] = JSON.parse(identitiesOf({ level, keyName: 'mine' }, undefined));
  expect(more).toEqual([]);
  expect(identity).toMatchObject({ AuthenticationType: 'WebJobsAuthLevel', IsAuthenticated: true, Name: null });
  expect(identity.Claims.map(({ Type, Value }: { Type: string; Value: string }) => [Type.split('/').at(-1), Value])).toEqual([
    ['authlevel', { function: 'Function', system: 'System', admin: 'Admin' }[level]],
    ['invoke', 'true'],
    ['keyid', 'mine'],
  ]);
});

test('a user stands before the key, with name and roles as claims, in the envelope and in the header', () => {
  const identities = JSON.parse(identitiesOf({ level: 'function', keyName: 'default' }, user));
  expect(identities.map(({ Name }: { Name: string | null }) => Name)).toEqual([user.name, null]);
  const claims = [
    [NAME, user.name],
    [ROLE, 'reader'],
    [ROLE, 'writer'],
  ];
  expect(identities[0].Claims.map(({ Type, Value }: { Type: string; Value: string }) => [Type, Value])).toEqual(claims);
  expect(JSON.parse(Buffer.from(clientPrincipal(user), 'base64').toString())).toEqual({
    auth_typ: 'aad',
    name_typ: NAME,
    role_typ: ROLE,
    claims: claims.map(([typ, val]) => ({ typ, val })),
  });
});
